"""What the arms of a study add to the real photos of a round, as photos to learn from only."""

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from torch import Tensor

from touchline.files import sha256_of_file, write_atomically
from touchline.media.augment import augment
from touchline.media.framing import as_pixels, side_needed
from touchline.media.images import read_image
from touchline.media.prefetch import prefetch
from touchline.photos.features import Source
from touchline.photos.study import LearnOnly, Study
from touchline.reporting.progress import track
from touchline.synth.photo_stack import PhotoStack
from touchline.synth.study.arms import added, numbered


def synthetic_photos(made: LearnOnly, labels: np.ndarray, ratio: float) -> LearnOnly:
    """The first synthetic photos of each class, in the class mix of the real ones.

    A photo that was left out when they were read is not replaced.

    Args:
        made: all of the round, each file named by its number within its class.
        labels: `(n,)` classes of the real photos learnt from.
        ratio: synthetic photos for each.
    """
    files = zip(made.labels.tolist(), made.sources, strict=True)
    place = {(label, int(source.path.stem)): number for number, (label, source) in enumerate(files)}
    wanted = numbered(labels[added(labels, ratio)].tolist())
    chosen = [place[each] for each in wanted if each in place]
    return LearnOnly(tuple(made.sources[number] for number in chosen), made.labels[chosen])


def changed_photos(study: Study, train: np.ndarray, ratio: float, folder: Path) -> LearnOnly:
    """As many randomly changed real photos, by the classifier's own augmentation.

    A recipe that trains by gradient changes every photo anew in each epoch: it is given the real
    photos more often. The probe sees fixed pictures: they are changed once and written to `folder`,
    the same for the same seed and photo in every round.

    Args:
        study: the real photos.
        train: `(n,)` places of those learnt from.
        ratio: changed photos for each.
        folder: for the pictures; what is there already is used.
    """
    places = train[added(study.labels[train], ratio)]
    if study.config.recipe != "probe":
        return LearnOnly(tuple(study.sources[place] for place in places), study.labels[places])
    draws = numbered(places.tolist())
    files = prefetch(lambda each: _changed(study, *each, folder), draws)
    return LearnOnly(tuple(track(files, "Changing photos", len(draws))), study.labels[places])


def small_copies(stack: PhotoStack, folder: Path) -> LearnOnly:
    """The real photos once more as the generator sees them, written to `folder`."""
    sources = []
    for pixels, sha256 in zip(stack.pixels, stack.sha256s, strict=True):
        path = folder / f"{sha256}.png"
        if not path.is_file():
            write_atomically(path, _png(pixels))
        sources.append(Source(path, sha256_of_file(path)))
    return LearnOnly(tuple(sources), stack.labels)


def _changed(study: Study, place: int, draw: int, folder: Path) -> Source:
    source = study.sources[place]
    path = folder / f"{source.sha256}-{draw}.png"
    if not path.is_file():
        words = f"{study.config.seed}/{source.sha256}/{draw}".encode()
        chance = np.random.default_rng(list(words))
        write_atomically(path, _png(augment(_shown(study, source), study.augmentation, chance)))
    return Source(path, sha256_of_file(path))


def _shown(study: Study, source: Source) -> Tensor:
    """The photo, no larger than the classifier's largest view needs it."""
    largest = max(view.size for view in study.views)
    whole = all(side_needed(view.framing) == "longer" for view in study.views)
    image = read_image(source.path, at_least=largest, side="longer" if whole else "shorter")
    scale = largest / (max(image.size) if whole else min(image.size))
    if scale < 1:
        size = round(image.width * scale), round(image.height * scale)
        image = image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    return as_pixels(image)


def _png(pixels: Tensor) -> bytes:
    content = BytesIO()
    Image.fromarray(pixels.permute(1, 2, 0).numpy()).save(content, "PNG")
    return content.getvalue()
