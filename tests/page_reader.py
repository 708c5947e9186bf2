"""Reads a page of ours to its end, so that tests can ask what is on it."""

from html.parser import HTMLParser


class PageReader(HTMLParser):
    """The tags of a page with their attributes, and its text outside of style and script.

    Attributes:
        tags: name and attributes of every tag, in order.
        open: tags that were never closed.
        text: what a person reads.
    """

    VOID = frozenset({"meta", "img", "link", "br", "hr", "input", "col"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.text += data

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        """The attributes of every such tag; `class_` stands for `class`."""
        named = {name.rstrip("_").replace("_", "-"): value for name, value in wanted.items()}
        return [
            attributes
            for name, attributes in self.tags
            if name == tag and all(attributes.get(key) == value for key, value in named.items())
        ]

    def values(self, *names: str) -> list[str]:
        """What these attributes hold, wherever they stand."""
        return [
            value or ""
            for _, attributes in self.tags
            for name, value in attributes.items()
            if name in names
        ]

    @property
    def handlers(self) -> list[str]:
        """The attributes that would run a script."""
        return [name for _, attributes in self.tags for name in attributes if name.startswith("on")]
