import numpy as np
import pytest

from touchline.reid.reranking.actions import Actions

EVERY = slice(None)


def test_members_are_all_crops_once():
    actions = Actions(np.array([2, -1, 2]), np.array([5, 2, -1, -1]))
    assert [places.tolist() for places in actions.members()] == [[1, 5, 6], [0, 2, 4], [3]]
    assert not list(Actions(np.empty(0, np.int64), np.empty(0, np.int64)).members())


def test_a_block_is_of_one_action():
    actions = Actions(np.array([2, 3, 2]), np.array([2, 3]))
    assert actions.of_block(np.array([0, 2]), slice(0, 1)) == 2
    assert actions.of_block(np.empty(0, np.intp), slice(1, 2)) == 3
    assert actions.of_block(slice(0, 0), slice(0, 0)) is None


@pytest.mark.parametrize(("queries", "gallery"), [
    (EVERY, slice(0, 1)), (slice(0, 1), EVERY), (slice(0, 1), slice(1, 2)),
])  # fmt: skip
def test_a_block_over_several_is_refused(queries, gallery):
    actions = Actions(np.array([2, 3, 2]), np.array([2, 3]))
    with pytest.raises(ValueError, match="a block over several actions"):
        actions.of_block(queries, gallery)
