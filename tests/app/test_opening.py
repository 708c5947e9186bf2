from pathlib import Path

import pytest

from app_worlds import app_world
from touchline.app import opening
from touchline.app.opening import (
    AppSettings,
    open_app,
    parse_size,
    read_password,
    require_packages,
    require_password,
    roots_of,
)
from touchline.app.serving import Door, serve
from touchline.app.workspace import Workspace
from touchline.errors import EnvironmentMissingError, UsageError


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Workspace, Door]]:
    found: list[tuple[Workspace, Door]] = []
    monkeypatch.setattr("touchline.app.serving.serve", lambda *given: found.append(given))
    monkeypatch.delenv(opening.PASSWORD_VARIABLE, raising=False)
    return found


def test_a_missing_catalog_is_made_and_paths_become_absolute(
    tmp_path: Path, served: list[tuple[Workspace, Door]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("archive").mkdir()
    open_app(AppSettings((Path("archive"),), upload_limit="3MB"))
    ((workspace, door),) = served
    assert (tmp_path / "touchline.catalog").is_file()
    assert workspace.roots.folders == (tmp_path / "archive",)
    assert (workspace.runs, workspace.upload_limit) == (tmp_path / "runs", 3 << 20)
    assert door == Door()
    workspace.catalog.close()


def test_roots_are_the_catalogs_when_none_is_named(
    tmp_path: Path, served: list[tuple[Workspace, Door]]
) -> None:
    app_world(tmp_path).workspace.catalog.close()
    open_app(AppSettings(catalog=str(tmp_path / "touchline.catalog")))
    ((workspace, _),) = served
    assert workspace.roots.folders == (tmp_path / "archive",) == roots_of(workspace.catalog)
    workspace.catalog.close()


@pytest.mark.usefixtures("served")
def test_an_app_on_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none named, and none in .*touchline app FOLDER"):
        open_app(AppSettings(catalog=str(tmp_path / "c")))
    with pytest.raises(UsageError, match="a folder to work on; found none at"):
        open_app(AppSettings((tmp_path / "not-there",), catalog=str(tmp_path / "c")))


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.5", "archive.example"])
def test_any_address_but_loopback_needs_a_password(address: str) -> None:
    with pytest.raises(UsageError, match="a password for an app that other machines reach at"):
        open_app(AppSettings(address=address))
    require_password(address, "long enough")


def test_a_password_comes_from_the_file_before_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(opening.PASSWORD_VARIABLE, raising=False)
    assert read_password(None) is None
    monkeypatch.setenv(opening.PASSWORD_VARIABLE, "from the environment")
    assert read_password(None) == "from the environment"
    (tmp_path / "password").write_text("from the file\r\nsecond line\n")
    assert read_password(tmp_path / "password") == "from the file"


def test_a_password_that_cannot_be_read_or_is_short_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="a file with a password"):
        read_password(tmp_path / "not-there")
    monkeypatch.setenv(opening.PASSWORD_VARIABLE, "short")
    with pytest.raises(UsageError, match="at least 8 characters; found one of 5"):
        read_password(None)


@pytest.mark.parametrize("text", ["", "-1", "2XB", "GB", "1,5GB", "nan"])
def test_a_size_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="a size such as 500MB or 2GB"):
        parse_size(text)


def test_a_missing_package_is_named_with_the_way_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "find_spec", lambda name: None if name == "streamlit" else name)
    with pytest.raises(EnvironmentMissingError, match=r"no streamlit.*'touchline\[app\]'"):
        require_packages()


def test_a_taken_port_and_a_foreign_address_are_said_plainly(tmp_path: Path) -> None:
    import socket

    world = app_world(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        door = Door(port=taken.getsockname()[1], opens_browser=False)
        with pytest.raises(EnvironmentMissingError, match=r"address already in use.*--port"):
            serve(world.workspace, door)
    with pytest.raises(EnvironmentMissingError, match=r"to listen at 192\.0\.2\.1"):
        serve(world.workspace, Door("192.0.2.1", 0, "long enough", opens_browser=False))
    world.workspace.catalog.close()
