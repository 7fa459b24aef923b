"""What the model's verbs say where something is missing: a line, and what to do."""

from __future__ import annotations

import sys

import pytest

from deploy.model import commands


def test_without_the_training_stack_it_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "deploy.model.training.train", None)
    monkeypatch.setitem(sys.modules, "keras", None)
    assert commands.main(["train", "--out", "x"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("deploy.model: ")
    assert "make test-model" in told


def test_a_model_file_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["evaluate", "nowhere.tflite"]) == 2
    assert "nowhere.tflite: no such model file" in capsys.readouterr().err
