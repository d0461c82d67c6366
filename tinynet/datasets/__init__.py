"""Where examples come from: a source has ``draw(n)``, which gives ``(x, labels)``."""

from tinynet.datasets.shapeset import Shapeset

__all__ = ["Shapeset"]
