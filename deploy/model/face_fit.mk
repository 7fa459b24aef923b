# The morphable face and the 3D fit: from photos to edge_pose/models/face_basis.npz, and its tables.
FIT_OUT ?= out/morphable
FIT_DEV = $(SHARED)/eval/aflw2000_dev

.PHONY: landmark-fit face-basis face-fit-compare face-fit-eval face-fit-starts face-fit-hidden face-network
face-basis: $(VENV)/.test-ready ## learn the morphable face and the hybrid's weights from ../shared/faces (minutes)
	@$(BIN)/python -m deploy.model.labels.meshes $(SHARED)/faces $(FIT_OUT)/faces.npz
	@$(BIN)/python -m deploy.model.labels.label_zero $(FIT_OUT)/faces.npz
	@$(BIN)/python -m deploy.model.morphable.learn $(FIT_OUT)/faces.npz
	@$(BIN)/python -m deploy.model.morphable.tune_hybrid $(SHARED)/faces $(FIT_OUT)/faces.npz

face-fit-compare: $(VENV)/.test-ready ## the 3D fit against closed forms and solvePnP, and its times
	@$(BIN)/python -m deploy.model.morphable.compare

face-fit-eval: $(VENV)/.test-ready ## network, fit and hybrid on the 160 photos with published angles
	@for mode in network fit hybrid; do \
	  $(BIN)/python -m edge_pose pose $(FIT_DEV)/labels.csv --mode $$mode --out $(FIT_OUT)/$$mode.csv; done
	@$(BIN)/python -m deploy.model.morphable.measure $(FIT_DEV)/labels.csv $(FIT_OUT)/network.csv $(FIT_OUT)/fit.csv $(FIT_OUT)/hybrid.csv

landmark-fit: $(VENV)/.test-ready ## choose how the fit reads the face network's points, on validation photos
	@$(BIN)/python -m deploy.model.morphable.tune_landmark_fit edge_pose/models/face_int8.tflite --faces $(SHARED)/faces --cache $(MODEL_OUT)/cache

face-fit-starts: $(VENV)/.test-ready ## ten thousand fits from random starts
	@EDGE_POSE_SOAK=1 $(BIN)/python -m pytest -m soak tests/vision/fit/test_face_fit.py

face-fit-hidden: $(VENV)/.test-ready $(MODEL_OUT)/cache/mesh.npz ## what the fit says of hidden faces: meshes, residuals, errors
	@$(BIN)/python -m deploy.model.morphable.hidden $(SHARED)/faces $(MODEL_OUT)/cache

face-network: $(MODEL_OUT)/cache/mesh.npz ## train and measure the article's network (a quarter of an hour; resumes)
	@TF_CPP_MIN_LOG_LEVEL=2 $(MODEL_PYTHON) -m deploy.model.morphable.train_network $(SHARED)/faces $(MODEL_OUT)/cache --out $(FIT_OUT)/network.keras
