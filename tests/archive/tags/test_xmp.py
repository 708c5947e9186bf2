import pytest

from touchline.archive.tags.sidecar import FLAT, PIPED, SLASHED, TAGS
from touchline.archive.tags.xml_spans import UnreadableXmlError
from touchline.archive.tags.xmp import EMPTY_PACKET, ListEdit, Packet, one_line, text_item

RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'


def packet(body: str, about: str = "") -> str:
    """A packet with one description."""
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {RDF}>\n'
        f' <rdf:Description rdf:about="{about}" {DC}>{body}</rdf:Description>\n'
        "</rdf:RDF></x:xmpmeta>"
    )


def texts(content: bytes, wanted=FLAT) -> list[str]:
    return [item.text for item in Packet(content).items(wanted)]


def added(*names: str) -> list[ListEdit]:
    return [ListEdit(FLAT, [], [text_item(name) for name in names])]


def test_an_empty_packet_has_no_items():
    assert [texts(EMPTY_PACKET, each) for each in (FLAT, PIPED, SLASHED, TAGS)] == [[]] * 4


def test_an_edit_of_nothing_gives_back_the_very_same_bytes():
    content = packet("<dc:subject><rdf:Bag><rdf:li>a</rdf:li></rdf:Bag></dc:subject>").encode()
    assert Packet(content).edited([ListEdit(FLAT, [], [])]) is content


SUBJECTS = [
    "",
    "<dc:subject/>",
    "<dc:subject></dc:subject>",
    "<dc:subject>  </dc:subject>",
    "<dc:subject><rdf:Bag/></dc:subject>",
    "<dc:subject>\n<rdf:Seq ></rdf:Seq>\n</dc:subject>",
    "<dc:title/><dc:subject><rdf:Bag><rdf:li>old</rdf:li></rdf:Bag></dc:subject><dc:format>x</dc:format>",
    "<dc:subject><rdf:Bag>\n  <rdf:li>old</rdf:li>\n  <!-- by hand -->\n</rdf:Bag></dc:subject>",
    "<dc:subject><rdf:Bag><rdf:li xml:lang='no'>old</rdf:li></rdf:Bag></dc:subject>",
]


@pytest.mark.parametrize("body", SUBJECTS)
def test_names_are_put_at_the_end_of_whatever_list_is_there(body):
    content = packet(body).encode()
    before = texts(content)
    edited = Packet(content).edited(added("nëw", "R&D <x>"))
    assert texts(edited) == [*before, "nëw", "R&D <x>"]
    for kept in ("<!-- by hand -->", "<dc:format>x</dc:format>", "xml:lang='no'"):
        assert (kept in body) == (kept.encode() in edited)


@pytest.mark.parametrize("body", SUBJECTS[6:])
def test_names_are_taken_out_and_the_rest_stays_to_the_byte(body):
    content = packet(body).encode()
    edited = Packet(content).edited([ListEdit(FLAT, [0], [text_item("new")])])
    assert texts(edited) == ["new"]
    assert edited.startswith(content[: content.index(b"<rdf:li")].rstrip())
    assert edited.endswith(content[content.index(b"</rdf:Bag>") :])


def test_a_list_that_becomes_empty_goes():
    content = packet("<dc:title/>\n <dc:subject><rdf:Bag><rdf:li>a</rdf:li></rdf:Bag></dc:subject>")
    edited = Packet(content.encode()).edited([ListEdit(FLAT, [0], [])])
    assert edited.decode() == packet("<dc:title/>")


def test_prefixes_of_the_files_own_are_kept():
    content = (
        b'<R xmlns="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><RDF><Description '
        b'xmlns:purl="http://purl.org/dc/elements/1.1/"><purl:subject><Bag><li>a</li></Bag>'
        b"</purl:subject></Description></RDF></R>"
    )
    edited = Packet(content).edited(added("b"))
    assert texts(edited) == ["a", "b"]
    assert b"<li>a</li>" in edited


def test_a_description_is_about_what_the_others_are_about():
    content = packet("<dc:title/>", about="uuid:1 &amp; 2").encode()
    edited = Packet(content).edited(added("b"))
    assert edited.count(b'rdf:about="uuid:1 &amp; 2"') == 2


@pytest.mark.parametrize(
    ("codec", "mark"),
    [("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"),
     ("utf-32-le", b"\xff\xfe\0\0")],
)  # fmt: skip
def test_the_encoding_stays(codec, mark):
    content = mark + packet("<dc:title>é</dc:title>").encode(codec)
    edited = Packet(content).edited(added("ø"))
    assert edited.startswith(mark + "<x:".encode(codec))
    assert "<dc:title>é</dc:title>" in edited.removeprefix(mark).decode(codec)
    assert texts(edited) == ["ø"]


def test_a_declared_encoding_stays_and_takes_what_it_cannot_hold_as_references():
    text = '<?xml version="1.0" encoding="ISO-8859-1"?>' + packet("<dc:title>é</dc:title>")
    edited = Packet(text.encode("latin-1")).edited(added("日"))
    assert "<dc:title>é</dc:title>".encode("latin-1") in edited
    assert b"&#26085;" in edited
    assert texts(edited) == ["日"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>", "no rdf:RDF element"),
        (b"\xff\xfe<\0", "not"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "not text in klingon"),
        (b"caf\xe9", "not text in utf-8"),
        (packet("<dc:subject>a, b</dc:subject>").encode(), "dc:subject is no list"),
        (packet("<dc:subject><rdf:li>a</rdf:li></dc:subject>").encode(), "dc:subject is no list"),
        (packet("").replace(DC, f'{DC} dc:subject="a"').encode(), "dc:subject is no list"),
    ],
)
def test_what_is_no_xmp_is_refused(content, message):
    with pytest.raises(UnreadableXmlError, match=message):
        Packet(content).edited(added("b"))


def test_one_line_is_what_comes_back():
    name = one_line("a\r\n\tb\x00\x1f\ud800c\ufffe ")
    assert name == "a b c"
    assert texts(Packet(EMPTY_PACKET).edited(added(name))) == [name]
