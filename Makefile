# Wraps the README's commands; PYTHON is any Python 3.11 or later.
PYTHON ?= python3
BIN = .venv/bin

.PHONY: demo test check testbed nightly evidence pictures

demo: .venv
	$(BIN)/pip install --quiet .
	$(BIN)/statetrace demo

test: .venv
	$(BIN)/pip install --quiet '.[test]'
	$(BIN)/pytest

check: .venv                    # what CI runs after its fresh environment
	$(BIN)/pip install --quiet '.[dev]'
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --platform linux
	$(BIN)/mypy --platform darwin
	$(BIN)/mypy --platform win32
	$(BIN)/lint-imports
	$(BIN)/pytest

testbed: .venv                  # real routers in namespaces, a run a fault: root, and the packages that it names
	$(BIN)/pip install --quiet '.[test]'
	STATETRACE_TESTBED=1 $(BIN)/pytest -n0 tests/testbed

nightly: .venv                  # hostile input at length: a million cases of each fuzz target, 100,000 of each law
	$(BIN)/pip install --quiet '.[test]'
	STATETRACE_FUZZ=1000000 $(BIN)/pytest tests/fuzz
	STATETRACE_CASES=100000 $(BIN)/pytest --timeout 14400 tests/engine/test_hostile_senders.py \
		tests/engine/parsing/test_traps_hostile.py tests/engine/wire tests/engine/sources/test_bmp_hostile.py

evidence: .venv                 # reruns the command of every promise in docs/evidence.md
	$(BIN)/pip install --quiet '.[test]'
	$(BIN)/python -m benchmarks.evidence

pictures: .venv                 # docs/pictures, from the real program
	$(BIN)/pip install --quiet '.[test]'
	$(BIN)/python -m benchmarks.pictures

.venv:
	$(PYTHON) -m venv .venv
