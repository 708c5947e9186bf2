"""Annotations against the video they are of: nothing can happen after its end."""

from collections.abc import Sequence
from dataclasses import replace

from touchline.faults import Fault
from touchline.spotting.matches import Match


def within_videos(match: Match, lengths: Sequence[float]) -> tuple[Match, tuple[Fault, ...]]:
    """The match with only the events that lie within its videos, and a fault a video for the rest.

    Such events are annotations of another cut of the match, or the file was cut short: the fault
    says how many there are and how far the last is beyond the end.

    Args:
        match: its events may lie anywhere.
        lengths: of its videos in seconds, in their order; events of a half without a video stay.

    >>> from pathlib import Path
    >>> from touchline.spotting.events import Event
    >>> match = Match("a", (Path("a.mp4"),), (Event(1.0, "PASS"), Event(9.0, "OUT")))
    >>> inside, faults = within_videos(match, [5.0])
    >>> len(inside.events), faults[0].reason
    (1, 'lasts 5.0 s; annotations beyond its end, up to 9.0 s, left out: 1')
    """
    kept, faults = list(match.events), []
    for half, (video, seconds) in enumerate(zip(match.videos, lengths, strict=True), start=1):
        beyond = [event for event in match.events_of_half(half) if event.seconds > seconds]
        if beyond:
            last = max(event.seconds for event in beyond)
            reason = (
                f"lasts {seconds:.1f} s; annotations beyond its end, up to {last:.1f} s, left out"
            )
            faults.append(Fault(video, "", f"{reason}: {len(beyond):,}"))
            kept = [event for event in kept if event.half != half or event.seconds <= seconds]
    return replace(match, events=tuple(kept)), tuple(faults)
