import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchline.reporting.plain_text import printable, shortened

any_text = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("Müller 日本 ⚽.jpg", "Müller 日本 ⚽.jpg"),
        ("a\tb\nc\u00a0d", "a b c d"),
        ("\x1b[31mred", "�[31mred"),  # would colour a terminal
        ("gpj.\u202etxt", "gpj.�txt"),  # would turn the direction of writing
        ("caf\udce9.jpg", "caf�.jpg"),  # a byte that is no UTF-8
    ],
)
def test_printable(text, shown):
    assert printable(text) == shown


@given(any_text)
def test_printable_text_can_be_shown_and_stays(text):
    shown = printable(text)
    assert len(shown) == len(text)
    assert shown.isprintable()
    assert printable(shown) == shown
    shown.encode()


@given(any_text, st.integers(1, 30))
def test_shortened_fits_and_keeps_both_ends(text, length):
    short = shortened(text, length)
    assert len(short) <= length
    if len(text) <= length:
        assert short == printable(text)
    elif length >= 3:
        assert len(short) == length
        assert short[0] == printable(text)[0]
        assert short[-1] == printable(text)[-1]


def test_names_that_differ_at_their_end_stay_different():
    assert shortened("CrossedArms-45deg-l", 12) != shortened("CrossedArms-45deg-r", 12)
