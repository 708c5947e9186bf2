"""The script that Streamlit runs for each look at the app: five pages under one navigation.

Nothing else may be in its folder: Streamlit lets that be imported from while the script runs, and
takes a folder `pages` beside it for pages of its own until the navigation has been seen once.
"""

from importlib import import_module

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from touchline.app.workspace import current

# No icons: Streamlit would have the browser fetch them from another machine.
PAGES = ("photos", "review", "match", "players", "runs")


def main() -> None:
    """Show the page that was asked for."""
    st.set_page_config(page_title="Touchline", layout="wide")
    st.navigation([_page(name) for name in PAGES]).run()


def _page(name: str) -> StreamlitPage:
    def render() -> None:
        import_module(f"touchline.app.pages.{name}").render(current())

    return st.Page(render, title=name.capitalize(), url_path=name, default=name == "photos")


if __name__ == "__main__":
    main()
