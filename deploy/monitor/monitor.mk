.PHONY: simulate
simulate: $(VENV)/.test-ready ## the monitor on ten hours of attentive driving and hours full of events
	@EDGE_POSE_SOAK=1 $(BIN)/python -m pytest tests/simulation
