import pytest
import torch

from touchline.errors import EnvironmentMissingError
from touchline.training import devices
from touchline.training.devices import (
    choose_device,
    choose_precision,
    describe_device,
    supports_bf16,
)

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"),
    [(True, True, "cuda"), (True, False, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_auto_takes_the_fastest_kind_there_is(
    monkeypatch: pytest.MonkeyPatch, cuda: bool, mps: bool, expected: str
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert choose_device("auto") == torch.device(expected)
    assert choose_device("cpu") == CPU


@pytest.mark.parametrize("name", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(EnvironmentMissingError, match=f"Wanted a {name} device; found none"):
        choose_device(name)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("avx512", "amx", "expected"),
    [(True, False, True), (False, True, True), (False, False, False)],
)
def test_bf16_on_a_cpu_needs_its_own_instructions(
    monkeypatch: pytest.MonkeyPatch, avx512: bool, amx: bool, expected: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: avx512, raising=False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx, raising=False)
    assert supports_bf16(CPU) is expected
    assert choose_precision("auto", CPU) == (torch.bfloat16 if expected else torch.float32)


def test_a_torch_that_cannot_tell_means_no_bf16(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(torch.cpu, "_is_avx512_bf16_supported", raising=False)
    monkeypatch.delattr(torch.cpu, "_is_amx_tile_supported", raising=False)
    assert not supports_bf16(CPU)


def test_torch_still_answers_what_is_asked_of_it() -> None:
    assert isinstance(torch.cpu._is_avx512_bf16_supported(), bool)
    assert isinstance(torch.cpu._is_amx_tile_supported(), bool)


def test_a_precision_asked_for_by_name_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for native in (True, False):
        monkeypatch.setattr(devices, "supports_bf16", lambda _, native=native: native)
        assert choose_precision("fp32", CPU) == torch.float32
        assert choose_precision("bf16", CPU) == torch.bfloat16
    assert not supports_bf16(torch.device("mps"))


def test_the_description_of_this_machine() -> None:
    described = describe_device(CPU)
    assert described["kind"] == "cpu"
    assert described["name"]
    assert described["threads"] == torch.get_num_threads()
    assert described["native_bf16"] is supports_bf16(CPU)
