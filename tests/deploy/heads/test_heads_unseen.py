"""The committed pictures of unseen people: readable by anyone, and a floor under the networks."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from deploy.heads.estimates import NetworkProduct
from deploy.heads.judge import table
from deploy.heads.judge_eyes import auc
from deploy.heads.judge_faces import PoseErrors, is_plain
from deploy.heads.reader import eye_corners, levelled_strip, read
from deploy.heads.recall import recall
from deploy.heads.sheet import write_sheet
from deploy.heads.statistics_page import write_statistics

UNSEEN = Path(__file__).resolve().parents[3] / "deploy/heads/unseen"


def test_both_subjects_are_there_and_small() -> None:
    assert len(list(read(UNSEEN, "faces"))) == 200
    assert len(list(read(UNSEEN, "eyes"))) == 200
    assert sum(path.stat().st_size for path in UNSEEN.iterdir()) < 3e6


def test_boxes_labels_and_points_agree() -> None:
    for rendered in islice(read(UNSEEN, "faces"), 50):
        box = [rendered.number(column) for column in ("x1", "y1", "x2", "y2")]
        np.testing.assert_allclose(rendered.box, box, atol=0.01)
        assert rendered.image.shape == (128, 128, 3)
        assert (rendered.depths_m < -0.2).all()


def test_strips_are_cut_level_from_them() -> None:
    for rendered in islice(read(UNSEEN, "eyes"), 20):
        right, left = eye_corners(rendered)
        assert abs(right[1] - left[1]) < 0.01
        strip, _ = levelled_strip(rendered.image, eye_corners(rendered), (96, 36))
        assert strip.shape == (36, 96, 3)


def test_the_shipped_product_reads_plain_heads() -> None:
    product = NetworkProduct()
    plain = [r for r in read(UNSEEN, "faces") if is_plain(r) and abs(r.number("yaw_deg")) < 60]
    judged = [(rendered, product.face(rendered)) for rendered in plain]
    assert len(judged) >= 20
    assert PoseErrors.of(judged).geodesic.mean() < 8.0
    assert np.mean([estimate.found for _, estimate in judged]) > 0.95


def test_pages_are_made_of_them(tmp_path: Path) -> None:
    write_sheet(UNSEEN, "faces", tmp_path / "sheet.jpg", columns=4, count=8, truth=True, zoom=2)
    assert cv2.imread(str(tmp_path / "sheet.jpg")).shape == (512, 1024, 3)
    write_statistics(UNSEEN, tmp_path / "statistics.html")
    page = (tmp_path / "statistics.html").read_text("utf-8")
    assert "faces: 200 pictures" in page
    assert "<b>yaw_deg</b>" in page


def test_an_area_under_the_curve_counts_pairs() -> None:
    assert auc([2.0, 3.0], [1.0]) == 1.0
    assert auc([1.0], [1.0]) == 0.5
    assert table(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | --: |\n| x | 1 |"


def test_detectors_find_plain_heads() -> None:
    told = recall([UNSEEN])
    name, _, rest = told.splitlines()[0].partition(": ")
    assert name == "the shipped detector, by day"
    hits, _, count = rest.split()[:3]
    assert int(hits) >= 0.95 * int(count) > 15
