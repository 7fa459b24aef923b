"""What every card says of its file: name, checksum, data and licence, research or clean."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from deploy.model.export.card import LICENCE

NAMES = {
    "face": "face: MobileNetV2 ×0.5 at 112 px, three stages read; pose, 68 landmarks, flags",
    "eyes": "eyes: grey strip 144 × 54 of both eyes; gaze in the head, lids, irises",
}
_PHOTOS = {
    "face": (
        "25 877 face crops of seven public research collections with consensus pseudo-labels of "
        "three estimators, averaged with the 3D fit of each photo's mesh (deploy/model/labels); "
        "landmarks of the photos' meshes, mean of image and mirror image; crops turned by face "
        "profiling; rendered heads (deploy/heads) with exact truth. Labels' pitch raised by 0.3 "
        "degrees (labels/label_zero.py). Validation: 2 020 crops of other people. Nothing of the "
        "evaluation photos or clips was used to train, select or calibrate."
    ),
    "eyes": (
        "Eye strips of 25 877 face crops of seven public research collections with teacher labels "
        "for gaze and lid gap (FaceLandmarker v2, where two teachers agree), and rendered strips "
        "and faces (deploy/heads) with exact truth; shut lids from renders alone. Validation: "
        "2 020 crops of other people and held-out rendered people. Nothing of the evaluation "
        "photos or clips was used to train, select or calibrate."
    ),
}
_RENDERS = (
    "Rendered heads of deploy/heads alone, exact truth; where the 68 points lie on a head is told "
    "as an Apache-2.0 face mesh sees it on these renders. No photo of a person was used to train, "
    "select or calibrate. The skins are 14 textures of MakeHuman's official assets in an older "
    "revision of the CC0 ones."
)
_APACHE = "Apache-2.0, weights and code. Nothing but rendered heads was learned from."


def told_of(model: Path, task: str, clean: bool) -> dict[str, Any]:
    """The card's first part for a file that is written."""
    content = model.read_bytes()
    return {
        "name": NAMES[task] + (", learned from rendered heads alone" if clean else ""),
        "file": model.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "quantisation": "full int8, weights per channel, post-training; inputs and outputs int8; "
        "silent channels out, pools in fast steps (deploy/model/export/lighter.py)",
        "data": _RENDERS if clean else _PHOTOS[task],
        "licence": _APACHE if clean else LICENCE,
    }
