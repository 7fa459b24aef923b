.PHONY: simulate mutate
simulate: $(VENV)/.test-ready ## the monitor on ten attentive hours, hours full of events, and every drive at four rates
	@EDGE_POSE_SOAK=1 $(BIN)/python -m pytest tests/simulation tests/scenarios

MUTANTS ?= 100
mutate: $(VENV)/.test-ready ## break the monitor's rules in MUTANTS places: a test must notice each
	@$(BIN)/python -m deploy.monitor.mutate --most $(MUTANTS)
