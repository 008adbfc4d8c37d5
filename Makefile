# make demo    sets up what the demonstration needs and runs it: no key, no network beyond the package index, no Docker
# make test    sets up everything and passes the tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
VLLM := .venv-vllm

.PHONY: help demo setup test test-slow test-torch test-training test-vllm lint types format docs-check image clean
help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

demo: $(VENV)/.core
	$(BIN)/refine run bin_packing

test: lint types
	$(BIN)/python -m pytest -m "not slow and not training and not torch and not vllm"

test-slow: $(VENV)/.dev
	$(BIN)/python -m pytest -m "slow and not training and not torch and not vllm"

# Large, and every machine wants another build of it: so it is in no lock file.
test-torch: $(VENV)/.torch
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "torch and not training"

# Minutes for each task, of which TASKS names one or several: make test-training TASKS="pendulum or classification"
test-training: $(VENV)/.torch
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m training $(if $(TASKS),-k "$(TASKS)")

# vLLM's own server and engine on a CPU, in an environment of its own: its build pins torch and much else.
test-vllm: | $(BIN)/python
	@if ! $(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then \
		echo "test-vllm: skipped, because vLLM's CPU build for tests needs Python 3.11"; \
	else $(MAKE) --no-print-directory $(VLLM)/.ready && \
		OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 $(VLLM)/bin/python -m pytest -m vllm tests/vllm; fi

setup: $(VENV)/.dev

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/.dev
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# The image of the Docker sandbox. Without a registry: make image BASE=refine-base, after sandboxes/base-debootstrap.sh
image: $(VENV)/.dev
	$(BIN)/refine sandbox build $(if $(BASE),--base $(BASE))

# Debian's python3 comes without ensurepip: then the package that has it is installed (root), or pip is borrowed.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "refine needs Python 3.11 or newer"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || test "$$(id -u)" != 0 || \
		{ apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy python3-venv; }
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then $(PYTHON) -m venv $(VENV); \
	elif $(PYTHON) -m pip --version >/dev/null 2>&1; then \
		$(PYTHON) -m venv --without-pip $(VENV) && $(PYTHON) -m pip --python $(BIN)/python install -q pip; \
	else echo "Python has neither venv nor pip: apt-get install python3-venv"; exit 1; fi

# --require-hashes: what is installed is what was tested, whatever an index says.
$(VENV)/.core: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -q --no-deps -e .
	@touch $@ $(VENV)/.core

$(VENV)/.torch: pyproject.toml | $(VENV)/.dev
	$(BIN)/python -m pip install -q "torch==2.13.0" -e ".[distill]"
	@touch $@

# What is removed at the end is explained in the file of requirements.
$(VLLM)/.ready: requirements-vllm.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m venv --without-pip $(VLLM)
	$(BIN)/python -m pip --python $(VLLM)/bin/python install -q pip
	$(VLLM)/bin/python -m pip install -q -r requirements-vllm.txt -e ".[litellm]"
	$(VLLM)/bin/python -m pip uninstall -q -y torchvision torchaudio torchcodec
	@touch $@

clean:
	rm -rf $(VENV) $(VLLM) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
