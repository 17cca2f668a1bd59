# Two commands do everything on a fresh machine: `make run` and `make test`. All they need is git, make and a python3.
# What is installed is what requirements.lock, tests/requirements.lock and nlu/requirements.lock say, hash by hash.

SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

UV_VERSION := 0.13.9
UV := .uv/bin/uv
DANLOI := .venv/bin/danloi

export UV_LINK_MODE ?= copy
export PYTHONDONTWRITEBYTECODE =

.PHONY: help run test setup setup-for-tests check types format lock clean faults explore foreign evaluate bench audit

help:  ## what this Makefile can do
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:[^#]*##/\t/' | expand -t 12

run: setup  ## install, train if needed, start everything and print the addresses
	@exec $(DANLOI) serve

# The environments are made side by side: each waits for the network and unpacks on one core.
TOGETHER := $(MAKE) --no-print-directory -s -j3

setup:  ## both environments and a fitting model, nothing started
	@$(TOGETHER) .venv/.ready nlu/.venv/.ready nlu/serve/.venv/.ready
	$(DANLOI) train --if-needed

setup-for-tests:
	@$(TOGETHER) .venv/.ready-for-tests nlu/.venv/.ready nlu/serve/.venv/.ready

# Two files of tests side by side: each has databases, servers and a port of its own. One after the other: make test PYTEST=
# The fault rounds come by themselves: their processes hold terms of seconds, which a busy machine lets run out.
PYTEST ?= -n 2 --dist loadfile

test: setup-for-tests  ## everything needed, then all checks and tests
	@$(MAKE) --no-print-directory check & checked=$$!
	$(DANLOI) train --if-needed
	wait $$checked
	.venv/bin/pytest $(PYTEST) --ignore tests/faults
	.venv/bin/pytest tests/faults

check: .venv/.ready-for-tests  ## style, types, layers, and everything that is written
	@.venv/bin/ruff format --check -q .
	.venv/bin/ruff check -q .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache
	$(DANLOI) check

evaluate: setup  ## how well the model understands the held-out lines: text here, JSON, Markdown and pictures in var/evaluation
	@$(DANLOI) evaluate nlu/heldout/*.tsv --to var/evaluation

bench: setup  ## turns, the language model's server, the service under load for an hour and more; trains Rasa's own twice (ten minutes and more each)
	@$(DANLOI) bench turn
	$(DANLOI) bench nlu --stock
	$(DANLOI) bench load --peer models/peer --to var/load

SEED ?= 1
ROUNDS ?= 50
faults: setup-for-tests  ## rounds of trouble drawn by lot: make faults SEED=7 ROUNDS=200; the figures go into var/faults.json
	@$(DANLOI) train --if-needed
	mkdir -p var && rm -f var/faults.jsonl
	trap '.venv/bin/python -m tests.faults.totals var/faults.jsonl > var/faults.json; cat var/faults.json' EXIT
	.venv/bin/pytest tests/outbox/test_telegram_rounds.py tests/outbox/test_zalo_bot_rounds.py tests/outbox/test_zalo_rounds.py tests/faults --seed $(SEED) --rounds $(ROUNDS) --report var/faults.jsonl

explore: setup-for-tests  ## the tests that draw what they try, with draws not tried before: make explore SEED=7 ROUNDS=20
	@$(DANLOI) train --if-needed
	for seed in $$(seq $(SEED) $$(($(SEED) + $(ROUNDS) - 1))); do
	  .venv/bin/pytest -m hypothesis --hypothesis-profile=new --hypothesis-seed=$$seed
	done

foreign: .venv/.ready-for-tests .uv/foreign/.ready  ## conversations with clients of Telegram and Zalo Bot that we did not write
	@PYTHONPATH=.uv/foreign .venv/bin/pytest tests/foreign

# Telegram's client asks for Python 3.12 and runs on 3.11; only pip can be told to look away.
.uv/foreign/.ready: tests/foreign/requirements.lock | .uv/python
	@rm -rf .uv/foreign
	"$$(cat .uv/python)" -m pip install -q --disable-pip-version-check --ignore-requires-python --no-deps --require-hashes --target .uv/foreign -r $<
	touch $@

audit: .uv/audit/.ready  ## known weaknesses of what is installed, where an advisory service can be reached
	@.uv/audit/bin/python .ci/audit.py

# Of its own, for it is no part of the service nor of its tests.
.uv/audit/.ready: .ci/audit.lock | $(UV) .uv/python
	@[ -x .uv/audit/bin/python ] || $(UV) venv -q --python "$$(cat .uv/python)" .uv/audit
	$(UV) pip sync -q --python .uv/audit/bin/python --require-hashes .ci/audit.lock
	touch $@

types: .venv/.ready-for-tests
	@.venv/bin/mypy

format: .venv/.ready-for-tests  ## put the code into the house style
	@.venv/bin/ruff check -q --fix .
	.venv/bin/ruff format -q .

lock: $(UV)  ## pin both environments anew
	@$(UV) pip compile --project nlu/serve nlu/serve/pyproject.toml --generate-hashes --python-version 3.11 -o nlu/serve/requirements.lock -q
	$(UV) pip compile pyproject.toml --generate-hashes --python-version 3.11 -o requirements.lock -q --upgrade
	$(UV) pip compile pyproject.toml --group test -c requirements.lock --generate-hashes --python-version 3.11 -o tests/requirements.lock -q
	$(UV) pip compile .ci/audit.in --generate-hashes --python-version 3.11 -o .ci/audit.lock -q
	$(UV) pip compile --project nlu nlu/pyproject.toml --generate-hashes --python-version 3.11 -o nlu/requirements.lock -q

clean:  ## remove environments and models; var/ (your data and secrets) stays
	@rm -rf .venv nlu/.venv nlu/serve/.venv .uv models

# --- below: how the environments come to be -----------------------------------------------------------------------------

# uv comes as a package. Where this python3 has neither venv nor pip, say what to install.
$(UV):
	@echo "· getting uv $(UV_VERSION)"
	if command -v uv >/dev/null && [ "$$(uv --version | cut -d' ' -f2)" = "$(UV_VERSION)" ]; then
	  mkdir -p .uv/bin && ln -sf "$$(command -v uv)" $(UV)
	elif python3 -m venv .uv 2>/dev/null && .uv/bin/python -m pip install -q --disable-pip-version-check uv==$(UV_VERSION); then
	  :
	elif rm -rf .uv && python3 -m pip install -q --disable-pip-version-check --target .uv/lib uv==$(UV_VERSION) 2>/dev/null; then
	  mkdir -p .uv/bin && ln -sf ../lib/bin/uv $(UV)
	else
	  rm -rf .uv
	  echo "python3 here has neither venv nor pip, so uv cannot be installed." >&2
	  echo "Install them (on Debian and Ubuntu: apt-get install python3-venv) and try again." >&2
	  exit 1
	fi

# Python 3.11: python3, python3.11, a pyenv folder, or one that uv fetches; each is tried, for a shim may be there and not run.
.uv/python: | $(UV)
	@for python in python3 python3.11 /usr/bin/python3.11 "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.11*/bin/python3.11; do
	  if found=$$("$$python" -c 'import sys, venv; assert sys.version_info[:2] == (3, 11); print(sys.executable)' 2>/dev/null); then
	    echo "$$found" > $@
	    exit 0
	  fi
	done
	echo "· no Python 3.11 here, asking uv to fetch one"
	if $(UV) python install 3.11 && $(UV) python find 3.11 > $@; then exit 0; fi
	rm -f $@
	echo "Python 3.11 is needed and none could be had. Install it and try again:" >&2
	echo "  Debian 12: apt-get install python3.11 python3.11-venv; Ubuntu: the deadsnakes packages; anywhere: pyenv install 3.11" >&2
	exit 1

.venv/.ready: requirements.lock pyproject.toml | $(UV) .uv/python
	@echo "· installing the assistant"
	[ -x .venv/bin/python ] || $(UV) venv -q --python "$$(cat .uv/python)" .venv
	rm -f .venv/.ready-for-tests
	$(UV) pip sync -q --python .venv/bin/python --require-hashes --compile-bytecode requirements.lock
	$(UV) pip install -q --python .venv/bin/python --no-deps --no-build-isolation -e .
	touch $@

.venv/.ready-for-tests: .venv/.ready tests/requirements.lock
	@echo "· installing what the tests need"
	$(UV) pip sync -q --python .venv/bin/python --require-hashes --compile-bytecode tests/requirements.lock
	$(UV) pip install -q --python .venv/bin/python --no-deps --no-build-isolation -e .
	touch $@

# multidict 5.2.0 has no wheel for 3.11; without its extensions it needs no compiler.
nlu/.venv/.ready: nlu/requirements.lock | $(UV) .uv/python
	@echo "· installing the language model's environment (about 2.5 GB, once)"
	[ -x nlu/.venv/bin/python ] || $(UV) venv -q --python "$$(cat .uv/python)" nlu/.venv
	MULTIDICT_NO_EXTENSIONS=1 $(UV) pip sync -q --python nlu/.venv/bin/python --require-hashes --compile-bytecode nlu/requirements.lock
	touch $@

nlu/serve/.venv/.ready: nlu/serve/requirements.lock | $(UV) .uv/python
	@echo "· installing what answers for the model (about 90 MB)"
	[ -x nlu/serve/.venv/bin/python ] || $(UV) venv -q --python "$$(cat .uv/python)" nlu/serve/.venv
	$(UV) pip sync -q --python nlu/serve/.venv/bin/python --require-hashes --compile-bytecode nlu/serve/requirements.lock
	touch $@
