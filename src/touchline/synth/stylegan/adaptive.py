"""How strongly to augment: more when the discriminator begins to know its photos by heart.

The sign of it is r_t, the mean sign of the verdicts on real photos: 0 when it cannot tell at all,
1 when it has learnt them.
"""

from dataclasses import dataclass, replace

from torch import Tensor


@dataclass(frozen=True)
class AdaptiveStrength:
    """The strength and what was observed since it last changed.

    Attributes:
        strength: the probability, 0 to 1, of each augmentation of a picture.
        signs: the sum of the signs of the verdicts on real photos.
        verdicts: how many verdicts there were.
    """

    strength: float = 0.0
    signs: float = 0.0
    verdicts: int = 0

    def observed(self, verdicts: Tensor) -> "AdaptiveStrength":
        """Take note of the verdicts `(n,)` on real photos."""
        signs = self.signs + float(verdicts.detach().sign().sum())
        return replace(self, signs=signs, verdicts=self.verdicts + len(verdicts))

    def adjusted(self, target: float, images: int) -> "AdaptiveStrength":
        """Move the strength towards the target, and begin to observe anew.

        Args:
            target: the r_t to hold; above it the strength grows, below it shrinks.
            images: in how many images the strength goes from 0 to 1.

        >>> AdaptiveStrength(0.5, signs=80, verdicts=100).adjusted(0.6, images=1000).strength
        0.6
        >>> AdaptiveStrength(0.5, signs=40, verdicts=100).adjusted(0.6, images=1000).strength
        0.4
        """
        if not self.verdicts:
            return self
        excess = self.signs / self.verdicts - target
        step = self.verdicts / images * ((excess > 0) - (excess < 0))
        return AdaptiveStrength(min(max(self.strength + step, 0.0), 1.0))
