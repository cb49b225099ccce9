# make run    serve the app on http://127.0.0.1:7860 (HOST=0.0.0.0 PORT=8000 to change)
# make test   lint, format, types, import contracts, the tests (the browser's included); all with SLOW=1
# make audit  ask the package index for known holes in what is installed (SECURITY.md)
# make space  write the folder of a Hugging Face Space to build/space (GPU=1 for one with a GPU)
# make space-check  boot that folder as a Space would, in a fresh environment, and segment a photo
# make clean  remove what these made
#
# Both set up all they need: a virtual environment in .venv and, for the tests, Chromium.

HOST ?= 127.0.0.1
PORT ?= 7860
VENV := .venv
BIN := $(VENV)/bin
# Most of what is installed is never imported; what is, compiles then.
INSTALL := $(BIN)/python -m pip install -q --no-compile
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& echo $$python && break; done)
SUDO := $(shell test "$$(id -u)" = 0 || echo sudo)
APT_INSTALL := $(SUDO) apt-get update -qq && \
	$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends

QUICK := $(if $(SLOW),,-m "not slow")

export TF_CPP_MIN_LOG_LEVEL ?= 2
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := run
.PHONY: run test lint browser audit space space-check clean

run: $(VENV)/run.stamp
	$(BIN)/python app.py --host $(HOST) --port $(PORT)

# The browser's tests watch clocks of the page, so nothing runs beside them.
test: lint browser
	$(BIN)/python -m pytest $(QUICK) --ignore tests/browser -n 2 --dist worksteal
	$(BIN)/python -m pytest $(QUICK) tests/browser

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Debian ships venv apart from Python; it is installed only where it is missing.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed, none was found."; exit 1; }
	$(PYTHON) -m venv $(VENV) || { $(APT_INSTALL) python3-venv && $(PYTHON) -m venv --clear $(VENV); }

$(VENV)/run.stamp: requirements.txt | $(BIN)/python
	$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/test.stamp: requirements.txt requirements-dev.txt | $(BIN)/python
	$(INSTALL) -r requirements-dev.txt
	@touch $(VENV)/run.stamp $@

browser:
	@command -v chromium > /dev/null || command -v chromium-browser > /dev/null || \
		command -v google-chrome > /dev/null || { $(APT_INSTALL) chromium; }

audit: $(VENV)/run.stamp
	$(BIN)/python -m pip check
	$(INSTALL) "pip-audit>=2.9,<3"
	$(BIN)/pip-audit --path $$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

space: | $(BIN)/python
	$(BIN)/python .ci/space.py build/space $(if $(GPU),--gpu)

space-check: $(VENV)/run.stamp
	$(BIN)/python .ci/space_check.py

clean:
	rm -rf $(VENV) build .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
