"""Pre-training on MNIST: layers that first learn without labels, at several rates afterwards.

Bengio et al. (2007) and Vincent et al. (2010) begin deep networks that way; Erhan et al. (2010)
ask what it does: mostly, it regularizes.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Sequence

import numpy as np

from tinynet._internal import checks
from tinynet.datasets import Dataset, Shuffled, mnist
from tinynet.later.autoencoders import pretrain
from tinynet.looking import error_rate, mean_cost
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.network import Network
from tinynet.optimizers import SGD
from tinynet.studies import seeded
from tinynet.studies.rates import errors_of, shuffled, when_to_look
from tinynet.studies.result import Result
from tinynet.training import train

WAYS = ("without", "with")
DEPTH, BATCH = 5, 10
FEW = 1000  # labels, for the second question
SHALLOW = 3  # hidden layers of the tanh network that has few
PRE_TRAINING = 5  # a stream of a seed, beside those of the seeded networks


def pre_training(
    *,
    folder: str | os.PathLike | None = None,
    rates: Sequence[float] = (0.1, 0.3, 1.0, 3.0),
    updates: int = 3000,
    unlabelled: int = 1000,
    width: int = 100,
    networks: int = 2,
    seed: int = 0,
) -> Result:
    """Train five sigmoid layers under ``standard`` on MNIST, pre-trained or not, at several rates.

    Batches of 10; of 20 without labels, and the rate 0.1 there. Besides, three tanh layers under
    ``normalized`` learn from 1000 labels, at the rate 0.1, in half as many updates. Pre-trained,
    each of them has seen all images before, in as many updates, at the rate 0.01.

    Parameters
    ----------
    folder : path, optional
        Where the files of MNIST are, if not in one of the usual places. Nothing is downloaded.
    rates : sequence of float, optional
        Learning rates of the updates with labels.
    updates : int, optional
        With labels.
    unlabelled : int, optional
        Updates of each layer before these.
    width : int, optional
        Units of a hidden layer.
    networks : int, optional
        Of each kind, each from a seed of its own.
    seed : int, optional

    Returns
    -------
    Result
        ``updates``, shape (T,), and ``error``, shape (2, rates, networks, T): the share of test
        images misclassified after so many, without pre-training and with it. ``mending``, shape
        (networks, layers, 2): the cost of the auto-encoders in nats, at first and at last. With few
        labels: ``few_error`` and ``few_cost``, shape (2, networks), the test error and the cost on
        the 1000 images.

    Raises
    ------
    FileNotFoundError
        The files of MNIST are missing.
    TypeError, ValueError
        An argument cannot be used, or the files are not what they should be.
    """
    rates = checks.positives("rates", rates)
    updates, width = checks.size("updates", updates), checks.size("width", width)
    unlabelled = checks.size("unlabelled", unlabelled)
    networks, seed = checks.size("networks", networks), checks.seed("seed", seed)
    data, looks = mnist(folder, download=False), when_to_look(updates)
    few = data.train[0][:FEW], data.train[1][:FEW]
    errors, mending, few_errors, few_costs = [], [], [], []
    for one in range(seed, seed + networks):
        plain = seeded.network("sigmoid", "standard", width, DEPTH, one, "mnist")
        ready = copy.deepcopy(plain)
        source = shuffled(data.train, one)
        costs = pretrain(ready, source, unlabelled, rng=[one, PRE_TRAINING])
        at_last = max(1, unlabelled // 20)
        mending.append([(cost[0], cost[-at_last:].mean()) for cost in costs])
        errors.append(
            [[_errors(net, lr, data, one, looks) for lr in rates] for net in (plain, ready)]
        )

        plain = seeded.network("tanh", "normalized", width, SHALLOW, one, "mnist")
        ready, loss = copy.deepcopy(plain), SoftmaxCrossEntropy()
        source = shuffled(data.train, one)
        pretrain(ready, source, (updates + 1) // 2, lr=0.01, rng=[one, PRE_TRAINING])
        for net in (plain, ready):
            known = Shuffled(*few, [one, seeded.TRAINING])
            train(net, loss, SGD(net, 0.1), known, (updates + 1) // 2, progress=None)
            few_errors.append(error_rate(net, *data.test))
            few_costs.append(mean_cost(net, loss, *few))
    arrays = {
        "updates": looks,
        "error": np.moveaxis(np.array(errors), 0, 2),
        "mending": np.array(mending),
        "few_error": np.array(few_errors).reshape(networks, 2).T,
        "few_cost": np.array(few_costs).reshape(networks, 2).T,
    }
    settings = {"ways": list(WAYS), "rates": rates, "updates": updates, "unlabelled": unlabelled}
    return Result("pre_training", settings | {"width": width, "seed": seed}, arrays)


def _errors(net: Network, lr: float, data: Dataset, seed: int, looks: np.ndarray) -> np.ndarray:
    """Train a copy with labels, and return its test errors."""
    net = copy.deepcopy(net)
    return errors_of(net, SGD(net, lr), shuffled(data.train, seed), data.test, BATCH, looks)
