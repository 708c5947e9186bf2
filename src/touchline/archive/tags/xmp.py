"""XMP packets: lists read out of them, and items taken out and put in with all else left as it is.

The edits are splices into the bytes, so foreign properties, prefixes, comments and white space
survive to the byte. Reference: Adobe XMP specification, part 1 (ISO 16684-1).
"""

import codecs
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from touchline.archive.tags.xml_spans import Element, UnreadableXmlError, read_elements

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "touchline": "urn:touchline:tags:1.0:",
}
EMPTY_PACKET = f"""<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="touchline">
 <rdf:RDF xmlns:rdf="{RDF}">
 </rdf:RDF>
</x:xmpmeta>
""".encode()
_CONTAINERS = {f"{RDF} Bag", f"{RDF} Seq", f"{RDF} Alt"}
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_MARKS = {
    codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF32_LE: "utf-32-le", codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be",
}  # fmt: skip
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class ListProperty:
    """A property that is a list, e.g. `dc:subject`, and how its list is written when new."""

    prefix: str
    local: str
    container: str  # Bag or Seq

    @property
    def name(self) -> str:
        """Namespace and local name, as `Element.name` has them."""
        return f"{NAMESPACES[self.prefix]} {self.local}"


@dataclass(frozen=True)
class ListEdit:
    """Items to take out of a list, and the insides of new `rdf:li` elements to put at its end."""

    property: ListProperty
    removed: Collection[int]
    added: Sequence[str]


class Packet:
    """One XMP document.

    Raises (on construction):
        UnreadableXmlError: when it is no XML that can be read safely, or no XMP.
    """

    def __init__(self, content: bytes) -> None:
        self._mark, self._codec = _encoding_of(content)
        try:
            text = content.removeprefix(self._mark).decode(self._codec)
        except (UnicodeDecodeError, LookupError) as error:
            raise UnreadableXmlError(f"not text in {self._codec}") from error
        self._content, self._original = text.encode(), content
        found = [e for e in read_elements(self._content).walk() if e.name == f"{RDF} RDF"]
        if not found:
            raise UnreadableXmlError("no rdf:RDF element, so it is no XMP")
        self._rdf = found[0]

    def items(self, wanted: ListProperty) -> list[Element]:
        """The `rdf:li` elements of a list; none when the packet has no such property.

        Raises:
            UnreadableXmlError: when the property is there and is no list.
        """
        found = self._property(wanted)
        container = _container_of(found) if found else None
        return [e for e in container.children if e.name == f"{RDF} li"] if container else []

    def simple_properties(self, namespace: str) -> dict[str, str]:
        """The values of the plain properties of a namespace, by their local names.

        Each of XMP's ways counts: an attribute, an element with text, or one with `rdf:resource`.
        Of a property that stands there twice the first counts; lists and structures do not.
        """
        found: dict[str, str] = {}
        for description in self._rdf.children:
            elements = {
                each.name: each.attributes.get(f"{RDF} resource", each.text)
                for each in reversed(description.children)
                if not each.children
            }
            for name, text in (*description.attributes.items(), *elements.items()):
                if name.startswith(f"{namespace} "):
                    found.setdefault(name.removeprefix(f"{namespace} "), text.strip())
        return found

    def edited(self, edits: Sequence[ListEdit]) -> bytes:
        """The packet with the edits made: the very same bytes when they change nothing.

        Raises:
            UnreadableXmlError: when a property to be edited is there and is no list.
        """
        splices: list[tuple[int, int, str]] = []
        new: list[str] = []
        for edit in edits:
            found = self._property(edit.property)
            if found is not None:
                splices += self._splices(found, edit)
            elif edit.added:
                new.append(_list_text(edit, f"{edit.property.prefix}:", "rdf:"))
        if new:
            splices.append(self._inserted(self._rdf, self._description(new)))
        if not splices:
            return self._original
        content = self._content
        for start, end, text in sorted(splices, reverse=True):
            content = content[:start] + text.encode() + content[end:]
        return self._mark + content.decode().encode(self._codec, "xmlcharrefreplace")

    def _property(self, wanted: ListProperty) -> Element | None:
        for description in self._rdf.children:
            if wanted.name in description.attributes:
                raise UnreadableXmlError(f"{wanted.prefix}:{wanted.local} is no list")
            for element in description.children:
                if element.name == wanted.name:
                    return element
        return None

    def _splices(self, found: Element, edit: ListEdit) -> list[tuple[int, int, str]]:
        container = _container_of(found)
        items = self.items(edit.property)
        if len(edit.removed) == len(items) and not edit.added and items:
            return [self._with_space_before(found)]
        splices = [self._with_space_before(items[number]) for number in edit.removed]
        if not edit.added:
            return splices
        if container is None:
            text = _list_text(edit, found.prefix, self._rdf.prefix).strip()
            return [(found.start, found.end, text)]
        text = _items_text(edit, found.prefix, container.prefix)
        return [*splices, self._inserted(container, text)]

    def _with_space_before(self, element: Element) -> tuple[int, int, str]:
        before = self._content[: element.start]
        return len(before.rstrip()), element.end, ""

    def _inserted(self, element: Element, text: str) -> tuple[int, int, str]:
        """The splice that puts `text` after the last child of the element."""
        if element.is_closed_at_once:
            return element.end - 2, element.end, f">{text}\n    </{element.written}>"
        at = len(self._content[: element.inner_end].rstrip())
        at = max(at, element.inner_start)
        return at, at, text

    def _description(self, properties: Sequence[str]) -> str:
        about = f"{RDF} about"
        abouts = [e.attributes[about] for e in self._rdf.children if about in e.attributes]
        names = "".join(f'\n    xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
        quoted = escape(abouts[0] if abouts else "", {'"': "&quot;"})
        return (
            f'\n  <rdf:Description xmlns:rdf="{RDF}" rdf:about="{quoted}"{names}>'
            f"{''.join(properties)}\n  </rdf:Description>"
        )


def text_item(text: str) -> str:
    """The inside of an `rdf:li` with plain text, from after `<rdf:li` to before its end tag.

    >>> text_item("R&D")
    '>R&amp;D'
    """
    return f">{xml_text(text)}"


def xml_text(text: str) -> str:
    r"""Text for between tags; a character that XML cannot hold becomes a space.

    >>> xml_text("a<b\x00")
    'a&lt;b '
    """
    return escape(_NOT_IN_XML.sub(" ", text), {"\r": "&#13;"})


def one_line(text: str) -> str:
    r"""Text as it comes back from an XML file: on one line, without what XML cannot hold.

    >>> one_line(" Home\nend\x00 ")
    'Home end'
    """
    return " ".join(_NOT_IN_XML.sub(" ", text).split())


def _container_of(found: Element) -> Element | None:
    """The Bag, Seq or Alt of a list property; None when it is empty.

    Raises:
        UnreadableXmlError: when it holds anything else.
    """
    if not found.children and not found.text.strip():
        return None
    if len(found.children) != 1 or found.children[0].name not in _CONTAINERS:
        raise UnreadableXmlError(f"{found.written} is no list")
    return found.children[0]


def _list_text(edit: ListEdit, prefix: str, rdf: str) -> str:
    """A whole new property, on lines of its own."""
    name, kind = f"{prefix}{edit.property.local}", f"{rdf}{edit.property.container}"
    items = _items_text(edit, prefix, rdf)
    return f"\n   <{name}>\n    <{kind}>{items}\n    </{kind}>\n   </{name}>"


def _items_text(edit: ListEdit, prefix: str, rdf: str) -> str:
    """New items, each on its line; they declare our prefixes where the file has others."""
    ours = edit.property.prefix
    is_ours = (prefix, rdf) == (f"{ours}:", "rdf:")
    declared = "" if is_ours else f' xmlns:rdf="{RDF}" xmlns:{ours}="{NAMESPACES[ours]}"'
    return "".join(f"\n     <{rdf}li{declared}{item}</{rdf}li>" for item in edit.added)


def _encoding_of(content: bytes) -> tuple[bytes, str]:
    """The byte-order mark (maybe empty) and the encoding of a document."""
    for mark, codec in _MARKS.items():
        if content.startswith(mark):
            return mark, codec
    declared = _DECLARED.match(content)
    return b"", declared[1].decode().lower() if declared else "utf-8"
