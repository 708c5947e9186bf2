"""The segments of a JPEG file that stand before its pixels."""

from collections.abc import Collection, Iterator
from typing import BinaryIO

APP1, APP13 = 0xE1, 0xED
XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
"""What an APP1 segment with an XMP packet begins with."""

_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9


def segments(stream: BinaryIO, wanted: Collection[int]) -> Iterator[tuple[int, bytes]]:
    """The code and the content of the wanted segments, until the file makes no sense.

    Args:
        stream: a JPEG file, read up to after its first marker (two bytes).
        wanted: codes of segments; the content of all others is passed over.
    """
    while stream.read(1) == b"\xff":
        code = stream.read(1)
        while code == b"\xff":  # fill bytes
            code = stream.read(1)
        size = stream.read(2)
        if len(size) < 2 or code[0] in (_START_OF_SCAN, _END_OF_IMAGE):
            return
        length = int.from_bytes(size) - 2
        if code[0] in wanted:
            yield code[0], stream.read(max(length, 0))
        else:
            stream.seek(length, 1)
