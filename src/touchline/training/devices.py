"""Where a network runs and how precisely: chosen by what the hardware does natively."""

import platform
from pathlib import Path
from typing import Any, Literal

import torch

from touchline.errors import EnvironmentMissingError

DeviceName = Literal["auto", "cpu", "cuda", "mps"]
PrecisionName = Literal["auto", "fp32", "bf16"]


def choose_device(name: DeviceName = "auto") -> torch.device:
    """The device of that name; `auto` takes CUDA, else MPS (Apple), else the CPU.

    Raises:
        EnvironmentMissingError: when a device asked for by name is not there.
    """
    present = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        return torch.device(next(kind for kind, there in present.items() if there))
    if not present[name]:
        raise EnvironmentMissingError(
            f"a {name} device", "none that this installation of torch can use",
            "Choose --device auto, or install a torch build and driver for it.",
        )  # fmt: skip
    return torch.device(name)


def supports_bf16(device: torch.device) -> bool:
    """Whether the device computes in bfloat16 natively, so that it is faster than float32.

    On a CPU that means AVX-512 BF16 or AMX instructions; others emulate bfloat16 and are slower
    with it. On MPS it depends on the chip in ways torch does not tell, so the answer is no.
    """
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        return _cpu_has("_is_avx512_bf16_supported") or _cpu_has("_is_amx_tile_supported")
    return False


def choose_precision(name: PrecisionName, device: torch.device) -> torch.dtype:
    """The number format that the network computes in; `auto` takes bf16 where it is native.

    >>> choose_precision("fp32", torch.device("cpu"))
    torch.float32
    """
    if name == "bf16" or (name == "auto" and supports_bf16(device)):
        return torch.bfloat16
    return torch.float32


def describe_device(device: torch.device) -> dict[str, Any]:
    """What the manifest of a run tells about the device: kind, name, threads, native bf16."""
    named = torch.cuda.get_device_name(device) if device.type == "cuda" else _processor()
    return {
        "kind": device.type,
        "name": named,
        "threads": torch.get_num_threads(),
        "native_bf16": supports_bf16(device),
    }


def _cpu_has(question: str) -> bool:
    """Ask torch about an instruction set; a torch without the question cannot use the set."""
    ask = getattr(torch.cpu, question, None)
    return bool(ask()) if ask is not None else False


def _processor() -> str:
    """The processor's name as the system knows it, e.g. its model or only `x86_64`."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()
