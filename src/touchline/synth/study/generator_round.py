"""The generator of a round: taught on that round's training photos alone, its photos made once."""

from collections import Counter

from touchline.errors import UsageError
from touchline.photos.synthetic.leaks import refuse_leak
from touchline.photos.synthetic.made import seen_from_rows, seen_photos
from touchline.photos.synthetic.reading import Synthetic, read_synthetic
from touchline.runs import Run
from touchline.synth.learning import teach
from touchline.synth.lesson import Lesson, stacked
from touchline.synth.run_files import SEEN, write_beginning
from touchline.synth.sample import sample
from touchline.synth.study.arms import added
from touchline.synth.study.round_work import RoundWork


def lesson_of(work: RoundWork) -> Lesson:
    """What the generator of a round may see: the training photos, and nothing to be chosen by.

    Its best snapshot is that whose photos are nearest to the training photos.
    """
    config = work.generator_config
    nothing = stacked(config, work.gathered, [])
    return Lesson(
        work.study.mirror, work.study.mirroring, stacked(config, work.gathered, work.round.train),
        nothing, nothing, seen_photos(work.gathered, work.round.train),
    )  # fmt: skip


def refuse_leaking_round(work: RoundWork) -> None:
    """Raise where the photos to be learnt from and those that score cannot be told apart.

    Raises:
        UsageError: a photo that scores, or one of its group, would be learnt from.
    """
    refuse_leak(
        work.gathered, work.round.judging, seen_photos(work.gathered, work.round.train), work.named
    )


def teach_generator(work: RoundWork) -> Run:
    """Teach the generator of a round, or go on with it; one that has learnt is left as it is.

    Raises:
        EnvironmentMissingError: a limit was met in mid-work.
        InterruptedRunError: stopped by the person.
    """
    run, config = work.generator, work.generator_config
    if work.taught.is_file():
        return run
    run.folder.mkdir(parents=True, exist_ok=True)
    lesson = lesson_of(work)
    write_beginning(run, config, lesson)
    taught = teach(config, lesson, run.folder, work.tracker, resume=True)
    run.write_json(work.taught.name, {
        "images": taught.images, "seconds": taught.seconds, "stopped": taught.stopped,
    })  # fmt: skip
    return run


def make_photos(work: RoundWork) -> Synthetic:
    """The synthetic photos of a round: the most that an arm needs, in the real photos' class mix.

    What lies in the folder of the round is not trusted: the generator, and the photos, must be of
    this round's training photos, and may have seen nothing that scores.

    Raises:
        UsageError: the generator has seen a photo that scores, or is not of this round.
    """
    refuse_foreign_generator(work)
    study, train = work.study, work.round.train
    labels = study.labels[train]
    wanted = Counter(labels[added(labels, max(work.config.ratios))].tolist())
    counts = {study.classes[place]: count for place, count in sorted(wanted.items())}
    for _ in sample(work.generator, work.made, counts, work.config.seed, device=work.config.device):
        pass
    return read_synthetic(work.made, study, work.gathered, work.round.judging)


def refuse_foreign_generator(work: RoundWork) -> None:
    """Raise where a generator has seen a photo that scores, or other photos than it should.

    Raises:
        UsageError: names the photos that leaked, or the folder of the generator.
    """
    try:
        seen = seen_from_rows(work.generator.read_json(SEEN))
    except (ValueError, TypeError, KeyError) as error:
        raise UsageError(
            f"the list of what {work.named} has seen",
            f"{work.generator.file(SEEN)}, which is damaged: {error}", _anew(work),
        ) from error  # fmt: skip
    refuse_leak(work.gathered, work.round.judging, seen, work.named)
    wanted = {each.sha256 for each in seen_photos(work.gathered, work.round.train)}
    if {each.sha256 for each in seen} != wanted:
        raise UsageError(
            f"{work.named}, taught on that round's photos",
            f"one that has seen others in {work.generator.folder}", _anew(work),
        )  # fmt: skip


def _anew(work: RoundWork) -> str:
    return f"Remove {work.folder} and go on with --resume; the round is then worked anew."
