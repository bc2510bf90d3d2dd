# Every command of the project; each makes .venv from requirements.lock by itself.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# Quiet libraries, for every command, test and CI (tests hold this list against flows/environment.py).
export DO_NOT_TRACK := true
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export MLFLOW_DISABLE_TELEMETRY := true
export BENTOML_DO_NOT_TRACK := True
export GX_ANALYTICS_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 3
export PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS := 120
export GIT_PYTHON_REFRESH := quiet

BIN := .venv/bin
STAMP := .venv/.complete
# What shares servers and models stays in one process, see tests/conftest.py.
SPREAD := -n auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder
# A process for each core: threads of their own would only wait for each other.
test test-all: export OMP_NUM_THREADS := 1
test test-all: export OPENBLAS_NUM_THREADS := 1
test test-all: export TF_NUM_INTRAOP_THREADS := 1
QUESTIONS := $(patsubst benchmarks/bench_%.py,%,$(wildcard benchmarks/bench_*.py))

.PHONY: help demo test test-all check bench up lock clean $(addprefix bench-,$(QUESTIONS))

help: ## the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 18
	@echo "  make bench-X    one question: $(QUESTIONS)"

demo: $(STAMP) ## the whole loop on phantoms, then one served answer
	@$(BIN)/radiographs demo

test: $(STAMP) ## one case of every kind (at most 10 minutes)
	@$(BIN)/python -m pytest $(SPREAD) -q -m "not long"

test-all: $(STAMP) ## the long cases too (at most 60 minutes)
	@$(BIN)/python -m pytest $(SPREAD) -q

check: $(STAMP) ## format, lint, types, import directions
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: ## every benchmark; each ends in one JSON line
	@status=0; for question in $(QUESTIONS); do $(MAKE) --no-print-directory bench-$$question || status=1; done; exit $$status

$(addprefix bench-,$(QUESTIONS)): bench-%: $(STAMP)
	@$(BIN)/python -m benchmarks.bench_$*

up: $(STAMP) ## Prefect, MLflow, worker and service on loopback; Ctrl-C stops them
	@exec $(BIN)/radiographs up

lock: $(STAMP) ## both locks from pyproject.toml; UPGRADE=--upgrade takes newer versions
	@bash .ci/environment.sh lock

clean: ## .venv and caches away; state/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -not -path './state/*' -prune -exec rm -rf {} +

$(STAMP): requirements.lock pyproject.toml .ci/environment.sh
	@bash .ci/environment.sh install
	@touch $@
