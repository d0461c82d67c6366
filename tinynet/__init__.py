"""tinynet: a multi-layer perceptron in plain NumPy that you can see through.

Start reading in ``layers.py``. After ``forward`` and ``backward``, every array that the algebra
names is on the layer that made it.
"""

import sys

from tinynet._internal import progress as progress
from tinynet._internal.versions import __version__ as __version__
from tinynet.activations import Identity, ReLU, Sigmoid, Softsign, Tanh
from tinynet.datasets import Dataset, Shapeset, Shuffled, cifar10, mnist, small_imagenet
from tinynet.initializers import he, lecun, normalized, orthogonal, standard
from tinynet.layers import Activation, Linear
from tinynet.looking import (
    alignment,
    chance,
    compare_traces,
    confusion,
    error_rate,
    gradient_check,
    jacobian,
    mean_cost,
    mean_square_singular_value,
    predict,
    singular_values,
    summary,
    trace,
)
from tinynet.losses import Quadratic, SoftmaxCrossEntropy, softmax
from tinynet.network import Network, mlp
from tinynet.optimizers import SGD
from tinynet.saving import load, save
from tinynet.training import train
from tinynet.training.monitor import Monitor

# What is handed to ``progress=`` has a public address: from tinynet.progress import Silent.
sys.modules["tinynet.progress"] = progress

__all__ = [
    "SGD",
    "Activation",
    "Dataset",
    "Identity",
    "Linear",
    "Monitor",
    "Network",
    "Quadratic",
    "ReLU",
    "Shapeset",
    "Shuffled",
    "Sigmoid",
    "SoftmaxCrossEntropy",
    "Softsign",
    "Tanh",
    "alignment",
    "chance",
    "cifar10",
    "compare_traces",
    "confusion",
    "error_rate",
    "gradient_check",
    "he",
    "jacobian",
    "lecun",
    "load",
    "mean_cost",
    "mean_square_singular_value",
    "mlp",
    "mnist",
    "normalized",
    "orthogonal",
    "predict",
    "save",
    "singular_values",
    "small_imagenet",
    "softmax",
    "standard",
    "summary",
    "trace",
    "train",
]
