"""The space of a study: the task's own or another, less what is fixed, known to be possible."""

from collections.abc import Collection, Sequence
from importlib.resources import files
from pathlib import Path

from touchline.errors import UsageError
from touchline.settings import AnySettings, Settings, resolve
from touchline.training.tuning.plans import SamplerName, grid_size
from touchline.training.tuning.space import Space, read_space


def packaged_space(package: str, name: str) -> Path:
    """The file of a space that a task ships in its folder `tuning_spaces`."""
    return Path(str(files(package) / "tuning_spaces" / name))


def open_space(
    file: Path, config: Settings, fixed: Collection[str], not_tuned: Collection[str], taught: str
) -> Space:
    """The space of a study, known to be possible, less what is fixed by hand.

    Args:
        file: of the space.
        config: the settings that are not tuned.
        fixed: dotted settings given on the command line.
        not_tuned: settings, or groups of them, that decide what is scored, or where.
        taught: what the settings are of, e.g. `classifier`.

    Raises:
        UsageError: for an unreadable space, a setting that is unknown or must not be tuned, or a
            value that a setting cannot have.
    """
    space = read_space(file)
    for key in space.items:
        if key.partition(".")[0] in not_tuned:
            raise UsageError(
                f"settings that make a better {taught}", f"{key!r} in {file}",
                "Leave it out: it decides what is scored, or where.",
            )  # fmt: skip
    space = space.without(fixed)
    space.check(lambda words: tried(config, words))
    return space


def tried(config: AnySettings, words: Sequence[str]) -> AnySettings:
    """The configuration with the words of a trial; without any it is the same.

    Raises:
        UsageError: as `touchline.settings.resolve` does.
    """
    return resolve(type(config), flags=config.model_dump(mode="json"), words=words)


def describe_space(space: Space, sampler: SamplerName) -> str:
    """What a study would tune, for a dry run.

    Raises:
        UsageError: a grid over a range without a step.
    """
    points = f", a grid of {grid_size(space)} points" if sampler == "grid" else ""
    return f"{', '.join(space.items)} would be tuned{points}"
