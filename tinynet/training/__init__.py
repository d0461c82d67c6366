"""The loop, what it records, the file it goes on from; many runs side by side."""

from tinynet.training.loop import train
from tinynet.training.monitor import Monitor

__all__ = ["Monitor", "train"]
