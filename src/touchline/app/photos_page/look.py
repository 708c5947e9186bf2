"""One photo looked at closely, with what is known of it."""

from datetime import UTC, datetime

import streamlit as st

from touchline.app.addresses import photo_url
from touchline.app.components.inline import inline_component
from touchline.archive.catalog.search.found import FoundPhoto


@st.dialog("Photo", width="large")
def look_closely(photo: FoundPhoto) -> None:
    """Show a photo and its facts over the page; Escape closes it."""
    name = photo.path.rpartition("/")[2]
    inline_component("large_photo", ("elements", "large_photo"), "large_photo")(
        key=f"large photo {photo.id}",
        data={"picture": photo_url(photo.id, 1280), "alt": f"{photo.label}: {name}",
              "facts": facts_of(photo)},
    )  # fmt: skip


def facts_of(photo: FoundPhoto) -> list[tuple[str, str]]:
    """What is known of a photo, in words; what is not known is left out."""
    taken = None if photo.taken is None else datetime.fromtimestamp(photo.taken, UTC)
    facts = [
        ("file", photo.path), ("class", photo.label), ("the model's class", photo.predicted_label),
        ("sure", "" if photo.confidence is None else f"{photo.confidence:.1%}"),
        ("in doubt because", photo.reason if photo.decision == "review" else ""),
        ("model", photo.run), ("reviewed by", photo.reviewer), ("player", photo.player),
        ("group", photo.group), ("burst", photo.burst),
        ("taken", "" if taken is None else f"{taken:%Y-%m-%d %H:%M:%S}, by the camera's clock"),
        ("pixels", f"{photo.width:,} x {photo.height:,}" if photo.width else ""),
    ]  # fmt: skip
    return [(name, value) for name, value in facts if value]
