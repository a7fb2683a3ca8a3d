# Sluice. `make` alone lists what there is to make.

HOST ?= 127.0.0.1
PORT ?= 8000
FRESH ?=
FILE ?=
ACCOUNT ?=
SITUATION ?=
STREAM ?=
PART ?=
ARGS ?=
# The suite waits more than it computes, so two processes share a core; PARALLEL= runs it in one process.
CORES := $(shell getconf _NPROCESSORS_ONLN)
# Files begin in the order of tests/longest_first.py, and not those with the most tests first.
PARALLEL ?= -n $(shell expr 2 \* $(CORES)) --dist loadfile --no-loadscope-reorder
# Every test is in one tier, by its mark (tests/tiers.py). Those marked faults are a part of `make faults`.
QUICK := -m "not audit and not faults"
AUDIT := -m "audit"

# Dozens of processes of the suite load the same modules; compiled once, they start a quarter faster.
test coverage audit faults bench: export PYTHONDONTWRITEBYTECODE :=

VENV := .venv
PY := $(VENV)/bin/python
# The AWS emulator has an environment of its own, where portal/local/ministack.py expects it: docs/emulator.md.
EMULATOR := .venv-emulator
EMULATOR_READY := $(EMULATOR)/.installed
OPENPGP_PROGRAMS := var/openpgp-programs/.unpacked
# Programs that open what Sluice encrypts, and the libraries that they need, as Debian 12 names them.
OPENPGP_PACKAGES := sq sqop gosop rnp librnp0 libbotan-2-19 libjson-c5 libtspi1 \
	python3-pgpy python3-cryptography python3-cffi-backend python3-pyasn1 python3-six
# AWS CLI version 2, which PyPI does not have, with what it needs, as Debian 12 names them: Debian's Python runs it.
AWS_CLI_2 := var/aws-cli-2/.unpacked
AWS_CLI_2_PACKAGES := awscli python3-awscrt python3-colorama python3-cryptography python3-cffi-backend python3-dateutil \
	python3-distro python3-docutils python3-jmespath python3-prompt-toolkit python3-pyasn1 python3-roman \
	python3-ruamel.yaml python3-ruamel.yaml.clib python3-six python3-urllib3 python3-wcwidth
# Node-RED, which runs the flow of the connector settings.
NODE_RED := var/node-red/.installed
# The program of MQTT that the package of a device names, with its libraries.
MOSQUITTO := var/mosquitto/.unpacked
MOSQUITTO_PACKAGES := mosquitto-clients libmosquitto1 libcjson1
KEYRINGS := var/debian-keyrings/.unpacked
# The first Python that is new enough and can make environments; those with wheels of a real Redis come first.
NEW_ENOUGH := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3.12 python3.11 python3.13 python3.14 python3; do \
	"$$p" -c '$(NEW_ENOUGH)' 2>/dev/null && { command -v "$$p"; break; }; done)
# mypy reads the settings, and these have no defaults. Nothing is reached.
NO_SERVERS := SLUICE_DEVELOPMENT=1 SLUICE_SECRET_KEY=unused DATABASE_URL=postgresql://unused/unused REDIS_URL=redis://unused

.DEFAULT_GOAL := help
.PHONY: help demo demo-grant demo-run demo-switch test coverage audit check faults bench lock messages clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | awk -F '\t' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: $(VENV)/.demo $(EMULATOR_READY) ## run everything on this machine (PORT=8000 HOST=127.0.0.1 FRESH=1)
	@exec $(PY) -m portal.demo --host $(HOST) --port $(PORT) $(if $(FRESH),--fresh)

demo-grant: $(VENV)/.demo ## in the demo, deploy the role's template as the client would (FILE=… ACCOUNT=…)
	@test -n "$(FILE)" || { echo "Specify the template: make demo-grant FILE=~/Downloads/sluice-access.yaml" >&2; exit 2; }
	@$(PY) -m portal.demo.console apply-role --template "$(FILE)" $(if $(ACCOUNT),--account $(ACCOUNT))

demo-run: $(VENV)/.demo ## in the demo, run a script from Sluice as the client would (FILE=… ARGS=--yes)
	@test -n "$(FILE)" || { echo "Specify the script: make demo-run FILE=~/Downloads/sensors.sh" >&2; exit 2; }
	@$(PY) -m portal.demo.console run "$(FILE)" $(ARGS)

demo-switch: $(VENV)/.demo ## in the demo, put the building into a situation, or list them (SITUATION=silence STREAM=…)
	@$(PY) -m portal.demo.console switch $(if $(SITUATION),"$(SITUATION)") $(if $(STREAM),--stream "$(STREAM)")

test: $(VENV)/.dev $(EMULATOR_READY) ## run the tests of every change, in minutes (ARGS="-k name" or ARGS=--sample-seed=…)
	@$(PY) -m pytest $(PARALLEL) $(QUICK) $(ARGS)

coverage: $(VENV)/.dev $(EMULATOR_READY) ## run the same tests, measure the coverage of the product code, and check its floor
	@$(PY) -m pytest $(PARALLEL) $(QUICK) --cov --cov-report=term:skip-covered $(ARGS)

audit: coverage $(KEYRINGS) $(OPENPGP_PROGRAMS) $(AWS_CLI_2) $(NODE_RED) $(MOSQUITTO) .ci/node_modules/.package-lock.json ## run what is too slow for every change: every page in a browser, other tools, fuzzing
	@$(PY) -m pytest $(PARALLEL) $(AUDIT) $(ARGS)

check: $(VENV)/.dev .ci/node_modules/.package-lock.json ## run the linters and the type checker
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(NO_SERVERS) $(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(PY) -m djlint templates --lint --quiet
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" .ci/node_modules/.bin/biome check --error-on-warnings

faults: $(VENV)/.dev $(EMULATOR_READY) ## kill and pause workers at every boundary, for 55 minutes; run again to continue (PART=… ARGS=--list)
	@$(PY) -m tests.faults $(PART) $(ARGS)

bench: $(VENV)/.dev $(EMULATOR_READY) ## measure, and print the results beside their limits
	@$(PY) -m tests.bench $(ARGS)

lock: $(VENV)/.dev ## update the locks from pyproject.toml
	$(PY) -m tests.architecture.locks

messages: $(VENV)/.dev ## update docs/messages.md from the catalogues
	@$(NO_SERVERS) $(PY) -m tests.architecture.messages_page

clean: ## remove the environments and the demo's state
	rm -rf $(VENV) $(EMULATOR) .ci/node_modules var

# Environments: .demo has what the demo needs, .dev that and the tools. Made anew when a lock changes.
.ci/node_modules/.package-lock.json: .ci/package-lock.json | $(VENV)/.dev
	@echo "Installing the linter of CSS and JavaScript (once) …"
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(VENV)/bin/npm ci --prefix .ci --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@

$(VENV)/.demo: requirements-demo.lock | $(PY)
	@test -e $(VENV)/.dev && test $(VENV)/.dev -nt requirements-demo.lock || { \
		echo "Installing what the demo needs into $(VENV) (once) …"; \
		$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-demo.lock; }
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(PY)
	@echo "Installing what the tests need into $(VENV) (once) …"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/.demo

# Real OpenPGP keys for the audit, from Debian's packages of keyrings. They are unpacked, not installed.
$(KEYRINGS):
	@command -v apt-get dpkg-deb >/dev/null || { echo "The audit needs apt-get and dpkg-deb for Debian's keyrings." >&2; exit 2; }
	@rm -rf $(@D) && mkdir -p $(@D)/unpacked
	@cd $(@D) && apt-get download --quiet --quiet debian-keyring debian-archive-keyring
	@cd $(@D) && for package in *.deb; do dpkg-deb --extract "$$package" unpacked; done
	@mv $(@D)/unpacked/usr/share/keyrings/*.gpg $(@D) && rm -rf $(@D)/unpacked $(@D)/*.deb
	@touch $@

# Unpacked, not installed: the machine keeps its own programs.
$(OPENPGP_PROGRAMS):
	@command -v apt-get dpkg-deb >/dev/null || { echo "The audit needs apt-get and dpkg-deb for other OpenPGP programs." >&2; exit 2; }
	@rm -rf $(@D) && mkdir -p $(@D)
	@cd $(@D) && apt-get download --quiet --quiet $(OPENPGP_PACKAGES)
	@cd $(@D) && for package in *.deb; do dpkg-deb --extract "$$package" . && rm "$$package"; done
	@touch $@

$(AWS_CLI_2):
	@command -v apt-get dpkg-deb >/dev/null || { echo "The audit needs apt-get and dpkg-deb for AWS CLI version 2." >&2; exit 2; }
	@rm -rf $(@D) && mkdir -p $(@D)
	@cd $(@D) && apt-get download --quiet --quiet $(AWS_CLI_2_PACKAGES)
	@cd $(@D) && for package in *.deb; do dpkg-deb --extract "$$package" . && rm "$$package"; done
	@touch $@

$(NODE_RED): .ci/node-red/package-lock.json | $(VENV)/.dev
	@rm -rf $(@D) && mkdir -p $(@D) && cp .ci/node-red/package*.json $(@D)
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(VENV)/bin/npm ci --prefix $(@D) --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@

$(MOSQUITTO):
	@command -v apt-get dpkg-deb >/dev/null || { echo "The audit needs apt-get and dpkg-deb for mosquitto." >&2; exit 2; }
	@rm -rf $(@D) && mkdir -p $(@D)
	@cd $(@D) && apt-get download --quiet --quiet $(MOSQUITTO_PACKAGES)
	@cd $(@D) && for package in *.deb; do dpkg-deb --extract "$$package" . && rm "$$package"; done
	@touch $@

$(EMULATOR_READY): requirements-emulator.lock | $(EMULATOR)/bin/python
	@echo "Installing the AWS emulator into $(EMULATOR) (once) …"
	@$(EMULATOR)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-emulator.lock
	@touch $@

$(PY) $(EMULATOR)/bin/python:
	@test -n "$(PYTHON)" || { \
		echo "Sluice needs Python 3.11 or newer, with its venv module (Debian, Ubuntu: sudo apt-get install python3-venv)." >&2; \
		exit 2; }
	@"$(PYTHON)" -m venv $(@:/bin/python=)
