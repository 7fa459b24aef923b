.PHONY: demo-clip
demo-clip: $(VENV)/.ready ## render the demo clip anew (needs scikit-image, installed on the way)
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[demo]'
	@$(BIN)/edge-pose models install --mesh
	@$(BIN)/python -m deploy.demo.render_demo --out edge_pose/demo
