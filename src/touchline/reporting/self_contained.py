"""What every page of ours has in common: hostile text escaped, one script allowed, one file."""

import base64
import hashlib
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from touchline.files import write_atomically
from touchline.reporting.plain_text import printable


def page_templates(package: str = "touchline.reporting") -> Environment:
    """The templates of a package, and behind them the style and parts that all pages share."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("touchline.reporting")]),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["printable"] = printable
    return environment


def script_digest(script: str) -> str:
    """How the policy of a page names the one script that it lets the browser run.

    >>> script_digest("")
    '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def write_html(path: Path, html: str) -> Path:
    """Write a page, whole or not at all, and return `path`.

    Raises:
        OSError: when the folder cannot be written.
    """
    # A file name may hold bytes that are no UTF-8, which Python keeps as lone surrogates.
    write_atomically(path, html.encode(errors="replace"))
    return path
