import os
import signal
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from catalog_worlds import count, program
from touchline.archive.catalog.opening import Catalog, insert_into, open_catalog
from touchline.archive.catalog.tables import claims, crops, reviews, roots
from touchline.errors import EnvironmentMissingError, UsageError


def add_root(catalog: Catalog, path: str) -> None:
    """Write one row."""
    with catalog.writing() as connection:
        connection.execute(insert(roots).values(path=path))


def paths(catalog: Catalog) -> list[str]:
    with catalog.reading() as connection:
        return list(connection.execute(select(roots.c.path).order_by(roots.c.id)).scalars())


def test_a_catalog_is_made_once_and_found_again(place: str) -> None:
    for number in range(2):
        catalog = open_catalog(place, create=True)
        add_root(catalog, f"/{number}")
        catalog.close()
    catalog = open_catalog(place)
    assert paths(catalog) == ["/0", "/1"]
    catalog.close()


def test_folders_above_a_new_file_are_made(tmp_path: Path) -> None:
    open_catalog(tmp_path / "a/b/x.catalog", create=True).close()
    assert (tmp_path / "a/b/x.catalog").is_file()


@pytest.mark.parametrize("name", ["ü ?&#%41.catalog", "a b.catalog", "x;y.catalog"])
def test_any_name_will_do_for_the_file(tmp_path: Path, name: str) -> None:
    catalog = open_catalog(tmp_path / name, create=True)
    assert catalog.shown == str(tmp_path / name)
    catalog.close()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_nothing_or_a_folder_is_no_catalog(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a catalog; found nothing at .*archive index"):
        open_catalog(tmp_path / "none")
    for create in (True, False):
        with pytest.raises(UsageError, match="the file of a catalog; found a folder at"):
            open_catalog(tmp_path, create=create)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_regular_file_is_no_catalog(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match=r"a catalog; found no regular file at .*pipe"):
        open_catalog(tmp_path / "pipe", create=True)


def test_every_name_is_a_file_also_when_the_working_folder_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    catalog = open_catalog(":memory:", create=True)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    add_root(catalog, "/x")
    catalog.close()
    assert paths(open_catalog(tmp_path / ":memory:")) == ["/x"]
    assert list(Path.cwd().iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(EnvironmentMissingError, match=r"a folder for the catalog .*not a dir"):
        open_catalog(tmp_path / "file/deep/x.catalog", create=True)


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("mysql://me:secret@host/x", "or a PostgreSQL URL; found a mysql:// URL"),
        ("sqlite:///x", "found a sqlite:// URL"),
        ("postgresql://host:port/x", "a PostgreSQL URL; found one that cannot be read"),
    ],
)
def test_other_addresses_are_refused(where: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as refused:
        open_catalog(where)
    assert "secret" not in str(refused.value)


def test_without_the_driver_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: object) -> None:
        raise ImportError("no psycopg")

    monkeypatch.setattr("touchline.archive.catalog.opening.postgresql_engine", missing)
    with pytest.raises(EnvironmentMissingError, match=r"no psycopg\. .*touchline\[postgresql\]"):
        open_catalog("postgresql://host/x")


def test_a_server_that_does_not_answer_is_named_without_the_password(tmp_path: Path) -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    with pytest.raises(EnvironmentMissingError, match=r"\*\*\*.*Check the path or the") as refused:
        open_catalog(f"postgresql://coach:secret@/catalog?host={tmp_path}")
    assert "secret" not in str(refused.value)


def test_what_fails_leaves_nothing_behind(catalog: Catalog) -> None:
    def fail() -> None:
        with catalog.writing() as connection:
            connection.execute(insert(roots).values(path="/lost"))
            raise RuntimeError("a fault")

    with pytest.raises(RuntimeError, match="a fault"):
        fail()
    assert paths(catalog) == []


def test_readers_see_one_state_while_somebody_writes(catalog: Catalog) -> None:
    add_root(catalog, "/one")
    with catalog.reading() as reader:
        assert len(reader.execute(select(roots)).all()) == 1
        add_root(catalog, "/two")
        assert len(reader.execute(select(roots)).all()) == 1
    assert paths(catalog) == ["/one", "/two"]


def test_an_upsert_knows_conflicts_on_both(catalog: Catalog) -> None:
    for seen in (1.0, 2.0):
        with catalog.writing() as connection:
            new = insert_into(connection, roots).values(path="/one", indexed_at=seen)
            changed = {"indexed_at": new.excluded.indexed_at}
            connection.execute(new.on_conflict_do_update(index_elements=["path"], set_=changed))
    with catalog.reading() as connection:
        assert connection.execute(select(roots.c.indexed_at)).scalars().all() == [2.0]


@pytest.mark.parametrize("table", [claims, crops, reviews], ids=lambda table: table.name)
def test_rows_that_point_at_nothing_are_refused(catalog: Catalog, table: object) -> None:
    values = {
        "claims": "INSERT INTO claims VALUES (7, 'me', 1)",
        "crops": "INSERT INTO crops (root_id, path, action, role, identity, state, indexed_at)"
        " VALUES (7, 'x', '', '', '', 'present', 1)",
        "reviews": "INSERT INTO reviews (token, photo_id, reviewer, at, action, label_before,"
        " label_after, sha256) VALUES ('t', 7, 'me', 1, 'accept', '', 'a', '')",
    }
    with pytest.raises(Exception, match=r"(?i)foreign key"), catalog.writing() as connection:
        connection.execute(text(values[table.name]))  # type: ignore[attr-defined]


WRITE = """
import os, signal
from sqlalchemy import insert
from touchline.archive.catalog.opening import open_catalog
from touchline.archive.catalog.tables import roots
catalog = open_catalog(sys.argv[1], create=True)
for number in range(int(sys.argv[2])):
    with catalog.writing() as connection:
        connection.execute(insert(roots).values(path=f"/{number}"))
    print(number, flush=True)
with catalog.writing() as connection:
    connection.execute(insert(roots).values(path="/lost"))
    print("in it", flush=True)
    sys.stdin.readline()
    if sys.argv[3:]:
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_committed_outlives_a_kill_and_the_rest_never_was(place: str) -> None:
    dying = program(WRITE, place, "5", "dies")
    said, wrong = dying.communicate("go\n", timeout=60)
    assert dying.returncode == -signal.SIGKILL, wrong
    assert said.split("\n")[-2] == "in it"
    catalog = open_catalog(place)
    assert paths(catalog) == [f"/{number}" for number in range(5)]
    if "://" not in place:
        with catalog.reading() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    add_root(catalog, "/next")
    catalog.close()


def test_who_waits_too_long_for_a_writer_is_told(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("touchline.archive.catalog.engines.WAIT_SECONDS", 1)
    holder = program(WRITE, place, "0")
    assert holder.stdout is not None
    assert holder.stdout.readline() == "in it\n"
    catalog = open_catalog(place)
    assert paths(catalog) == []  # readers never wait
    with pytest.raises(EnvironmentMissingError, match=r"another process that holds it\. Wait"):
        add_root(catalog, "/late")
    holder.communicate("go\n", timeout=60)
    assert holder.returncode == 0
    add_root(catalog, "/late")
    assert paths(catalog) == ["/lost", "/late"]
    catalog.close()


OPEN = """
from touchline.archive.catalog.opening import open_catalog
print("ready", flush=True)
sys.stdin.readline()
open_catalog(sys.argv[1], create=True).close()
"""


def test_processes_that_open_a_new_catalog_at_once_make_it_once(place: str) -> None:
    several = [program(OPEN, place) for _ in range(3)]
    for own in several:
        assert own.stdout is not None
        assert own.stdout.readline() == "ready\n"
    for own in several:
        assert own.stdin is not None
        own.stdin.write("go\n")
        own.stdin.flush()
    told = [own.communicate(timeout=60)[1] for own in several]
    assert [own.returncode for own in several] == [0, 0, 0], told
    catalog = open_catalog(place)
    assert count(catalog, roots) == 0
    catalog.close()


@pytest.mark.parametrize("content", [b"any text\n" * 200, b"x", b"x" * 300])
def test_a_file_of_something_else_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(content)
    for create in (True, False):
        with pytest.raises(UsageError, match="the file of a catalog; found something else in"):
            open_catalog(file, create=create)
    assert file.read_bytes() == content
    assert os.listdir(tmp_path) == ["notes.txt"]  # noqa: PTH208


def test_an_empty_file_becomes_a_catalog(tmp_path: Path) -> None:
    (tmp_path / "new").touch()
    open_catalog(tmp_path / "new").close()


def test_a_damaged_catalog_says_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "x.catalog"
    catalog = open_catalog(file, create=True)
    for number in range(50):
        add_root(catalog, f"/{number}" * 50)
    catalog.close()
    with sqlite3.connect(file) as link:
        page = link.execute("PRAGMA page_size").fetchone()[0]
    link.close()
    content = bytearray(file.read_bytes())
    content[page:] = b"\xff" * (len(content) - page)
    file.write_bytes(content)
    with pytest.raises(EnvironmentMissingError, match="a whole catalog; found a damaged one at"):
        paths(open_catalog(file))


def test_a_torn_catalog_says_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "x.catalog"
    open_catalog(file, create=True).close()
    file.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(EnvironmentMissingError, match=r"a damaged one at .*sqlite3 FILE .recover"):
        paths(open_catalog(file))


def test_a_full_disk_says_what_to_do(tmp_path: Path) -> None:
    catalog = open_catalog(tmp_path / "x.catalog", create=True)
    full = pytest.raises(EnvironmentMissingError, match=r"disk is full\. Make room")
    with full, catalog.writing() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar()
        connection.execute(text(f"PRAGMA max_page_count={pages}"))
        connection.execute(insert(roots), [{"path": "x" * 5000 + str(n)} for n in range(100)])
    assert paths(catalog) == []
    catalog.close()


def test_a_catalog_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    catalog = open_catalog(tmp_path / "x.catalog", create=True)
    read_only = pytest.raises(EnvironmentMissingError, match=r"readonly database\. Make room")
    with read_only, catalog.writing() as connection:
        connection.execute(text("PRAGMA query_only=ON"))
        connection.execute(insert(roots).values(path="/x"))
    catalog.close()


def test_our_own_mistakes_pass_through(catalog: Catalog) -> None:
    from sqlalchemy.exc import IntegrityError, SQLAlchemyError

    add_root(catalog, "/one")
    with pytest.raises(IntegrityError):
        add_root(catalog, "/one")
    with pytest.raises(SQLAlchemyError, match="nothing_such"), catalog.reading() as connection:
        connection.execute(text("SELECT * FROM nothing_such"))
