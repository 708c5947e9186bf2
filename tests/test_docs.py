"""The docs tell the truth: commands and options exist, links resolve, settings are known."""

import contextlib
import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from touchline.cli import app
from touchline.cli.words import split_words
from touchline.errors import UsageError
from touchline.photos.auditing import AuditConfig
from touchline.reid.config import ReidConfig
from touchline.settings import resolve
from touchline.spotting.config import SpottingConfig
from touchline.synth.study.config import StudyConfig

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")])
COMMAND = re.compile(
    r"(?:^|`|\s)(?:\.venv/bin/)?touchline ((?:photos|spotting|reid|synth|archive|demo)\b[^`\n#]*)"
)


def commands(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    return [found.strip() for found in COMMAND.findall(text)]


CASES = [(page.name, command) for page in PAGES for command in commands(page)]


def test_there_are_commands_to_check() -> None:
    assert len(CASES) > 10


@pytest.mark.parametrize(("page", "command"), CASES)
def test_every_command_in_the_docs_exists_with_its_options(page: str, command: str) -> None:
    words = shlex.split(command.split("||")[0])
    node = get_command(app)
    while words and hasattr(node, "commands") and words[0] in node.commands:
        node = node.commands[words.pop(0)]
    alternatives = bool(words) and "|" in words[0]  # `sort plan|apply|undo` names several
    assert alternatives or not hasattr(node, "commands") or not words, f"{page}: {command}"
    options = {
        name for parameter in node.params for name in (*parameter.opts, *parameter.secondary_opts)
    }
    for word in words:
        if word.startswith("--"):
            assert word.partition("=")[0] in {*options, "--help"}, f"{page}: {word} in {command}"


SETTING = re.compile(r"`((?:[a-z_]+\.)+[a-z_]+=[^`]+)`")


@pytest.mark.parametrize(
    ("page", "setting"),
    [(p.name, s) for p in PAGES for s in SETTING.findall(p.read_text(encoding="utf-8"))],
)
def test_every_setting_in_the_docs_is_known(page: str, setting: str) -> None:
    word = setting.replace("FILE", "file.pth")
    assert split_words([word])[1] == [word], page
    for config in (AuditConfig, SpottingConfig, ReidConfig, StudyConfig):
        with contextlib.suppress(UsageError):
            resolve(config, words=["data=x", word])
            return
    pytest.fail(f"{page}: no configuration knows {setting}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_resolve(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
