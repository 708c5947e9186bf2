"""What each memory option of the LoRA generator spares, when learning and when sampling.

    python benchmarks/lora_memory.py [--size 512] [--batch 2] [--rounds 2] [--device auto]

A Stable Diffusion of random weights (only its size matters) is assembled in a temporary folder;
one step of learning from a batch, or one photo made in one step, is the work.
For each option the same work is done with it and without it, all other options on, each time in a
fresh process: the peak of the process's memory on a CPU, of torch's own on a GPU. The peak of a
CPU's process includes Python and its packages, some 600 MiB. fp32 unless the row says otherwise.

PyTorch's fused attention never holds what slices are slices of, so attention is sliced only where
there is none (`plain attention`: the fused kernels are switched off for that row).
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from touchline.synth.config import LoraSettings, SynthConfig
from touchline.synth.lora.trainee import make_trainee
from touchline.training.devices import choose_device

ALL = ("gradient_checkpointing", "attention_slicing", "vae_tiling", "cpu_offload",
       "eight_bit_optimiser")  # fmt: skip
CLASSES = ("kick-l", "kick-r")
STEPS = 1
"""The peak is reached in each."""


@dataclass(frozen=True)
class Case:
    """One piece of work in one process."""

    work: str
    off: tuple[str, ...] = ()
    precision: str = "fp32"
    plain: bool = False


@dataclass(frozen=True)
class Row:
    """An option, and the same work without it and with it."""

    name: str
    without: Case
    within: Case
    needs: str = ""


@dataclass
class Measured:
    """The peaks of a case in MiB, and its seconds, a round each."""

    peaks: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def rows_of(on_gpu: bool) -> list[Row]:
    """Every option on both works, as far as it has to do with them."""

    def row(work: str, option: str, needs: str = "", **more: bool) -> Row:
        return Row(option, Case(work, (option,), **more), Case(work, **more), needs)

    gpu = "" if on_gpu else "needs a GPU"
    eight = gpu or ("" if find_spec("bitsandbytes") else "needs bitsandbytes")
    rows = [row("train", "gradient_checkpointing"), row("train", "vae_tiling")]
    rows += [row("train", "cpu_offload", gpu), row("train", "eight_bit_optimiser", eight)]
    rows += [Row("bf16", Case("train"), Case("train", precision="bf16"))]
    rows += [row("sample", "attention_slicing", plain=True), row("sample", "attention_slicing")]
    rows += [row("sample", "vae_tiling"), row("sample", "cpu_offload", gpu)]
    rows += [Row("bf16", Case("sample"), Case("sample", precision="bf16"))]
    for work in ("train", "sample"):
        rows += [Row("all of them", Case(work, ALL), Case(work, precision="bf16"))]
    return rows


def main() -> None:
    options = _options()
    if options.case:
        print(json.dumps(measure(options, Case(**json.loads(options.case)))))
        return
    with tempfile.TemporaryDirectory() as folder:
        options.pipeline = options.pipeline or assemble(Path(folder) / "pipeline")
        rows = rows_of(choose_device(options.device).type == "cuda")
        found: dict[Case, Measured] = {}
        for round_ in range(options.rounds):
            for case in dict.fromkeys(
                c for r in rows if not r.needs for c in (r.without, r.within)
            ):
                peak, seconds = run_child(options, case)
                said = f"round {round_ + 1}: {case} {peak:.0f} MiB {seconds:.1f} s"
                print(said, file=sys.stderr, flush=True)
                found.setdefault(case, Measured()).peaks.append(peak)
                found[case].seconds.append(seconds)
    print(f"{options.size} px, batch {options.batch}, rounds {options.rounds}")
    print("| work | option | without | with | spared (least) | seconds without, with |")
    print("|---|---|---|---|---|---|")
    for each in rows:
        print(shown(each, found), flush=True)


def shown(row: Row, found: dict[Case, Measured]) -> str:
    """A row of the table."""
    name = row.name + (", plain attention" if row.within.plain else "")
    if row.needs:
        return f"| {row.within.work} | {name} | {row.needs} | | | |"
    off, on = found[row.without], found[row.within]
    spared = 1 - max(on.peaks) / min(off.peaks)
    return (
        f"| {row.within.work} | {name} | {max(off.peaks):.0f} MiB | {max(on.peaks):.0f} MiB | "
        f"{round(100 * spared)} % | {min(off.seconds):.1f}, {min(on.seconds):.1f} |"
    )


def run_child(options: argparse.Namespace, case: Case) -> tuple[float, float]:
    """Peak in MiB and seconds of a case in a process of its own."""
    command = [
        sys.executable, __file__, "--case", json.dumps(asdict(case)),
        "--pipeline", str(options.pipeline), "--size", str(options.size),
        "--batch", str(options.batch), "--device", options.device,
    ]  # fmt: skip
    # What is freed leaves the process at once: the peak is the work's, not the allocator's.
    environment = os.environ | {"MALLOC_MMAP_THRESHOLD_": "65536"}
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, env=environment
    )  # fmt: skip
    peak, seconds = json.loads(done.stdout)
    return peak, seconds


def measure(options: argparse.Namespace, case: Case) -> tuple[float, float]:
    """Do the work of a case in this process."""
    device = choose_device(options.device)
    config = SynthConfig(
        data=Path("none"), generator="lora", size=options.size,
        lora=LoraSettings(
            pipeline=str(options.pipeline), sample_steps=STEPS,
            **{name: name not in case.off for name in ALL},
        ),
    )  # fmt: skip
    precision = torch.bfloat16 if case.precision == "bf16" else torch.float32
    with ExitStack() as stack:
        if case.plain:
            stack.enter_context(sdpa_kernel(SDPBackend.MATH))
        trainee = make_trainee(config, CLASSES, device, precision)
        labels = torch.arange(options.batch) % len(CLASSES)
        shape = (options.batch, 3, options.size, options.size)
        photos = torch.randint(256, shape, generator=torch.Generator().manual_seed(0))
        start = time.perf_counter()
        for seed in range(STEPS if case.work == "train" else 0):
            trainee.step(photos.to(torch.uint8), labels, seed)
        if case.work == "sample":
            trainee.sample([0], [0])
        seconds = time.perf_counter() - start
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**20, seconds
    # Not ru_maxrss, which a process inherits from the one that started it.
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 2**10, seconds


def assemble(folder: Path) -> Path:
    """A pipeline with a UNet of 47 and a VAE of 9 million parameters; SD 1.5 has 860 and 84."""
    sys.path.append(str(Path(__file__).parents[1] / "tests"))
    from untaught_pipeline import save_pipeline

    return save_pipeline(
        folder, unet_channels=(64, 256, 512), unet_heads=8, vae_channels=(96, 96, 192, 192),
        words=256,
    )  # fmt: skip


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=512, choices=(64, 128, 256, 512))
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--pipeline", type=Path, help="a real one instead")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
