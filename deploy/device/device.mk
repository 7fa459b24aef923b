# After a new pose model, where the roots are made: make test-arm64 STEPS=compare
.PHONY: test-arm64
test-arm64: $(VENV)/.ready ## install and test in emulated arm64 roots: bookworm and trixie (needs root)
	@$(BIN)/edge-pose models install
	@EDGE_POSE_PYTHON=$(abspath $(BIN)/python) deploy/device/arm64/test.sh $(SUITES)

PI_COUNTS ?= out/pi-estimate
# With PI_STEPS=count an installed root is used as it is.
PI_STEPS ?= install count
.PHONY: pi-estimate
pi-estimate: $(VENV)/.ready $(PI_COUNTS)/mobilenet_v2_int8.tflite ## estimate a Pi 4B's speed from counted instructions (needs root)
	@$(BIN)/edge-pose models install
	@EDGE_POSE_PYTHON=$(abspath $(BIN)/python) COUNTS=$(abspath $(PI_COUNTS)) STEPS="$(PI_STEPS)" deploy/device/arm64/test.sh bookworm
	@$(BIN)/python -m deploy.device.pi_estimate $(PI_COUNTS)/counts.csv $(PI_COUNTS)/*.tflite \
		$$($(BIN)/python -c 'from edge_pose.models.catalog import find as f; print(*map(f, ("head_pose_int8", "face_detection_short_range", "face_landmark")))')

$(PI_COUNTS)/mobilenet_v2_int8.tflite:
	@[ -x "$$(command -v $(MODEL_PYTHON))" ] || $(MAKE) $(MODEL_VENV)/.ready
	@TF_CPP_MIN_LOG_LEVEL=2 $(MODEL_PYTHON) -m deploy.device.speed.reference $(PI_COUNTS)
