# make            paint the first picture           make test   run all tests
# make lab        open JupyterLab at the lessons           make notebooks   run every lesson, write its results
# make bench      measure how soon the studio follows a slider

PYTHON ?= python3
BIN := .venv/bin

.PHONY: paint test lab notebooks bench

paint: .venv/installed
	@$(BIN)/python -m helpers cat great_wave

test: .venv/installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m pytest

lab: .venv/installed
	$(BIN)/jupyter lab notebooks

notebooks: .venv/installed-test
	$(BIN)/python notebooks/run_all.py

bench: .venv/installed-test
	$(BIN)/python -m benchmarks.studio_latency

# A second run installs nothing again: the file is made last, when all went well.
.venv/installed: requirements.txt
	@$(PYTHON) -c 'import sys; (3, 10) <= sys.version_info[:2] <= (3, 13) or \
		sys.exit("Python 3.10 to 3.13 is needed, and this is %d.%d; try: make PYTHON=python3.12" % sys.version_info[:2])'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/installed-test: requirements-test.txt .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	@touch $@
