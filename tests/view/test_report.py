"""The report after the drive: complete, self-contained, and true to the numbers."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_pose.errors import ConfigError
from edge_pose.tables import EventsWriter, TraceWriter
from edge_pose.testing.scenes import episode, scene
from edge_pose.values import AlertKind, AlertLevel, AlertPhase
from edge_pose.view.report import write_day_report, write_report
from edge_pose.view.report.story import Event, Line, condensed, counts, worst


class Page(HTMLParser):
    """What a test asks of a page: its words, its outside references, its tags in balance."""

    VOID = frozenset({"meta", "link", "img", "input", "br", "rect", "path"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.outside: list[str] = []
        self.open: list[str] = []
        self.count: dict[str, int] = {}
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count[tag] = self.count.get(tag, 0) + 1
        self.outside += [v for k, v in attrs if k in ("src", "href", "srcset", "action") and v]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def replayed(folder: Path, frames: int = 900) -> tuple[Path, Path]:
    """Trace and events of a short made-up drive: away at 10 s, no face at 20 s, closed eyes."""
    with TraceWriter(folder / "trace.csv") as trace:
        for i in range(frames):
            t = i / 30
            away, gone = 10 <= t < 14, 20 <= t < 22
            made = scene(
                (160, 120), t_s=t, index=i, face=not gone,
                yaw_deg=40.0 if away else -4.0,
                openness=0.02 if 25 <= t < 26 else 0.95,
                attention=0.4 if away else 1.0, distracted=away, perclos=0.02 + 0.16 * t / 30,
            )  # fmt: skip
            trace.write(made.observation, made.state)
    with EventsWriter(folder / "events.jsonl") as events:
        events.write(episode(began_s=10.0, t_s=13.0))
        events.write(
            episode(
                AlertKind.MICROSLEEP, AlertLevel.CRITICAL, "eyes closed <b>", began_s=25.0,
                t_s=26.2, id=2, phase=AlertPhase.END,
            )
        )  # fmt: skip
    return folder / "trace.csv", folder / "events.jsonl"


@dataclass
class Minute:
    utc_s: float
    face: float = 0.99
    distracted: float = 0.1
    attention: float = 0.95
    attention_min: float = 0.6
    perclos: float | None = 0.04
    drowsiness: float | None = None


@dataclass
class Stored:
    kind: str = "distraction.glance"
    level: int = 2
    utc_start_s: float = 0.0
    utc_alert_s: float = 3.0
    utc_end_s: float | None = 5.0
    reason: str = "head turned 38° left"


def test_a_replay_report_stands_alone_and_tells_the_drive(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    write_report("a <drive>.mp4", *replayed(tmp_path), out)
    page = Page(out.read_text(encoding="utf-8"))
    assert page.outside == []
    for words in (
        "a <drive>.mp4", "900 frames", "Looked away", "Had a microsleep", "eyes closed <b>",
        "1 critical, 1 warning", "93.3 % share of all frames", "PERCLOS", "Head angles",
        "What the numbers mean", "Most urgent: Had a microsleep at 0:25",
    ):  # fmt: skip
        assert words in page.text, words
    assert out.read_text(encoding="utf-8").count("data-chart=") == 4
    assert "Permission is hereby granted" in page.text, "the library's licence goes with it"


def test_an_end_that_nobody_saw_is_said_so_and_drawn_to_what_is_known(tmp_path: Path) -> None:
    """A power cut: the bar must not tell a microsleep of half an hour."""
    out = tmp_path / "day.html"
    minutes = [Minute(utc_s=60.0 * n) for n in range(30)]
    write_day_report(date(1970, 1, 1), [Stored(utc_end_s=None)], minutes, out)
    text = out.read_text(encoding="utf-8")
    assert "end not known" in Page(text).text
    assert '"end":3.0,' in text


def test_a_day_without_anything_has_no_empty_course(tmp_path: Path) -> None:
    out = tmp_path / "day.html"
    write_day_report(date(1970, 1, 1), [], [], out)
    assert 'aria-labelledby="course" hidden' in out.read_text(encoding="utf-8")
    write_day_report(date(1970, 1, 1), [Stored()], [], out)
    assert 'aria-labelledby="course">' in out.read_text(encoding="utf-8")


def test_the_readout_holds_the_very_numbers(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    write_report("x", *replayed(tmp_path), out)
    found = re.search(
        r'id="numbers">(.*?)</script>', out.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    assert found is not None
    numbers = json.loads(found[1])
    curves = {
        line["name"]: line["values"] for chart in numbers["charts"] for line in chart["lines"]
    }
    assert curves["yaw"][11 * 30] == 40
    assert curves["yaw"][21 * 30] is None
    assert curves["attention"][11 * 30] == 40
    assert curves["eyes"][int(25.5 * 30)] == 2
    assert numbers["times"][11 * 30] == 11.0
    assert [event["level"] for event in numbers["events"]] == [2, 3]


def test_the_same_drive_gives_the_same_bytes(tmp_path: Path) -> None:
    files = replayed(tmp_path)
    one, two = tmp_path / "1.html", tmp_path / "2.html"
    write_report("x", *files, one)
    write_report("x", *files, two)
    assert one.read_bytes() == two.read_bytes()


def test_a_long_drive_stays_small_and_keeps_its_peaks() -> None:
    times = np.arange(108_000) / 30
    yaw = np.zeros_like(times)
    yaw[54_321] = 77.0
    _, (line,) = condensed(times, [Line(name="yaw", style="blue", values=yaw)], 1000)
    assert len(line.values) == 1000
    assert line.high is not None
    assert line.high.max() == 77.0


@given(st.lists(st.none() | st.floats(-1e6, 1e6), min_size=1, max_size=300), st.integers(1, 40))
def test_condensing_never_leaves_the_range(numbers: list[float | None], columns: int) -> None:
    values = np.array([np.nan if v is None else v for v in numbers])
    _, (line,) = condensed(
        np.arange(len(values), dtype=float), [Line(name="n", style="s", values=values)], columns
    )
    assert len(line.values) <= max(columns, 1)
    known, drawn = values[np.isfinite(values)], line.values[np.isfinite(line.values)]
    assert bool(known.size) == bool(drawn.size)
    if known.size:
        slack = 1e-9 * max(1.0, float(np.abs(known).max()))
        assert known.min() - slack <= drawn.min()
        assert drawn.max() <= known.max() + slack


def test_a_file_that_is_no_trace_is_named(tmp_path: Path) -> None:
    bad = tmp_path / "x.csv"
    bad.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"x\.csv: not a trace"):
        write_report("x", bad, bad, tmp_path / "out.html")


def test_a_day_has_its_curves_and_gaps(tmp_path: Path) -> None:
    begin = datetime(2026, 5, 4, 7, 30).timestamp()
    minutes = [Minute(begin + 60 * i) for i in (*range(20), *range(100, 110))]
    day = [Stored(utc_start_s=begin + 300, utc_alert_s=begin + 303, utc_end_s=begin + 305)]
    out = tmp_path / "day.html"
    write_day_report(date(2026, 5, 4), day, minutes, out)
    page = Page(out.read_text(encoding="utf-8"))
    for words in ("Monday, 4 May 2026", "30 minutes driven", "0:30 h", "2.0 attentive", "07:35"):
        assert words in page.text, words
    assert page.outside == []
    assert out.read_text(encoding="utf-8").count("data-chart=") == 3


def test_a_minute_that_two_runs_share_counts_once(tmp_path: Path) -> None:
    begin = datetime(2026, 5, 4, 7, 30).timestamp()
    minutes = [Minute(begin + 60 * i) for i in (*range(20), *range(15, 20))]
    out = tmp_path / "day.html"
    write_day_report(date(2026, 5, 4), [], minutes, out)
    text = Page(out.read_text(encoding="utf-8")).text
    assert "20 minutes driven" in text
    assert "0:20 h" in text


def test_an_episode_over_which_the_clock_was_set_makes_no_day_of_years(tmp_path: Path) -> None:
    begin = datetime(2000, 1, 1, 0, 5).timestamp()
    later = datetime(2026, 5, 4, 7, 30).timestamp()
    day = [Stored(utc_start_s=begin, utc_alert_s=begin + 3, utc_end_s=later)]
    out = tmp_path / "day.html"
    write_day_report(date(2000, 1, 1), day, [Minute(begin)], out)
    assert out.stat().st_size < 1_000_000


def test_an_empty_day_says_so(tmp_path: Path) -> None:
    out = tmp_path / "day.html"
    write_day_report(date(2026, 5, 4), [], [], out)
    assert "Nothing was recorded on this day." in Page(out.read_text(encoding="utf-8")).text


def event(level: int, start_s: float, kind: str = "fatigue.nod") -> Event:
    return Event(
        headline="h",
        kind=kind,
        level=level,
        start_s=start_s,
        alert_s=start_s,
        end_s=None,
        reason="",
    )


def test_counting_and_the_worst() -> None:
    assert counts([]) == "none"
    assert counts([event(1, 0), event(1, 1), event(3, 2)]) == "1 critical, 2 advisories"
    assert counts([event(1, 0), event(2, 1), event(2, 3)]) == "2 warnings, 1 advisory"
    assert worst([]) is None
    assert worst([event(1, 0), event(3, 5), event(3, 2)]) == event(3, 2)
    assert worst([event(3, 0, "monitor.calibrating"), event(1, 5)]) == event(1, 5)
