"""Who a page of matches says they are by."""

import io
import shutil
from pathlib import Path

import pytest

from page_reader import PageReader
from touchline.errors import UsageError
from touchline.reid.match_job import match_folders
from touchline.reid.sample import open_reid_run, sample_crops, sample_folder
from touchline.runs import open_run


@pytest.mark.parametrize("shipped", [True, False])
def test_the_page_says_whose_matches_they_are(tmp_path: Path, shipped: bool) -> None:
    if shipped:
        run, said = open_reid_run("sample"), "By the sample."
    else:
        shutil.copytree(sample_folder(), tmp_path / "my run")
        run, said = open_run(tmp_path / "my run"), "By the run my run."
    crops = sorted(path for path in sample_crops().rglob("*") if path.suffix in (".png", ".jpg"))
    for name, part in (("queries", crops[:2]), ("gallery", crops[2:5])):
        (tmp_path / name).mkdir()
        for crop in part:
            shutil.copyfile(crop, tmp_path / name / crop.name)
    out = tmp_path / "out"
    match_folders(
        run, tmp_path / "queries", tmp_path / "gallery", out, io.StringIO(), top=2,
        by_action=False, device="cpu", precision="fp32",
    )  # fmt: skip
    assert said in PageReader((out / "matches.html").read_text(encoding="utf-8")).text
    with pytest.raises(UsageError, match=r"a new or empty folder; found something at .*out"):
        match_folders(
            run, tmp_path / "queries", tmp_path / "gallery", out, io.StringIO(), top=2,
            by_action=False,
        )  # fmt: skip
