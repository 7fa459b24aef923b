# The fleet's centre: docs/fleet.md. Needs Debian's mosquitto and postgresql.
FLEET_BOXES ?= 2000
FLEET_MINUTES ?= 480
FLEET_OUT ?= out/fleet

.PHONY: fleet-demo fleet-load fleet-dashboards
fleet-demo: $(VENV)/.fleet-ready ## a centre and 20 boxes on this machine: ends with a table and a page
	@$(BIN)/python -m deploy.fleet.demo --out $(FLEET_OUT)/demo

fleet-load: $(VENV)/.fleet-ready ## FLEET_BOXES boxes' day, FLEET_MINUTES driven, while its parts are killed (long)
	@$(BIN)/python -m deploy.fleet.load --boxes $(FLEET_BOXES) --minutes $(FLEET_MINUTES) --out $(FLEET_OUT)/load

fleet-dashboards: $(VENV)/.ready ## write Grafana's files anew from deploy/fleet/panels.py
	@$(BIN)/python -m deploy.fleet.dashboards

$(VENV)/.fleet-ready: $(VENV)/.ready
	@[ -n "$$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] && PATH="$$PATH:/usr/sbin" command -v mosquitto >/dev/null || \
		{ [ "$$(id -u)" = 0 ] && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends mosquitto postgresql >/dev/null; } || \
		{ echo "fleet needs: apt-get install mosquitto postgresql"; exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[fleet]'
	@touch $@
