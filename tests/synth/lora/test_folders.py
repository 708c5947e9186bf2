import shutil
import socket

import huggingface_hub
import pytest

from touchline.errors import EnvironmentMissingError
from touchline.synth.lora.folders import find_folder


@pytest.fixture
def no_sockets(monkeypatch):
    """Whatever reaches for the network fails the test."""

    def refuse(*arguments):
        pytest.fail(f"a connection to {arguments[1:]}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("no_sockets")
def test_a_folder_is_found_by_its_path(untaught):
    assert find_folder(str(untaught)) == untaught


@pytest.mark.usefixtures("no_sockets")
def test_a_folder_goes_before_the_hub(untaught, tmp_path, monkeypatch):
    (tmp_path / "owner").mkdir()
    (tmp_path / "owner/name").symlink_to(untaught)
    monkeypatch.chdir(tmp_path)
    assert (find_folder("owner/name") / "model_index.json").is_file()


@pytest.mark.parametrize("name", ["/no/such/folder", "./nothing/here", "nothing", "", "a b/c"])
@pytest.mark.usefixtures("no_sockets")
def test_a_missing_folder_is_named_and_the_hub_not_asked(name):
    with pytest.raises(EnvironmentMissingError, match="owner/name on the hub; found"):
        find_folder(name if name else "a/b/c")


@pytest.mark.usefixtures("no_sockets")
def test_a_folder_without_a_pipeline_is_refused(tmp_path):
    with pytest.raises(EnvironmentMissingError, match=r"model_index\.json; found none in the fol"):
        find_folder(str(tmp_path))


@pytest.mark.usefixtures("no_sockets")
def test_offline_a_hub_name_fails_without_a_single_connection():
    with pytest.raises(
        EnvironmentMissingError,
        match=r"pipeline owner/name; found no such folder, nothing in the hub's cache.*"
        r"`hf download owner/name`",
    ):
        find_folder("owner/name")


def test_without_a_network_a_hub_name_fails_as_clearly(monkeypatch, capsys):
    with socket.socket() as closed:  # a port that is taken, but that nobody listens on
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", address)
        with pytest.raises(EnvironmentMissingError, match=r"owner/name.*Connect.*hf download"):
            find_folder("owner/name")
    assert "Asking the hub for owner/name" in capsys.readouterr().err


@pytest.mark.usefixtures("no_sockets")
def test_what_the_hub_s_client_has_in_its_cache_is_taken_from_there(untaught, tmp_path):
    kept = tmp_path / "hub/models--owner--name"
    (kept / "refs").mkdir(parents=True)
    (kept / "refs/main").write_text("0" * 40)
    shutil.copytree(untaught, kept / "snapshots" / ("0" * 40))
    assert find_folder("owner/name") == kept / "snapshots" / ("0" * 40)
