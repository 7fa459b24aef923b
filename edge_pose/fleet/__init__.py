"""A fleet's centre: from many boxes' messages at one broker to one database.

``settings`` the config, ``messages`` what a message means (pure), ``subscription`` the broker,
``database`` and ``migrations`` PostgreSQL, ``ingest`` the worker, ``retention`` what must go,
``standing`` how it goes. No box imports any of it; it needs ``pip install 'edge-pose[fleet]'``.
"""

from __future__ import annotations
