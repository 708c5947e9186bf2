"""XML read with the place of every element in the bytes, so that an edit leaves the rest as it is.

Document types are refused, and with them every entity a file could define: no entity is ever
expanded beyond XML's own five. Standard library only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

DEEPEST = 64
_START_TAG = re.compile(rb"""<([^\s/>]+)(?:[^<>"']|"[^"]*"|'[^']*')*>""")


class UnreadableXmlError(Exception):
    """The bytes are not XML that can be read safely; says why."""


@dataclass
class Element:
    """An element and where it stands, in byte offsets.

    Attributes:
        name: namespace and local name with a space between; the local name alone without one.
        written: the name as the file writes it, with its prefix.
        attributes: their values by name, named like elements.
        start, end: the whole element.
        inner_start, inner_end: what is between its tags; empty at `end` when it has none (`<a/>`).
        text: its own character data.
    """

    name: str
    written: str
    attributes: dict[str, str]
    start: int
    inner_start: int
    inner_end: int = 0
    end: int = 0
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    @property
    def is_closed_at_once(self) -> bool:
        """Whether it is written `<a/>`."""
        return self.inner_start == self.end

    @property
    def prefix(self) -> str:
        """The prefix of the written name with its colon; empty without one."""
        return self.written[: self.written.rfind(":") + 1]

    def walk(self) -> Iterator["Element"]:
        """The element and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


def read_elements(content: bytes) -> Element:
    """The root element of a document in UTF-8.

    Raises:
        UnreadableXmlError: when it is not well formed, has a document type, or is nested too deep.
    """
    reader = _Reader(content)
    try:
        reader.parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as error:
        raise UnreadableXmlError(f"not well-formed XML: {error}") from error
    return reader.root


class _Reader:
    """The elements that are open, outermost first, while expat goes through the bytes."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.refuse_document_type
        self.open: list[Element] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        at = self.parser.CurrentByteIndex
        tag = _START_TAG.match(self.content, at)
        if tag is None or len(self.open) >= DEEPEST:
            raise UnreadableXmlError("elements nested too deep, or a tag out of place")
        element = Element(name, tag[1].decode(), attributes, at, tag.end())
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, _name: str) -> None:
        element = self.open.pop()
        if self.content[element.inner_start - 2 : element.inner_start] == b"/>":
            element.inner_end = element.end = element.inner_start
        else:
            element.inner_end = self.parser.CurrentByteIndex
            element.end = self.content.index(b">", element.inner_end) + 1

    def characters(self, text: str) -> None:
        if self.open:
            self.open[-1].text += text

    def refuse_document_type(self, *_declaration: object) -> None:
        raise UnreadableXmlError("it declares a document type, which XMP never needs")
