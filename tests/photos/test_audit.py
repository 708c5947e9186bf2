import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageOps

from pictures import as_jpeg, picture, save
from touchline.errors import GateFailedError
from touchline.photos.audit import Audit, AuditSettings, audit, write_audit_csv
from touchline.photos.audit_report import write_audit_page
from touchline.photos.data import Photo, PhotoSet, Rejected
from touchline.photos.fingerprint_files import fingerprint_photos
from touchline.photos.mirror import pair_classes
from touchline.photos.reading import read_photos


def kinds(found: Audit, severity: str | None = None) -> dict[str, list[tuple[str, ...]]]:
    """The photos of each kind of finding."""
    result: dict[str, list[tuple[str, ...]]] = {}
    for finding in found.findings:
        if severity in (None, finding.severity):
            result.setdefault(finding.kind, []).append(finding.photos)
    return result


def audited(root: Path, **options) -> Audit:
    """Read, fingerprint and audit a folder, as the command does."""
    photo_set = read_photos(root)
    prints, broken = fingerprint_photos(photo.path for photo in photo_set.photos)
    kept = tuple(photo for photo in photo_set.photos if photo.path in prints)
    photo_set = replace(photo_set, photos=kept, rejected=photo_set.rejected + broken)
    options.setdefault("settings", AuditSettings(few=2))
    mirror = pair_classes(photo_set.classes)
    return audit(photo_set, [prints[photo.path] for photo in kept], mirror, **options)


def put(root: Path, name: str, number: int, mirrored: bool = False, **options) -> None:
    image = ImageOps.mirror(picture(number)) if mirrored else picture(number)
    save(as_jpeg(image, **options), root / name)


def test_a_clean_set_has_no_findings(tmp_path):
    for number, name in enumerate(
        ("Hero/1.jpg", "Hero/2.jpg", "Full Body/1.jpg", "Full Body/2.jpg")
    ):
        put(tmp_path, name, number)
    found = audited(tmp_path)
    assert found.findings == ()
    assert found.passed
    assert found.class_counts == {"Full Body": 2, "Hero": 2}
    found.require_passed(tmp_path / "audit.html")


def test_copies_across_splits_fail_the_gate(tmp_path):
    for number, split in enumerate(["train"] * 4 + ["test"] * 4):
        put(tmp_path, f"{split}/{'Hero' if number % 2 else 'Kick'}/{number}.jpg", number)
    put(tmp_path, "test/Hero/again.jpg", 1, quality=40)
    put(tmp_path, "train/Kick/again.jpg", 2)  # in its own split: no leak
    found = audited(tmp_path)
    assert kinds(found, "error") == {
        "copies across splits": [("test/Hero/again.jpg", "train/Hero/1.jpg")]
    }
    assert sorted(kinds(found, "warning")) == ["exact copies", "near copies"]
    message = next(f.message for f in found.findings if f.kind == "copies across splits")
    assert message.startswith("The same picture is in test and train:")
    with pytest.raises(GateFailedError, match=r"1 x copies across splits\. See .*audit\.html"):
        found.require_passed(tmp_path / "audit.html")


def test_ten_planted_copies_across_splits_are_each_named(tmp_path):
    for number in range(20):
        put(tmp_path, f"train/{'ab'[number % 2]}/{number:02}.jpg", number)
    for number in range(10):
        put(tmp_path, f"valid/{'ab'[number % 2]}/{number:02}.jpg", number, quality=60)
    pairs = kinds(audited(tmp_path), "error")["copies across splits"]
    expected = [
        (f"train/{'ab'[n % 2]}/{n:02}.jpg", f"valid/{'ab'[n % 2]}/{n:02}.jpg") for n in range(10)
    ]
    assert sorted(pairs) == sorted(expected)


def test_mirrored_twins_in_the_swapped_classes_are_kept_in_peace(tmp_path):
    """What an offline mirroring script leaves behind: `<stem>_mirrored` in the swapped class."""
    for number in range(3):
        put(tmp_path, f"Kick-l/{number}.jpg", number)
        put(tmp_path, f"Kick-r/{number}_mirrored.jpg", number, mirrored=True)
        put(tmp_path, f"Hero/{number}.jpg", 10 + number)
        put(tmp_path, f"Hero/{number}_mirrored.jpg", 10 + number, mirrored=True)
    found = audited(tmp_path)
    assert found.passed
    assert len(kinds(found, "note")["mirrored twins"]) == 6
    assert len(found.duplicates.clusters) == 6


def test_mirrored_twins_across_splits_are_a_leak(tmp_path):
    for number in range(4):
        put(tmp_path, f"train/Kick-l/{number}.jpg", number)
        put(tmp_path, f"train/Kick-r/{number}.jpg", 10 + number)
    put(tmp_path, "valid/Kick-r/0_mirrored.jpg", 0, mirrored=True)
    put(tmp_path, "valid/Kick-l/9.jpg", 9)
    assert kinds(audited(tmp_path), "error") == {
        "copies across splits": [("train/Kick-l/0.jpg", "valid/Kick-r/0_mirrored.jpg")]
    }


def test_one_picture_under_two_classes_is_an_error(tmp_path):
    for number in range(2):
        put(tmp_path, f"Hero/{number}.jpg", number)
        put(tmp_path, f"Kick-l/{number}.jpg", 10 + number)
        put(tmp_path, f"Kick-r/{number}.jpg", 20 + number)
    put(tmp_path, "Kick-l/hero.jpg", 0)  # a copy in another class
    put(tmp_path, "Kick-r/plain.jpg", 10)  # not mirrored, yet in the swapped class
    put(tmp_path, "Kick-r/turned.jpg", 20, mirrored=True)  # mirrored, yet in the same class
    found = audited(tmp_path)
    assert sorted(kinds(found, "error").pop("one picture, two classes")) == [
        ("Hero/0.jpg", "Kick-l/hero.jpg"),
        ("Kick-l/0.jpg", "Kick-r/plain.jpg"),
        ("Kick-r/0.jpg", "Kick-r/turned.jpg"),
    ]
    messages = " ".join(f.message for f in found.findings if f.severity == "error")
    assert "in the classes 'Hero', 'Kick-l'." in messages
    assert "A picture and its mirrored twin are both 'Kick-r', which has a side." in messages


def test_bursts_are_noted_and_may_not_straddle_splits(tmp_path):
    def frame(second: str):
        image = picture(1)
        image.paste(picture(int(second)).resize((80, 75)), (60, 40))
        return image

    for number in range(4):
        put(tmp_path, f"train/{'ab'[number % 2]}/{number}.jpg", 5 + number)
        put(tmp_path, f"test/{'ab'[number % 2]}/{number}.jpg", 15 + number)
    times = {"train/a/first.jpg": "30", "train/a/second.jpg": "32", "test/a/third.jpg": "34"}
    for name, second in times.items():
        content = as_jpeg(frame(second), taken=f"2026:05:01 10:00:{second}")
        save(content, tmp_path / name)
    found = audited(tmp_path, settings=AuditSettings(few=2))
    names = ("test/a/third.jpg", "train/a/first.jpg", "train/a/second.jpg")
    assert kinds(found, "note")["burst"] == [names]
    assert kinds(found, "error")["burst across splits"] == [names]
    assert "burst of several classes" not in kinds(found)
    (tmp_path / "train/a/second.jpg").rename(tmp_path / "train/b/second.jpg")
    assert kinds(audited(tmp_path), "warning") == {
        "burst of several classes": [(*names[:2], "train/b/second.jpg")]
    }
    shorter = audited(tmp_path, settings=AuditSettings(few=2, burst_seconds=1))
    assert "burst" not in kinds(shorter)


def test_small_and_unequal_classes(tmp_path):
    counts = {"alone": 1, "few": 3, "many": 12}
    for place, (name, count) in enumerate(counts.items()):
        for number in range(count):
            put(tmp_path, f"{name}/{number}.jpg", 20 * place + number)
    found = audited(tmp_path, settings=AuditSettings())
    messages = {finding.kind: finding.message for finding in found.findings}
    assert messages == {
        "too few photos": "The class 'alone' has 1 photo; it cannot both be learnt and scored.",
        "few photos": "The class 'few' has 3 photos; its own scores will say little.",
        "imbalance": "The class 'many' has 12 times as many photos as 'alone' (12 to 1).",
    }
    assert [finding.severity for finding in found.findings] == ["error", "warning", "warning"]


def test_names_that_are_not_as_they_should_be(tmp_path):
    for number, name in enumerate(("Full Body/1.jpg", "Full Body/2.jpg", "full_body/3.jpg")):
        put(tmp_path, name, number)
    for number in range(2):
        put(tmp_path, f"Kick-l/{number}.jpg", 10 + number)
    found = audited(tmp_path)
    messages = {finding.kind: (finding.severity, finding.message) for finding in found.findings}
    assert messages["two spellings"][0] == "warning"
    assert "'full_body' was read as another spelling of 'Full Body'" in messages["two spellings"][1]
    assert messages["no mirror partner"][0] == "error"
    assert "The class 'Kick-l' has a side by its name" in messages["no mirror partner"][1]


def test_files_that_cannot_be_read_are_named_and_do_not_fail_the_gate(tmp_path):
    for number in range(4):
        put(tmp_path, f"{'ab'[number % 2]}/{number}.jpg", number)
    save(as_jpeg(picture(9))[:3000], tmp_path / "a/torn.jpg")
    save(b"", tmp_path / "b/empty.jpg")
    found = audited(tmp_path)
    assert found.passed
    assert sorted((f.photos, f.message) for f in found.findings) == [
        (("a/torn.jpg",), "Left out: the file is truncated."),
        (("b/empty.jpg",), "Left out: the file is empty."),
    ]


def some_photos(labels: list[str]) -> PhotoSet:
    return PhotoSet(
        Path("photos"),
        tuple(Photo(Path(f"photos/{n}.jpg"), f"{n}.jpg", label) for n, label in enumerate(labels)),
    )


def test_doubtful_labels_are_warnings(tmp_path):
    for number in range(4):
        put(tmp_path, f"Kick-l/{number}.jpg", number)
        put(tmp_path, f"Kick-r/{number}.jpg", 10 + number)
        put(tmp_path, f"Hero/{number}.jpg", 20 + number)
    probabilities = np.full((12, 3), 0.05)  # Hero, Kick-l, Kick-r
    probabilities[np.arange(12), np.repeat(np.arange(3), 4)] = 0.9
    probabilities[0] = [0.02, 0.96, 0.02]
    probabilities[4] = [0.02, 0.03, 0.95]
    probabilities[11] = np.nan
    found = audited(tmp_path, probabilities=probabilities)
    assert found.passed
    assert found.labels_judged
    assert [(f.kind, f.photos, f.message) for f in found.findings] == [
        ("likely wrong label", ("Hero/0.jpg",),
         "Labelled 'Hero' (2%), but looks like 'Kick-l' (96%)."),
        ("likely mirrored label", ("Kick-l/0.jpg",),
         "Labelled 'Kick-l' (3%), but looks like 'Kick-r' (95%): left and right may be confused."),
    ]  # fmt: skip
    again = audited(
        tmp_path,
        probabilities=probabilities,
        mirrored_probabilities=pair_classes(["Hero", "Kick-l", "Kick-r"]).permute(probabilities),
    )
    assert again.suspects == found.suspects


def test_parts_that_do_not_fit_are_refused():
    photos = some_photos(["Hero"])
    with pytest.raises(ValueError, match="0 fingerprints"):
        audit(photos, [], pair_classes(["Hero"]))
    with pytest.raises(ValueError, match="classes"):
        audit(photos, [None], pair_classes(["Kick"]))


def test_an_empty_set_is_audited(tmp_path):
    rejected = (Rejected(Path("elsewhere/x.jpg"), "the file is empty"),)
    found = audit(PhotoSet(tmp_path, (), rejected), [], pair_classes([]))
    assert kinds(found) == {"left out": [("elsewhere/x.jpg",)]}
    page = write_audit_page(found, tmp_path / "audit.html").read_text()
    assert "There are no classes" in page


@pytest.fixture
def troubled(tmp_path) -> Path:
    """A folder with something of every kind."""
    root = tmp_path / "day <1>"
    for number in range(3):
        for place, name in enumerate(("Kick-l", "Kick-r", "Jump-l", "Hero & Co")):
            put(root, f"train/{name}/{number}.jpg", 10 * place + number)
            put(root, f"test/{name}/{number}.jpg", 50 + 10 * place + number)
    put(root, "test/Kick-l/leak.jpg", 0)
    put(root, "train/Kick-r/turned.jpg", 1, mirrored=True)
    for second in ("00", "01"):
        image = picture(200)
        image.paste(picture(201).resize((80, 75)), (60, 40 if second == "00" else 60))
        name = f"train/Kick-r/burst {second}.jpg"
        save(as_jpeg(image, taken=f"2026:05:01 10:00:{second}"), root / name)
    save(b"", root / "train/Kick-l/empty.jpg")
    return root


def test_the_table_has_a_row_for_each_photo_of_each_finding(troubled, tmp_path):
    found = audited(troubled)
    write_audit_csv(found, tmp_path / "audit.csv")
    with (tmp_path / "audit.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == sum(max(1, len(finding.photos)) for finding in found.findings)
    leak = [row for row in rows if row["kind"] == "copies across splits"]
    assert [(row["photo"], row["class"], row["split"]) for row in leak] == [
        ("test/Kick-l/leak.jpg", "Kick-l", "test"), ("train/Kick-l/0.jpg", "Kick-l", "train"),
    ]  # fmt: skip
    assert leak[0]["finding"] == leak[1]["finding"]
    partner = next(row for row in rows if row["kind"] == "no mirror partner")
    assert (partner["photo"], partner["severity"]) == ("", "error")
    order = [row["severity"] for row in rows]
    assert order == sorted(order, key=["error", "warning", "note"].index)


def test_the_page_shows_what_was_found(troubled, tmp_path):
    probabilities = np.full((len(audited(troubled).photo_set.photos), 4), 0.1)
    probabilities[:, 0] = 0.7
    found = audited(troubled, probabilities=probabilities)
    page = write_audit_page(found, tmp_path / "audit.html").read_text(encoding="utf-8")
    for words in (
        "Audit of day &lt;1&gt;", "The gate fails", "The same picture is in test and train",
        "1 of them mirrored", "taken within moments", "has a side by its name", "the file is empty",
        "looks like Hero &amp; Co 70%", "mirrored", "burst 00.jpg", "Kick-l (test)",
    ):  # fmt: skip
        assert words in page, words
    assert page.count("data:image/jpeg") >= 2 + 2 + 2 + 1
    assert page.count("data:image/png") == 1
    assert "not judged" not in page
    assert "The labels were not judged" in write_audit_page(
        audited(troubled), tmp_path / "second.html"
    ).read_text(encoding="utf-8")


def test_the_page_survives_photos_that_are_gone_and_says_what_it_leaves_out(
    troubled, tmp_path, monkeypatch
):
    found = audited(troubled)
    (troubled / "test/Kick-l/leak.jpg").unlink()
    monkeypatch.setattr("touchline.photos.audit_report.CLUSTERS_SHOWN", 1)
    page = write_audit_page(found, tmp_path / "audit.html").read_text(encoding="utf-8")
    assert "leak.jpg" in page
    assert "And 1 more groups" in page


def test_names_that_are_no_text_reach_the_table_and_the_page(tmp_path):
    name = b"bad\xff.jpg".decode(errors="surrogateescape")
    rejected = (Rejected(tmp_path / name, "its name is not valid text"),)
    found = audit(PhotoSet(tmp_path, (), rejected), [], pair_classes([]))
    write_audit_csv(found, tmp_path / "audit.csv")
    write_audit_page(found, tmp_path / "audit.html")
    assert "bad" in (tmp_path / "audit.csv").read_text(encoding="utf-8")
