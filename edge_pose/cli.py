"""The command line: one verb, one file in ``commands``; errors become one line and an exit code."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from edge_pose import stop_signals
from edge_pose.errors import EdgePoseError

VERBS = {
    "demo": "run the demo clip through the real loop and check its alerts",
    "run": "monitor a driver: the service",
    "replay": "run a clip or recorded observations offline, to a trace and events",
    "pose": "head pose of still images",
    "bench": "time every stage on this machine",
    "calibrate": "guide a driver through the neutral pose and judge the camera's place",
    "doctor": "check this machine and say what to fix",
    "check": "validate a config and print what is in effect",
    "events": "list, export or report recorded events",
    "models": "list, install or verify model files",
    "pins": "switch the configured output pins off",
}


def program() -> NoReturn:
    """The console script. The service hears signals from here on and leaves without a detour."""
    if _verb(sys.argv[1:]) != "run":
        raise SystemExit(main())
    stop_signals.SERVICE.listen()
    stop_signals.leave(main())


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code: 0, 2 config, 3 camera or file, 4 model, 1 else."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = _parser(arguments)
    args = parser.parse_args(arguments)
    try:
        return int(args.command(args) or 0)
    except EdgePoseError as error:
        return _report(error, error.exit_code, args)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _report(error, 1, args)


class _Version(argparse.Action):
    """Prints what a bug report needs to name the very build."""

    def __call__(self, *_: object) -> NoReturn:
        from edge_pose.installation import build
        from edge_pose.models.catalog import identities

        here = build()
        print(f"edge-pose {here.version}{f' (commit {here.commit})' if here.commit else ''}")
        for name, sha256 in identities():
            print(f"model {name} {sha256[:12]}")
        raise SystemExit(0)


def _report(error: Exception, code: int, args: argparse.Namespace) -> int:
    if args.verbose:
        logging.getLogger(__name__).error("traceback", exc_info=error)
    text = str(error) if isinstance(error, EdgePoseError) else f"{type(error).__name__}: {error}"
    for line in text.splitlines() or [""]:
        print(f"edge-pose: {line}", file=sys.stderr)
    return code


def _verb(argv: Sequence[str]) -> str:
    """The first word that is no option."""
    return next((word for word in argv if not word.startswith("-")), "")


def _parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    """All verbs are listed; only the one named on the command line is imported."""
    parser = argparse.ArgumentParser(
        prog="edge-pose",
        description="An open driver monitor. It assists; it does not replace an attentive driver.",
    )
    parser.add_argument(
        "--version", action=_Version, nargs=0, help="version, commit and models, and exit"
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, text in VERBS.items():
        sub = verbs.add_parser(verb, help=text, description=text.capitalize() + ".")
        sub.add_argument("-v", "--verbose", action="store_true", help="tracebacks and debug log")
        if verb in argv:
            module = importlib.import_module(f"edge_pose.commands.{verb}")
            module.configure(sub)
            sub.set_defaults(command=module.run)
    return parser
