"""Settings of a training that cannot be meant."""

from pathlib import Path

import pytest

from touchline.errors import UsageError
from touchline.reid.config import ReidConfig
from touchline.settings import as_yaml, resolve


@pytest.mark.parametrize("seed", ["-1", "4294967296"])
def test_a_seed_that_no_generator_takes_is_refused(seed: str) -> None:
    with pytest.raises(UsageError, match=f"a fitting value for 'seed' .*; found {seed} in"):
        resolve(ReidConfig, words=("data=x", f"seed={seed}"))


def test_epochs_that_would_be_passed_over_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'training' .*epochs are not used; give each"):
        resolve(ReidConfig, words=("data=x", "training.epochs=3"))
    config = resolve(ReidConfig, words=("data=x",))
    (tmp_path / "config.yaml").write_text(as_yaml(config))
    assert resolve(ReidConfig, tmp_path / "config.yaml") == config
