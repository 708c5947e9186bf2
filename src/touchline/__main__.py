"""`python -m touchline` is the `touchline` command."""

from touchline.cli import run

run()
