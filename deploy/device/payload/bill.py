"""The bill of materials of a payload (CycloneDX 1.5, JSON): program, packages, models."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator
from email.parser import HeaderParser
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zipfile import ZipFile

from deploy.device.payload.catalog import fetched_models

Part = dict[str, Any]


def bill(payload: Path, tree: Path) -> Part:
    """All parts with licence and sha256 of the very files; the same payload gives the same text."""
    release = json.loads((payload / "release.json").read_text("utf-8"))
    parts = [*_packages(payload / "wheels"), *_models(payload, tree)]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, json.dumps([release, parts]))}",
        "version": 1,
        "metadata": {
            "timestamp": release["made"],
            "component": {
                "type": "application",
                "bom-ref": "edge-pose",
                "name": "edge-pose",
                "version": release["version"],
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            },
        },
        "components": parts,
    }


def _packages(wheels: Path) -> Iterator[Part]:
    for file in sorted(wheels.glob("*.whl")):
        about = _about(file)
        name, version = about["Name"].lower().replace("_", "-"), about["Version"]
        licence = about["License-Expression"] or about["License"] or ""
        yield {
            "type": "library",
            "bom-ref": file.name,
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name}@{version}",
            "hashes": [_sha256(file)],
            **_licence(licence.strip().split("\n")[0]),
        }


def _models(payload: Path, tree: Path) -> Iterator[Part]:
    for model in fetched_models(tree):
        yield _model(payload / "models" / model.file, model.licence)
    for card in sorted((tree / "edge_pose" / "models").glob("*.json")):
        file = card.with_name(json.loads(card.read_text("utf-8")).get("file", ""))
        if file.is_file():
            yield _model(file, str(json.loads(card.read_text("utf-8")).get("licence", "")))


def _model(file: Path, licence: str) -> Part:
    return {
        "type": "machine-learning-model",
        "bom-ref": file.name,
        "name": file.stem,
        "hashes": [_sha256(file)],
        **_licence(licence.split("\n", maxsplit=1)[0]),
    }


def _about(wheel: Path) -> Any:
    with ZipFile(wheel) as archive:
        member = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        return HeaderParser().parsestr(archive.read(member).decode("utf-8"))


def _sha256(file: Path) -> dict[str, str]:
    return {"alg": "SHA-256", "content": hashlib.sha256(file.read_bytes()).hexdigest()}


def _licence(text: str) -> Part:
    return {"licenses": [{"license": {"name": text}}]} if text else {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("payload", type=Path)
    parser.add_argument("tree", type=Path)
    args = parser.parse_args()
    print(json.dumps(bill(args.payload, args.tree), indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
