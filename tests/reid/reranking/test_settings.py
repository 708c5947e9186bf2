import pytest

from touchline.errors import UsageError
from touchline.reid.reranking.settings import RerankSettings
from touchline.settings import resolve


def test_the_defaults_are_the_papers():
    assert RerankSettings() == RerankSettings(k1=20, k2=6, weight=0.3)


@pytest.mark.parametrize("word", ["k1=0", "k2=0", "weight=-0.1", "weight=1.1"])
def test_values_out_of_range_are_refused_by_name(word):
    with pytest.raises(UsageError, match=f"fitting value for '{word.split('=')[0]}'"):
        resolve(RerankSettings, words=[word])


def test_averaging_over_more_than_the_neighbours_is_refused():
    with pytest.raises(UsageError, match="k2 = 6 is more than k1 = 4"):
        resolve(RerankSettings, words=["k1=4"])
