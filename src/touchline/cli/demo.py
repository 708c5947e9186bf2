"""`touchline demo`: its verbs."""

import typer

app = typer.Typer(help="Draw data to try Touchline on.", no_args_is_help=True)
