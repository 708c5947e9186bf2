from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from touchline.training.tracking.together import Together
from touchline.training.tracking.tracker import Within


class Heard:
    """A tracker that remembers, and can be made to fail at one kind of news."""

    def __init__(self, fails_at: str = "") -> None:
        self.fails_at, self.news = fails_at, list[tuple[Any, ...]]()

    def _hear(self, kind: str, *news: Any) -> None:
        if kind == self.fails_at:
            raise ConnectionError("the server is gone\nand more")
        self.news.append((kind, *news))

    def settings(self, values: Mapping[str, Any]) -> None:
        self._hear("settings", dict(values))

    def scalars(self, values: Mapping[str, float], step: int) -> None:
        self._hear("scalars", dict(values), step)

    def picture(self, name: str, path: Path) -> None:
        self._hear("picture", name, path)

    def close(self, finished: bool = True) -> None:
        self._hear("close", finished)


@pytest.mark.parametrize("kind", ["settings", "scalars", "picture", "close"])
def test_one_that_fails_is_said_once_and_the_others_go_on(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    failing, sound = Heard(kind), Heard()
    both = Together({"Failing": failing, "Sound": sound})
    for step in (1, 2):
        both.settings({"seed": step})
        both.scalars({"loss": 0.5}, step)
        both.picture("chart", Path("chart.png"))
    both.close(finished=False)
    both.close(finished=False)
    said = capsys.readouterr().err
    assert said == (
        "warning: Failing no longer follows the run (ConnectionError: the server is gone); "
        "the training goes on\n"
    )
    expected = [
        *(
            news
            for step in (1, 2)
            for news in (
                ("settings", {"seed": step}), ("scalars", {"loss": 0.5}, step),
                ("picture", "chart", Path("chart.png")),
            )
        ),
        ("close", False), ("close", False),
    ]  # fmt: skip
    assert sound.news == expected
    first = next(place for place, news in enumerate(expected) if news[0] == kind)
    assert failing.news == expected[:first]


def test_an_interruption_is_no_failure_of_a_tracker() -> None:
    class Interrupted(Heard):
        def _hear(self, kind: str, *news: Any) -> None:
            raise KeyboardInterrupt(kind, news)

    with pytest.raises(KeyboardInterrupt):
        Together({"any": Interrupted()}).scalars({}, 1)


def test_a_part_of_a_run_names_its_figures_and_closes_nothing() -> None:
    heard = Heard()
    part = Within(Within(heard, "fold-1"), "head")
    part.settings({"seed": 1})
    part.scalars({"loss": 0.5}, 3)
    part.picture("chart", Path("chart.png"))
    part.close()
    assert heard.news == [
        ("scalars", {"fold-1/head/loss": 0.5}, 3),
        ("picture", "fold-1/head/chart", Path("chart.png")),
    ]
