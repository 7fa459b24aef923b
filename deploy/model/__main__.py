"""Verbs of the model kitchen: ``python -m deploy.model VERB --help``.

train     learn from data, go on after an interruption
export    int8 file and card from a training folder
opcheck   every operator: int8? taken by XNNPACK?
evaluate  the accuracy table of a model file
compare   float32, dynamic range and int8: size, accuracy, latency
table     several architectures under one equal budget
"""

from __future__ import annotations

import sys

from deploy.model import commands


def main(arguments: list[str] | None = None) -> int:
    return commands.main(sys.argv[1:] if arguments is None else arguments)


if __name__ == "__main__":
    sys.exit(main())
