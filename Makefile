# Chatter: every command a person types. `make` alone lists them.
# On a fresh machine only make and Python 3.11, 3.12 or 3.13 are needed for `make run`; the tests install the rest.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
NODE_BIN := node_modules/.bin
PYTEST_ARGS ?=
FAULTS ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help
help: ## List the commands.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

# ---- Python -----------------------------------------------------------------------------------------------------

# A version manager's shim answers to a name without having the version, so each candidate is asked to run.
$(PY):
	@for candidate in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
	  if "$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then \
	    "$$candidate" -m venv $(VENV) || { \
	      echo "$$candidate cannot make a virtual environment: install its venv package (on Debian: apt-get install python3-venv)." >&2; \
	      rm -rf $(VENV); exit 1; }; \
	    exit 0; \
	  fi; \
	done; \
	echo "Chatter needs Python 3.11, 3.12 or 3.13 (3.14 has no build of the embedded database yet), and none was found. Name one with PYTHON=/path/to/python." >&2; \
	exit 1

$(VENV)/.run: requirements.txt dev/servers.txt | $(PY)
	@echo "Installing the Python packages …"
	@$(PY) -m pip install --quiet -r requirements.txt -r dev/servers.txt 2> $(VENV)/pip.log || { cat $(VENV)/pip.log >&2; exit 1; }
	@touch $@

$(VENV)/.dev: requirements.txt dev/servers.txt requirements-dev.txt | $(PY)
	@echo "Installing the Python packages for development …"
	@$(PY) -m pip install --quiet -r requirements-dev.txt 2> $(VENV)/pip.log || { cat $(VENV)/pip.log >&2; exit 1; }
	@touch $@ $(VENV)/.run

.PHONY: venv
venv: $(VENV)/.dev ## Make the virtual environment with everything for development.

.PHONY: run
run: $(VENV)/.run ## Start Chatter on http://localhost:5000 (PORT=… for another port).
	@exec $(PY) -m dev.supervisor

.PHONY: demo
demo: $(VENV)/.run ## Fill the running Chatter with people who talk to each other.
	@exec $(PY) -m dev.demo

.PHONY: admin
admin: $(VENV)/.run ## Who runs the running Chatter: DO="grant +49…", DO="revoke …" (a handle or a number), or nothing to list.
	@$(PY) -m dev.admin $(DO)

# ---- Node, for the tests and for building what is committed -------------------------------------------------------

.PHONY: node
node:
	@command -v npm > /dev/null || dev/install-debian nodejs npm
	@node -e 'process.exit(+(parseInt(process.versions.node) < 20))' || { \
	  echo "The tests need Node 20 or newer, and this is $$(node --version): see https://nodejs.org/." >&2; exit 1; }

# Not `npm ci`: it refuses a lock file that lacks other platforms' optional packages. Every version is pinned anyway.
node_modules/.installed: package.json package-lock.json .npmrc | node
	@echo "Installing the Node packages …"
	@npm install --no-save --ignore-scripts --loglevel=error
	@touch $@

.PHONY: css
css: node_modules/.installed ## Build static/css/app.css from static/css/source/.
	@npm run --silent css

.PHONY: vendor
vendor: node_modules/.installed ## Copy the pinned libraries and icons into static/.
	@npm run --silent vendor

# ---- Languages ----------------------------------------------------------------------------------------------------

.PHONY: messages
messages: $(VENV)/.run ## Bring translations/ up to date with the texts of the code, and build what is committed from it.
	@$(PY) -m dev.messages

# ---- Tests --------------------------------------------------------------------------------------------------------

# Most tests wait, for heartbeats, leases and grace times, so they share the machine; faults are timed, and have it for
# themselves. What takes longest begins first. A machine that does all of it at once is late now and then: a test of
# processes gets a second try, and both are told. (A failure's source is not shown where Playwright runs: reading it fails
# now and then in its greenlets.)
.PHONY: test
test: export SECOND_TRY := 1
test: $(VENV)/.dev node_modules/.installed chromium balancers ## Run every test.
	@$(MAKE) --jobs=5 --output-sync=target test-system-1of2 test-system-2of2 test-browser-1of2 test-browser-2of2 \
	  test-python-1of2 test-python-2of2 test-views test-security test-js
	@$(MAKE) test-faults

.PHONY: balancers
balancers: ## Install the balancers and the Redis with TLS that some tests run; without them those are skipped.
	@export PATH="$$PATH:/usr/sbin"; for program in nginx haproxy redis-server; do \
	  command -v $$program > /dev/null || dev/install-debian $$program || true; done

APART := $(addprefix --ignore=tests/,system security browser views faults)

.PHONY: test-python
test-python: $(VENV)/.dev ## Run the Python tests within one process, on real embedded servers.
	@$(PY) -m tests $(APART) $(PYTEST_ARGS)

test-python-%: $(VENV)/.dev
	@$(PY) -m tests $(APART) --part=$(subst of,/,$*) $(PYTEST_ARGS)

.PHONY: test-system
test-system: $(VENV)/.dev balancers ## Run the Python tests that start whole installations.
	@$(PY) -m tests tests/system $(PYTEST_ARGS)

test-system-%: $(VENV)/.dev balancers
	@$(PY) -m tests tests/system --part=$(subst of,/,$*) $(PYTEST_ARGS)

.PHONY: test-security
test-security: $(VENV)/.dev ## Ask a whole installation for everything that it must refuse.
	@$(PY) -m tests tests/security $(PYTEST_ARGS)

.PHONY: test-js
test-js: node_modules/.installed ## Run the browser's state and net tests under Node.
	@npm test --silent

.PHONY: test-faults
test-faults: $(VENV)/.dev ## Inject the short selection of faults and check the log (about ten minutes).
	@$(PY) -m pytest tests/faults $(PYTEST_ARGS)

.PHONY: faults
faults: $(VENV)/.dev ## Inject every fault of the table, with full waits; FAULTS="--only 8,9c" picks some. Writes test-results/faults.
	@command -v faketime > /dev/null || dev/install-debian faketime
	@$(PY) -m tests.faults $(FAULTS)

.PHONY: chromium
chromium:
	@command -v chromium-headless-shell > /dev/null || command -v chromium > /dev/null \
	  || dev/install-debian chromium-headless-shell fonts-noto-color-emoji || dev/install-debian chromium fonts-noto-color-emoji

.PHONY: test-browser
test-browser: $(VENV)/.dev chromium ## Run the tests of two people and more in real browsers.
	@$(PY) -m pytest tests/browser --tb=native --output=test-results/browser $(PYTEST_ARGS)

test-browser-%: $(VENV)/.dev chromium
	@$(PY) -m pytest tests/browser --part=$(subst of,/,$*) --tb=native --output=test-results/browser-$* $(PYTEST_ARGS)

.PHONY: test-views
test-views: $(VENV)/.dev chromium ## Run the tests of the pages' looks and keys in a real browser, over a chat in memory.
	@$(PY) -m pytest tests/views --tb=native --output=test-results/views $(PYTEST_ARGS)

# ---- The bench ----------------------------------------------------------------------------------------------------

BENCH_ARGS ?=
LOAD ?= 100x5-500

.PHONY: bench
bench: $(VENV)/.dev bench/peers/node/node_modules/.installed ## Measure Chatter beside the design it replaces (BENCH_ARGS=--quick: a smoke test).
	@$(PY) -m bench.run $(BENCH_ARGS)

.PHONY: bench-profile
bench-profile: $(VENV)/.dev bench/.packages/.installed ## See what costs most under one load (LOAD=…).
	@$(PY) -m bench.profile $(LOAD)

bench/peers/node/node_modules/.installed: bench/peers/node/package-lock.json | node
	@cd bench/peers/node && npm install --no-save --ignore-scripts --loglevel=error
	@touch $@

bench/.packages/.installed: bench/requirements.txt | $(PY)
	@$(PY) -m pip install --quiet --upgrade --target bench/.packages -r bench/requirements.txt
	@touch $@

# ---- Checks -------------------------------------------------------------------------------------------------------

.PHONY: check
check: check-python check-js check-css check-vendor ## Run the linters, the type checkers and the builds' comparisons.

.PHONY: check-python
check-python: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: check-js
check-js: node_modules/.installed
	@npm run --silent check

.PHONY: check-css
check-css: node_modules/.installed
	@built=$$(mktemp); trap 'rm -f "$$built"' EXIT; \
	npm run --silent css -- --output "$$built" 2> /dev/null; \
	cmp --silent "$$built" static/css/app.css || { echo "static/css/app.css is not what its source makes: run make css." >&2; exit 1; }

.PHONY: check-vendor
check-vendor: node_modules/.installed
	@built=$$(mktemp -d); trap 'rm -rf "$$built"' EXIT; \
	node dev/vendor.mjs --into "$$built"; \
	for file in vendor/SHA256SUMS $$(cd "$$built" && ls vendor/*.js) icons.svg; do \
	  cmp --silent "$$built/$$file" "static/$$file" || { echo "static/$$file is not what its package holds: run make vendor." >&2; exit 1; }; \
	done

# ---- Audit: does anybody know of a hole in what is pinned? ----------------------------------------------------------

# Each says one of three things, and only a hole is a failure of the audit: nothing known, these holes, or not asked.
.PHONY: audit
audit: $(VENV)/.dev node_modules/.installed ## Ask whether holes are known in the pinned packages (needs the network).
	@$(PY) -m dev.audit

.PHONY: format
format: $(VENV)/.dev node_modules/.installed ## Lay out the Python and JavaScript as the checks want it.
	@$(BIN)/ruff check --fix --quiet
	@$(BIN)/ruff format
	@$(NODE_BIN)/biome check --write

.PHONY: screenshots
screenshots: $(VENV)/.dev chromium ## Take the pictures of docs/screenshots.
	@$(PY) -m dev.screenshots

.PHONY: dashboard-pictures
dashboard-pictures: $(VENV)/.dev chromium ## Take the pictures of docs/dashboard.
	@$(PY) -m dev.dashboard_pictures

.PHONY: walk
walk: $(VENV)/.dev chromium ## Walk through a new user's first ten minutes, and picture it in docs/walk.
	@$(PY) -m dev.walk

.PHONY: clean
clean: ## Remove what was installed and built here; .data/ with its messages stays.
	rm -rf $(VENV) node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
