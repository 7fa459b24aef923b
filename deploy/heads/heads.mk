# Rendered drivers with exact truth. Needs Python 3.11 (Blender's module has no other) and the parts (README.md).
HEADS_PYTHON ?= python3.11
HEADS_VENV ?= .venv-heads
HEADS_BIN := $(HEADS_VENV)/bin
HEADS_PARTS ?= $(SHARED)/heads
N ?= 1000
OUT ?= out/heads
HEADS_RUN = $(HEADS_BIN)/python -m deploy.heads

.PHONY: heads heads-drive heads-judge test-heads
heads: $(HEADS_VENV)/.ready ## render N faces and N eye strips into OUT (RAY=address: over a Ray cluster)
	@$(HEADS_RUN) make --parts $(HEADS_PARTS) --out $(OUT) --faces $(N) --eyes $(N) $(if $(RAY),--ray $(RAY))
	@$(HEADS_RUN) sheet $(OUT) faces $(OUT)/faces.jpg
	@$(HEADS_RUN) sheet $(OUT) eyes $(OUT)/eyes.jpg
	@$(HEADS_RUN) statistics $(OUT) $(OUT)/statistics.html

heads-drive: $(HEADS_VENV)/.ready ## render the scripted drives with the truth of every frame into OUT
	@$(HEADS_RUN) drive --parts $(HEADS_PARTS) --out $(OUT)

heads-judge: $(VENV)/.test-ready ## judge the shipped networks on the rendered pictures in OUT
	@$(BIN)/edge-pose models install
	@$(BIN)/python -m deploy.heads judge $(OUT)

test-heads: $(HEADS_VENV)/.ready ## the renderer's own tests (installs Blender's module, 374 MB)
	@$(HEADS_BIN)/python -m pytest -m heads tests/deploy/heads

$(HEADS_VENV)/.ready: pyproject.toml
	@$(HEADS_PYTHON) -c '' || { echo "Blender's module needs Python 3.11: make HEADS_PYTHON=/path/to/python3.11"; exit 1; }
	@$(HEADS_PYTHON) -m venv $(HEADS_VENV)
	@$(HEADS_BIN)/python -m pip install -q --disable-pip-version-check -e '.[heads]'
	@touch $@
