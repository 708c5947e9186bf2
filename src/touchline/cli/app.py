"""`touchline app`: the archive in a browser. Arguments only; the work is in the package."""

from pathlib import Path
from typing import Annotated

import typer

from touchline.cli.catalog_words import CATALOG, CatalogOption


def app_command(
    roots: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[ROOTS]...", help="Folders to work on; else the catalog's."),
    ] = None,
    catalog: CatalogOption = CATALOG,
    runs: Annotated[Path, typer.Option(help="Where trained runs are, and go.")] = Path("runs"),
    address: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free one.")] = 8501,
    password_file: Annotated[
        Path | None, typer.Option(help="A file whose first line is the password.")
    ] = None,
    upload_limit: Annotated[
        str, typer.Option(help="The most that one uploaded file may have.")
    ] = "2GB",
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
) -> None:
    """Open the archive in a browser: photos, review, matches, players and runs.

    Only this machine can reach it, unless --address says otherwise; it then needs a password, from
    --password-file or the variable TOUCHLINE_APP_PASSWORD.
    """
    from touchline.app.opening import AppSettings, open_app

    open_app(AppSettings(
        tuple(roots or ()), catalog, runs, address, port, password_file, upload_limit, browser,
    ))  # fmt: skip
