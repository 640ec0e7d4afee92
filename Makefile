# 便民通: `make run` to use it, `make test` to prove it. Needs only Python 3.11 and make.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
# The village's own, what both share, and faults injected into real processes: the township's database, if any, is SQLite.
NO_TOWNSHIP := tests/village_node tests/protocol tests/faults tests/soak
SECONDS ?= 600
SEED ?= 1
NODES ?= 8
RUNS ?= 2000
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: run test quick test-sqlite test-postgres test-village test-miniprogram check format bench soak contract migration screenshots lighthouse lock clean

run: $(VENV)/run.stamp
	@$(BIN)/python -m backend demo

# Side by side: each run is one process, and much of the third is waiting. Random walks are long on SQLite, short on PostgreSQL.
test: $(VENV)/test.stamp
	$(MAKE) --no-print-directory -j4 -Otarget test-sqlite test-postgres test-village test-miniprogram

test-sqlite: $(VENV)/test.stamp
	$(BIN)/python -m pytest --durations=10 $(NO_TOWNSHIP:%=--ignore=%)

test-postgres: $(VENV)/test.stamp
	BMT_TEST_DB=postgres BMT_STATEFUL_RUNS=60 $(BIN)/python -m pytest --durations=10 -m "not browser" $(NO_TOWNSHIP:%=--ignore=%)

test-village: $(VENV)/test.stamp
	$(BIN)/python -m pytest --durations=10 $(NO_TOWNSHIP)

# Needs node 20 or newer; without it says so and passes.
test-miniprogram:
	@sh miniprogram/tests/run.sh

quick: $(VENV)/test.stamp
	$(BIN)/python -m pytest -x -m "not slow and not browser"

check: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/test.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Thousands of random walks, then real processes with everything going wrong: make soak SECONDS=600 SEED=1 NODES=8 RUNS=2000
soak: $(VENV)/test.stamp
	BMT_STATEFUL_RUNS=$(RUNS) $(BIN)/python -m pytest tests/sync/test_stateful.py -k nothing_is_lost
	$(BIN)/python -m tests.soak --seconds $(SECONDS) --seed $(SEED) --nodes $(NODES)

bench: $(VENV)/test.stamp
	$(BIN)/python -m tests.bench

contract: $(VENV)/test.stamp
	$(BIN)/python -m api_spec.openapi

migration: $(VENV)/test.stamp
	$(BIN)/python -m backend.migrate make

screenshots: $(VENV)/test.stamp
	$(BIN)/python -m tests.screenshots
	$(BIN)/python -m tests.village_screenshots
	$(BIN)/python -m tests.mini_screenshots

# What Lighthouse says of the pages citizens open most; needs Node.js and the npm registry.
lighthouse: $(VENV)/test.stamp
	$(BIN)/python -m tests.lighthouse

# Both locks anew from pyproject.toml, in environments of their own.
lock:
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip -q install '.[fast]'
	{ echo '# What `make run` installs; made from pyproject.toml by `make lock`.'; \
	  build/lock/bin/python -m pip freeze --exclude bianmintong | sed 's/^\(uvloop==.*\)$$/\1; sys_platform != "win32"/'; } > requirements.lock
	build/lock/bin/python -m pip -q install '.[fast,test]'
	{ echo '# What `make test` adds to requirements.lock; made by `make lock`.'; \
	  build/lock/bin/python -m pip freeze --exclude bianmintong | grep -vxFf requirements.lock | grep -v '^uvloop=='; } > requirements-test.lock
	rm -rf build bianmintong.egg-info

clean:
	rm -rf $(VENV) miniprogram/node_modules data build dist screenshots .mypy_cache .ruff_cache .pytest_cache

$(VENV)/run.stamp: requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(PIP) install -r requirements.lock
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp requirements-test.lock
	$(PIP) install -r requirements-test.lock
	@touch $@
