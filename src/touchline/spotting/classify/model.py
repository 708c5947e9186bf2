"""A taught classifier of clips, kept in a run and taken out again."""

from collections.abc import Sequence
from dataclasses import dataclass

from touchline.errors import UsageError
from touchline.files import sha256_of_file
from touchline.reporting.confidence import Numbers
from touchline.runs import Run
from touchline.settings import resolve
from touchline.spotting.classify.clips import LabelledClip, clips_of
from touchline.spotting.classify.config import ClassifyConfig
from touchline.spotting.classify.examples import ClipExamples, tracks_of
from touchline.spotting.classify.learning import confidences_of
from touchline.spotting.classify.network import ClipClassifier, build_clip_classifier
from touchline.spotting.footage import Footage
from touchline.training.devices import DeviceName, PrecisionName, choose_device
from touchline.training.saved_weights import load_saved_weights


@dataclass(frozen=True)
class TrainedClipClassifier:
    """Everything needed to say what happens in clips.

    Attributes:
        network: in evaluation mode, on the device where it runs.
        classes: the labels, in the order of the columns.
        config: what it was taught with; device and precision are those it runs with.
        name: of its run.
    """

    network: ClipClassifier
    classes: tuple[str, ...]
    config: ClassifyConfig
    name: str

    def clips_of(self, footage: Sequence[Footage]) -> list[LabelledClip]:
        """All clips of some videos, cut as those that it was taught with."""
        return clips_of(footage, self.config.clips, self.config.frames.rate)

    def confidences(self, clips: Sequence[LabelledClip]) -> Numbers:
        """Of each class for each clip, in order, in [0, 1]: `(clips, classes)`.

        Raises:
            UnreadableVideoError: when a video cannot be opened.
        """
        pieces = list({clip.footage.video: clip.footage for clip in clips}.values())
        tracks = tracks_of(self.config, pieces)
        examples = ClipExamples(self.config, self.network, self.classes, tracks)
        return confidences_of(self.network, clips, examples)


def save_clip_classifier(run: Run, classes: Sequence[str], config: ClassifyConfig) -> None:
    """Write what `load_clip_classifier` needs besides the configuration and the weights."""
    run.write_json("labels.json", {"classes": list(classes), "clips": config.clips.kind})
    run.write_json("preprocess.json", {"weights_sha256": sha256_of_file(run.weights)})


def load_clip_classifier(
    run: Run, device: DeviceName = "auto", precision: PrecisionName = "auto"
) -> TrainedClipClassifier:
    """The classifier of a finished run.

    Raises:
        UsageError: when the run is unfinished, damaged, or one of a spotter.
        EnvironmentMissingError: when the device is not there.
    """
    labels = run.read_json("labels.json")
    if "clips" not in labels:
        raise UsageError(
            "the run of a classifier of clips", f"a run of another kind at {run.folder}",
            "Make one with `touchline spotting classify DATA --out RUN`.",
        )  # fmt: skip
    config = resolve(ClassifyConfig, run.config, words=("encoder.weights=random",))
    network = build_clip_classifier(config, len(labels["classes"]))
    load_saved_weights(network, run.weights)
    return TrainedClipClassifier(
        network=network.eval().requires_grad_(False).to(choose_device(device)),
        classes=tuple(labels["classes"]),
        config=config.model_copy(update={"device": device, "precision": precision}),
        name=run.folder.name,
    )
