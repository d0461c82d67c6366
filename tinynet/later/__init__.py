"""What came after the paper: layers, losses and optimizers that keep the contracts of the core.

``from tinynet import later``. The core knows none of them, so ``tn.load`` of a network with such
layers needs ``into=``.
"""

from tinynet.later.activations import ELU
from tinynet.later.autoencoders import BitCrossEntropy, pretrain
from tinynet.later.coordinates import coordinate_check
from tinynet.later.curvature import KFAC
from tinynet.later.dropout import Dropout
from tinynet.later.examples import Private, example_norms, gram, outer_products, weigh
from tinynet.later.losses import Hinge, Logistic
from tinynet.later.maximal_update import MaximalUpdate
from tinynet.later.normalization import BatchLayerNorm, Batchless, BatchNorm, LayerNorm, WeightNorm
from tinynet.later.optimizers import Adam, Momentum, Natural
from tinynet.later.starts import gradinit, gradmax, lsuv

__all__ = [
    "ELU",
    "KFAC",
    "Adam",
    "BatchLayerNorm",
    "BatchNorm",
    "Batchless",
    "BitCrossEntropy",
    "Dropout",
    "Hinge",
    "LayerNorm",
    "Logistic",
    "MaximalUpdate",
    "Momentum",
    "Natural",
    "Private",
    "WeightNorm",
    "gradinit",
    "gradmax",
    "lsuv",
    "pretrain",
    "example_norms",
    "gram",
    "outer_products",
    "weigh",
    "coordinate_check",
]
