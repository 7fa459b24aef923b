"""The program with a SIGTERM at exact moments: ``stop_rig.py MOMENT[,MOMENT…] ARGUMENT…``

A moment is ``import:MODULE`` (when it is first imported), ``call:MODULE:FUNCTION`` (or
CLASS.METHOD: when it is first called; a pin's ``set``: when it has gone on) or ``hang:…`` (the
same, and the call never ends).
"""

from __future__ import annotations

import importlib
import importlib.abc
import os
import runpy
import signal
import sys
import threading
from pathlib import Path
from typing import Any


def stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


class AtImport(importlib.abc.MetaPathFinder):
    """Finds nothing, but notices who is looked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def find_spec(self, name: str, *_: Any) -> None:
        if name == self._name and self in sys.meta_path:
            sys.meta_path.remove(self)
            stop()


def at_call(place: str, *, hang: bool) -> None:
    module, _, path = place.partition(":")
    owner_name, _, method = path.rpartition(".")
    owner: Any = importlib.import_module(module)
    owner = getattr(owner, owner_name) if owner_name else owner
    original = getattr(owner, method)
    due = [True]

    def noticed(*arguments: Any, **options: Any) -> Any:
        now = due and (method != "set" or arguments[-1] is True)
        result = None if hang and now and method != "set" else original(*arguments, **options)
        if now:
            due.clear()
            stop()
            if hang:
                threading.Event().wait()
        return result

    setattr(owner, method, noticed)


sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
for moment in sys.argv[1].split(","):
    kind, _, place = moment.partition(":")
    if kind == "import":
        sys.meta_path.insert(0, AtImport(place))
    else:
        at_call(place, hang=kind == "hang")
sys.argv[:2] = ["edge-pose"]
runpy.run_module("edge_pose", run_name="__main__")
