"""Figure 12 of the paper, and two columns of its Table 1: test error on MNIST and CIFAR-10.

Both sets are finite: an epoch goes once through the training images, in batches of 10.
"""

from __future__ import annotations

from tinynet.studies.race import Size

EPOCH = {"mnist": 5_000, "cifar10": 4_000}  # updates
# Table 1 of the paper: test error in %. It does not say after how many epochs.
PAPER = {
    "mnist": {
        "softsign": 1.64,
        "softsign_n": 1.72,
        "tanh": 1.76,
        "tanh_n": 1.64,
        "sigmoid": 2.21,
    },
    "cifar10": {
        "softsign": 55.78,
        "softsign_n": 53.8,
        "tanh": 55.9,
        "tanh_n": 52.92,
        "sigmoid": 57.28,
    },
}
EPOCHS = {"mnist": 20, "cifar10": 10}  # at the paper's width
# A rate is tried for one of the quick size's five epochs, and for two of the medium size's.
SIZES = {
    data: {
        "quick": Size("quick", width=100, updates=5 * epoch, search=epoch, step=epoch),
        "medium": Size(
            "medium", width=1000, updates=EPOCHS[data] * epoch, search=2 * epoch, step=epoch
        ),
    }
    for data, epoch in EPOCH.items()
}
