"""The layers of a network that one looks at: by kind, or one by one from input to output."""

from __future__ import annotations

from tinynet.layers import Activation, Linear
from tinynet.network import Network


def activations(net: Network) -> dict[str, Activation]:
    """Give the activations by their places, from the input on, those inside blocks too."""
    return {k: layer for k, layer in net.named_layers().items() if isinstance(layer, Activation)}


def linears(net: Network) -> dict[str, Linear]:
    """Give the Linear layers by their places, from the input on, those inside blocks too."""
    return {k: layer for k, layer in net.named_layers().items() if isinstance(layer, Linear)}


def one_by_one(net: Network) -> Network:
    """Give a network whose layers in turn are all that it does.

    One with a ``forward`` or ``backward`` of its own does more than that, and counts as a layer.
    """
    plain = type(net).forward is Network.forward and type(net).backward is Network.backward
    return net if plain else Network([net])
