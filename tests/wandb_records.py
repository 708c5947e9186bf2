"""What a W&B run kept on the disk, read from its `.wandb` files.

They are LevelDB's log format behind seven bytes of their own: blocks of 32 KiB, in them pieces of
records, each behind a checksum (4 bytes), its length (2) and whether it is whole, or the first,
a middle or the last piece (1).
"""

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BLOCK, HEADER, OWN = 32768, 7, 7
WHOLE, LAST = 1, 4


def records(file: Path) -> Iterator[Any]:
    """The records of one file, in order, as protocol buffers."""
    from wandb.proto.wandb_internal_pb2 import Record

    content, place, held = file.read_bytes(), OWN, b""
    assert content[:4] == b":W&B"
    while place + HEADER <= len(content):
        room = BLOCK - place % BLOCK
        if room < HEADER:
            place += room
            continue
        length, kind = struct.unpack("<HB", content[place + 4 : place + HEADER])
        held += content[place + HEADER : place + HEADER + length]
        place += HEADER + length
        if kind in (WHOLE, LAST):
            record = Record()
            record.ParseFromString(held)
            held = b""
            yield record


def offline_files(run: Path) -> list[Path]:
    """The files of the processes that worked on a run, the first first."""
    return sorted((run / "wandb").glob("offline-run-*/run-*.wandb"))


def history(file: Path) -> list[dict[str, Any]]:
    """The rows that were logged."""
    return [
        {"/".join(item.nested_key) or item.key: json.loads(item.value_json)
         for item in record.history.item}
        for record in records(file) if record.WhichOneof("record_type") == "history"
    ]  # fmt: skip


def configuration(file: Path) -> dict[str, Any]:
    """The settings that were logged."""
    found: dict[str, Any] = {}
    for record in records(file):
        kind = record.WhichOneof("record_type")
        changes = record.run.config if kind == "run" else record.config
        if kind in ("run", "config"):
            found |= {
                "/".join(item.nested_key) or item.key: json.loads(item.value_json)
                for item in changes.update
            }
    return found


def identity_and_exit(file: Path) -> tuple[str, int]:
    """Which run of W&B it is, and the exit code it ended with."""
    found = {record.WhichOneof("record_type"): record for record in records(file)}
    return found["run"].run.run_id, found["exit"].exit.exit_code
