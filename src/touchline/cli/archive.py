"""`touchline archive`: its verbs."""

import typer

app = typer.Typer(help="Sort and tag labelled photos; plan, apply, undo.", no_args_is_help=True)
