"""What a sidecar says after tagging: the old bytes and a tag in, the new bytes out.

Every keyword, ours and those already there, ends up in all three lists that readers use (see
`keywords`). Beside them, in a namespace of our own, stands where each of our tags comes from and
whether a person has judged it. A person's judgement outranks any model.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from touchline.archive.tags.keywords import (
    KeywordPath,
    Keywords,
    in_every_list,
    keyword_path,
    piped,
    slashed,
    without_path,
)
from touchline.archive.tags.xml_spans import Element
from touchline.archive.tags.xmp import (
    EMPTY_PACKET,
    NAMESPACES,
    ListEdit,
    ListProperty,
    Packet,
    one_line,
    text_item,
    xml_text,
)

FLAT = ListProperty("dc", "subject", "Bag")
PIPED = ListProperty("lr", "hierarchicalSubject", "Bag")
SLASHED = ListProperty("digiKam", "TagsList", "Seq")
TAGS = ListProperty("touchline", "tags", "Bag")


@dataclass(frozen=True)
class MachineTag:
    """A tag of ours and where it comes from.

    Attributes:
        path: from the root keyword to the label, e.g. `("AI", "pose", "Kick-l")`.
        score: the model's confidence, as written: four decimals.
        run: the run that labelled the photo.
        model: the model behind the run, as far as known.
        state: `auto` as the machine wrote it; `confirmed` or `rejected` once a person judged it.
        written_at: when, in UTC.
        leaf: `added` when the flat keyword came with the tag, `found` when it was there before.
        reviewer: who judged it in the catalog; empty for a machine, or a judgement made elsewhere.
    """

    path: KeywordPath
    score: str
    run: str = ""
    model: str = ""
    state: str = "auto"
    written_at: str = ""
    leaf: str = "added"
    reviewer: str = ""

    @property
    def keyword(self) -> str:
        """The whole path as one text: what makes two tags the same."""
        return piped(self.path)

    @property
    def root(self) -> str:
        """The keyword without its last level: tags under one root answer one question."""
        return piped(self.path[:-1])

    def says_the_same(self, other: "MachineTag") -> bool:
        """Whether both are the same statement, whenever it was written."""
        mine = (self.keyword, self.score, self.run, self.model, self.state, self.reviewer)
        return mine == (
            other.keyword, other.score, other.run, other.model, other.state, other.reviewer,
        )  # fmt: skip


def machine_tag(root: str, label: str, score: float, **origin: str) -> MachineTag:
    """The tag for a label below a root keyword such as `AI` or `AI|pose`.

    >>> machine_tag("AI|pose", "Kick-l", 0.93117, run="r1").score
    '0.9312'
    """
    path = (*map(one_line, keyword_path(root)), one_line(label) or "?")
    clean = {name: one_line(text) for name, text in origin.items()}
    return MachineTag(path, f"{score:.4f}", **clean)


def read_keywords(content: bytes) -> Keywords:
    """The keywords of an XMP packet.

    Raises:
        UnreadableXmlError: when it cannot be read safely.
    """
    return _keywords_of(Packet(content))


def read_tags(content: bytes) -> list[MachineTag]:
    """Our own tags in an XMP packet, judged or not.

    Raises:
        UnreadableXmlError: when it cannot be read safely.
    """
    return [_tag_of(item) for item in Packet(content).items(TAGS)]


def with_tag(
    content: bytes | None, tag: MachineTag, elsewhere: Keywords, rejected: MachineTag | None = None
) -> bytes:
    """The sidecar with the tag; the very same bytes when there is nothing to change.

    An earlier `auto` tag under the same root goes, and its keywords with it. A tag under that root
    that a person confirmed, or this very tag rejected by a person, leaves the sidecar as it is;
    but a reviewer's later judgement takes the place of a reviewer's earlier one.

    Args:
        content: the sidecar; None where there is none yet.
        tag: what the model says, `auto`, or a reviewer, `confirmed`.
        elsewhere: keywords of the photo that a sidecar would hide: embedded ones.
        rejected: what the reviewer says it is not; stands without keywords, so that no model
            writes it again.

    Raises:
        UnreadableXmlError: when the sidecar cannot be read safely, or a list in it is none.
    """
    packet = Packet(EMPTY_PACKET if content is None else content)
    old = [_tag_of(item) for item in packet.items(TAGS)]
    if is_judged(old, tag):
        return content or EMPTY_PACKET
    rivals = {number: each for number, each in enumerate(old)
              if _gives_way(each, tag, rejected)}  # fmt: skip
    tagged = [each for each in rivals.values() if each.state != "rejected"]
    theirs = _keywords_of(packet)
    for rival in tagged:
        if rival.keyword != tag.keyword:
            theirs = without_path(theirs, rival.path, flat_too=rival.leaf == "added")
    same = next((each for each in tagged if each.keyword == tag.keyword), None)
    is_found = tag.path[-1] in (*theirs.flat, *elsewhere.flat)
    leaf = same.leaf if same else "found" if is_found else "added"
    ours = Keywords((tag.path[-1],), (tag.keyword,), (slashed(tag.path),))
    keywords = in_every_list(in_every_list(theirs + elsewhere) + ours)
    wanted = [replace(tag, leaf=leaf), *([rejected] if rejected else [])]
    stale = [n for n, each in rivals.items() if not any(map(each.says_the_same, wanted))]
    new = [each for each in wanted if not any(map(each.says_the_same, old))]
    tags = ListEdit(TAGS, stale, [_tag_item(each) for each in new])
    return packet.edited([*_edits(packet, keywords), tags])


def without_tags(content: bytes, keywords: Collection[str]) -> bytes:
    """The sidecar without our tags of these keywords, but for those judged elsewhere.

    Raises:
        UnreadableXmlError: when the sidecar cannot be read safely.
    """
    packet = Packet(content)
    left, stale = _keywords_of(packet), []
    for number, item in enumerate(packet.items(TAGS)):
        tag = _tag_of(item)
        if _is_ours(tag) and tag.keyword in keywords:
            if tag.state != "rejected":
                left = without_path(left, tag.path, flat_too=tag.leaf == "added")
            stale.append(number)
    return packet.edited([*_edits(packet, left), ListEdit(TAGS, stale, [])])


def is_judged(old: Sequence[MachineTag], tag: MachineTag) -> bool:
    """Whether a person has spoken: confirmed a tag under the same root, or rejected this one.

    Against a reviewer's tag only what was judged outside the catalog counts.
    """
    return any(
        (each.state == "confirmed" and each.root == tag.root)
        or (each.state == "rejected" and each.keyword == tag.keyword)
        for each in old
        if not (tag.reviewer and each.reviewer)
    )


def _is_ours(tag: MachineTag) -> bool:
    """Whether a model or a reviewer of the catalog wrote it, and nobody judged it elsewhere."""
    return tag.state == "auto" or bool(tag.reviewer)


def _gives_way(old: MachineTag, tag: MachineTag, rejected: MachineTag | None) -> bool:
    """Whether a new tag takes the place of an old one, which stands against nothing in it."""
    if old.root != tag.root or not _is_ours(old):
        return False
    also = rejected.keyword if rejected else ""
    return old.state != "rejected" or old.keyword in (tag.keyword, also)


def _keywords_of(packet: Packet) -> Keywords:
    lists = [tuple(i.text.strip() for i in packet.items(p)) for p in (FLAT, PIPED, SLASHED)]
    return Keywords(*lists)


def _edits(packet: Packet, keywords: Keywords) -> list[ListEdit]:
    """What turns the packet's three lists into these."""
    wanted = {FLAT: keywords.flat, PIPED: keywords.piped, SLASHED: keywords.slashed}
    edits = []
    for each, names in wanted.items():
        written = [item.text.strip() for item in packet.items(each)]
        removed = [number for number, text in enumerate(written) if text and text not in names]
        added = [text_item(name) for name in names if name not in written]
        edits.append(ListEdit(each, removed, added))
    return edits


def _tag_of(item: Element) -> MachineTag:
    """A tag from its `rdf:li`, in whichever of XMP's ways another program has rewritten it."""
    ours = f"{NAMESPACES['touchline']} "
    said: dict[str, str] = {}
    for element in item.walk():
        for name, text in ((element.name, element.text), *element.attributes.items()):
            if name.startswith(ours):
                said.setdefault(name.removeprefix(ours), text.strip())
    known = {name: said.get(name, "") for name in _TAG_FIELDS}
    return MachineTag(keyword_path(said.get("keyword", "")), **known)


_TAG_FIELDS = ("score", "run", "model", "state", "written_at", "leaf", "reviewer")


def _tag_item(tag: MachineTag) -> str:
    said = {"keyword": tag.keyword, **{name: getattr(tag, name) for name in _TAG_FIELDS}}
    lines = "".join(
        f"\n      <touchline:{name}>{xml_text(text)}</touchline:{name}>"
        for name, text in said.items()
        if text
    )
    return f' rdf:parseType="Resource">{lines}\n     '
