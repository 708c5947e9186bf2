"""What a tagging did or would do, as a dictionary for programs and as text for people."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from touchline.archive.names import printable
from touchline.archive.tags.tag import Tagged
from touchline.archive.tags.untag import Untagged


def tag_summary(tagged: Tagged, journal: Path) -> dict[str, Any]:
    """Counts of photos, and the skipped ones with their reasons."""
    return {**asdict(tagged), "journal": str(journal)}


def untag_summary(untagged: Untagged, journal: Path) -> dict[str, Any]:
    """What was restored, and what a person's change kept."""
    return {**asdict(untagged), "journal": str(journal)}


def describe_tag(summary: dict[str, Any], predictions: Path, *, is_dry: bool) -> str:
    """A tagging in a few lines, with the way back."""
    verb = "would be written" if is_dry else "written"
    line = (
        f"{summary['written']} sidecars {verb}, {summary['unchanged']} say it already, "
        f"{summary['judged']} hold a person's judgement; "
        f"{summary['doubtful']} photos in doubt, {len(summary['skipped'])} skipped."
    )
    back = f"To take it back: touchline archive untag {printable(str(predictions))}"
    has_journal = Path(summary["journal"]).exists()  # not where nothing was ever written
    return f"{line}\n{back}" if has_journal and not is_dry else line


def describe_untag(summary: dict[str, Any], *, is_dry: bool) -> str:
    """An untag in a line."""
    verb = "would be as before" if is_dry else "as before"
    edited, kept = len(summary["edited"]), len(summary["kept"])
    return (
        f"{summary['restored']} sidecars {verb}, {edited} changed by a person "
        f"(only our tags taken out), {kept} kept."
    )
