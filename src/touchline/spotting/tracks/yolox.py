"""Players and balls by a YOLOX network in an ONNX file, on the CPU.

After Ge et al., "YOLOX: Exceeding YOLO Series in 2021" (arXiv:2107.08430): an anchor-free head
at strides 8, 16 and 32 whose rows are centre offset, log size, objectness and 80 COCO classes.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor
from torchvision.ops import batched_nms

from touchline.errors import EnvironmentMissingError, UsageError
from touchline.files import sha256_of_file
from touchline.spotting.tracks.detections import Detections
from touchline.spotting.tracks.letterbox import batches, letterbox, squares_across

STRIDES = (8, 16, 32)
FIRST_CLASS = 5
PERSON, SPORTS_BALL, COCO_CLASSES = 0, 32, 80


class YoloxDetector:
    """A YOLOX network trained on COCO; `person` counts as player, `sports ball` as ball.

    A wide frame is looked at as several squares side by side, which overlap: its small players
    then come to the network larger than in the whole frame shrunk into one square.

    Args:
        weights: the ONNX file, one input `(n, 3, height, width)` of BGR values from 0 to 255.
        squares: how many squares a frame is cut into, from left to right; 1 for the whole.
        confidence: detections below it are dropped.
        overlap: of two boxes of one kind that overlap by more (IoU), the less sure is dropped.
        threads: how many threads the network may use; 0 for as many as there are cores.

    Raises:
        EnvironmentMissingError: when there is no such file.
        UsageError: when it is no YOLOX network for COCO.
    """

    def __init__(
        self,
        weights: Path,
        squares: int = 2,
        confidence: float = 0.1,
        overlap: float = 0.5,
        threads: int = 0,
    ) -> None:
        self._session = _open(weights, threads)
        self._squares, self._confidence, self._overlap = squares, confidence, overlap
        entry = self._session.get_inputs()[0]
        self._input = entry.name
        self._batch = entry.shape[0] if isinstance(entry.shape[0], int) else None
        self._size = (int(entry.shape[2]), int(entry.shape[3]))
        self._cells, self._strides = _cells(self._size)
        settings = f"{sha256_of_file(weights)} {squares} {confidence} {overlap}"
        self.fingerprint = f"yolox-{hashlib.sha256(settings.encode()).hexdigest()[:32]}"

    def __call__(self, frames: np.ndarray) -> list[Detections]:
        """Players and balls of uint8 RGB frames `(n, 3, height, width)`, most certain first."""
        height, width = frames.shape[2:]
        lefts, side = squares_across(width, height, self._squares)
        # Frame by frame, so that the squares of one frame lie side by side.
        crops = (frame[:, :, left : left + side] for frame in frames for left in lefts)
        rows = self._rows(crops)
        return [self._merge([next(rows) for _ in lefts], lefts, width, height) for _ in frames]

    def _rows(self, crops: Iterator[np.ndarray]) -> Iterator[tuple[Tensor, Tensor]]:
        """Boxes `(cells, 4)` in pixels of the crop and confidences `(2, cells)` by kind."""
        for batch, filled in batches(crops, self._batch):
            pixels, scale = letterbox(batch, self._size)
            (output,) = self._session.run(None, {self._input: pixels.numpy()})
            for row in torch.from_numpy(output)[:filled]:
                centre = (row[:, :2] + self._cells) * self._strides
                size = row[:, 2:4].exp() * self._strides
                boxes = torch.cat([centre - size / 2, centre + size / 2], 1) / scale
                kinds = row[:, [FIRST_CLASS + PERSON, FIRST_CLASS + SPORTS_BALL]]
                yield boxes, (row[:, 4:5] * kinds).T

    def _merge(
        self, rows: list[tuple[Tensor, Tensor]], lefts: list[int], width: int, height: int
    ) -> Detections:
        """One frame's detections from those of its squares."""
        boxes = torch.cat(
            [
                found + torch.tensor([left, 0, left, 0])
                for (found, _), left in zip(rows, lefts, strict=True)
            ]
        )
        confidence = torch.cat([sure for _, sure in rows], 1)
        kind, place = torch.nonzero(confidence >= self._confidence, as_tuple=True)
        limit = torch.tensor([width, height, width, height])
        boxes = torch.minimum(boxes[place].clamp(min=0), limit)
        confidence = confidence[kind, place]
        kept = batched_nms(boxes, confidence, kind, self._overlap)
        return Detections(
            boxes[kept].numpy().astype(np.float32),
            confidence[kept].numpy(),
            (kind[kept] == 1).numpy(),
        )


def _cells(size: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Column and row `(cells, 2)` and stride `(cells, 1)` of every cell, in the order of rows."""
    cells, strides = [], []
    for stride in STRIDES:
        rows, columns = torch.meshgrid(
            torch.arange(size[0] // stride), torch.arange(size[1] // stride), indexing="ij"
        )
        cells.append(torch.stack([columns, rows], -1).reshape(-1, 2))
        strides.append(torch.full((len(cells[-1]), 1), stride))
    return torch.cat(cells).float(), torch.cat(strides).float()


def _open(weights: Path, threads: int) -> onnxruntime.InferenceSession:
    if not weights.is_file():
        raise EnvironmentMissingError(
            "the weights of a YOLOX detector", f"no file {weights}",
            "Export one from a YOLOX release as ONNX (e.g. YOLOX-Nano, 416x416).",
        )  # fmt: skip
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    try:
        session = onnxruntime.InferenceSession(
            str(weights), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime raises types of its own for every kind of fault
        raise UsageError(
            "an ONNX file of YOLOX", f"{type(error).__name__} in {weights}", "Name another file."
        ) from error
    shapes = [entry.shape for entry in (*session.get_inputs(), *session.get_outputs())]
    if len(shapes) != 2 or not _is_yolox(*shapes):
        raise UsageError(
            "a YOLOX network: images of a fixed size in, rows of 85 numbers out",
            f"{' and '.join(map(str, shapes))} in {weights}",
            "Export it from a YOLOX release, trained on COCO and not decoded.",
        )
    return session


def _is_yolox(images: list[int | str], rows: list[int | str]) -> bool:
    sizes = images[2:]
    if len(images) != 4 or len(rows) != 3 or not all(isinstance(size, int) for size in sizes):
        return False
    cells = sum((int(sizes[0]) // stride) * (int(sizes[1]) // stride) for stride in STRIDES)
    return rows[1:] == [cells, FIRST_CLASS + COCO_CLASSES]
