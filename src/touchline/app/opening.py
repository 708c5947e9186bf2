"""From what a person asked for to a running app: everything is checked before a port is opened."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from touchline.app.loopback import is_loopback
from touchline.app.roots import Roots
from touchline.app.workspace import Workspace
from touchline.archive.catalog.opening import Catalog, open_catalog
from touchline.errors import EnvironmentMissingError, UsageError
from touchline.files import default_cache

PACKAGES = ("streamlit", "plotly")
PASSWORD_VARIABLE = "TOUCHLINE_APP_PASSWORD"  # the name of the variable, no password
SHORTEST_PASSWORD = 8

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)B?", re.ASCII | re.IGNORECASE)
_TIMES = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


@dataclass(frozen=True)
class AppSettings:
    """What a person may say about the app.

    Attributes:
        roots: the folders to work on; those of the catalog when empty.
        catalog: a SQLite file, made when missing, or the URL of a PostgreSQL database.
        runs: where trained runs are, and go.
        address: where to listen.
        port: where to listen; 0 takes any free one.
        password_file: its first line is the password; else the environment may hold one.
        upload_limit: the most that one uploaded file may have, such as `2GB`.
        opens_browser: whether a browser is opened.
    """

    roots: Sequence[Path] = ()
    catalog: str = "touchline.catalog"
    runs: Path = field(default=Path("runs"))
    address: str = "127.0.0.1"
    port: int = 8501
    password_file: Path | None = None
    upload_limit: str = "2GB"
    opens_browser: bool = True


def open_app(settings: AppSettings) -> None:
    """Serve the app until it is interrupted.

    Raises:
        UsageError: a folder is missing, there is none to work on, the address is not loopback and
            there is no password, or a value cannot be read.
        EnvironmentMissingError: a package is missing, the catalog cannot be opened, or the port is
            taken.
    """
    require_packages()
    limit, password = parse_size(settings.upload_limit), read_password(settings.password_file)
    require_password(settings.address, password)
    for root in settings.roots:
        if not root.is_dir():
            raise UsageError("a folder to work on", f"none at {root}", "Check the name.")
    catalog = open_catalog(settings.catalog, create=True)
    roots = tuple(root.absolute() for root in settings.roots) or roots_of(catalog)
    if not roots:
        raise UsageError(
            "folders to work on", f"none named, and none in {catalog.shown}",
            "Name them: `touchline app FOLDER`.",
        )  # fmt: skip
    runs, cache = settings.runs.absolute(), default_cache() / "app"
    from touchline.app.serving import Door, serve

    serve(
        Workspace(catalog, Roots(roots), runs, cache, limit),
        Door(settings.address, settings.port, password, settings.opens_browser),
    )


def require_packages() -> None:
    """Look whether the packages of the app are installed.

    Raises:
        EnvironmentMissingError: one is missing.
    """
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        raise EnvironmentMissingError(
            "the packages of the app", f"no {' and no '.join(missing)}",
            "Install them with `pip install 'touchline[app]'`.",
        )  # fmt: skip


def roots_of(catalog: Catalog) -> tuple[Path, ...]:
    """The folders that a catalog has indexed, in order of their names."""
    from sqlalchemy import select

    from touchline.archive.catalog.tables import roots

    with catalog.reading() as connection:
        return tuple(map(Path, connection.scalars(select(roots.c.path).order_by(roots.c.path))))


def parse_size(text: str) -> int:
    """Bytes from words; K, M, G and T are powers of 1,024.

    >>> parse_size("2GB"), parse_size("1.5 M"), parse_size("700")
    (2147483648, 1572864, 700)

    Raises:
        UsageError: it is no size.
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise UsageError("a size such as 500MB or 2GB", repr(text), "Mend --upload-limit.")
    return int(float(found[1]) * _TIMES[found[2].upper()])


def read_password(file: Path | None) -> str | None:
    """The password from a file's first line, else from the environment; None where there is none.

    Raises:
        UsageError: the file cannot be read, or the password is too short.
    """
    password = os.environ.get(PASSWORD_VARIABLE)
    if file is not None:
        try:
            password = file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(
                "a file with a password", f"{error}", "Mend --password-file."
            ) from error
    if password is not None and len(password) < SHORTEST_PASSWORD:
        raise UsageError(
            f"a password of at least {SHORTEST_PASSWORD} characters",
            f"one of {len(password)}", "Choose a longer one.",
        )  # fmt: skip
    return password


def require_password(address: str, password: str | None) -> None:
    """Refuse to be reachable from other machines without a password.

    Raises:
        UsageError: the address is not loopback and there is no password.
    """
    if password is None and not is_loopback(address):
        raise UsageError(
            f"a password for an app that other machines reach at {address}", "none",
            f"Give --password-file FILE or set {PASSWORD_VARIABLE}, or leave --address out.",
        )  # fmt: skip
