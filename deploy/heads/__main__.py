"""python -m deploy.heads: make, sheet, statistics, drive, judge."""

from __future__ import annotations

import sys

from deploy.heads.command import main

sys.exit(main())
