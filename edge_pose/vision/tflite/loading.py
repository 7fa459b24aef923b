"""Opens a TFLite file: LiteRT where installed, else tflite-runtime; both have the same API."""

from __future__ import annotations

import ctypes
import importlib
from pathlib import Path
from typing import Any

from edge_pose.errors import ModelError
from edge_pose.vision.tflite.native_log import quiet_native_log

_RUNTIMES = ("ai_edge_litert.interpreter", "tflite_runtime.interpreter")


def runtime_name() -> str:
    """The module that runs the models here, e.g. ``ai_edge_litert``."""
    return str(_runtime().__name__).split(".", maxsplit=1)[0]


def _runtime() -> Any:
    for name in _RUNTIMES:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise ModelError(
        "no TFLite runtime: install ai-edge-litert (any Python) or tflite-runtime with numpy < 2"
    )


def open_interpreter(path: Path, threads: int, delegate: str | None) -> Any:
    if not path.is_file():
        raise ModelError(f"{path}: no such model file; `edge-pose models list` shows what is there")
    runtime = _runtime()
    delegates = [_delegate(runtime, delegate)] if delegate else None
    try:
        with quiet_native_log():
            interpreter = runtime.Interpreter(
                model_path=str(path), num_threads=threads, experimental_delegates=delegates
            )
            interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise ModelError(f"{path}: not a usable TFLite model ({_first_line(error)})") from error
    return interpreter


def _delegate(runtime: Any, path: str) -> Any:
    try:
        ctypes.CDLL(path)  # first alone: the runtime's own object complains at its end otherwise
        return runtime.load_delegate(path)
    except (OSError, ValueError) as error:
        raise ModelError(f"delegate {path}: cannot be loaded ({_first_line(error)})") from error


def _first_line(error: Exception) -> str:
    return str(error).split("\n", maxsplit=1)[0]
