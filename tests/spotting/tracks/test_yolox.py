"""The YOLOX detector: decoding by hand on a made-up network, and the real one on real frames."""

from pathlib import Path

import av
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from touchline.errors import EnvironmentMissingError, UsageError
from touchline.spotting.tracks.detections import Detections
from touchline.spotting.tracks.yolox import YoloxDetector

DATA = Path(__file__).parents[4] / "shared" / "data"
WEIGHTS = DATA / "weights" / "yolox_nano.onnx"
CELLS = 21  # of a field of 32 x 32: 4 x 4 at stride 8, 2 x 2 at 16, 1 at 32
LOG2, LOG4 = np.log(2.0), np.log(4.0)


def network(
    path: Path, rows: dict[int, dict[int, float]], batch: int | str = 1, columns: int = 85
) -> Path:
    """A network of 32 x 32 that always answers `rows` (cell: column: value).

    Objectness (column 4) is multiplied by the mean of the first channel over 100, so that the
    answer depends on the frame.
    """
    fixed = np.zeros((1, CELLS, columns), np.float32)
    for cell, values in rows.items():
        for column, value in values.items():
            fixed[0, cell, column] = value
    lit = fixed.copy()
    lit[:, :, [c for c in range(columns) if c != 4]] = 0
    constants = {
        "fixed": fixed - lit, "lit": lit / 100,
        "axes": np.array([1, 2, 3]), "ends": np.array([1, 2]),
        "from": np.array([0]), "to": np.array([1]), "channel": np.array([1]),
    }  # fmt: skip
    nodes = [
        helper.make_node("Slice", ["images", "from", "to", "channel"], ["blue"]),
        helper.make_node("ReduceMean", ["blue", "axes"], ["mean"], keepdims=0),
        helper.make_node("Unsqueeze", ["mean", "ends"], ["light"]),
        helper.make_node("Mul", ["light", "lit"], ["shown"]),
        helper.make_node("Add", ["shown", "fixed"], ["output"]),
    ]
    graph = helper.make_graph(
        nodes, "made-up",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [batch, 3, 32, 32])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [batch, CELLS, columns])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )  # fmt: skip
    opset = [helper.make_opsetid("", 18)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=9), path)
    return path


def blue(*values: int, height: int = 32, width: int = 32) -> np.ndarray:
    frames = np.zeros((len(values), 3, height, width), np.uint8)
    frames[:, 2] = np.array(values)[:, None, None]
    return frames


def test_boxes_are_decoded_as_the_paper_says(tmp_path: Path) -> None:
    rows = {
        # Cell 6 is column 2, row 1 at stride 8: centre (2.5, 1.25) * 8, size (16, 32).
        6: {0: 0.5, 1: 0.25, 2: LOG2, 3: LOG4, 4: 1.0, 5 + 0: 0.8},
        # Cell 18 is column 0, row 1 at stride 16: centre (8, 24), size (16, 16).
        18: {0: 0.5, 1: 0.5, 4: 0.5, 5 + 32: 0.9},
        # A dog, and somebody hardly believed in.
        0: {0: 0.5, 1: 0.5, 4: 1.0, 5 + 16: 0.9},
        1: {0: 0.5, 1: 0.5, 4: 1.0, 5 + 0: 0.05},
    }
    detector = YoloxDetector(network(tmp_path / "m.onnx", rows), squares=1, threads=1)
    (found,) = detector(blue(100))
    assert found.kinds == ("player", "ball")
    # The player's box (12, -6, 28, 26) ends at the frame's edge.
    np.testing.assert_allclose(found.boxes, [[12, 0, 28, 26], [0, 16, 16, 32]], atol=1e-4)
    np.testing.assert_allclose(found.confidence, [0.8, 0.45], atol=1e-6)
    assert (found.boxes.dtype, found.confidence.dtype) == (np.float32, np.float32)


def test_boxes_are_in_pixels_of_the_frame_whatever_its_size(tmp_path: Path) -> None:
    rows = {6: {0: 0.5, 1: 0.5, 4: 1.0, 5: 0.9}}  # centre (20, 12), size 8 in the field
    detector = YoloxDetector(network(tmp_path / "m.onnx", rows), squares=1, threads=1)
    frames = blue(255, height=64, width=128)  # four times as wide as the field
    np.testing.assert_allclose(detector(frames)[0].boxes, [[64, 32, 96, 64]], atol=1e-4)


def test_squares_are_merged_into_their_frame(tmp_path: Path) -> None:
    rows = {6: {0: 0.5, 1: 0.5, 4: 1.0, 5: 0.9}}
    detector = YoloxDetector(network(tmp_path / "m.onnx", rows), squares=3, threads=1)
    frames = blue(100, height=32, width=66)  # squares at 0, 17 and 34
    expected = [[left + 16, 8, left + 24, 16] for left in (0, 17, 34)]
    boxes = detector(frames)[0].boxes
    np.testing.assert_allclose(boxes[np.argsort(boxes[:, 0])], expected, atol=1e-4)
    # Where squares overlap so far that both see the same box, it is kept once.
    (found,) = YoloxDetector(network(tmp_path / "n.onnx", rows), squares=2, threads=1)(
        blue(100, height=32, width=34)
    )
    np.testing.assert_allclose(found.boxes, [[16, 8, 24, 16]], atol=1e-4)


def test_overlapping_boxes_of_one_kind_are_kept_once(tmp_path: Path) -> None:
    box = {0: 0.5, 1: 0.5, 2: LOG4, 3: LOG4, 4: 1.0}
    # Cells 5 and 6 are neighbours at stride 8: boxes of 32 shifted by 8 overlap by 24 / 40.
    rows = {5: box | {5 + 0: 0.6}, 6: box | {5 + 0: 0.8, 5 + 32: 0.7}}
    detector = YoloxDetector(network(tmp_path / "m.onnx", rows), squares=1, threads=1)
    (found,) = detector(blue(100))
    assert found.kinds == ("player", "ball")
    np.testing.assert_allclose(found.confidence, [0.8, 0.7], atol=1e-6)


@pytest.mark.parametrize("batch", [1, 2, "n"])
@pytest.mark.parametrize("squares", [1, 2])
def test_every_frame_gets_its_own_answer(batch: int | str, squares: int, tmp_path: Path) -> None:
    rows = {6: {0: 0.5, 1: 0.5, 4: 1.0, 5: 1.0}}
    path = network(tmp_path / "m.onnx", rows, batch)
    detector = YoloxDetector(path, squares=squares, threads=1)
    answers = detector(blue(20, 0, 60, 100, 80, width=32 * squares))
    assert [round(float(found.confidence.max(initial=0)), 4) for found in answers] == [
        0.2, 0, 0.6, 1.0, 0.8,
    ]  # fmt: skip
    assert detector(blue()) == []


def test_the_fingerprint_names_weights_and_settings(tmp_path: Path) -> None:
    one = network(tmp_path / "one.onnx", {})
    other = network(tmp_path / "other.onnx", {0: {4: 1.0}})
    prints = [
        YoloxDetector(one, threads=1).fingerprint,
        YoloxDetector(other, threads=1).fingerprint,
        YoloxDetector(one, threads=1, squares=3).fingerprint,
        YoloxDetector(one, threads=1, confidence=0.2).fingerprint,
        YoloxDetector(one, threads=1, overlap=0.6).fingerprint,
    ]
    assert len(set(prints)) == len(prints)
    assert YoloxDetector(one, threads=2).fingerprint == prints[0]


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissingError, match="weights of a YOLOX detector; found no file"):
        YoloxDetector(tmp_path / "none.onnx")


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.onnx"
    path.write_text("no model")
    with pytest.raises(UsageError, match=r"an ONNX file of YOLOX; found .*text\.onnx"):
        YoloxDetector(path)


def test_other_networks_are_refused(tmp_path: Path) -> None:
    path = network(tmp_path / "m.onnx", {}, columns=84)
    with pytest.raises(UsageError, match=r"rows of 85 numbers out; found .*\[1, 21, 84\]"):
        YoloxDetector(path)


def frames_of(video: Path, places: tuple[int, ...]) -> np.ndarray:
    with av.open(video) as container:
        decoded = zip(range(max(places) + 1), container.decode(video=0), strict=False)
        found = [frame.to_ndarray(format="rgb24") for place, frame in decoded if place in places]
    return np.stack(found).transpose(0, 3, 1, 2)


@pytest.mark.skipif(not WEIGHTS.is_file(), reason="no ../shared/data/weights/yolox_nano.onnx")
@pytest.mark.parametrize(
    ("video", "places", "least"),
    [
        # Players at 0.3 or more: a full view of a real match, and small figures of a rendered one.
        ("clips/broadcast-b.mp4", (0, 40), 10),
        ("clips/broadcast-c.mp4", (0, 40), 10),
        ("matches/rendered/2026/match-w01/224p.mp4", (50, 300), 5),
    ],
)
def test_the_real_network_finds_players(video: str, places: tuple[int, ...], least: int) -> None:
    if not (DATA / video).is_file():
        pytest.skip(f"no ../shared/data/{video}")
    frames = frames_of(DATA / video, places)
    detector = YoloxDetector(WEIGHTS, threads=1)
    answers = detector(frames)
    height, width = frames.shape[2:]
    for found in answers:
        players = ~found.balls & (found.confidence >= 0.3)
        assert players.sum() >= least
        sizes = found.boxes[players, 2:] - found.boxes[players, :2]
        assert np.median(sizes[:, 1]) > np.median(sizes[:, 0])
        assert sizes.max() < height
        assert (found.boxes >= 0).all()
        assert (found.boxes <= (width, height, width, height)).all()
    again: list[Detections] = [detector(frame[None])[0] for frame in frames]
    for one, other in zip(answers, again, strict=True):
        np.testing.assert_array_equal(one.boxes, other.boxes)
