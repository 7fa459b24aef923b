"""Coverage-guided fuzzing with atheris (``make fuzz``), outside the test suite:

    python tests/fuzz/fuzz.py {mqtt,config} [SECONDS] [FILE…]

Inputs that found something new are kept in ``out/fuzz/TARGET`` and are the start of the next run;
an input that breaks a promise is written there as ``crash-…``. With FILEs only these are tried.
"""

from __future__ import annotations

import hashlib
import importlib
import logging
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main(name: str, seconds: str, files: list[str]) -> None:
    try:
        import atheris
    except ImportError:
        print(f"fuzz {name}: left out, atheris is not installed (pip install atheris)")
        return
    sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
    with atheris.instrument_imports(include=["edge_pose", "tomllib", "json"]):
        targets = importlib.import_module("targets")
    attempt, seeds = targets.TARGETS[name]
    logging.disable(logging.CRITICAL)
    kept = ROOT / "out" / "fuzz" / name
    kept.mkdir(parents=True, exist_ok=True)
    for seed in seeds():
        (kept / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
    options = [f"-max_total_time={seconds}", "-max_len=4096", "-timeout=10", "-rss_limit_mb=1500"]
    words = [*options, f"-artifact_prefix={kept}/", *(files or [str(kept)])]
    atheris.Setup([sys.argv[0], *words], lambda data: attempt(atheris.FuzzedDataProvider(data)))
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], (sys.argv[2:3] or ["300"])[0], sys.argv[3:])
