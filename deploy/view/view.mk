.PHONY: pictures
pictures: $(VENV)/.test-ready ## remake the README's pictures from real runs of the demo clip
	@$(BIN)/edge-pose models install
	@$(BIN)/python deploy/view/make_pictures.py
