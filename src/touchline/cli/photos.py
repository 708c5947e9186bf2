"""`touchline photos`: its verbs."""

import typer

app = typer.Typer(help="Teach, score and label: a folder of photos in, a label for each out.", no_args_is_help=True)
