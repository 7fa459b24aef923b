"""Mutants are found in the syntax tree and can be loaded; whether tests notice: `make mutate`."""

from __future__ import annotations

import ast

from deploy.monitor.mutate import MONITOR, mutants


def test_every_rule_has_places_to_break() -> None:
    for path in sorted((MONITOR / "rules").glob("[a-z]*.py")):
        if path.stem in ("registry", "situation", "troubles"):
            continue
        found = list(mutants(path))
        assert found, path
        plain = ast.unparse(ast.parse(path.read_text(encoding="utf-8")))
        for mutant in found[:3]:
            assert mutant.source != plain
            ast.parse(mutant.source)
