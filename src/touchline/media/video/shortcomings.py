"""What turned out to be wrong with a video by the time it has been read to its end."""

from fractions import Fraction

from touchline.media.video.decoder import VideoDecoder
from touchline.media.video.facts import claimed_seconds

_OVERLOOKED_SECONDS = Fraction(1)
_OVERLOOKED_SHARE = Fraction(1, 100)


def shortcomings(decoder: VideoDecoder) -> list[str]:
    """One sentence for each thing that was wrong in the latest iteration, read to its end."""
    progress, clock = decoder.progress, decoder.clock
    found = []
    if progress.ended_by:
        found.append(f"Reading stopped before its end: {progress.ended_by}.")
    if progress.skipped:
        found.append(f"Packets left out because they could not be decoded: {progress.skipped}.")
    if clock.leaps:
        found.append(
            f"Places where its time stamps leap, and time was taken to go on evenly: {clock.leaps}."
        )
    if not decoder.timed:
        found.append(
            f"It has no usable time stamps; {float(decoder.rate):g} frames a second were assumed."
        )
    claimed_frames = decoder.stream.frames
    if progress.decoded < claimed_frames and not decoder.sought:
        found.append(f"Its header claims {claimed_frames} frames; it holds {progress.decoded}.")
    claimed, end = claimed_seconds(decoder), (clock.last or 0) + 1 / decoder.rate
    overlooked = max(_OVERLOOKED_SECONDS, _OVERLOOKED_SHARE * (claimed or 0))
    if claimed is not None and claimed - end > overlooked:
        found.append(
            f"It ends at {float(end):.1f} s of the {float(claimed):.1f} s that its header claims."
        )
    return found
