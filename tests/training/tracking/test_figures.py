import json
import re

from hypothesis import given
from hypothesis import strategies as st

from touchline.training.tracking.figures import flat_figures, flat_settings

KEYS = st.text(st.characters(exclude_characters="./"), min_size=1, max_size=4)
LEAVES = st.integers(-9, 9) | st.floats(allow_nan=False) | st.booleans() | st.none() | st.text()
NESTED = st.recursive(LEAVES, lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=9)


@given(st.dictionaries(KEYS, NESTED, max_size=3))
def test_every_leaf_has_its_path_and_only_numbers_are_figures(values: dict[str, object]) -> None:
    def leaves(inner: object, path: tuple[str, ...]) -> dict[tuple[str, ...], object]:
        if not isinstance(inner, dict):
            return {path: inner}
        return {
            k: v for name, each in inner.items() for k, v in leaves(each, (*path, name)).items()
        }

    wanted = leaves(values, ())
    assert {tuple(name.split(".")) for name in flat_settings(values)} == set(wanted)
    numbers = {
        "/".join(path): each
        for path, each in wanted.items()
        if isinstance(each, int | float) and not isinstance(each, bool)
    }
    assert flat_figures(values) == numbers


def test_what_was_not_measured_is_no_figure() -> None:
    score = json.loads('{"value": null, "n": 0, "low": 0.0, "high": 1.0}')
    assert flat_figures({"mAP": score, "matrix": [[1, 2]], "note": "x", "one_label": True}) == {
        "mAP/low": 0.0, "mAP/high": 1.0,
    }  # fmt: skip
    assert re.fullmatch("null|None", str(flat_settings({"hidden": None})["hidden"]))
