# edge_pose: every job a person or CI runs. `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
PY_VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
VENV ?= .venv-$(PY_VERSION)
BIN := $(VENV)/bin
SHARED ?= ../shared

# pip's many lines about a network that is not there stay in a file.
fetch = $(BIN)/python -m pip install -q --disable-pip-version-check --retries 2 $(1) >$(VENV)/pip.log 2>&1 || { \
	grep -E '^ERROR' $(VENV)/pip.log | tail -1; \
	echo "the packages could not be fetched (no network?); all that pip said: $(VENV)/pip.log"; exit 1; }

.PHONY: help demo test lint soak fuzz test-tflite-runtime wheel clean
help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: $(VENV)/.ready ## set everything up and run the demo clip through the real loop
	@$(BIN)/edge-pose models install
	@$(BIN)/edge-pose demo
	@printf '\nHere edge-pose is %s. On a board: sudo deploy/device/install.sh (docs/install.md)\n' $(BIN)/edge-pose

# A file's tests stay in one process: they share a broker, a browser, a database.
TEST_PROCESSES ?= auto
test: $(VENV)/.test-ready ## set everything up and run the tests, one process a core
	@$(BIN)/edge-pose models install
	@$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile

lint: $(VENV)/.test-ready ## ruff and mypy
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

soak: $(VENV)/.test-ready ## the long runs: endurance and faults
	@EDGE_POSE_SOAK=1 $(BIN)/python -m pytest -m soak -s

FUZZ_S ?= 300
fuzz: $(VENV)/.test-ready ## coverage-guided fuzzing of MQTT payloads and configs, FUZZ_S seconds each
	@$(BIN)/python -m pip install -q --disable-pip-version-check --only-binary :all: atheris || true
	@for target in mqtt config; do $(BIN)/python tests/fuzz/fuzz.py $$target $(FUZZ_S) || exit 1; done

TFLITE_VENV ?= .venv-tflite-$(PY_VERSION)
test-tflite-runtime: $(VENV)/.test-ready $(TFLITE_VENV)/.ready ## the same angles with tflite-runtime 2.14 and numpy 1 (Python 3.11)
	@EDGE_POSE_TFLITE_PYTHON=$(abspath $(TFLITE_VENV))/bin/python $(BIN)/python -m pytest -m tflite_runtime

$(TFLITE_VENV)/.ready:
	@$(PYTHON) -m venv $(TFLITE_VENV)
	@$(TFLITE_VENV)/bin/python -m pip install -q --disable-pip-version-check tflite-runtime==2.14.0 'numpy<2' \
		'opencv-python-headless<4.12' pydantic paho-mqtt starlette uvicorn
	@touch $@

wheel: $(VENV)/.ready ## build the wheel
	@$(BIN)/pip install -q build && $(BIN)/python -m build --wheel

clean: ## remove what make made
	rm -rf .venv-* build dist *.egg-info out

$(VENV)/.ready: pyproject.toml
	@[ -n "$(PY_VERSION)" ] || { echo "$(PYTHON) was not found: apt-get install $(notdir $(PYTHON)) $(notdir $(PYTHON))-venv, or choose another: make PYTHON=python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "edge_pose needs Python 3.11 or newer, $(PYTHON) is $(PY_VERSION): make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing: apt-get install python$(PY_VERSION)-venv"; exit 1; }
	@echo "setting up $(VENV) (about a minute the first time)"
	@$(PYTHON) -m venv $(VENV)
	@$(call fetch,-e .)
	@touch $@

$(VENV)/.test-ready: $(VENV)/.ready
	@$(call fetch,-e '.[test]')
	@touch $@

-include deploy/*/*.mk
