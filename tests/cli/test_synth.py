"""What the help of `touchline synth` says is what holds."""

import pytest
from typer.main import get_command

from touchline.cli.synth import app
from touchline.synth.config import SynthConfig
from touchline.synth.study.config import StudyConfig

TAUGHT, STUDIED = SynthConfig.model_fields, StudyConfig.model_fields


@pytest.mark.parametrize("command", ["train", "study"])
def test_help_tells_the_defaults_that_hold(command: str) -> None:
    training = TAUGHT["training"].get_default(call_default_factory=True)
    words = {
        "generator": f"{TAUGHT['generator'].default} (if not said)",
        "size": f"{TAUGHT['size'].default} (if not said)",
        "images": f"{training.images} if not said",
    }
    if command == "study":
        *some, most = [f"{ratio:g}" for ratio in STUDIED["ratios"].default if ratio]
        words["rounds"] = f"{STUDIED['rounds'].default} if not said"
        words["ratios"] = f"{', '.join(some)} and {most} if not said"
    found = get_command(app).commands[command]  # type: ignore[attr-defined]
    told = {each.name: getattr(each, "help", None) for each in found.params}
    for name, said in words.items():
        assert said in str(told[name])
    assert StudyConfig.model_fields["training"].get_default(call_default_factory=True) == training
