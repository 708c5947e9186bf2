import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from touchline.archive.tags.embedded import embedded_keywords
from touchline.archive.tags.keywords import Keywords
from touchline.archive.tags.sidecar import machine_tag, with_tag
from touchline.archive.tags.xml_spans import UnreadableXmlError

XMP = with_tag(None, machine_tag("AI", "Ørsta", 0.5), Keywords())
FROM_XMP = Keywords(("Ørsta",), ("AI|Ørsta",), ("AI/Ørsta",))
UTF8 = b"\x1c\x01\x5a\x00\x03\x1b%G"


def picture(form: str = "JPEG", **more: object) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8)).save(stream, form, **more)
    return stream.getvalue()


def segment(marker: int, content: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def keyword(name: bytes) -> bytes:
    """An IPTC data set 2:25."""
    return b"\x1c\x02\x19" + struct.pack(">H", len(name)) + name


def resource(number: int, content: bytes, name: bytes = b"") -> bytes:
    """A Photoshop image resource; its name and content are padded to even lengths."""
    pascal = bytes([len(name)]) + name
    pascal += b"\0" * (len(pascal) % 2)
    padded = content + b"\0" * (len(content) % 2)
    return b"8BIM" + struct.pack(">H", number) + pascal + struct.pack(">I", len(content)) + padded


def photoshop(*resources: bytes) -> bytes:
    return segment(0xED, b"Photoshop 3.0\0" + b"".join(resources))


def xmp(packet: bytes) -> bytes:
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)


def keywords_in(tmp_path, *segments: bytes) -> Keywords:
    """Of a JPEG with these segments right after its start."""
    jpeg = picture()
    (tmp_path / "a.jpg").write_bytes(jpeg[:2] + b"".join(segments) + jpeg[2:])
    return embedded_keywords(tmp_path / "a.jpg")


def test_a_photo_without_any(tmp_path):
    assert keywords_in(tmp_path) == Keywords()


def test_xmp_in_a_jpeg(tmp_path):
    assert keywords_in(tmp_path, xmp(XMP)) == FROM_XMP
    assert keywords_in(tmp_path, xmp(XMP + b"\n" * 2000 + b"\0")) == FROM_XMP  # padded


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (keyword(b"goal"), ("goal",)),
        (UTF8 + keyword("Mål".encode()), ("Mål",)),
        (keyword("Mål".encode()), ("Mål",)),  # UTF-8 that does not say so
        (keyword("Mål".encode("latin-1")), ("Mål",)),
        (UTF8 + keyword(b"M\xe5l"), ("M\ufffdl",)),  # says UTF-8 and is not
        (keyword(b"a") + keyword(b"b\0"), ("a", "b")),
        (b"\x1c\x02\x50\x00\x02me" + keyword(b"a"), ("a",)),  # a by-line before it
        (b"\x1c\x02\x19\x80\x04\x00\x00\x00\x02ab", ("ab",)),  # an extended size
        (keyword(b"a") + b"\x1c\x02", ("a",)),  # torn off
        (b"", ()),
    ],
)
def test_iptc_in_a_jpeg(tmp_path, data, names):
    assert keywords_in(tmp_path, photoshop(resource(0x0404, data))).flat == names


def test_among_other_resources_and_segments(tmp_path):
    found = keywords_in(
        tmp_path,
        segment(0xE1, b"Exif\0\0MM\0*"),
        photoshop(resource(0x03ED, b"odd"), resource(0x0404, keyword(b"a"), b"na")),
        segment(0xFE, b"a comment with 8BIM and \x1c\x02\x19 in it"),
        b"\xff\xff" + xmp(XMP)[1:],  # fill bytes
    )
    assert found == FROM_XMP + Keywords(("a",))


@pytest.mark.parametrize("form", ["PNG", "TIFF", "WEBP"])
def test_xmp_in_other_forms(tmp_path, form):
    more: dict[str, object] = {"tiffinfo": {700: XMP}} if form == "TIFF" else {"xmp": XMP}
    if form == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_itxt("XML:com.adobe.xmp", XMP.decode())
        more = {"pnginfo": text}
    (tmp_path / "a").write_bytes(picture(form, **more))
    assert embedded_keywords(tmp_path / "a") == FROM_XMP


def test_iptc_in_a_tiff(tmp_path):
    data = keyword(b"goal") + keyword(b"derby")
    (tmp_path / "a.tif").write_bytes(picture("TIFF", tiffinfo={33723: data}))
    assert embedded_keywords(tmp_path / "a.tif").flat == ("goal", "derby")


def test_xmp_that_is_broken_is_named(tmp_path):
    with pytest.raises(UnreadableXmlError, match="not well-formed"):
        keywords_in(tmp_path, xmp(XMP[:-20]))


@pytest.mark.parametrize("content", [b"", b"\xff\xd8", b"\xff\xd8\xff", b"no picture", b"II*\0"])
def test_what_is_no_picture_has_none(tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    assert embedded_keywords(tmp_path / "a") == Keywords()


@settings(deadline=None)
@given(st.binary(max_size=80), st.binary(max_size=80))
def test_no_bytes_break_the_reader(tmp_path_factory, after_start, iptc):
    folder = tmp_path_factory.mktemp("jpeg")
    (folder / "a.jpg").write_bytes(b"\xff\xd8" + after_start)
    assert isinstance(embedded_keywords(folder / "a.jpg"), Keywords)
    keywords_in(folder, photoshop(resource(0x0404, iptc)), segment(0xED, b"Photoshop 3.0\0" + iptc))
