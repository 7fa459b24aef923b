"""Every command that README and docs print exists; the blocks marked as runnable are run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_pose import cli

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *ROOT.glob("deploy/**/*.md")]
FENCE = re.compile(r"^```(sh|bash|console)( run)?[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:sudo )?(?:edge-pose|make) [^`]+)`")
PLACEHOLDER = re.compile(r"^[A-Z][A-Z0-9_.|-]*$|…|\[")


def blocks(page: Path) -> Iterator[tuple[bool, str]]:
    for match in FENCE.finditer(page.read_text(encoding="utf-8")):
        yield match[2] is not None, match[3]


def commands(page: Path) -> Iterator[list[str]]:
    """The words of each printed `edge-pose` or `make` command."""
    text = page.read_text(encoding="utf-8")
    lines = [line for _, block in blocks(page) for line in block.splitlines()]
    lines += INLINE.findall(FENCE.sub("", text).replace("\n", " "))
    for line in lines:
        for part in re.split(r"&&|\||;", line.split(" #")[0].removeprefix("$ ")):
            try:
                words = [
                    w for w in shlex.split(part) if w != "sudo" and "=" not in w[: w.find("/")]
                ]
            except ValueError:
                continue
            if words and words[0] in ("edge-pose", "make"):
                yield words


def printed(tool: str) -> list[tuple[str, list[str]]]:
    return [
        (str(page.relative_to(ROOT)), words)
        for page in PAGES
        for words in commands(page)
        if words[0] == tool
    ]


def test_every_printed_verb_and_option_exists() -> None:
    wrong = []
    for page, words in printed("edge-pose"):
        verb = next((word for word in words[1:] if not word.startswith("-")), "")
        if not verb or PLACEHOLDER.search(verb):
            continue
        if verb not in cli.VERBS:
            wrong.append(f"{page}: no verb {verb!r}")
            continue
        known = shown_help(verb)
        options = [word.split("=")[0] for word in words[1:] if word.startswith("--")]
        wrong += [f"{page}: {verb} has no {name}" for name in options if name not in known]
    assert not wrong, "\n".join(wrong)


def shown_help(verb: str) -> set[str]:
    """Every option that a verb, or a job of it, knows."""
    parser = cli._parser([verb])
    found: set[str] = set()
    todo = [action for action in parser._actions if action.choices]
    (verbs,) = (action.choices for action in todo if verb in (action.choices or ()))
    parsers = [parser, dict(verbs)[verb]]  # type: ignore[call-overload]
    while parsers:
        for action in parsers.pop()._actions:
            found |= set(action.option_strings)
            if isinstance(action.choices, dict):
                parsers += action.choices.values()
    return found


def test_every_printed_make_target_exists() -> None:
    makefiles = [ROOT / "Makefile", *ROOT.glob("deploy/*/*.mk")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in makefiles)
    targets = set(re.findall(r"^([a-z][a-z0-9-]*):", text, re.MULTILINE))
    wrong = [
        f"{page}: make {word}"
        for page, words in printed("make")
        for word in words[1:]
        if re.fullmatch(r"[a-z][a-z0-9-]*", word) and word not in targets
    ]
    assert not wrong, "\n".join(wrong)


RUNNABLE = [
    pytest.param(block, id=f"{page.relative_to(ROOT)}:{number}")
    for page in PAGES
    for number, (runnable, block) in enumerate(blocks(page))
    if runnable
]


@pytest.mark.parametrize("block", RUNNABLE)
def test_a_block_marked_as_runnable_runs(block: str, tmp_path: Path) -> None:
    """In a folder of its own, with `edge-pose` on PATH and examples beside it."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "demo.mp4").symlink_to(ROOT / "edge_pose" / "demo" / "demo.mp4")
    tools = tmp_path / ".bin"
    tools.mkdir()
    for name, words in (("edge-pose", "-m edge_pose"), ("python", "")):
        (tools / name).write_text(f'#!/bin/sh\nexec {sys.executable} {words} "$@"\n')
        (tools / name).chmod(0o755)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env=os.environ | {"PATH": f"{tools}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout


def test_there_are_runnable_blocks() -> None:
    assert len(RUNNABLE) >= 2
