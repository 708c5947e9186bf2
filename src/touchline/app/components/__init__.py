"""What pages show that Streamlit has no element for; words from files are set as text only."""

from functools import cache
from importlib.resources import files


@cache
def script(*names: str) -> str:
    """The JavaScript files of this folder joined to one module, in that order."""
    return "\n".join(_text(f"{name}.js") for name in names)


@cache
def style(name: str) -> str:
    """The CSS file of this folder."""
    return _text(f"{name}.css")


def _text(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
