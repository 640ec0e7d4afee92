# 便民通: `make run` to use it, `make test` to prove it. Needs only Python 3.11 and make.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: run test quick test-postgres check format bench contract migration screenshots clean

run: $(VENV)/run.stamp
	@$(BIN)/python -m backend demo

test: $(VENV)/test.stamp
	$(BIN)/python -m pytest --durations=10
	BMT_TEST_DB=postgres $(BIN)/python -m pytest --durations=10 -m "not browser"

quick: $(VENV)/test.stamp
	$(BIN)/python -m pytest -x -m "not slow and not browser"

test-postgres: $(VENV)/test.stamp
	BMT_TEST_DB=postgres $(BIN)/python -m pytest -m "not browser"

check: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/test.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/test.stamp
	$(BIN)/python -m tests.bench

contract: $(VENV)/test.stamp
	$(BIN)/python -m api_spec.openapi

migration: $(VENV)/test.stamp
	$(BIN)/python -m backend.migrate make

screenshots: $(VENV)/test.stamp
	$(BIN)/python -m tests.screenshots

clean:
	rm -rf $(VENV) data build dist screenshots .mypy_cache .ruff_cache .pytest_cache

$(VENV)/run.stamp: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) install -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp requirements-test.lock
	$(PIP) install -r requirements-test.lock
	@touch $@
