"""Components from the scripts beside this file: Streamlit takes them as one text each."""

from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

HERE = Path(__file__).parent


@cache
def inline_component(name: str, scripts: tuple[str, ...], style: str) -> ComponentRenderer:
    """A component, made once a process.

    Args:
        name: under which Streamlit knows it.
        scripts: names of files beside this one, put together in this order; the last one exports
            the component's function, which fills the element of class `root`.
        style: the name of its CSS file.
    """
    script = "\n".join((HERE / each).read_text(encoding="utf-8") for each in scripts)
    css = (HERE / style).read_text(encoding="utf-8")
    return st.components.v2.component(f"touchline.{name}", html='<div class="root"></div>', js=script, css=css)
