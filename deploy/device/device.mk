# After a new pose model, where the roots are made: make test-arm64 STEPS=compare
NEEDS := deploy/device/needs.sh
MACHINES ?= /var/tmp/edge-pose-machines
DEB_ARCH ?= $(shell dpkg --print-architecture)

.PHONY: lock deb test-deb
lock: $(VENV)/.ready ## lock the device's packages anew, with hashes (after a change in pyproject.toml)
	@$(BIN)/pip install -q uv && UV=$(BIN)/uv deploy/device/lock.sh

deb: ## build the Debian package into dist/; DEB_ARCH=arm64 for a board, SIGN_KEY=FILE signs it
	@$(NEEDS) deb dpkg-deb=dpkg gzip=gzip $(PYTHON)=python3
	@$(MAKE) --no-print-directory $(VENV)/.ready
	@PYTHON=$(abspath $(BIN)/python) deploy/device/package/build.sh --arch $(DEB_ARCH) dist

test-deb: ## install, upgrade and purge the package in bare bookworm and trixie roots (needs root)
	@$(NEEDS) test-deb root mmdebstrap=mmdebstrap dpkg-deb=dpkg
	@$(MAKE) --no-print-directory $(VENV)/.ready
	@mkdir -p $(MACHINES)/debs && cd $(MACHINES)/debs && rm -f edge-pose_0.0.*.deb
	@for version in 0.0.1 0.0.2; do EDGE_POSE_VERSION=$$version WHEELS=$(MACHINES)/wheels PYTHON=$(abspath $(BIN)/python) \
		deploy/device/package/build.sh $(MACHINES)/debs || exit 1; done
	@ROOTS=$(MACHINES) deploy/device/package/test.sh $(MACHINES)/debs/edge-pose_0.0.1_*.deb $(MACHINES)/debs/edge-pose_0.0.2_*.deb $(SUITES)

.PHONY: test-arm64 arm64-needs
arm64-needs:
	@$(NEEDS) "an emulated arm64 root" root debootstrap=debootstrap qemu-aarch64-static=qemu-user-static update-binfmts=binfmt-support
test-arm64: arm64-needs $(VENV)/.ready ## install and test in emulated arm64 roots: bookworm and trixie (needs root)
	@$(BIN)/edge-pose models install
	@EDGE_POSE_PYTHON=$(abspath $(BIN)/python) deploy/device/arm64/test.sh $(SUITES)

PI_COUNTS ?= out/pi-estimate
.PHONY: pi-estimate pi-estimate-needs
pi-estimate-needs:
	@$(NEEDS) pi-estimate root debootstrap=debootstrap qemu-aarch64=qemu-user cc=gcc
pi-estimate: pi-estimate-needs $(VENV)/.ready $(PI_COUNTS)/mobilenet_v2_int8.tflite ## estimate a Pi 4B's speed from counted instructions (needs root)
	@PYTHON=$(abspath $(BIN)/python) deploy/device/speed/count.sh $(abspath $(PI_COUNTS)) \
		$(abspath $(PI_COUNTS))/*.tflite $(CURDIR)/edge_pose/models/*.tflite
	@$(BIN)/python -m deploy.device.pi_estimate $(PI_COUNTS)/counts.csv $(PI_COUNTS)/*.tflite edge_pose/models/*.tflite

$(PI_COUNTS)/mobilenet_v2_int8.tflite:
	@[ -x "$$(command -v $(MODEL_PYTHON))" ] || $(MAKE) $(MODEL_VENV)/.ready
	@TF_CPP_MIN_LOG_LEVEL=2 $(MODEL_PYTHON) -m deploy.device.speed.reference $(PI_COUNTS)

# Guests that boot: FORM=full for every repetition and the two-hour soak, MACHINE_ARCH=arm64 for the
# emulated Cortex-A72, MACHINE_IN=qemu|user-mode|container for one kind of guest (docs/machines.md),
# MACHINE_TESTS=tests/machine/test_power.py for a part, MACHINE_GUESTS=0 for one guest at a time
# (containers share this machine's loop devices).
FORM ?= short
MACHINE_ARCH ?= amd64
MACHINE_IN ?= auto
MACHINE_TESTS ?= tests/machine
MACHINE_GUESTS ?= $(if $(filter container arm64,$(MACHINE_IN) $(MACHINE_ARCH)),0,$(shell nproc | awk '{print $$1 < 4 ? $$1 : 4}'))
MACHINE_NEEDS := root mmdebstrap=mmdebstrap mke2fs=e2fsprogs ssh=openssh-client setpriv=util-linux
MACHINE_NEEDS += $(if $(filter container,$(MACHINE_IN)),systemd-nspawn=systemd-container,qemu-img=qemu-utils)
MACHINE_NEEDS += $(if $(filter arm64,$(MACHINE_ARCH)),qemu-system-aarch64=qemu-system-arm \
	qemu-aarch64-static=qemu-user-static arch-test=arch-test,qemu-system-x86_64=qemu-system-x86)
MACHINE_NEEDS += $(if $(filter amd64-auto amd64-user-mode,$(MACHINE_ARCH)-$(MACHINE_IN)),gcc=gcc make=make \
	flex=flex bison=bison bc=bc ip=iproute2)
.PHONY: test-machine
test-machine: ## install, break, cut and update edge_pose on Debian machines in qemu (needs root; docs/machines.md)
	@$(NEEDS) test-machine $(MACHINE_NEEDS)
	@$(MAKE) --no-print-directory $(VENV)/.test-ready
	@EDGE_POSE_MACHINE=$(FORM) EDGE_POSE_MACHINE_ARCH=$(MACHINE_ARCH) EDGE_POSE_MACHINE_IN=$(MACHINE_IN) \
		MACHINES=$(MACHINES) $(BIN)/python -m pytest -s -x -n $(MACHINE_GUESTS) --dist loadfile $(MACHINE_TESTS)
