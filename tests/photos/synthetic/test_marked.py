"""A marked picture among photos: it is never learnt from, split, scored or audited as one."""

from pathlib import Path

import numpy as np
import pytest

from photo_world import ball, draw_world, teach
from synthetic_worlds import draw_synthetic, facts_of, made_from
from touchline.cli import main
from touchline.errors import UsageError
from touchline.media.provenance import write_synthetic
from touchline.photos.fingerprint import fingerprint
from touchline.photos.fingerprint_files import fingerprint_photos, fingerprint_pictures
from touchline.photos.gather import gather

REASON = (
    "made by a generator (stylegan of runs/synth/a): synthetic photos are never scored or sorted; "
    "learn from them with --synthetic FOLDER"
)


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Photos, with one marked file of a photo's kind and name among them."""
    data = draw_world(tmp_path / "photos")
    write_synthetic(data / "blue" / "07.jpg", ball("blue", 7), facts_of(made_from(()), "blue", 1))
    return data


def test_a_marked_file_among_photos_is_left_out_and_named(mixed: Path, tmp_path: Path) -> None:
    for _ in ("read", "from the cache"):
        gathered = gather(mixed, tmp_path / "cache")
        assert [(r.path, r.reason) for r in gathered.photo_set.rejected] == [
            (mixed / "blue" / "07.jpg", REASON)
        ]
        assert "blue/07.jpg" not in {photo.name for photo in gathered.photo_set.photos}
        assert len(gathered.photo_set.photos) == len(gathered.fingerprints) == 35


def test_a_mark_in_a_sidecar_counts_as_soon_as_it_is_there(tmp_path: Path) -> None:
    data, cache = draw_world(tmp_path / "photos"), tmp_path / "cache"
    assert len(gather(data, cache).photo_set.photos) == 36
    marked = tmp_path / "marked.png"
    write_synthetic(marked, ball("blue", 1), facts_of(made_from(())))
    content = marked.read_bytes()
    start, end = content.index(b"<x:xmpmeta"), content.index(b"</x:xmpmeta>") + len(b"</x:xmpmeta>")
    (data / "blue" / "03.jpg.xmp").write_bytes(content[start:end])
    rejected = {r.path.name: r.reason for r in gather(data, cache).photo_set.rejected}
    assert rejected == {"03.jpg": REASON, "03.jpg.xmp": "not an image (.xmp)"}


def test_its_fingerprint_says_who_made_it(mixed: Path) -> None:
    path = mixed / "blue" / "07.jpg"
    prints, broken = fingerprint_pictures([path])
    assert prints[path] == fingerprint(path.read_bytes())
    assert prints[path].made_by == "stylegan of runs/synth/a"
    assert broken == ()
    assert fingerprint((mixed / "blue" / "06.jpg").read_bytes()).made_by == ""
    prints, broken = fingerprint_photos([path])
    assert prints == {}
    assert [each.path for each in broken] == [path]


def test_synthetic_photos_alone_are_no_photos(tmp_path: Path) -> None:
    made = draw_synthetic(tmp_path / "made", ())
    with pytest.raises(
        UsageError, match=r"none that can be read in .*made by a generator \(styleg"
    ):
        gather(made, tmp_path / "cache")


def test_no_command_scores_or_splits_it(mixed: Path, tmp_path: Path, capsys) -> None:
    run = teach(mixed, tmp_path / "run", "--shots", "6")
    table = (run / "split.csv").read_text()
    assert "blue/06.jpg" in table
    assert "blue/07.jpg" not in table
    assert REASON.partition("(")[0] in (run / "report.html").read_text()
    scored = tmp_path / "scored"
    assert main(["photos", "evaluate", str(run), str(mixed), "--out", str(scored)]) == 0
    assert REASON in (scored / "manifest.json").read_text()
    capsys.readouterr()
    made = draw_synthetic(tmp_path / "made", ())
    assert main(["photos", "evaluate", str(run), str(made), "--out", str(tmp_path / "no")]) == 2
    assert "synthetic photos are never scored" in " ".join(capsys.readouterr().err.split())


def test_labelling_it_is_fine(mixed: Path, tmp_path: Path, capsys) -> None:
    run = teach(mixed, tmp_path / "run", "--shots", "6")
    capsys.readouterr()
    assert main(["photos", "predict", str(run), str(mixed / "blue" / "07.jpg")]) == 0
    assert '"decision"' in capsys.readouterr().out


def test_the_mark_changes_nothing_else_of_a_fingerprint(tmp_path: Path) -> None:
    pixels = np.asarray(ball("green", 3))
    path = tmp_path / "a.png"
    write_synthetic(path, pixels, facts_of(made_from(())))
    plain = tmp_path / "b.png"
    ball("green", 3).save(plain)
    first, second = (fingerprint(each.read_bytes()) for each in (path, plain))
    assert (first.hash, first.luma, first.chroma) == (second.hash, second.luma, second.chroma)
