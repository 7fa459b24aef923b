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
from edge_pose.arguments import ArgumentParser
from edge_pose.errors import EdgePoseError
from edge_pose.streams import abandon_stdout, prepare_streams

VERBS = {
    "demo": "run the demo clip through the real loop and check its alerts",
    "run": "monitor a driver: the service",
    "replay": "run a clip or recorded observations offline, to a trace and events",
    "tune": "try settings on a folder of drives: alerts an hour, events found, the trade-off",
    "pose": "head pose of still images",
    "bench": "time every stage on this machine",
    "calibrate": "guide a driver through the neutral pose and judge the camera's place",
    "doctor": "check this machine and say what to fix",
    "check": "validate a config and print what is in effect",
    "events": "list, export or report recorded events",
    "update": "install a newer release beside this one, try it, keep it or go back",
    "models": "list, install or verify model files",
    "pins": "switch the configured output pins off",
    "fleet": "the centre of a fleet: take in what boxes send, status, erasure",
}


def program() -> NoReturn:
    """The console script. The service hears signals from here on and leaves without a detour."""
    # Our matrices are small. NumPy's threads would spin beside the work: on a loaded machine that
    # took four times the processor time. A user's own setting stands.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    prepare_streams()
    if _verb(sys.argv[1:]) == "run":
        stop_signals.SERVICE.listen()
    else:
        stop_signals.unwind_on_stop()
    stop_signals.leave(main())


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code: 0, 2 config, 3 camera or file, 4 model, 1 else."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    verbose = False
    try:
        args = _parser(arguments).parse_words(arguments)
        verbose = args.verbose
        code = int(args.command(args) or 0)
        sys.stdout.flush()
        return code
    except SystemExit as leaving:  # argparse has said why
        return leaving.code if isinstance(leaving.code, int) else 1
    except KeyboardInterrupt:
        return 130
    except stop_signals.Stopped as stop:
        return stop.exit_code
    except BrokenPipeError:
        abandon_stdout()
        return 0
    except Exception as error:
        return _report(error, verbose)


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


def _report(error: Exception, verbose: bool) -> int:
    """One line for each problem on standard error; the exit code."""
    if verbose:
        logging.getLogger(__name__).error("traceback", exc_info=error)
    for line in _words(error).splitlines() or [""]:
        print(f"edge-pose: {line}", file=sys.stderr)
    return error.exit_code if isinstance(error, EdgePoseError) else 1


def _words(error: Exception) -> str:
    if isinstance(error, EdgePoseError):
        return str(error)
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{error.filename}: {error.strerror.lower()}"
    return f"{type(error).__name__}: {error}"


def _verb(argv: Sequence[str]) -> str:
    """The first word that is no option."""
    return next((word for word in argv if not word.startswith("-")), "")


def _parser(argv: Sequence[str]) -> ArgumentParser:
    """All verbs are listed; only the one named on the command line is imported."""
    parser = ArgumentParser(
        prog="edge-pose",
        description="An open driver monitor. It assists; it does not replace an attentive driver.",
    )
    parser.add_argument(
        "--version", action=_Version, nargs=0, help="version, commit and models, and exit"
    )
    _add_verbose(parser, default=False)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, text in VERBS.items():
        sub = verbs.add_parser(verb, help=text, description=text.capitalize() + ".")
        _add_verbose(sub, default=argparse.SUPPRESS)  # given before the verb it stays given
        if verb in argv:
            module = importlib.import_module(f"edge_pose.commands.{verb}")
            module.configure(sub)
            sub.set_defaults(command=module.run, parser=sub)
    return parser


def _add_verbose(parser: argparse.ArgumentParser, default: object) -> None:
    parser.add_argument(
        "-v", "--verbose", action="store_true", default=default, help="tracebacks and debug log"
    )
