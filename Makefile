# `make run` and `make test` set up all they need on a machine with Python 3.11 or later.

VENV ?= .venv
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
export PORT DATA_DIR HOST PUBLIC_URL

.PHONY: run test lint bench screenshots lock

run: $(VENV)/installed
	@$(VENV)/bin/survey-app demo

test: $(VENV)/installed-dev
	$(VENV)/bin/python -m tests.browser.chromium
	$(VENV)/bin/pytest -n 2 --dist loadfile

lint: $(VENV)/installed-dev
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

bench: $(VENV)/installed-dev
	$(VENV)/bin/python -m tests.browser.chromium
	$(VENV)/bin/python -m tests.load.bench

screenshots: $(VENV)/installed-dev
	$(VENV)/bin/python -m tests.browser.chromium
	$(VENV)/bin/python -m tests.browser.screenshots

lock: $(VENV)/installed-dev
	$(VENV)/bin/pip install --quiet uv
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --output-file requirements.lock pyproject.toml
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --constraint requirements.lock --group dev \
		--output-file requirements-dev.lock pyproject.toml

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed; set PYTHON to it"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot make a virtual environment; on Debian: apt install python3-venv"; exit 1; }

$(VENV)/installed: $(VENV)/bin/python requirements.lock pyproject.toml
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.lock
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
