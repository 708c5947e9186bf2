"""Any known layout of crops in, one `CropData` out."""

from pathlib import Path

from touchline.errors import UsageError
from touchline.faults import first_of
from touchline.reid.crops import CropData
from touchline.reid.reading.checks import checked
from touchline.reid.reading.crop_rows import TABLE_ENDINGS, is_crop_table
from touchline.reid.reading.crop_table import read_crop_table
from touchline.reid.reading.market import is_market, read_market
from touchline.reid.reading.plain_folders import holds_people, read_people
from touchline.reid.reading.soccernet import is_soccernet, read_soccernet

KNOWN_LAYOUTS = (
    "SoccerNet ReID v3 (train, valid, test, challenge, or one of them), Market-1501 "
    "(bounding_box_train, query, bounding_box_test), a CSV with the columns path,identity, or a "
    "folder of pictures for each person"
)


def read_crops(data: Path) -> CropData:
    """Read crops of people in whichever of the known layouts they are (`KNOWN_LAYOUTS`).

    No picture is opened. What is broken is named in the faults, and left out where that leaves the
    numbers of queries and gallery crops as they are; else the data is refused. Faults also name
    queries that cannot be scored, and people who are both learnt from and searched for.

    Args:
        data: a folder or a CSV file.

    Raises:
        UsageError: nothing there is in a known layout, nothing usable is in it, or a query or
            gallery list has lost a crop that rankings refer to.
    """
    if not data.exists():
        raise UsageError("crops of people", f"nothing at {data}", f"Known are {KNOWN_LAYOUTS}.")
    found = _read_folder(data) if data.is_dir() else _read_file(data)
    if not found.train and not found.galleries:
        raise UsageError(
            "crops of people", f"none that can be used in {data}{first_of(found.faults)}",
            f"Known are {KNOWN_LAYOUTS}.",
        )  # fmt: skip
    return checked(found, data)


def _read_folder(data: Path) -> CropData:
    if is_market(data):
        return read_market(data)
    if is_soccernet(data):
        return read_soccernet(data)
    tables = [path for path in sorted(data.glob("*.csv")) if is_crop_table(path)]
    if len(tables) == 1:
        return read_crop_table(tables[0])
    if not tables and holds_people(data):
        return read_people(data)
    found = f"{len(tables)} tables of crops" if tables else "none of them"
    raise UsageError("crops of people", f"{found} in {data}", f"Name one of: {KNOWN_LAYOUTS}.")


def _read_file(data: Path) -> CropData:
    if data.suffix.lower() not in TABLE_ENDINGS:
        raise UsageError("crops of people", f"the file {data}", f"Name one of: {KNOWN_LAYOUTS}.")
    return read_crop_table(data)
