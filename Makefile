# The commands of this checkout. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
STACK := $(BIN)/python -m local_stack
PYTEST_ARGS ?=
FAULTS_ARGS ?=
BENCH_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup up down status play check record audit demo pictures test faults bench lock

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "%-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install everything that is missing: Python packages, Kafka, Keycloak
	@command -v $(PYTHON) >/dev/null || { \
	  echo "make setup: there is no $(PYTHON)"; echo "  mend it with: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) infra/local/bootstrap.py

up: setup ## Start PostgreSQL, Keycloak, Kafka, the sinks and the services, and wait until all are healthy
	@$(STACK) up --watch

down: ## Stop what this checkout started
	@$(STACK) down

status: ## Show each part: up or down, port, since when; ends with an error when one is down
	@$(STACK) status

play: ## Play a caseload into the running platform: make play CASELOAD=FILE
	@test -n "$(CASELOAD)" || { echo "make play CASELOAD=FILE: which file?"; exit 2; }
	@$(BIN)/python -m player play "$(CASELOAD)"

check: setup ## Lint, formatting, types, who may import whom, generated files
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "not formatted: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/python tools/platform_list.py check
	@mkdir -p .local; umask 077; $(BIN)/lint-imports > .local/imports.txt || { cat .local/imports.txt; exit 1; }
	@$(BIN)/python -m nrm_events.schemas check libs/events/schemas
	@$(BIN)/python -m nrm_events.shipped check libs/events/shipped
	@$(BIN)/python -m nrm_events.corpus check tests/contract/corpus
	@$(BIN)/python -m tests.contract.apis check
	@$(BIN)/python tools/rules.py check
	@$(BIN)/python tools/bus_docs.py check
	@$(BIN)/python tools/agency_types.py check
	@$(BIN)/python tools/words.py check
	@$(BIN)/python tools/house.py check --enforced
	@$(BIN)/python tools/house.py report --summary

record: setup ## Write anew what is made from the code: schemas, contracts as they ship, documents
	@$(BIN)/python tools/platform_list.py write
	@$(BIN)/python -m nrm_events.schemas write libs/events/schemas
	@$(BIN)/python -m nrm_events.shipped write libs/events/shipped
	@$(BIN)/python -m nrm_events.corpus write tests/contract/corpus
	@$(BIN)/python -m tests.contract.apis write
	@$(BIN)/python tools/rules.py write
	@$(BIN)/python tools/bus_docs.py write
	@$(BIN)/python tools/agency_types.py write

audit: setup ## Check the dependencies of all locks against published advisories, where the indexes answer
	@$(BIN)/python tools/audit_dependencies.py

demo: up ## Set up, start, and play a whole year of the mechanism
	@$(BIN)/python -m player demo

pictures: setup ## Take pictures of every kind of page of the running platform, in Azerbaijani, into .local/pictures
	@$(BIN)/python -m tests.journey.pictures .local/pictures

# The journey comes first and alone, then the kills: other tests put on the bus what no service would, and answer to it.
# `down` runs however the tests end, and says nothing: pytest's own last line stays the last.
test: check ## Set up and run everything that must pass, on a fresh stack of its own
	@export NRM_STATE="$(CURDIR)/.local/test"; \
	$(STACK) down --quiet; rm -rf "$$NRM_STATE"; \
	trap '$(STACK) down --quiet' EXIT; trap 'exit 130' INT TERM HUP; \
	$(STACK) up --no-services && $(BIN)/python -m pytest tests/journey $(PYTEST_ARGS) && \
	$(BIN)/python -m pytest tests/faults $(PYTEST_ARGS) && \
	$(BIN)/python -m pytest -n 2 --dist loadfile --ignore tests/journey --ignore tests/faults $(PYTEST_ARGS)

faults: setup ## Break everything that can break, a thousand kills among it; figures go to tests/faults/RESULTS.md
	@export NRM_STATE="$(CURDIR)/.local/faults" NRM_TOKEN_SECONDS=10; \
	$(STACK) down --quiet; rm -rf "$$NRM_STATE"; \
	trap '$(STACK) down --quiet' EXIT; trap 'exit 130' INT TERM HUP; \
	$(STACK) up --no-services && $(BIN)/python -m tests.faults $(FAULTS_ARGS)

bench: setup ## Measure beside the peers, twenty minutes on a quiet machine; figures go to bench/RESULTS.md
	@export NRM_STATE="$(CURDIR)/.local/bench"; \
	$(STACK) down --quiet; rm -rf "$$NRM_STATE"; \
	trap '$(STACK) down --quiet' EXIT; trap 'exit 130' INT TERM HUP; \
	$(BIN)/python -m bench $(BENCH_ARGS)

# After a change of dependencies: write requirements.lock anew (uv.lock stays out of git).
lock:
	@$(BIN)/uv lock --quiet
	@$(BIN)/uv export --quiet --all-packages --no-emit-workspace --no-header --format requirements.txt -o requirements.lock
