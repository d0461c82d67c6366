"""What a network has learnt of one question, put to others: positive and negative transfer.

Imani, Hu & White (2022) tie transfer to alignment: a representation helps where the new targets lie
along its strong directions, and hinders where they do not. Here on MNIST, where the new questions
resemble the old one more or less.
"""

from __future__ import annotations

import os

import numpy as np

from tinynet._internal import checks
from tinynet.datasets import Shuffled, mnist
from tinynet.later import Adam
from tinynet.looking import alignment, error_rate
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.network import mlp
from tinynet.studies.result import Result
from tinynet.training import train

SOURCE = "5 or more"  # what the network learns to tell
TASKS = {  # the digits of which the answer is yes, from the least alike to the source
    "odd": (1, 3, 5, 7, 9),
    "0, 2, 5, 7 or 9": (0, 2, 5, 7, 9),
    "7 or more": (7, 8, 9),
    "4 or more": (4, 5, 6, 7, 8, 9),
    SOURCE: (5, 6, 7, 8, 9),
}
COIN = "a coin"  # yes or no by chance
FEATURES = ("input", "untrained", "trained")  # the last hidden layer of the network, or the input
BATCH, DEPTH = 64, 3
FEWEST = 20  # examples: among fewer there may be no yes to a question
WEIGHTS, EXAMPLES, ORDER, TOSSES = range(4)  # the streams of a seed


def transfer(
    *,
    folder: str | os.PathLike | None = None,
    examples: int = 1000,
    width: int = 128,
    epochs: int = 60,
    steps: int = 100,
    seed: int = 0,
) -> Result:
    """Train a network on one question about digits; learn others from its last hidden layer.

    The network is of rectifiers, three hidden layers under ``he``, trained with Adam. On as many
    new images a linear model learns each question by gradient descent from 0, from the input, from
    the last hidden layer at the start, and from the same layer at the end.

    Parameters
    ----------
    folder : path, optional
        Where the files of MNIST are, if not in one of the usual places. Nothing is downloaded.
    examples : int, optional
        Images to train on, and as many new ones; at least 20, at most half of MNIST's.
    width : int, optional
        Units of a hidden layer.
    epochs : int, optional
    steps : int, optional
        Of the linear model's gradient descent, at the rate 1/s_1^2.
    seed : int, optional

    Returns
    -------
    Result
        ``left``, shape (tasks, features): the share of the targets' squared length that the linear
        model has not learnt after its steps. ``top``, shape (tasks, features): their share in the
        ten strongest directions. ``agreement``, shape (tasks,): the share of the images with the
        answer that the network was trained to give. ``train_error``, a number. The settings name
        ``tasks`` and ``features``. Targets are -1 and 1, minus their mean.

    Raises
    ------
    FileNotFoundError
        The files of MNIST are missing.
    TypeError, ValueError
        An argument cannot be used, or the files are not what they should be.
    """
    examples = checks.whole("examples", examples, FEWEST)
    width = checks.size("width", width)
    epochs, steps = checks.size("epochs", epochs), checks.size("steps", steps)
    seed = checks.seed("seed", seed)
    images, digits = mnist(folder, download=False).train
    examples = min(examples, len(images) // 2)
    drawn = np.random.default_rng([seed, EXAMPLES]).permutation(len(images))[: 2 * examples]
    (x, new_x), (seen, new) = images[drawn].reshape(2, examples, -1), digits[drawn].reshape(2, -1)

    net = mlp(
        [x.shape[1], *[width] * DEPTH, 2],
        activation="relu",
        init="he",
        rng=[seed, WEIGHTS],
        dtype=np.float32,
    )
    labels = np.isin(seen, TASKS[SOURCE]).astype(int)
    coin = np.random.default_rng([seed, TOSSES]).random(examples) < 0.5
    targets = {COIN: coin} | {task: np.isin(new, yes) for task, yes in TASKS.items()}
    untrained = {task: alignment(net, new_x, _centred(yes)) for task, yes in targets.items()}
    source = Shuffled(x, labels, [seed, ORDER])
    updates = epochs * source.batches(BATCH)
    train(net, SoftmaxCrossEntropy(), Adam(net), source, updates, batch=BATCH, progress=None)
    trained = {task: alignment(net, new_x, _centred(yes)) for task, yes in targets.items()}

    found = [(untrained[task][0], untrained[task][-1], trained[task][-1]) for task in targets]
    arrays = {
        "left": np.array([[a.left(steps) for a in features] for features in found]),
        "top": np.array([[a.top(10) for a in features] for features in found]),
        "agreement": np.array([(yes == targets[SOURCE]).mean() for yes in targets.values()]),
        "train_error": np.array(error_rate(net, x, labels)),
    }
    settings = {"examples": examples, "width": width, "epochs": epochs}
    settings |= {"steps": steps, "seed": seed}
    names = {"tasks": list(targets), "features": list(FEATURES)}
    return Result("transfer", settings | names, arrays)


def _centred(yes: np.ndarray) -> np.ndarray:
    """Return -1 and 1 for no and yes, minus their mean."""
    y = 2.0 * yes - 1
    return y - y.mean()
