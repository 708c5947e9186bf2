"""Components from the files beside this one: Streamlit takes their texts, joined, as one each."""

from functools import cache
from importlib.resources import files

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

ROOT = '<div class="root"></div>'


@cache
def inline_component(
    name: str, scripts: tuple[str, ...], style: str, html: str | None = None
) -> ComponentRenderer:
    """A component, made once a process.

    Args:
        name: under which Streamlit knows it.
        scripts: JavaScript files by name, joined in this order; the last one exports the
            component's function.
        style: the name of its CSS file.
        html: the name of its HTML file; when None it has one empty element, of the class `root`.
    """
    return st.components.v2.component(
        f"touchline.{name}",
        html=ROOT if html is None else _text(f"{html}.html"),
        css=_text(f"{style}.css"),
        js="\n".join(_text(f"{each}.js") for each in scripts),
    )


def redraw() -> None:
    """What follows a change of a component: nothing but the page drawn anew, as always."""


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
