# All set-up is here: `make demo` and `make test` work on a fresh machine with Python 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
TOUCHLINE := $(BIN)/touchline

.PHONY: setup check format test demo pictures benchmarks constraints clean

setup: $(INSTALLED)

$(BIN)/uv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(INSTALLED): $(BIN)/uv constraints.txt pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r constraints.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	touch $@

check: $(INSTALLED)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(INSTALLED)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

test: $(INSTALLED)
	$(BIN)/python -m pytest -n 2 --dist worksteal

# The main jobs, offline: an archive of drawn photos, a rendered match, rendered crops of players. Exit code 5 says that spoilt files were named and left.
demo: $(INSTALLED)
	rm -rf demo
	$(TOUCHLINE) demo photos demo/archive
	$(TOUCHLINE) photos audit demo/archive/labels.csv --out demo/audit
	$(TOUCHLINE) photos train demo/archive/labels.csv --out demo/run
	$(TOUCHLINE) photos predict demo/run demo/archive/inbox --risk 0.05 --out demo/labels.parquet || test $$? = 5
	$(TOUCHLINE) archive sort plan demo/labels.parquet demo/sorted --out demo/plan.csv || test $$? = 5
	$(TOUCHLINE) archive sort apply demo/plan.csv
	$(TOUCHLINE) archive tag demo/labels.parquet || test $$? = 5
	$(TOUCHLINE) demo match demo/match
	$(TOUCHLINE) spotting predict sample demo/match/224p.mp4 --out demo/spotted
	$(TOUCHLINE) spotting score demo/match demo/spotted/results_spotting.json
	$(TOUCHLINE) demo crops demo/crops
	$(TOUCHLINE) reid match demo/crops/test/query demo/crops/test/gallery --group-by-action --out demo/players
	$(TOUCHLINE) reid rank demo/crops --split test --run sample --out demo/ranking.json
	$(TOUCHLINE) reid score demo/crops/test/bbox_info.json demo/ranking.json
	$(TOUCHLINE) archive index demo/archive/inbox demo/match demo/crops --labels demo/labels.parquet \
		--events demo/spotted/results_spotting.json --catalog demo/touchline.catalog || test $$? = 5
	@echo
	@echo "All of it in the browser: $(TOUCHLINE) app --catalog demo/touchline.catalog --runs demo"
	@echo "Players matched across cameras: open demo/players/matches.html"
	@echo "The match on a timeline: open demo/spotted/timeline.html"
	@echo "The inbox is sorted into demo/sorted; take it back with:"
	@echo "    $(TOUCHLINE) archive sort undo demo/plan.csv"
	@echo "How good the labels are: open demo/run/report.html"

# A tour of the app in a browser, which leaves pictures of its pages in docs.
pictures: $(INSTALLED)
	TOUCHLINE_PICTURES=docs $(BIN)/python -m pytest tests/end_to_end/test_app.py

# Names, versions and hashes only: no file may say where packages come from.
constraints: $(BIN)/uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate --no-header --upgrade -o constraints.txt

clean:
	rm -rf $(VENV) demo runs
