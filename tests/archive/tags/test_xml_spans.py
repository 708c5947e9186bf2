from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchline.archive.tags.xml_spans import UnreadableXmlError, read_elements

SAMPLE = b"""<?xml version="1.0"?>
<!-- <not> an element -->
<a:r xmlns:a="urn:a" x='1 > 0 /> "' ><a:empty/><b>t&amp;t<!-- c --></b ><c></c><d y="/"/></a:r>
"""


def spelt(element) -> bytes:
    return SAMPLE[element.start : element.end]


def test_every_element_knows_where_it_stands():
    root = read_elements(SAMPLE)
    assert root.name == "urn:a r"
    assert (root.written, root.prefix) == ("a:r", "a:")
    assert root.attributes == {"x": '1 > 0 /> "'}
    assert spelt(root).endswith(b"</a:r>")
    assert [spelt(child) for child in root.children] == [
        b"<a:empty/>", b"<b>t&amp;t<!-- c --></b >", b"<c></c>", b'<d y="/"/>',
    ]  # fmt: skip
    inner = [SAMPLE[child.inner_start : child.inner_end] for child in root.children]
    assert inner == [b"", b"t&amp;t<!-- c -->", b"", b""]
    assert [child.is_closed_at_once for child in root.children] == [True, False, False, True]
    assert root.children[1].text == "t&t"


def test_walking_is_in_document_order():
    assert [e.written for e in read_elements(b"<a><b><c/></b><d/></a>").walk()] == list("abcd")


def test_offsets_are_in_bytes():
    content = "<å><ß ø='é'>日本</ß></å>".encode()
    child = read_elements(content).children[0]
    assert content[child.start : child.end].decode() == "<ß ø='é'>日本</ß>"


BOMB = (
    b"""<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><r>&b;</r>"""
)
STEAL = b"""<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>"""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (BOMB, "declares a document type"),
        (STEAL, "declares a document type"),
        (b'<!DOCTYPE r SYSTEM "http://example.org/r.dtd"><r/>', "declares a document type"),
        (b"<r>&unknown;</r>", "undefined entity"),
        (b"<r>", "no element found"),
        (b"<r></s>", "mismatched tag"),
        (b"<a:r/>", "unbound prefix"),
        (b"", "no element found"),
        (b"\xff\xd8\xff\xe0", "not well-formed"),
        (b"<r>\xff</r>", "invalid token"),
        (b"<r/>trailing", "junk after document element"),
        (b"<r>" * 500 + b"</r>" * 500, "nested too deep"),
    ],
)
def test_what_is_not_safe_to_read_is_refused(content, message):
    with pytest.raises(UnreadableXmlError, match=message):
        read_elements(content)


@settings(deadline=None)
@given(st.binary(max_size=60) | st.text("<>/&;ab='\" ", max_size=40).map(str.encode))
def test_no_bytes_do_worse_than_being_refused(content):
    with suppress(UnreadableXmlError):
        assert read_elements(content).start <= len(content)
