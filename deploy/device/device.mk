.PHONY: test-arm64
test-arm64: $(VENV)/.ready ## install and test in emulated arm64 roots: bookworm and trixie (needs root)
	@$(BIN)/edge-pose models install
	@EDGE_POSE_PYTHON=$(abspath $(BIN)/python) deploy/device/arm64/test.sh $(SUITES)
