"""Pages that the site makes from the code, for MkDocs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mkdocs.structure.files import File, Files  # type: ignore[import-not-found]

from deploy.docs.config_reference import config_reference


def on_files(files: Files, config: Any) -> Files:
    """Add the configuration reference."""
    page = File.generated(config, "configuration.md", content=config_reference())
    files.append(page)
    return files
