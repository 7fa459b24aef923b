HA_PYTHON ?= python3.13
HA_VENV ?= .venv-homeassistant
HA_VERSION ?= 2025.4.4
.PHONY: test-homeassistant
test-homeassistant: $(VENV)/.test-ready $(HA_VENV)/.ready ## outages and a power cut with the real Home Assistant and mosquitto (10 minutes)
	@EDGE_POSE_HA_PYTHON=$(abspath $(HA_VENV))/bin/python $(BIN)/python -m pytest -m homeassistant tests/homeassistant

$(HA_VENV)/.ready:
	@command -v $(HA_PYTHON) >/dev/null || { echo "Home Assistant needs $(HA_PYTHON): install it, or name it: make HA_PYTHON=…"; exit 1; }
	@$(HA_PYTHON) -m venv $(HA_VENV)
	@$(HA_VENV)/bin/python -m pip install -q --disable-pip-version-check homeassistant==$(HA_VERSION) paho-mqtt==2.1.0
	@touch $@
