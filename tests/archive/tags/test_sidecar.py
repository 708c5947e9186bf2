from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchline.archive.tags.keywords import Keywords
from touchline.archive.tags.sidecar import (
    MachineTag,
    machine_tag,
    read_keywords,
    read_tags,
    with_tag,
    without_tags,
)
from touchline.archive.tags.xml_spans import UnreadableXmlError

NONE = Keywords()
KICK_L = machine_tag("AI|pose", "Kick-l", 0.93, run="run-1", model="m", state="auto",
                     written_at="2026-11-21T10:30:00Z")  # fmt: skip
KICK_R = replace(KICK_L, path=("AI", "pose", "Kick-r"), score="0.5100", run="run-2")
RUGBY = machine_tag("AI|sport", "rugby", 0.9, state="auto")

DARKTABLE = b"""<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:darktable="http://darktable.sf.net/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
   xmp:Rating="4"
   darktable:xmp_version="5"
   darktable:auto_presets_applied="1">
   <!-- edited by hand -->
   <darktable:history>
    <rdf:Seq>
     <rdf:li
      darktable:num="0"
      darktable:operation="exposure"/>
    </rdf:Seq>
   </darktable:history>
   <dc:subject>
    <rdf:Bag>
     <rdf:li>Place</rdf:li>
     <rdf:li>Oslo</rdf:li>
     <rdf:li>derby</rdf:li>
    </rdf:Bag>
   </dc:subject>
   <lr:hierarchicalSubject>
    <rdf:Bag>
     <rdf:li>Place|Oslo</rdf:li>
    </rdf:Bag>
   </lr:hierarchicalSubject>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
"""


class TestANewSidecar:
    def test_has_the_tag_in_all_three_lists_and_where_it_comes_from(self):
        content = with_tag(None, KICK_L, NONE)
        assert read_keywords(content) == Keywords(
            ("Kick-l",), ("AI|pose|Kick-l",), ("AI/pose/Kick-l",)
        )
        assert read_tags(content) == [replace(KICK_L, leaf="added")]

    def test_has_the_photos_own_keywords_too(self):
        content = with_tag(None, KICK_L, Keywords(("derby", "Oslo"), ("Place|Oslo",)))
        assert read_keywords(content) == Keywords(
            ("derby", "Oslo", "Kick-l"),
            ("Place|Oslo", "derby", "AI|pose|Kick-l"),
            ("Place/Oslo", "derby", "AI/pose/Kick-l"),
        )

    @settings(deadline=None)
    @given(st.text(min_size=1), st.text(max_size=20))
    def test_takes_any_label(self, label, run):
        tag = machine_tag("AI", label, 0.5, run=run, state="auto")
        content = with_tag(None, tag, NONE)
        (back,) = read_tags(content)
        assert back.says_the_same(tag)
        assert with_tag(content, tag, NONE) is content

    @pytest.mark.parametrize(
        ("label", "flat", "piped", "slashed"),
        [
            ("Home/Away", "Home/Away", "AI|Home/Away", "AI/Home|Away"),
            ("Home|Away", "Home|Away", "AI|Home/Away", "AI/Home|Away"),
            ("<b>&\"'</b>", "<b>&\"'</b>", "AI|<b>&\"'</b>", "AI/<b>&\"'<|b>"),
            ("a\nb\x00", "a b", "AI|a b", "AI/a b"),
            ("2024", "2024", "AI|2024", "AI/2024"),
        ],
    )
    def test_spells_difficult_names(self, label, flat, piped, slashed):
        content = with_tag(None, machine_tag("AI", label, 0.5), NONE)
        assert read_keywords(content) == Keywords((flat,), (piped,), (slashed,))


class TestAnExistingSidecar:
    def test_keeps_every_byte_that_is_not_ours(self):
        content = with_tag(DARKTABLE, KICK_L, NONE)
        rest = content.decode()
        for line in DARKTABLE.decode().splitlines(keepends=True):
            head, found, rest = rest.partition(line)
            assert found, f"lost {line!r}"
            if head:  # lines of ours between
                assert "AI|pose" in head or "digiKam" in head or "derby" in head or "Kick" in head
        assert read_keywords(content) == Keywords(
            ("Place", "Oslo", "derby", "Kick-l"),
            ("Place|Oslo", "derby", "AI|pose|Kick-l"),
            ("Place/Oslo", "derby", "AI/pose/Kick-l"),
        )

    def test_is_not_touched_when_nothing_changes(self):
        once = with_tag(DARKTABLE, KICK_L, Keywords(("goal",)))
        later = replace(KICK_L, written_at="2027-01-01T00:00:00Z")
        assert with_tag(once, later, Keywords(("goal",))) is once

    def test_comes_back_to_the_byte_when_only_the_tag_is_taken_out_of_full_lists(self):
        full = with_tag(DARKTABLE, machine_tag("Other", "x", 0.5), NONE)
        assert without_tags(with_tag(full, KICK_L, NONE), [KICK_L.keyword]) == full

    def test_malformed_is_refused(self):
        with pytest.raises(UnreadableXmlError, match="not well-formed XML"):
            with_tag(DARKTABLE[:-10], KICK_L, NONE)


class TestTaggingAgain:
    def test_a_new_label_replaces_ours(self):
        content = with_tag(with_tag(DARKTABLE, KICK_L, NONE), KICK_R, NONE)
        assert b"Kick-l" not in content
        assert [tag.keyword for tag in read_tags(content)] == ["AI|pose|Kick-r"]
        assert content == with_tag(content, KICK_R, NONE)

    def test_a_new_run_with_the_same_label_changes_only_where_it_comes_from(self):
        once = with_tag(None, KICK_L, NONE)
        again = with_tag(once, replace(KICK_L, run="run-2"), NONE)
        assert read_keywords(again) == read_keywords(once)
        assert [tag.run for tag in read_tags(again)] == ["run-2"]

    def test_another_root_is_another_question(self):
        content = with_tag(
            with_tag(None, KICK_L, NONE), machine_tag("AI|sport", "rugby", 0.9), NONE
        )
        assert [tag.keyword for tag in read_tags(content)] == ["AI|pose|Kick-l", "AI|sport|rugby"]

    @pytest.mark.parametrize(("elsewhere", "before"), [(Keywords(("Kick-l",)), None), (NONE, b"")])
    def test_a_leaf_that_was_a_persons_keyword_stays(self, elsewhere, before):
        if before is not None:
            before = DARKTABLE.replace(b"derby", b"Kick-l")
        content = with_tag(with_tag(before, KICK_L, elsewhere), KICK_R, NONE)
        assert "Kick-l" in read_keywords(content).flat
        assert "Kick-l" in read_keywords(content).piped
        assert "AI|pose|Kick-l" not in read_keywords(content).piped

    def test_a_leaf_that_a_person_has_put_in_a_hierarchy_since_stays(self):
        once = with_tag(None, KICK_L, Keywords(piped=("Poses|Kick-l",)))
        content = with_tag(once, KICK_R, NONE)
        assert set(read_keywords(content).flat) == {"Kick-l", "Kick-r"}
        assert read_keywords(content).piped == ("Poses|Kick-l", "AI|pose|Kick-r")


def judged(content: bytes, state: str) -> bytes:
    """As the review app, or a person with an editor, would leave it."""
    return content.replace(b"<touchline:state>auto<", f"<touchline:state>{state}<".encode())


class TestWhatAPersonJudged:
    def test_confirmed_outranks_any_model(self):
        content = judged(with_tag(None, KICK_L, NONE), "confirmed")
        assert with_tag(content, KICK_R, NONE) is content
        assert with_tag(content, replace(KICK_L, run="run-2"), Keywords(("x",))) is content

    def test_rejected_is_not_written_again(self):
        content = judged(with_tag(None, KICK_L, NONE), "rejected")
        assert with_tag(content, replace(KICK_L, run="run-2"), NONE) is content

    def test_rejected_leaves_room_for_another_label(self):
        content = with_tag(judged(with_tag(None, KICK_L, NONE), "rejected"), KICK_R, NONE)
        states = [(t.path[-1], t.state) for t in read_tags(content)]
        assert states == [("Kick-l", "rejected"), ("Kick-r", "auto")]

    def test_confirmed_under_another_root_says_nothing_here(self):
        content = judged(with_tag(None, RUGBY, NONE), "confirmed")
        assert len(read_tags(with_tag(content, KICK_L, NONE))) == 2

    def test_untagging_leaves_it(self):
        content = judged(with_tag(None, KICK_L, NONE), "confirmed")
        assert without_tags(content, [KICK_L.keyword]) is content


def test_untagging_takes_out_only_what_is_named():
    content = with_tag(
        with_tag(DARKTABLE, KICK_L, NONE), machine_tag("AI|sport", "rugby", 1.0), NONE
    )
    left = without_tags(content, ["AI|pose|Kick-l"])
    assert read_tags(left)[0].keyword == "AI|sport|rugby"
    assert "Kick-l" not in left.decode()
    assert without_tags(left, ["AI|pose|Kick-l"]) is left


@pytest.mark.parametrize(
    "written",
    [
        # attributes on the item, as Adobe's toolkit writes simple structures
        '<rdf:li touchline:keyword="AI|pose|Kick-l" touchline:state="auto" touchline:run="run-1"/>',
        # a nested description, as older programs write them
        "<rdf:li><rdf:Description><touchline:keyword>AI|pose|Kick-l</touchline:keyword>"
        "<touchline:state>auto</touchline:state><touchline:run>run-1</touchline:run>"
        "</rdf:Description></rdf:li>",
        '<rdf:li><rdf:Description touchline:keyword="AI|pose|Kick-l" touchline:state="auto" '
        'touchline:run="run-1"/></rdf:li>',
    ],
)
def test_our_tags_are_known_again_however_another_program_wrote_them(written):
    ours = with_tag(None, KICK_L, NONE).decode()
    start, end = ours.index("<rdf:li rdf:parseType"), ours.index("</rdf:Bag>\n   </touchline:tags>")
    content = f"{ours[:start]}{written}{ours[end:]}".encode()
    assert read_tags(content) == [MachineTag(KICK_L.path, "", "run-1", state="auto", leaf="")]
    assert [tag.path[-1] for tag in read_tags(with_tag(content, KICK_R, NONE))] == ["Kick-r"]
