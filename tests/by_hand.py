"""The same sums by hand: the paper's formulas with loops and einsum, in float64; and closeness.

Nothing here calls tinynet to find out what is right.
"""

import math

import numpy as np
from own_parts import Gain, Sine

import tinynet as tn


def f_by_hand(activation, s):
    if activation is tn.Sigmoid:
        return 1 / (1 + np.exp(-s))
    if activation is tn.Tanh:
        return (np.exp(s) - np.exp(-s)) / (np.exp(s) + np.exp(-s))
    if activation is tn.Softsign:
        return np.where(s > 0, 1 - 1 / (1 + np.abs(s)), 1 / (1 + np.abs(s)) - 1)
    if activation is tn.ReLU:
        return np.where(s > 0, s, 0.0)
    return np.sin(s) if activation is Sine else s


def slope_by_hand(activation, s):
    """f'(s) from y = f(s), as textbooks give it."""
    y = f_by_hand(activation, s)
    if activation is tn.Sigmoid:
        return y * (1 - y)
    if activation is tn.Tanh:
        return (1 + y) * (1 - y)
    if activation is tn.Softsign:
        return (1 - np.abs(y)) ** 2
    if activation is tn.ReLU:
        return np.where(y > 0, 1.0, 0.0)
    return np.cos(s) if activation is Sine else np.ones(s.shape)


def cost_by_hand(output, targets):
    """The mean over the batch of -log P(label), or of half the squared distance."""
    total = 0.0
    for row, target in zip(output, targets, strict=True):
        if np.ndim(target) == 0:
            total += -math.log(math.exp(row[target]) / sum(math.exp(o) for o in row))
        else:
            total += sum((o - t) ** 2 for o, t in zip(row, target, strict=True)) / 2
    return total / len(output)


def doutput_by_hand(output, targets):
    """The gradient of cost_by_hand: p - one_hot, or output - target, over the batch size."""
    doutput = np.empty(output.shape)
    for e, k in np.ndindex(output.shape):
        if targets.ndim == 1:
            p = math.exp(output[e, k]) / sum(math.exp(o) for o in output[e])
            doutput[e, k] = (p - (1 if k == targets[e] else 0)) / len(output)
        else:
            doutput[e, k] = (output[e, k] - targets[e, k]) / len(output)
    return doutput


def forward_by_hand(layer, z):
    """What leaves a layer when z enters it: s = z W + b, gamma z, or f(s)."""
    if isinstance(layer, tn.Linear):
        return np.einsum("el,lk->ek", z, layer.W.astype(float)) + layer.b
    if isinstance(layer, Gain):
        return np.einsum("ek,k->ek", z, layer.gamma.astype(float))
    return f_by_hand(type(layer), z)


def cost_from(net, k, z, targets):
    """The cost when z enters layer k, the layers before it left out."""
    for layer in net.layers[k:]:
        z = forward_by_hand(layer, z)
    return cost_by_hand(z, targets)


def pass_by_hand(net, x, targets):
    """Every array of a forward and a backward pass, under the names that ``arrays`` gives."""
    found = {}
    z = x.astype(float)
    for k, layer in enumerate(net.layers):
        found[f"{k}.x"] = z
        z = forward_by_hand(layer, z)
        found[f"{k}.y"] = z
    d = doutput_by_hand(z, targets)
    for k, layer in reversed(list(enumerate(net.layers))):
        found[f"{k}.dy"] = d
        if isinstance(layer, tn.Linear):
            found[f"{k}.dW"] = np.einsum("el,ek->lk", found[f"{k}.x"], d)  # eq 3
            found[f"{k}.db"] = np.einsum("ek->k", d)
            d = np.einsum("ek,lk->el", d, layer.W.astype(float))  # eq 2
        elif isinstance(layer, Gain):
            found[f"{k}.dgamma"] = np.einsum("ek,ek->k", found[f"{k}.x"], d)
            d = np.einsum("ek,k->ek", d, layer.gamma.astype(float))
        else:
            d = np.einsum("ek,ek->ek", d, slope_by_hand(type(layer), found[f"{k}.x"]))  # eq 2
        found[f"{k}.dx"] = d
    return found


def centred_differences(cost, array, h=1e-5):
    """dcost/darray, one number after another: (cost(a + h) - cost(a - h)) / 2h."""
    a = array.astype(float)
    gradient = np.empty(a.shape)
    for index in np.ndindex(a.shape):
        here = a[index]
        a[index] = here + h
        above = cost(a)
        a[index] = here - h
        below = cost(a)
        a[index] = here
        gradient[index] = (above - below) / (2 * h)
    return gradient


def no_kink_nearby(net):
    """Centred differences must not step over the corner of a rectifier or of softsign's slope."""
    kinked = [layer for layer in net.layers if isinstance(layer, (tn.ReLU, tn.Softsign))]
    return all(np.abs(layer.x).min() > 1e-3 for layer in kinked)


# ---------------------------------------------------------------------------- closeness


def assert_same_numbers(name, mine, by_hand):
    """As near as the rounding of the dtype allows; gradients here are 0.001 to 1."""
    rtol, atol = {"float64": (1e-11, 1e-13), "float32": (1e-5, 5e-6)}[str(mine.dtype)]
    assert mine.shape == np.shape(by_hand), name
    np.testing.assert_allclose(mine, by_hand, rtol, atol, err_msg=name)


def assert_near_differences(name, mine, differences):
    """As near as centred differences with h = 1e-5 can be."""
    rtol, atol = {"float64": (1e-6, 1e-8), "float32": (1e-4, 5e-6)}[str(mine.dtype)]
    assert mine.shape == differences.shape, name
    np.testing.assert_allclose(mine, differences, rtol, atol, err_msg=name)
