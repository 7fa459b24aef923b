# The documentation site, from docs/ and the code's own docstrings and settings.
DOCS_VENV ?= .venv-docs-$(PY_VERSION)

.PHONY: docs docs-serve
docs: $(DOCS_VENV)/.ready ## the documentation site in out/docs, every link checked
	@$(DOCS_VENV)/bin/mkdocs build -q -f deploy/docs/mkdocs.yml && echo "out/docs/index.html"

docs-serve: $(DOCS_VENV)/.ready ## the site at http://127.0.0.1:8000, made anew at every change
	@$(DOCS_VENV)/bin/mkdocs serve -f deploy/docs/mkdocs.yml

$(DOCS_VENV)/.ready: pyproject.toml
	@$(PYTHON) -m venv $(DOCS_VENV)
	@$(DOCS_VENV)/bin/python -m pip install -q --disable-pip-version-check '.[docs]'
	@touch $@
