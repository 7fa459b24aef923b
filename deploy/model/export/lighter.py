"""The last step of an export: the same network with less work, and finer steps for its pose.

    python -m deploy.model.export.lighter face FILE.tflite --lessons FOLDER --only real,new

does it to a finished file, in place, and writes its new size and checksum into its card.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

from deploy.model.export.finer import fill_pooled, pool_in_copies
from deploy.model.export.graph import Graph
from deploy.model.export.maps import Examples, extremes
from deploy.model.export.split_pools import split_pools
from deploy.model.export.thin import thinned

ENOUGH = 500
"""Examples that show how large sums get."""


def lighter(content: bytes, examples: Examples, finer: str) -> bytes:
    """A face network without silent channels and slow pools. ``examples``: many and varied,
    because what is silent in all of them goes. ``finer``: the output that reads what is pooled in
    finer steps."""
    graph, seen = Graph(content), extremes(content, examples)
    fill_pooled(graph, seen)
    thinned(graph, seen)
    split_pools(graph, _first(examples))
    pool_in_copies(graph, finer)
    return graph.content()


def faster(content: bytes, examples: Examples) -> bytes:
    """Any network without slow pools."""
    graph = Graph(content)
    split_pools(graph, _first(examples))
    return graph.content()


def _first(examples: Examples) -> Examples:
    return {name: values[:ENOUGH] for name, values in examples.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("task", choices=("face", "eyes"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--lessons", type=Path, required=True)
    parser.add_argument("--only", default="", help="as in training: which packed files")
    args = parser.parse_args()
    before = args.file.read_bytes()
    after = _made(args.task, before, args.lessons, args.only)
    args.file.write_bytes(after)
    path = args.file.with_suffix(".json")
    card = json.loads(path.read_text("utf-8"))
    card |= {"sha256": hashlib.sha256(after).hexdigest(), "bytes": len(after)}
    path.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{args.file}: {len(before)} → {len(after)} bytes")


def _made(task: str, content: bytes, lessons: Path, only: str) -> bytes:
    from deploy.model.export.eyes_file import eye_ranges
    from deploy.model.export.face_file import varied_faces
    from deploy.model.training.lesson_sets import files_of

    if task == "face":
        return lighter(content, varied_faces(lessons, only), "pose")
    faces, strips = (files_of(lessons, only, strips=kind) for kind in (False, True))
    return faster(content, eye_ranges(faces, strips))


if __name__ == "__main__":
    main()
