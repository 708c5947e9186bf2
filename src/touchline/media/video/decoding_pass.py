"""One run through a video's packets: what can be decoded is given, what cannot is counted."""

from collections.abc import Iterator

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream


class DecodingPass:
    """The frames from where the container stands to its end, in the order they are shown.

    Attributes:
        decoded: frames given so far.
        skipped: packets that could not be decoded so far.
        encrypted: whether one of them says that it needs a key.
        ended_by: what ended the pass before the end of the file, in words; else empty.
    """

    def __init__(self, container: InputContainer, stream: VideoStream) -> None:
        self.decoded, self.skipped = 0, 0
        self.encrypted, self.ended_by = False, ""
        # A packet that was cut off would take good frames with it where threads decode. MPEG-TS
        # says `corrupt` of less: one of the many pieces of a picture was lost.
        self._cut_off_when_corrupt = container.format.name != "mpegts"
        self._packets = container.demux(stream)
        self._frames = self._decode()

    def __iter__(self) -> Iterator[VideoFrame]:
        return self

    def __next__(self) -> VideoFrame:
        return next(self._frames)

    def _decode(self) -> Iterator[VideoFrame]:
        while (packet := self._next_packet()) is not None:
            for frame in self._frames_of(packet):
                self.decoded += 1
                yield frame

    def _next_packet(self) -> "Packet[VideoStream] | None":
        try:
            return next(self._packets, None)
        except (av.FFmpegError, OSError) as error:
            self.ended_by = error.strerror or str(error)
            return None

    def _frames_of(self, packet: "Packet[VideoStream]") -> list[VideoFrame]:
        encrypted = packet.has_sidedata("encryption_info")  # noise that may even decode
        self.encrypted |= encrypted
        if not encrypted and not (packet.is_corrupt and self._cut_off_when_corrupt):
            try:
                return packet.decode()
            except av.FFmpegError:
                pass  # counted like the others
        self.skipped += 1
        return []
