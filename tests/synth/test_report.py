"""The page of scored photos: made from the run's files, whole, and true to them."""

import csv
from pathlib import Path

import pytest

from page_reader import PageReader
from scored_worlds import POSES, PooledPixels, drawn, mirror
from touchline.errors import UsageError
from touchline.files import write_atomically
from touchline.photos.mirror import MirrorMap
from touchline.runs import Run
from touchline.synth.contact_sheet import sheet_bytes
from touchline.synth.report import describe, summary, write_report
from touchline.synth.run_files import COPIES, SHEET
from touchline.synth.scores.pairs import PAIRS, write_pairs
from touchline.synth.scores.scoring import score_samples
from touchline.training.history import write_rows

HOSTILE = "/photos/<img src=x onerror=alert(1)>.jpg"


def make_run(folder: Path, classes: MirrorMap, unseen: bool = True) -> Run:
    """A finished run whose generated photos are four copies and real photos of other players."""
    run, training, others = Run(folder), drawn(tuple(range(6)), 1), drawn(tuple(range(40, 44)), 1)
    pixels = others.pixels.clone()
    pixels[:4] = training.pixels[:4]
    scores = score_samples(
        pixels, others.labels, training, classes,
        reference=drawn(tuple(range(20, 24)), 1) if unseen else None,
        embedder=PooledPixels(), quiet=True,  # type: ignore[arg-type]
    )  # fmt: skip
    run.write_json("metrics.json", {**scores.as_dict(), "snapshot": 2000})
    write_atomically(run.config, "data: photos\ngenerator: stylegan\nsize: 64\n")
    with run.file(COPIES).open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        table.writerow(("sample", "label", "nearest", "mirrored", "distance", "copy"))
        for number, place in enumerate(scores.copies.nearest.tolist()):
            path = HOSTILE if place == 0 else f"/photos/{place}.jpg"
            table.writerow((
                number, classes.classes[others.labels[number]], path,
                bool(scores.copies.mirrored[number]), float(scores.copies.distance[number]),
                bool(scores.copies.is_copy[number]),
            ))  # fmt: skip
    write_pairs(run.file(PAIRS), pixels, training.pixels, scores.copies)
    write_atomically(run.file(SHEET), sheet_bytes(pixels, 4))
    return run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = make_run(tmp_path_factory.mktemp("run"), mirror())
    run.write_json("manifest.json", {
        "images": 4000, "stopped": "the time of 2 h is up", "rejected": [["bad.jpg", "truncated"]],
    })  # fmt: skip
    rows = [
        {"epoch": 1, "stage": "stylegan", "images": 0, "kid": 0.9},
        {"epoch": 2, "stage": "stylegan", "images": 2000, "loss_generator": 1.5,
         "ada_strength": 0.1, "kid": 0.2},
        {"epoch": 3, "stage": "stylegan", "images": 4000, "loss_generator": 1.2,
         "ada_strength": 0.2},
    ]  # fmt: skip
    write_rows(run.file("results.csv"), "stylegan", rows)
    write_report(run)
    return run


def text_of(run: Run) -> str:
    return " ".join(PageReader(run.file("report.html").read_text(encoding="utf-8")).text.split())


def copies_in(run: Run) -> int:
    """The four that were put there, and what looks like another."""
    share = run.read_json("metrics.json")["samples"]["copies"]
    return round(share["value"] * share["n"])


def test_the_page_is_whole_and_fetches_nothing(run: Run) -> None:
    read = PageReader(run.file("report.html").read_text(encoding="utf-8"))
    assert read.open == []
    assert read.handlers == []
    addresses = read.values("src", "href", "action")
    assert len(addresses) > 10
    assert all(address.startswith(("data:image/", "#")) for address in addresses)


def test_it_says_what_was_asked_made_and_left_out(run: Run) -> None:
    text = text_of(run)
    for words in (
        "Asked for: stylegan at 64 x 64 pixels, learnt from 18 photos of photos.",
        "4,000 photos were shown; it stopped early: the time of 2 h is up.",
        "12 generated photos compared with 12 real ones: photos the generator never saw",
        "The judge of classes learnt from 30 real photos.", "bad.jpg", "truncated",
    ):  # fmt: skip
        assert words in text


def test_copies_are_named(run: Run) -> None:
    text, count = text_of(run), copies_in(run)
    assert 4 <= count < 12
    assert f"{count} of 12 generated photos are copies" in text
    assert HOSTILE in text
    assert "/photos/3.jpg" in text


def test_the_scores_stand_beside_real_photos_and_noise(run: Run) -> None:
    text = text_of(run)
    for words in (
        "copies with noise of 5%", "copies with noise of 40%", "real photos", "Coverage",
        "On the right side", "real, judged as its mirror image",
    ):  # fmt: skip
        assert words in text
    assert all(pose in text for pose in POSES)


def test_the_terminal_gets_a_line_a_figure(run: Run) -> None:
    lines = describe(run).splitlines()
    assert lines[0].startswith("KID ")
    assert "; real photos " in lines[0]
    assert any(
        line.startswith("Copies") and f"{100 * copies_in(run) / 12:.1f} %" in line for line in lines
    )
    assert lines[-1].endswith("report.html")
    assert summary(run)["samples"] == run.read_json("metrics.json")["samples"]


def test_without_sides_nothing_is_said_of_them(tmp_path: Path) -> None:
    bare = make_run(tmp_path, MirrorMap.plain(POSES), unseen=False)
    write_report(bare)
    text = text_of(bare)
    assert "mirror image, than" not in text
    assert "judged as its mirror" not in text
    assert "On the right side" not in text
    assert "the photos the generator learnt from" in text
    assert "Training" not in text


def test_a_page_without_pictures_and_table_of_copies_can_be_made(tmp_path: Path) -> None:
    bare = make_run(tmp_path, mirror())
    for name in (COPIES, SHEET):
        bare.file(name).unlink()
    text = text_of(Run(write_report(bare).parent))
    assert "Nearest photos" not in text
    assert "KID" in text


def test_only_copies_are_marked_in_the_gallery(run: Run) -> None:
    read = PageReader(run.file("report.html").read_text(encoding="utf-8"))
    assert len(read.all("li", class_="wrong")) == copies_in(run)
    assert read.all("li", class_="right") == []
    assert read.text.count("✗ wrong") == copies_in(run)


def test_an_unfinished_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Wanted a finished run"):
        write_report(Run(tmp_path))
