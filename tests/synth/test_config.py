"""What a generator's settings are unless said otherwise, and what they cannot be."""

import pytest

from touchline.errors import UsageError
from touchline.settings import as_yaml, resolve
from touchline.synth.config import SynthConfig


@pytest.mark.parametrize(
    ("words", "batch"),
    [
        ([], 8), (["generator=diffusion"], 16), (["generator=lora"], 2),
        (["generator=lora", "training.batch_size=4"], 4), (["training.images=10"], 8),
    ],
)  # fmt: skip
def test_a_batch_is_of_the_generator_s_size_unless_given(words: list[str], batch: int) -> None:
    config = resolve(SynthConfig, words=["data=x", *words])
    assert config.training.batch_size == batch
    assert SynthConfig.model_validate(config.model_dump()) == config


def test_a_written_configuration_reads_back(tmp_path) -> None:
    config = resolve(SynthConfig, words=["data=x", "limits.memory=8GB", "limits.time=2h"])
    (tmp_path / "config.yaml").write_text(as_yaml(config), encoding="utf-8")
    again = resolve(SynthConfig, tmp_path / "config.yaml")
    assert again == config
    assert (again.limits.memory, again.limits.time) == (8 * 10**9, 7200)


@pytest.mark.parametrize(
    "words", ["training=3", "training.batch_size=1", "size=65", "limits.disk=-1"]
)
def test_what_cannot_be_is_refused(words: str) -> None:
    with pytest.raises(UsageError, match="a fitting value"):
        resolve(SynthConfig, words=["data=x", words])
