"""Where examples come from.

A source, such as Shapeset, has ``draw(n)``, which returns ``(x, labels)``. Finite sets are read
from files in three parts, and ``Shuffled`` makes a source of one of them.
"""

from tinynet.datasets.cifar10 import cifar10
from tinynet.datasets.dataset import Dataset
from tinynet.datasets.mnist import mnist
from tinynet.datasets.shapeset import Shapeset
from tinynet.datasets.shuffled import Shuffled
from tinynet.datasets.small_imagenet import small_imagenet

__all__ = ["Dataset", "Shapeset", "Shuffled", "cifar10", "mnist", "small_imagenet"]
