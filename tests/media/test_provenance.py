import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from touchline.archive.sidecar_names import Siblings
from touchline.archive.tags.xmp import one_line
from touchline.errors import UsageError
from touchline.files import sha256_of_file
from touchline.media.provenance import (
    IPTC_EXTENSION,
    MADE_BY_A_GENERATOR,
    Provenance,
    provenance_of_photo,
    read_provenance,
    write_synthetic,
)
from touchline.media.xmp_packets import LONGEST_PACKET

FACTS = Provenance("stylegan", "runs/synth/a", "Kick-l", 7, "ab" * 32, "cd" * 32)
TOOL = b'xmp:CreatorTool="Firefly"'
PIXELS = np.random.default_rng(0).integers(0, 255, (24, 16, 3), np.uint8)
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def packet(inside: str, attributes: str = "") -> bytes:
    """An XMP packet as other programs write one."""
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">'
        f'<rdf:Description rdf:about="" xmlns:i="{IPTC_EXTENSION}" {attributes}>{inside}'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


MARKED = packet(f"<i:DigitalSourceType>{MADE_BY_A_GENERATOR}</i:DigitalSourceType>")


def saved(kind: str, xmp: bytes) -> bytes:
    """A picture with a packet, written by Pillow."""
    stream, image = io.BytesIO(), Image.fromarray(PIXELS)
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_itxt("XML:com.adobe.xmp", xmp.decode())
        image.save(stream, kind, pnginfo=text)
    else:
        image.save(stream, kind, xmp=xmp)
    return stream.getvalue()


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG file of these chunks."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks)


def text_chunk(text: bytes, flag: bytes = b"\0") -> tuple[bytes, bytes]:
    return b"iTXt", b"XML:com.adobe.xmp\0" + flag + b"\0\0\0" + text


@pytest.mark.parametrize("name", ["a.png", "a.PNG", "a.jpg", "a.jpeg"])
def test_what_is_written_is_read_back_and_the_picture_is_whole(tmp_path: Path, name: str) -> None:
    path = tmp_path / "new" / name
    digest = write_synthetic(path, PIXELS, FACTS)
    found = read_provenance(path)
    assert found == read_provenance(path.read_bytes())
    assert found is not None
    assert (found.maker, found.label, found.seed) == ("stylegan of runs/synth/a", "Kick-l", 7)
    assert (found.weights_sha256, found.training_set) == ("ab" * 32, "cd" * 32)
    assert found.tool.startswith("Touchline ")
    assert digest == sha256_of_file(path)
    with Image.open(path) as image:
        assert b"dc:subject" not in image.info["xmp"]
        shown = np.asarray(image)
    assert shown.shape == PIXELS.shape
    if name.lower().endswith("png"):
        assert (shown == PIXELS).all()


def test_equal_pictures_and_facts_give_equal_files(tmp_path: Path) -> None:
    image = Image.fromarray(PIXELS)
    first, second = (write_synthetic(tmp_path / n, image, FACTS) for n in ("a.png", "b.png"))
    assert first == second
    assert first != write_synthetic(tmp_path / "c.png", image, Provenance("stylegan"))


def test_no_other_kind_of_file_is_written(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"a .png or .jpg file for a synthetic photo; found .*a.gif"
    ):
        write_synthetic(tmp_path / "a.gif", PIXELS, FACTS)
    assert not list(tmp_path.iterdir())


@settings(max_examples=40, deadline=None)
@given(label=st.text(max_size=30), run=st.text(max_size=30), seed=st.integers(0, 2**63))
def test_hostile_text_survives_as_one_line(
    tmp_path_factory: pytest.TempPathFactory, label: str, run: str, seed: int
) -> None:
    path = tmp_path_factory.mktemp("hostile") / "a.png"
    write_synthetic(path, PIXELS, Provenance("<g/>]]>&amp;", run, label, seed))
    found = read_provenance(path)
    assert found is not None
    assert (found.generator, found.run, found.label, found.seed) == (
        "<g/>]]>&amp;", one_line(run), one_line(label), seed,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_other_programs_pictures_are_known_by_the_standard_mark(kind: str) -> None:
    found = read_provenance(saved(kind, MARKED))
    assert found is not None
    assert found.maker == "another program"


@pytest.mark.parametrize(
    "xmp",
    [
        packet("", f'i:DigitalSourceType="{MADE_BY_A_GENERATOR}"'),
        packet(f'<i:DigitalSourceType rdf:resource="{MADE_BY_A_GENERATOR}"/>'),
        packet("<i:DigitalSourceType>\n trainedAlgorithmicMedia </i:DigitalSourceType>"),
        MARKED.replace(b'rdf:about=""', b'xmlns:xmp="http://ns.adobe.com/xap/1.0/" ' + TOOL),
    ],
    ids=["attribute", "resource", "bare word", "with its tool"],
)  # fmt: skip
def test_each_way_of_writing_the_mark_counts(xmp: bytes) -> None:
    found = read_provenance(saved("JPEG", xmp))
    assert found is not None
    assert found.maker == ("Firefly" if b"Firefly" in xmp else "another program")


CODES = MADE_BY_A_GENERATOR.rpartition("/")[0]


@pytest.mark.parametrize(
    "inside",
    [
        f"<i:DigitalSourceType>{CODES}/compositeWithTrainedAlgorithmicMedia</i:DigitalSourceType>",
        f"<i:DigitalSourceType>{CODES}/digitalCapture</i:DigitalSourceType>",
        f"<i:Headline>{MADE_BY_A_GENERATOR}</i:Headline>",
        "<i:Parts><rdf:Bag><rdf:li rdf:parseType='Resource'><i:DigitalSourceType>"
        f"{MADE_BY_A_GENERATOR}</i:DigitalSourceType></rdf:li></rdf:Bag></i:Parts>",
    ],
    ids=["a retouched photo", "a camera", "a headline that speaks of it", "a part of it"],
)
def test_only_pictures_made_as_a_whole_carry_the_mark(inside: str) -> None:
    assert read_provenance(saved("PNG", packet(inside))) is None
    assert read_provenance(saved("JPEG", packet(inside))) is None


def test_a_packet_behind_the_pixels_or_compressed_is_found() -> None:
    behind = png((b"IHDR", b"\0" * 13), (b"IDAT", b"\0" * 99), text_chunk(MARKED), (b"IEND", b""))
    squeezed = png(text_chunk(zlib.compress(MARKED), b"\1"), (b"IEND", b""))
    assert read_provenance(behind) is not None
    assert read_provenance(squeezed) is not None
    beyond_the_end = png((b"IEND", b""), text_chunk(MARKED))
    assert read_provenance(beyond_the_end) is None


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_a_packet_in_utf_16_is_read(mark: str) -> None:
    text = ("\ufeff" + MARKED.decode()).encode(mark)
    assert read_provenance(png(text_chunk(text))) is not None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffiTXt",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe1\x00\x00",
        b"RIFF\0\0\0\0WEBPXMP \xff\xff\xff\xff",
        png((b"iTXt", b"")),
        png((b"iTXt", b"XML:com.adobe.xmp\0")),
        png(text_chunk(b"not compressed", b"\1")),
        png(text_chunk(zlib.compress(b" " * (LONGEST_PACKET * 50)), b"\1")),
        png(text_chunk(MARKED + b" " * LONGEST_PACKET)),
        png(text_chunk(b"<a>trainedAlgorithmicMedia")),
        png(text_chunk(b"<a>" * 9000 + b"trainedAlgorithmicMedia")),
        png(text_chunk(
            b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>' + MARKED
        )),
        png(text_chunk(b"\xff\xfe" + MARKED[:-1])),
    ],
    ids=lambda content: f"{len(content)}-{content[-12:]!r}",
)  # fmt: skip
def test_damaged_and_hostile_files_carry_no_mark_and_raise_nothing(content: bytes) -> None:
    assert read_provenance(content) is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_file_cut_anywhere_raises_nothing(kind: str) -> None:
    whole = saved(kind, MARKED)
    for end in range(len(whole)):
        read_provenance(whole[:end])


def test_what_cannot_be_opened_carries_no_mark(tmp_path: Path) -> None:
    assert read_provenance(tmp_path / "gone.png") is None
    assert read_provenance(tmp_path) is None
    assert read_provenance(Path("a\0b.png")) is None


@pytest.mark.parametrize("seed", ["x", "-1", "²", "9" * 5000])
def test_a_seed_that_is_none_is_not_read(seed: str) -> None:
    ours = f'xmlns:t="urn:touchline:tags:1.0:" t:seed="{seed}"'
    xmp = packet(f"<i:DigitalSourceType>{MADE_BY_A_GENERATOR}</i:DigitalSourceType>", ours)
    found = read_provenance(saved("JPEG", xmp))
    assert found is not None
    assert found.seed is None


@pytest.mark.parametrize("name", ["a.png.xmp", "a.xmp", "a.png.XMP"])
def test_a_mark_in_a_sidecar_counts(tmp_path: Path, name: str) -> None:
    photo = tmp_path / "a.png"
    Image.fromarray(PIXELS).save(photo)
    assert provenance_of_photo(photo, Siblings()) is None
    (tmp_path / name).write_bytes(MARKED)
    assert read_provenance(photo) is None
    assert provenance_of_photo(photo, Siblings()) is not None
    (tmp_path / name).write_bytes(b"<broken trainedAlgorithmicMedia")
    assert provenance_of_photo(photo, Siblings()) is None
