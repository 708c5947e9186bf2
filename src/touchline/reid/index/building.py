"""An index made from blocks of vectors, and grown by more of them; whole or not at all.

While it is made, the vectors are on the disk once more than in the index, and the index is in
memory: 4 bytes a feature. Searching it later needs neither.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import numpy as np
import pyarrow.compute

from touchline.errors import UsageError
from touchline.reid.crops import Crop
from touchline.reid.distances import Features
from touchline.reid.index.approximate import choose_probes, make_lists, require_enough
from touchline.reid.index.crop_rows import CropWriter, read_crop_rows
from touchline.reid.index.facts import FACTS, IndexFacts, Kind, read_facts, write_facts
from touchline.reid.index.unit_vectors import require_unit
from touchline.reid.index.vector_files import load_faiss, read_vectors, write_vectors

VECTORS_A_STEP = 100_000

Blocks: TypeAlias = Iterable[tuple[Sequence[Crop], Features]]
"""Crops and their vectors `(crops, features)` of length 1, some thousands at a time."""


def build_index(
    blocks: Blocks,
    folder: Path,
    run: str,
    weights: str,
    kind: Kind = "flat",
    recall: float = 0.95,
    seed: int = 0,
) -> IndexFacts:
    """Make the index of all crops in a new folder.

    Args:
        blocks: read once.
        folder: new, or empty.
        run: names the run whose network made the vectors.
        weights: SHA-256 of that network's weights.
        kind: `flat` searches all vectors; `ivf` some lists of them, for millions.
        recall: of an `ivf` index: the share of the ten nearest that should be found.
        seed: of the samples that lists are learnt from and measured on.

    Raises:
        UsageError: the folder holds something; there are no crops; their vectors are not of length
            1 or not all as long; there are too few for `ivf`.
        EnvironmentMissingError: faiss is not installed.
        OSError: the index cannot be written; nothing is left behind then.
    """
    load_faiss()  # refuse before the work, not after it
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            "a new or empty folder for the index", f"something in {folder}",
            "Name another, or add to that index.",
        )  # fmt: skip
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix=".index.") as room:
        made = Path(room, "made")
        made.mkdir()
        facts = IndexFacts(run, weights, 0, 0, kind)
        with CropWriter(made / facts.crops) as rows:
            vectors = _spool(blocks, Path(room, "vectors"), rows)
        index = _empty(vectors, kind, seed)
        facts = replace(facts, dimensions=vectors.shape[1])
        facts = _finish(made, facts, index, vectors, recall, seed)
        _move_into(folder, made, facts)
    return facts


def add_to_index(
    blocks: Blocks, folder: Path, weights: str, recall: float = 0.95, seed: int = 0
) -> IndexFacts:
    """Grow an index; who has it open goes on with its old state. One process at a time may add.

    Args:
        blocks: what is new, read once.
        folder: of the index.
        weights: SHA-256 of the weights of the network that made the new vectors.
        recall: as for `build_index`; the lists to search are chosen anew.
        seed: likewise.

    Raises:
        UsageError: there is no index, another network made its vectors, a crop is already in it, or
            as for `build_index`.
        EnvironmentMissingError: faiss is not installed.
    """
    old = read_facts(folder)
    old.require_weights(weights)
    with TemporaryDirectory(dir=folder, prefix=".adding.") as room:
        fresh = Path(room, "crops")
        with CropWriter(fresh) as rows:
            vectors = _spool(blocks, Path(room, "vectors"), rows, old.dimensions)
        _require_new(fresh, folder / old.crops)
        count = old.count + len(vectors)
        facts = replace(old, vectors=f"index-{count}.faiss", crops=f"crops-{count}.parquet")
        with CropWriter(folder / facts.crops) as rows:
            rows.copy(folder / old.crops)
            rows.copy(fresh)
        index = read_vectors(folder / old.vectors, mapped=False)
        facts = _finish(folder, facts, index, vectors, recall, seed)
    _remove_others(folder, facts)
    return facts


def _spool(blocks: Blocks, path: Path, rows: CropWriter, dimensions: int | None = None) -> Features:
    """Write the blocks down as they come; gives the vectors as they lie on the disk."""
    count = 0
    with path.open("wb") as stream:
        for crops, features in blocks:
            dimensions = dimensions or features.shape[1]
            require_unit(crops, features, dimensions)
            rows.write(crops)
            stream.write(np.ascontiguousarray(features, np.float32).data)
            count += len(crops)
    if not count:
        raise UsageError("crops for the index", "none", "Name a folder that has some.")
    return np.memmap(path, np.float32, "r", shape=(count, dimensions or 0))


def _require_new(fresh: Path, known: Path) -> None:
    paths = read_crop_rows(fresh)["path"]
    again = paths.filter(pyarrow.compute.is_in(paths, read_crop_rows(known)["path"]))
    if len(again):
        raise UsageError(
            "crops that are not in the index yet", f"{len(again)} that are, e.g. {again[0]}",
            "Leave them out.",
        )  # fmt: skip


def _empty(vectors: Features, kind: Kind, seed: int) -> Any:
    if kind == "ivf":
        require_enough(len(vectors))
        return make_lists(vectors, seed)
    return load_faiss().IndexFlatIP(vectors.shape[1])


def _finish(
    folder: Path, facts: IndexFacts, index: Any, vectors: Features, recall: float, seed: int
) -> IndexFacts:
    """Put the vectors in, write them, and last what makes them the index."""
    for start in range(0, len(vectors), VECTORS_A_STEP):
        index.add(np.ascontiguousarray(vectors[start : start + VECTORS_A_STEP]))
    facts = replace(facts, count=index.ntotal)
    if facts.kind == "ivf":
        probes, measured = choose_probes(index, recall, seed)
        facts = replace(facts, lists=index.nlist, probes=probes, recall=measured)
    write_vectors(index, folder / facts.vectors)
    write_facts(folder, facts)
    return facts


def _move_into(folder: Path, made: Path, facts: IndexFacts) -> None:
    """Give an index its place; a folder that is there is filled, as somebody may stand in it."""
    if not folder.exists():
        made.replace(folder)
        return
    for name in (facts.vectors, facts.crops, FACTS):
        (made / name).replace(folder / name)


def _remove_others(folder: Path, facts: IndexFacts) -> None:
    """Remove earlier states, and what an addition that failed has left."""
    kept = {FACTS, facts.vectors, facts.crops}
    for pattern in ("index*.faiss", "crops*.parquet"):
        for path in folder.glob(pattern):
            if path.name not in kept:
                path.unlink()
