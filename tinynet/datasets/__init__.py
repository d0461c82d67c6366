"""Where examples come from: a source has ``draw(n)``, which gives ``(x, labels)``."""

from tinynet.datasets.shapeset import Shapeset
from tinynet.datasets.shuffled import Shuffled

__all__ = ["Shapeset", "Shuffled"]
