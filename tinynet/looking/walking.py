"""The layers of a network that one looks at: by kind, or one by one from input to output."""

from __future__ import annotations

from tinynet.layers import Activation, Linear
from tinynet.network import Network


def activations(net: Network) -> dict[str, Activation]:
    """Return the activations by their places, from the input on, also those inside blocks."""
    return {k: layer for k, layer in net.named_layers().items() if isinstance(layer, Activation)}


def linears(net: Network) -> dict[str, Linear]:
    """Return the Linear layers by their places, from the input on, also those inside blocks."""
    return {k: layer for k, layer in net.named_layers().items() if isinstance(layer, Linear)}


def hidden(net: Network) -> list[Activation]:
    """Return the activations of the hidden layers; the output layer may have one, too."""
    places, last = list(net.named_layers()), list(linears(net))[-1:]
    end = places.index(last[0]) if last else len(places)
    return [layer for place, layer in activations(net).items() if places.index(place) < end]


def one_by_one(net: Network) -> Network:
    """Return a network that does no more than run its layers in turn.

    One with its own ``forward`` or ``backward`` does more, and becomes the only layer of another.
    """
    plain = type(net).forward is Network.forward and type(net).backward is Network.backward
    return net if plain else Network([net])
