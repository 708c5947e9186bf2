"""What the commands of the catalog share: options spelt once, and the words of a query."""

import re
from typing import Annotated

import typer

from touchline.errors import UsageError

CatalogOption = Annotated[
    str,
    typer.Option("--catalog", envvar="TOUCHLINE_CATALOG", help="A file, or a PostgreSQL URL."),
]
Query = Annotated[
    list[str] | None,
    typer.Argument(metavar="[QUERY]", help="E.g. 'class:Kick-l confidence<0.7 -player:7'."),
]
CATALOG = "touchline.catalog"
QUERY_WORDS = {"ignore_unknown_options": True}  # `-player:7` is a word of the query
MOST_ROWS = 1_000_000_000
MOST_ALIKE = 1000
DryRunInFull = Annotated[  # `-n` would be a word of the query
    bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")
]
_OPTION = re.compile(r"-[a-z]|--[a-z][a-z0-9-]*(=.*)?", re.ASCII | re.IGNORECASE | re.DOTALL)


def query_of(words: list[str] | None) -> str:
    """The words of a query as one; a word that looks like an option is none of it.

    Raises:
        UsageError: an option that the command does not have, which would find the wrong photos.
    """
    for word in words or []:
        if _OPTION.fullmatch(word):
            raise UsageError(
                "an option of this command, or a query", repr(word),
                "See --help; to leave out photos by such a word, put quotes into the quotes:"
                f" '-\"{word.lstrip('-')}\"'.",
            )  # fmt: skip
    return " ".join(words or [])
