"""Where the pipeline lies that a name or a path means: on this disk, or on the hub."""

import re
from pathlib import Path

from touchline.errors import EnvironmentMissingError
from touchline.reporting.progress import say
from touchline.synth.diffusers_package import from_diffusers

INDEX = "model_index.json"
"""The file that makes a folder a pipeline of diffusers."""
_HUB_NAME = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")
_FETCHED = (INDEX, "*/*.json", "tokenizer/*.txt", "*/*.safetensors")
_LEFT = ("safety_checker/*", "feature_extractor/*", "*.fp16.*", "*non_ema*")
_HOW = (
    "Download the pipeline on a machine with a network, e.g. by `hf download {name}`, and give its "
    "folder as lora.pipeline."
)


def find_folder(name: str) -> Path:
    """The folder of a pipeline.

    A folder of that name on this disk goes first, then the cache of the hub's client, and only
    then the hub itself, which is asked for nothing but safetensors files and settings. With
    `HF_HUB_OFFLINE=1` it is not asked at all.

    Args:
        name: a path, or `owner/name` on the hub.

    Raises:
        EnvironmentMissingError: there is no such folder, it holds no pipeline, or the hub cannot
            be reached or does not give it away.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / INDEX).is_file():
            raise EnvironmentMissingError(
                f"a pipeline of diffusers with a {INDEX}", f"none in the folder {name}",
                "Give the folder that `save_pretrained` of a StableDiffusionPipeline has written.",
            )  # fmt: skip
        return folder
    if not _HUB_NAME.fullmatch(name):
        raise EnvironmentMissingError(
            "the folder of a pipeline, or owner/name on the hub", f"nothing at {name}",
            "Check lora.pipeline.",
        )  # fmt: skip
    return _from_hub(name)


def _from_hub(name: str) -> Path:
    fetch = from_diffusers("snapshot_download", "huggingface_hub")
    reasons = []
    for local in (True, False):
        if not local:
            say(f"Asking the hub for {name}: gigabytes, once.")
        try:
            found = fetch(
                name, allow_patterns=_FETCHED, ignore_patterns=_LEFT, local_files_only=local
            )
        except Exception as error:  # of the hub, of its client, of the network under it
            reasons.append(str(error).splitlines()[0])
            continue
        if (Path(found) / INDEX).is_file():
            return Path(found)
        reasons.append(f"no {INDEX} in it")
    raise EnvironmentMissingError(
        f"the pipeline {name}",
        f"no such folder, nothing in the hub's cache, and no help from the hub ({reasons[-1]})",
        _HOW.format(name=name),
    )
