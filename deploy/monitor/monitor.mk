.PHONY: simulate mutate
simulate: $(VENV)/.test-ready ## the monitor on ten hours of attentive driving and hours full of events
	@EDGE_POSE_SOAK=1 $(BIN)/python -m pytest tests/simulation

mutate: $(VENV)/.test-ready ## break each rule of the monitor once: a test must notice
	@$(BIN)/python tests/mutation/mutate.py
