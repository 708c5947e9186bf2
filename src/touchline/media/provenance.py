"""The mark of a photo that a generator made: written into its file, and found again in any file.

The mark is IPTC's own, which other programs write and show too: the digital source type
`trainedAlgorithmicMedia`, "created using generative AI". Only pictures that are generated as a
whole carry it. `compositeWithTrainedAlgorithmicMedia` is none for us: that is a photo somebody took
and a program retouched, whose player and pose are real.

Reference: IPTC NewsCodes digitalsourcetype; IPTC Photo Metadata Standard 2023.1.
"""

import codecs
from dataclasses import dataclass, fields
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from touchline import __version__
from touchline.archive.sidecar_names import SIDECAR_STYLES, Siblings
from touchline.archive.tags.xml_spans import UnreadableXmlError
from touchline.archive.tags.xmp import NAMESPACES, RDF, Packet, one_line, xml_text
from touchline.errors import UsageError
from touchline.files import sha256_of_bytes, write_atomically
from touchline.media.xmp_packets import LONGEST_PACKET, xmp_packets

MADE_BY_A_GENERATOR = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
IPTC_EXTENSION = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
XMP_BASIC = "http://ns.adobe.com/xap/1.0/"
JPEG_QUALITY = 95

_MARK = MADE_BY_A_GENERATOR.rpartition("/")[2]
_MARKS = tuple(_MARK.encode(codec) for codec in ("utf-8", "utf-16-le", "utf-16-be"))


@dataclass(frozen=True)
class Provenance:
    """What a synthetic photo says of how it was made; empty where it does not say.

    Attributes:
        generator: the kind of generator, such as `stylegan`; empty for other programs' pictures.
        run: of the generator's training.
        label: the class that was asked for.
        seed: of this photo.
        weights_sha256: hash of the generator's weights.
        training_set: names the photos that the generator has learnt from.
        tool: the program that wrote the file.
    """

    generator: str = ""
    run: str = ""
    label: str = ""
    seed: int | None = None
    weights_sha256: str = ""
    training_set: str = ""
    tool: str = ""

    @property
    def maker(self) -> str:
        """Who made it, in words.

        >>> Provenance("stylegan", "runs/synth/a").maker, Provenance().maker
        ('stylegan of runs/synth/a', 'another program')
        """
        if self.generator:
            return f"{self.generator} of {self.run}" if self.run else self.generator
        return self.tool or "another program"


_OUR_FACTS = tuple(each.name for each in fields(Provenance) if each.name != "tool")


def write_synthetic(path: Path, picture: Image.Image | np.ndarray, facts: Provenance) -> str:
    """Write a photo that a generator made, marked as such, whole or not at all.

    Equal pictures with equal facts give equal bytes. The `tool` is always this program.

    Args:
        path: a name that ends with `.png`, or `.jpg` or `.jpeg`.
        picture: the picture, or its pixels in uint8 `(height, width, 3)`.
        facts: what the file is to say; text that XML cannot hold is written without it.

    Returns:
        The SHA-256 of the file.

    Raises:
        UsageError: the name ends with anything else.
        OSError: the folder cannot be written.
    """
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    packet, stream, ending = _packet(facts), BytesIO(), path.suffix.lower()
    if ending == ".png":
        text = PngInfo()
        text.add_itxt("XML:com.adobe.xmp", packet)
        image.convert("RGB").save(stream, "PNG", pnginfo=text)
    elif ending in (".jpg", ".jpeg"):
        image.convert("RGB").save(
            stream, "JPEG", quality=JPEG_QUALITY, subsampling=0, xmp=packet.encode()
        )
    else:
        raise UsageError("a .png or .jpg file for a synthetic photo", f"{path}", "Rename it.")
    write_atomically(path, stream.getvalue())
    return sha256_of_bytes(stream.getvalue())


def read_provenance(source: bytes | Path) -> Provenance | None:
    """What a JPEG, PNG or WebP file says of the generator that made it; None where none did.

    No pixel is decoded. A file that is damaged, hostile or cannot be read carries no mark.
    """
    try:
        with BytesIO(source) if isinstance(source, bytes) else source.open("rb") as stream:
            found = (_provenance_in(packet) for packet in xmp_packets(stream))
            return next((each for each in found if each is not None), None)
    except (OSError, ValueError):  # a zero byte in a name is a ValueError
        return None


def provenance_of_photo(photo: Path, siblings: Siblings) -> Provenance | None:
    """As `read_provenance`, and where the file itself says nothing, what its sidecars say.

    Args:
        photo: a file.
        siblings: the folders seen so far; give the same to many calls.
    """
    return read_provenance(photo) or provenance_beside(photo, siblings)


def provenance_beside(photo: Path, siblings: Siblings) -> Provenance | None:
    """What a photo's sidecars say of the generator that made it; None where none did."""
    for style in SIDECAR_STYLES:
        if sidecar := siblings.sidecar(photo, style):
            try:
                with sidecar.open("rb") as stream:
                    found = _provenance_in(stream.read(LONGEST_PACKET + 1))
            except OSError:
                continue
            if found is not None:
                return found
    return None


def _provenance_in(packet: bytes) -> Provenance | None:
    # The mark is looked for first: nearly no photo has it, and reading XML takes its time.
    if len(packet) > LONGEST_PACKET or not any(mark in packet for mark in _MARKS):
        return None
    is_utf16 = packet.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        xmp = Packet(packet if is_utf16 else packet.strip(b"\0 \t\r\n"))
    except UnreadableXmlError:
        return None
    kind = xmp.simple_properties(IPTC_EXTENSION).get("DigitalSourceType", "")
    if kind.rstrip("/").rpartition("/")[2] != _MARK:
        return None
    said = xmp.simple_properties(NAMESPACES["touchline"])
    ours = {name: said.get(name, "") for name in _OUR_FACTS if name != "seed"}
    seed = said.get("seed", "")
    return Provenance(
        **ours, seed=int(seed) if seed.isascii() and seed.isdecimal() and len(seed) < 20 else None,
        tool=xmp.simple_properties(XMP_BASIC).get("CreatorTool", ""),
    )  # fmt: skip


def _packet(facts: Provenance) -> str:
    said = {name: getattr(facts, name) for name in _OUR_FACTS}
    lines = "".join(
        f"\n   <touchline:{name}>{xml_text(one_line(str(value)))}</touchline:{name}>"
        for name, value in said.items()
        if value not in ("", None)
    )
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="touchline">
 <rdf:RDF xmlns:rdf="{RDF}">
  <rdf:Description rdf:about=""
    xmlns:xmp="{XMP_BASIC}"
    xmlns:Iptc4xmpExt="{IPTC_EXTENSION}"
    xmlns:touchline="{NAMESPACES["touchline"]}">
   <xmp:CreatorTool>Touchline {__version__}</xmp:CreatorTool>
   <Iptc4xmpExt:DigitalSourceType>{MADE_BY_A_GENERATOR}</Iptc4xmpExt:DigitalSourceType>{lines}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""
