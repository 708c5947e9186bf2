"""What a photo of a class is said to show: the class's name in words, inside a sentence."""

import difflib
import re
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from touchline.errors import UsageError
from touchline.photos.mirror import MirrorMap
from touchline.synth.lora.pipeline import Pipeline

_BREAK = re.compile(r"[\s_-]+|(?<=[^\W\d_A-Z])(?=[A-Z])")
"""Between words: blanks, `_`, `-`, and before the `L` in `kickingLeft`."""
_SIDES = {"l": "left", "r": "right"}


def words_of(mirror: MirrorMap) -> dict[str, str]:
    """Each class's name as words, with `l` and `r` written out where they name a side.

    A mirrored photo comes with the label of its mirror image already, so the words of a class
    always say the side that is to be seen.

    >>> words_of(MirrorMap(("Hero", "HighKick-l", "HighKick-r", "size_l"), (0, 2, 1, 3)))
    {'Hero': 'hero', 'HighKick-l': 'high kick left', 'HighKick-r': 'high kick right', \
'size_l': 'size l'}
    """
    found = {}
    for name in mirror.classes:
        words = [word.lower() for word in _BREAK.split(name) if word]
        if name in mirror.directional:
            words = [_SIDES.get(word, word) for word in words]
        found[name] = " ".join(words)
    return found


def prompts_of(mirror: MirrorMap, sentence: str, stated: Mapping[str, str]) -> tuple[str, ...]:
    """The prompt of each class, in order.

    Args:
        mirror: the classes, and which of them have a side.
        sentence: with `{label}` in the place of the words.
        stated: words for some classes, which outrank those of their names.

    Raises:
        UsageError: words for a class that there is not, or two classes with one prompt.

    >>> classes = MirrorMap(("Kick-l", "Kick-r"), (1, 0))
    >>> prompts_of(classes, "a {label}", {"Kick-r": "shot with the right foot"})
    ('a kick left', 'a shot with the right foot')
    """
    for name in stated:
        if name not in mirror.classes:
            near = difflib.get_close_matches(name, mirror.classes, n=1, cutoff=0.0)
            raise UsageError(
                "classes of the photos in lora.words", repr(name),
                f"The nearest class is {near[0]!r}." if near else "There are no classes.",
            )  # fmt: skip
    words = words_of(mirror) | dict(stated)
    prompts = tuple(sentence.replace("{label}", words[name]) for name in mirror.classes)
    for place, prompt in enumerate(prompts):
        if (first := prompts.index(prompt)) < place:
            raise UsageError(
                "a prompt of its own for each class",
                f"{prompt!r} for both {mirror.classes[first]!r} and {mirror.classes[place]!r}",
                "Tell them apart with lora.words.",
            )
    return prompts


def embed(pipeline: Pipeline, prompts: Sequence[str]) -> Tensor:
    """What the text encoder makes of prompts; the last row is of no words at all.

    Each is computed by itself, so that it does not depend on the others, and once, so that the
    text encoder need not stay in memory.

    Returns:
        `(prompts + 1, tokens, features)`, on the CPU, in the precision of the text encoder.

    Raises:
        UsageError: a prompt is longer than the text encoder reads, so that its end would be lost.
    """
    tokenizer, most = pipeline.tokenizer, pipeline.text_encoder.config.max_position_embeddings
    rows = []
    for prompt in (*prompts, ""):
        count = len(tokenizer(prompt).input_ids)
        if count > most:
            raise UsageError(
                f"prompts of at most {most} tokens", f"{count} in {prompt!r}",
                "Shorten lora.prompt, or the class's words in lora.words.",
            )  # fmt: skip
        tokens = tokenizer(prompt, padding="max_length", max_length=most, return_tensors="pt")
        with torch.no_grad():
            rows.append(pipeline.text_encoder(tokens.input_ids).last_hidden_state)
    return torch.cat(rows)
