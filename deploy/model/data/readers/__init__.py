"""Readers of the published head-pose sets and of one's own photos, by name.

    read("300w-lp", Path("300W_LP"), cache=Path("out/cache"))

Every reader gives the same ``Samples`` as the project's own data, so any of them can train or
measure any network here: 300W-LP → AFLW2000-3D and BIWI is the published protocol.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from deploy.model.data.datasets import Samples
from deploy.model.data.readers.photos import BadLabel, Photo, as_samples, published_filter

__all__ = ["READERS", "BadLabel", "Photo", "read"]


def _300w_lp(folder: Path) -> list[Photo]:
    from deploy.model.data.readers.pose_para import read_300w_lp

    return read_300w_lp(folder)


def _aflw2000(folder: Path) -> list[Photo]:
    from deploy.model.data.readers.pose_para import read_aflw2000

    return read_aflw2000(folder)


def _biwi(folder: Path) -> list[Photo]:
    from deploy.model.data.readers.biwi import read_biwi
    from edge_pose.config.vision import DetectorConfig
    from edge_pose.vision.detector.opening import open_detector

    return read_biwi(folder, open_detector(DetectorConfig()))


def _wflw(split: str) -> Callable[[Path], list[Photo]]:
    def reader(folder: Path) -> list[Photo]:
        from deploy.model.data.readers.wflw import read_wflw
        from edge_pose.models.catalog import PACKAGE_FOLDER
        from edge_pose.vision.fit.face_basis import FaceBasis

        return read_wflw(folder, FaceBasis.load(PACKAGE_FOLDER / "face_basis.npz"), split)

    return reader


def _own(path: Path) -> list[Photo]:
    from deploy.model.data.readers.own_photos import read_own
    from edge_pose.config.vision import DetectorConfig
    from edge_pose.vision.detector.opening import open_detector

    return read_own(path, open_detector(DetectorConfig()))


READERS: dict[str, Callable[[Path], list[Photo]]] = {
    "300w-lp": _300w_lp,
    "aflw2000": _aflw2000,
    "biwi": _biwi,
    "wflw-train": _wflw("train"),
    "wflw-test": _wflw("test"),
    "own": _own,
}


def read(name: str, folder: Path, *, cache: Path, margin: float | None = None) -> Samples:
    """The samples of a published set (or of one's own CSV), angles beyond ±99° left out.

    ``cache``: where the crops are kept. ``margin``: the published crop margin k instead of the
    tight box. Raises MissingData when the folder is not what it should be, BadLabel when a label
    file is not in its format, ValueError for an unknown name.
    """
    if name not in READERS:
        raise ValueError(f"{name}: no such reader; there are {', '.join(READERS)}")
    return as_samples(published_filter(READERS[name](folder)), cache, margin=margin)
