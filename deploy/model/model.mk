# The pose model: from data to the shipped file, and its tables. MODEL_PYTHON has the training stack.
MODEL_VENV ?= .venv-model-$(PY_VERSION)
MODEL_PYTHON ?= $(MODEL_VENV)/bin/python
MODEL_OUT ?= out/model
MODEL_FILE ?= edge_pose/models/head_pose_int8.tflite
# Face mesh of the pinned mediapipe wheel; `edge-pose models install` puts it there.
LANDMARKER ?= $(shell $(MODEL_PYTHON) -c 'from edge_pose.models.catalog import find; print(find("face_landmark"))' 2>/dev/null)
MODEL_DATA = --faces $(SHARED)/faces --cache $(MODEL_OUT)/cache --profiled $(MODEL_OUT)/profiled
MODEL_FINE_DATA = $(MODEL_DATA) --profiled $(MODEL_OUT)/profiled_pitch --second-opinion
# Smaller numbers try the whole way in minutes: make model MODEL_IMAGES=51200 MODEL_FINE_IMAGES=25600 MODEL_STAGES_IMAGES=25600 \
#   MODEL_OUT=out/trial MODEL_FILE=out/trial/head_pose_int8.tflite
MODEL_IMAGES ?= 972800
MODEL_FINE_IMAGES ?= 614400
MODEL_STAGES_IMAGES ?= 307200
# The allocator gives memory back to the system after every step otherwise: a third of the time.
MODEL_RUN = MALLOC_MMAP_THRESHOLD_=8589934592 MALLOC_TRIM_THRESHOLD_=17179869184 \
	TF_CPP_MIN_LOG_LEVEL=2 TF_SET_ONEDNN_FPMATH_MODE=BF16 $(MODEL_PYTHON) -m deploy.model

# The two small networks, research and clean: each learns a base, then a fine pass on the newest renders with its mirror images left
# out, which two cores manage in an hour. All on one H200: some 20 minutes; on two cores a day (TRAIN_DEVICE=cpu).
RENDERS ?= out/heads
RENDERS_WANTED ?= 10000
# The last tables are learned from by nobody: the test.
RENDERS_TEST = $(lastword $(sort $(wildcard $(RENDERS)/faces-*.csv)))
STRIPS_TEST = $(lastword $(sort $(wildcard $(RENDERS)/eyes-*.csv)))
RENDERS_SEEN = $(filter-out $(RENDERS_TEST) $(STRIPS_TEST),$(sort $(wildcard $(RENDERS)/*.csv)))
LESSONS = $(MODEL_OUT)/lessons
FACE_IMAGES ?= 1140000
FACE_FINE_IMAGES ?= 675000
# A base's step holds twice so many pictures: 10 GB for the face's 512.
FACE_BATCH ?= 512
EYE_IMAGES ?= 3750000
EYE_FINE_IMAGES ?= 2100000
CLEAN_FACE_IMAGES ?= 265000
CLEAN_FACE_FINE_IMAGES ?= 150000
CLEAN_EYE_IMAGES ?= 850000
CLEAN_EYE_FINE_IMAGES ?= 400000
TRAIN_DEVICE ?= $(shell $(MODEL_PYTHON) -c 'import torch; print("cuda" if torch.cuda.is_available() else "cpu")' 2>/dev/null)
# A processor that multiplies bfloat16 learns twice as fast so.
HALF ?= $(shell grep -qs avx512_bf16 /proc/cpuinfo && echo --half)
# On processors one process a core, each with a batch of its own: threads wait for each other at every operation.
PROCESSES ?= $(if $(filter cpu,$(TRAIN_DEVICE)),$(shell nproc),1)
TOGETHER = $(MODEL_PYTHON) -m torch.distributed.run --standalone --nproc-per-node $(PROCESSES)
TASK = -m deploy.model.training.learn --device $(TRAIN_DEVICE) $(HALF) --lessons $(LESSONS)
LEARN = $(MODEL_PYTHON) $(TASK)
FINE = $(LEARN) --alone --weights
SHIP = TF_CPP_MIN_LOG_LEVEL=2 $(MODEL_PYTHON) -m deploy.model.export.small_files
MODELS_FOLDER ?= edge_pose/models

.PHONY: lessons model models models-eval model-eval model-compare test-model
models: $(LESSONS)/.ready ## make all shipped networks anew: lessons, trainings, export, tables (resumes)
	@mkdir -p $(MODELS_FOLDER)
	@test -f $(MODEL_OUT)/start.pt || $(MODEL_PYTHON) -m deploy.model.training.from_file $(MODEL_FILE) --lessons $(LESSONS) --out $(MODEL_OUT)/start.pt
	@$(LEARN) --only real,turned,batch --weights $(MODEL_OUT)/start.pt --images $(FACE_IMAGES) --batch $(FACE_BATCH) --peak-rate 1.5e-3 \
		--average 0.04 --real 0.55 --turned 0.12 --rendered 0.33 --out $(MODEL_OUT)/face-base face
	@$(TOGETHER) $(TASK) --alone --steady --weights $(MODEL_OUT)/face-base/average.pt --only real,turned,new-faces --images $(FACE_FINE_IMAGES) \
		--batch $$((128 / $(PROCESSES))) --peak-rate 4e-4 --weight-decay 0.01 --average 0.05 --real 0.63 --turned 0.1 --rendered 0.27 --pairs 0.3 \
		--seed 7 --out $(MODEL_OUT)/face-renders face
	@$(MODEL_PYTHON) -m deploy.model.export.mean_weights $(MODEL_OUT)/face-renders --start 0.6 --out $(MODEL_OUT)/face
	@$(LEARN) --only real,batch --images $(EYE_IMAGES) --batch 1024 --peak-rate 4e-3 --real 0.5 --rendered 0.5 --out $(MODEL_OUT)/eyes-base eyes
	@$(TOGETHER) $(TASK) --alone --weights $(MODEL_OUT)/eyes-base/average.pt --only real,new,batch-eyes --images $(EYE_FINE_IMAGES) \
		--batch $$((320 / $(PROCESSES))) --peak-rate 2e-3 --average 0.04 --real 0.5 --rendered 0.5 --seed 8 --out $(MODEL_OUT)/eyes eyes
	@$(LEARN) --only new --images $(CLEAN_FACE_IMAGES) --batch 256 --out $(MODEL_OUT)/face-clean-base face
	@$(FINE) $(MODEL_OUT)/face-clean-base/average.pt --only new-faces --images $(CLEAN_FACE_FINE_IMAGES) --batch 96 --peak-rate 4e-4 \
		--steady --foreign 0.1 --average 0.06 --out $(MODEL_OUT)/face-clean face
	@$(LEARN) --only new --images $(CLEAN_EYE_IMAGES) --batch 768 --out $(MODEL_OUT)/eyes-clean-base eyes
	@$(FINE) $(MODEL_OUT)/eyes-clean-base/average.pt --only new --images $(CLEAN_EYE_FINE_IMAGES) --batch 256 --peak-rate 2e-3 --average 0.05 \
		--out $(MODEL_OUT)/eyes-clean eyes
	@for task in face eyes; do \
	  $(SHIP) $$task $(MODEL_OUT)/$$task/average.pt --lessons $(LESSONS) --only real,new --out $(MODELS_FOLDER)/$${task}_int8.tflite; \
	  $(SHIP) $$task $(MODEL_OUT)/$$task-clean/average.pt --lessons $(LESSONS) --only new --out $(MODELS_FOLDER)/$${task}_clean_int8.tflite; done
	@$(MAKE) models-eval

models-eval: ## tables of the four shipped networks, written into their cards
	@for set in "" _clean; do face=$(MODELS_FOLDER)/face$${set}_int8.tflite; eyes=$(MODELS_FOLDER)/eyes$${set}_int8.tflite; \
	  $(MODEL_RUN) opcheck $$face; $(MODEL_RUN) opcheck $$eyes; \
	  $(MODEL_RUN) evaluate --faces $(SHARED)/faces --cache $(MODEL_OUT)/cache --eval $(SHARED)/eval/aflw2000_dev --clips $(SHARED)/clips --into-card $$face; \
	  $(MODEL_PYTHON) -m deploy.model.evaluation.landmark_table $$face --lessons $(LESSONS) --into-card; \
	  $(MODEL_PYTHON) -m deploy.model.evaluation.eye_table --face $$face --eyes $$eyes --clips $(SHARED)/clips --into-card; \
	  $(MODEL_PYTHON) -m deploy.model.evaluation.rendered_table --face $$face --eyes $$eyes $(RENDERS_TEST) $(STRIPS_TEST) --into-card; done

$(LESSONS)/.ready: $(MODEL_OUT)/profiled $(MODEL_OUT)/profiled_pitch $(MODEL_OUT)/cache/mesh.npz
	@test -e $(RENDERS)/faces-000.csv || $(MAKE) heads N=$(RENDERS_WANTED) OUT=$(RENDERS)
	@$(MAKE) lessons

lessons: ## pack photos, turned photos and rendered heads for training
	@test -f $(MODEL_OUT)/offsets.npz || $(MODEL_PYTHON) -m deploy.model.labels.point_definition $(filter $(RENDERS)/faces-%,$(RENDERS_SEEN)) \
		--landmarker $(LANDMARKER) --out $(MODEL_OUT)/offsets.npz
	@test -f $(LESSONS)/real-0.npz || $(MODEL_PYTHON) -m deploy.model.labels.real_lessons $(SHARED)/faces --cache $(MODEL_OUT)/cache \
		--profiled $(MODEL_OUT)/profiled --profiled $(MODEL_OUT)/profiled_pitch --out $(LESSONS)
	@$(MODEL_PYTHON) -m deploy.model.labels.rendered_lessons $(RENDERS_SEEN) --offsets $(MODEL_OUT)/offsets.npz --prefix new- --out $(LESSONS)
	@$(MODEL_PYTHON) -m deploy.model.labels.rendered_lessons $(SHARED)/heads/batch/*.csv --offsets $(MODEL_OUT)/offsets.npz \
		--gaze-above -8 --prefix batch- --out $(LESSONS)
	@touch $(LESSONS)/.ready

model: $(MODEL_OUT)/profiled $(MODEL_OUT)/profiled_pitch $(MODEL_OUT)/cache/mesh.npz ## train, fine-tune, export and check the pose model (hours; resumes)
	@$(MODEL_RUN) train $(MODEL_DATA) --images $(MODEL_IMAGES) --out $(MODEL_OUT)/main
	@$(MODEL_RUN) train $(MODEL_FINE_DATA) --turned 0.3 --weights $(MODEL_OUT)/main/average.npz \
		--images $(MODEL_FINE_IMAGES) --peak-rate 2e-3 --warm-up 20000 --seed 2 --out $(MODEL_OUT)/fine
	@$(MODEL_RUN) train $(MODEL_FINE_DATA) --turned 0.3 --architecture mobilenetv2-stages \
		--weights $(MODEL_OUT)/fine/average.npz --images $(MODEL_STAGES_IMAGES) --peak-rate 1.2e-3 \
		--warm-up 15000 --seed 3 --out $(MODEL_OUT)/stages
	@$(MODEL_RUN) export $(MODEL_FINE_DATA) --from $(MODEL_OUT)/stages --out $(MODEL_FILE)
	@$(MODEL_RUN) opcheck $(MODEL_FILE)
	@$(MODEL_RUN) evaluate $(MODEL_DATA) --eval $(SHARED)/eval/aflw2000_dev --clips $(SHARED)/clips \
		--landmarker $(LANDMARKER) --into-card $(MODEL_FILE)

model-eval: ## the pose model's accuracy, robustness and large-pose tables
	@$(MODEL_RUN) opcheck $(MODEL_FILE)
	@$(MODEL_RUN) evaluate --faces $(SHARED)/faces --cache $(MODEL_OUT)/cache --eval $(SHARED)/eval/aflw2000_dev --clips $(SHARED)/clips --landmarker $(LANDMARKER) $(MODEL_FILE)

model-compare: ## float32, dynamic range and int8 beside each other
	@$(MODEL_RUN) compare $(MODEL_DATA) --eval $(SHARED)/eval/aflw2000_dev --from $(MODEL_OUT)/stages

test-model: $(MODEL_VENV)/.ready ## the training stack's own tests (installs 1.6 GB)
	@$(MODEL_PYTHON) -m pytest -m model tests/model tests/deploy

$(MODEL_OUT)/profiled: | $(MODEL_VENV)/.ready
	@$(MODEL_PYTHON) -m deploy.model.data.profile_pool $(SHARED)/faces --landmarker $(LANDMARKER) --out $@

$(MODEL_OUT)/profiled_pitch: | $(MODEL_VENV)/.ready
	@$(MODEL_PYTHON) -m deploy.model.data.profile_pool $(SHARED)/faces --landmarker $(LANDMARKER) --out $@ --count 8000 --sideways 0.1 --seed 2

$(MODEL_OUT)/cache/mesh.npz: | $(MODEL_VENV)/.ready
	@$(MODEL_PYTHON) -m deploy.model.labels.mesh_targets --faces $(SHARED)/faces --cache $(MODEL_OUT)/cache --landmarker $(LANDMARKER)

$(MODEL_VENV)/.ready: pyproject.toml
	@$(PYTHON) -m venv $(MODEL_VENV)
	@$(MODEL_VENV)/bin/python -m pip install -q --disable-pip-version-check -e '.[model,test]'
	@$(MODEL_VENV)/bin/edge-pose models install
	@touch $@
