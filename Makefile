# make            paint the first picture           make lab          open JupyterLab at the lessons
# make test       run all tests                     make quick        those that need no painting, in a minute
# make notebooks  run every lesson, write its results                 make test-colab   all tests with Colab's versions
# make bench      measure the speed                   make teaching   what a teacher hands out, see TEACHING.md
# make site       the course as a website

PYTHON ?= python3
BIN := .venv/bin
COLAB_PYTHON ?= python3.13
COLAB_TESTS ?= notebooks tests
# Two tests at a time, those of one file one after another: the cells of a lesson share a kernel.
PYTEST := -m pytest -n 2 --dist loadfile --no-loadscope-reorder

CLASS ?= A
WORD ?=
OUT ?= teaching

.PHONY: paint test quick test-colab lab notebooks bench teaching weights-pack home site

paint: .venv/installed
	@$(BIN)/python -m helpers cat great_wave

test: .venv/installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python $(PYTEST)

quick: .venv/installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python $(PYTEST) tests -m "not slow"

test-colab: .venv-colab/installed
	.venv-colab/bin/python $(PYTEST) $(COLAB_TESTS)

lab: .venv/installed
	$(BIN)/jupyter lab notebooks

notebooks: .venv/installed-test
	$(BIN)/python notebooks/run_all.py

bench: .venv/installed-test .venv-pastiche/installed
	$(BIN)/python -m benchmarks

teaching: .venv/installed-teaching
	@$(BIN)/python -m classroom --class "$(CLASS)" --word "$(WORD)" --out "$(OUT)"

# The website, and the slides in it: open site/_build/html/index.html
site: .venv/installed-teaching
	$(BIN)/python -m sphinx -q -W --keep-going -n -c site -d site/_build/pages . site/_build/html
	$(BIN)/python -m sphinx -q -W --keep-going -b revealjs -c site/slides -d site/_build/decks site/slides site/_build/html/slides

weights-pack: .venv/installed
	@$(BIN)/python -m classroom.weights_pack

# For a copy of the course on GitHub: make home REPO=owner/name
home:
	@$(PYTHON) -m classroom.home "$(REPO)"

# A second run installs nothing again: the file is made last, when all went well.
.venv/installed: requirements.txt
	@$(PYTHON) -c 'import sys; (3, 10) <= sys.version_info[:2] <= (3, 13) or \
		sys.exit("Python 3.10 to 3.13 is needed, and this is %d.%d; try: make PYTHON=python3.12" % sys.version_info[:2])'
	@$(PYTHON) -c 'import platform, sys; (platform.system(), platform.machine()) == ("Darwin", "x86_64") and sys.exit( \
		"TensorFlow is no longer made for Macs with Intel processors: please open the lessons in Colab (see README.md).")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/installed-teaching: requirements-teaching.txt .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-teaching.txt
	@touch $@

.venv/installed-test: requirements-test.txt requirements-teaching.txt requirements-many.txt .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	@touch $@

.venv-colab/installed: requirements-colab.txt
	@$(COLAB_PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null || { \
		echo "Colab's Python 3.13 is needed; try: make test-colab COLAB_PYTHON=path/to/python3.13" >&2; exit 1; }
	$(COLAB_PYTHON) -m venv .venv-colab
	.venv-colab/bin/python -m pip install --quiet --disable-pip-version-check \
		-r requirements-colab.txt filelock nbval hypothesis playwright pytest-timeout pytest-xdist typst
	@touch $@

# What the course is compared with: PyTorch, in an environment of its own.
.venv-pastiche/installed:
	$(PYTHON) -m venv .venv-pastiche
	.venv-pastiche/bin/python -m pip install --quiet --disable-pip-version-check torch==2.13.0 pastiche==1.6.0
	@touch $@
