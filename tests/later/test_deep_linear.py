"""Lesson L6: deep linear networks by their closed forms, the runs beside them, silent alignment."""

import numpy as np
import pytest

import tinynet as tn

SEEDS = pytest.mark.parametrize("seed", [0, 1])
M = 8  # things: the leaves of a tree of three levels, and a feature for each of its 15 nodes
TREE = [[leaf >> k == g for k in (3, 2, 1, 0) for g in range(8 >> k)] for leaf in range(M)]
X, T = np.eye(M), np.array(TREE, float)
U, S, V = np.linalg.svd(X.T @ T / M, full_matrices=False)


def linear(*weights):
    return tn.Network([tn.Linear(*W.shape, bias=False, init=lambda *_, W=W: W) for W in weights])


def modes(output):
    return np.diag(U.T @ output @ V.T)


def descend(net, x, t, lr, updates, look=modes):
    loss, sgd, found = tn.Quadratic(), tn.SGD(net, lr), []
    for _ in range(updates):
        output = net.forward(x)
        found.append(look(output))
        loss.forward(output, t)
        net.backward(loss.backward())
        sgd.step()
    return np.array(found)


def aligned(d, u, rotations=True):
    """Weights of d layers in which each mode is alone, with the strength u."""
    a, W = u ** (1 / d), [U, *[np.eye(M)] * (d - 1)]
    W[-1] = W[-1] @ V
    for k in range(d - 1):
        R = tn.orthogonal(M, M, rng=k) if rotations else np.eye(M)
        W[k], W[k + 1] = W[k] @ R, R.T @ W[k + 1]
    return [a * w for w in W]


def closed(n, a0, lr):
    E = np.exp(2 * S * lr * n)
    return M * S * E / (E - 1 + M * S / a0)


def halves(u):
    return np.argmax(u > M * S / 2, axis=0)


# ---------------------------------------------------------------------------- modes


def test_the_singular_values_of_the_tree():
    np.testing.assert_allclose(S[[0, 1, 2, 3]], [0.484, 0.331, 0.217, 0.217], atol=5e-4)
    np.testing.assert_allclose(S[4:], 0.125, atol=1e-12)


@pytest.mark.parametrize("d", [1, 2, 3, 4])
@pytest.mark.parametrize("lr", [0.05, 0.2])
def test_each_mode_lives_alone_whatever_the_rotations_between_the_layers(d, lr):
    u = descend(linear(*aligned(d, 1e-3)), X, T, lr, 400)
    a = np.full(M, 1e-3 ** (1 / d))
    for found in u:
        np.testing.assert_allclose(found, a**d, atol=1e-10)
        a = a + lr * a ** (d - 1) * (S - a**d / M)


def test_one_layer_from_zero_has_no_order():
    u = descend(linear(np.zeros((M, 15))), X, T, 0.05, 300)
    n = np.arange(300)[:, None]
    np.testing.assert_allclose(u, M * S * (1 - (1 - 0.05 / M) ** n), atol=1e-10)
    assert np.ptp(halves(u)) == 0


def test_the_closed_form_solves_its_equation_and_is_half_when_it_says():
    n, a0, lr, h = np.linspace(0, 900, 50)[:, None], 1e-3, 0.05, 1e-3
    u = closed(n, a0, lr)
    slope = (closed(n + h, a0, lr) - closed(n - h, a0, lr)) / (2 * h)
    np.testing.assert_allclose(slope, 2 * lr * u * (S - u / M), atol=1e-8)
    np.testing.assert_allclose(closed(0, a0, lr), a0, rtol=1e-10)
    at = np.log(M * S / a0 - 1) / (2 * S * lr)
    np.testing.assert_allclose(closed(at, a0, lr), M * S / 2, rtol=1e-10)
    rise = np.log(81) / (2 * S * lr)  # from 10 to 90 %
    first = np.log((M * S / a0 - 1) / 9) / (2 * S * lr)
    np.testing.assert_allclose(closed(first, a0, lr), 0.1 * M * S, rtol=1e-10)
    np.testing.assert_allclose(closed(first + rise, a0, lr), 0.9 * M * S, rtol=1e-10)


def test_a_run_keeps_to_the_closed_form_and_four_times_the_rate_is_four_times_as_far_off():
    off = {}
    for lr, updates in ((0.05, 1000), (0.2, 250)):
        u = descend(linear(*aligned(2, 1e-3)), X, T, lr, updates)
        off[lr] = (np.abs(u - closed(np.arange(updates)[:, None], 1e-3, lr)) / (M * S)).max()
    assert off[0.05] < 0.03
    assert off[0.2] / off[0.05] == pytest.approx(4, abs=0.5)


@SEEDS
def test_from_small_random_weights_the_stronger_mode_is_learnt_first(seed):
    """Sums of modes of the same s: singly they depend on which of them LAPACK gives."""
    W = 0.02 * np.random.default_rng(seed).normal(size=(M, 23))
    u = descend(linear(W[:, :8], W[:, 8:]), X, T, 0.2, 400)
    groups = ([0], [1], [2, 3], [4, 5, 6, 7])
    at = [np.argmax((u[:, g] / (M * S[g])).mean(axis=1) > 0.5) for g in groups]
    assert at == sorted(at)
    assert np.diff(at).min() > 10
    products = np.array(at) * [S[g[0]] for g in groups]
    assert products.max() / products.min() < 1.5


# ---------------------------------------------------------------------------- inputs


@SEEDS
def test_a_layer_learns_each_principal_component_at_its_own_pace(seed):
    x, labels = tn.Shapeset(rng=seed).draw(60)
    x, t = x.astype(float) - x.mean(axis=0, dtype=float), np.eye(9)[labels]
    P, root, _ = np.linalg.svd(x, full_matrices=False)
    factor = 1 - 0.004 * root[:20] ** 2 / len(x)
    net = tn.mlp([1024, 9], rng=seed)
    errors = descend(net, x, t, 0.004, 200, lambda y: P.T[:20] @ (y - t))
    expected = errors[0] * factor[:, None] ** np.arange(200)[:, None, None]
    np.testing.assert_allclose(errors, expected, atol=1e-10)


@pytest.mark.long
@SEEDS
@pytest.mark.parametrize("activation", ["identity", "tanh"])
def test_deep_networks_learn_along_the_components_too(activation, seed):
    x, labels = tn.Shapeset(rng=seed).draw(100)
    x, t = x.astype(float) - x.mean(axis=0, dtype=float), np.eye(9)[labels]
    P = np.linalg.svd(x, full_matrices=False)[0].T[[0, 1, 3, 7]]
    net = tn.mlp([1024, 50, 50, 9], activation=activation, init="standard", rng=seed)
    error = descend(net, x, t, 0.004, 900, lambda y: np.linalg.norm(P @ (y - t), axis=1))
    assert (error[-1] < error[0] / 2).all()
    at = np.argmax(error < error[0] / 2, axis=0)
    assert (np.diff(at) > 0).all()


# ---------------------------------------------------------------------------- silent alignment


def kernel(net, x):
    net.forward(x)
    net.backward(np.ones((len(x), 1)))
    return sum((layer.x @ layer.x.T) * (layer.dy @ layer.dy.T) for layer in net.layers)


def test_the_kernel_is_made_of_the_gradients_of_each_output():
    rng = np.random.default_rng(0)
    net, x = linear(rng.normal(size=(4, 3)), rng.normal(size=(3, 1))), rng.normal(size=(5, 4))
    K, gradients = kernel(net, x), []
    for example in x:
        net.forward(example[None])
        net.backward(np.ones((1, 1)))
        gradients.append(np.concatenate([layer.dW.ravel() for layer in net.layers]))
    np.testing.assert_allclose(K, np.array(gradients) @ np.array(gradients).T, rtol=1e-10)


@SEEDS
def test_from_a_small_start_the_kernel_turns_before_the_cost_falls(seed):
    rng, found = np.random.default_rng(seed), {}
    x = np.sqrt(60) * np.linalg.qr(rng.normal(size=(60, 20)))[0]
    t = x[:, :1]
    for scale in (0.02, 1.0):
        net = linear(scale * tn.lecun(20, 50, rng), scale * tn.lecun(50, 1, rng))

        def look(output, net=net):
            K = kernel(net, x)
            size = np.linalg.norm(K)
            return ((output - t) ** 2).sum(), (t.T @ K @ t).item() / (t**2).sum() / size, size

        cost, angle, size = descend(net, x, t, 0.05, 600, look).T
        at = np.argmax(cost < 0.9 * cost[0])
        found[scale] = angle[0], angle[at], angle[-1], size[at] / size[-1]
    start, turned, end, size = found[0.02]
    assert start == pytest.approx(1 / np.sqrt(20), abs=0.06)
    assert turned > 0.40
    assert size < 0.15
    assert end == pytest.approx(2 / np.sqrt(23), abs=0.002)
    assert max(found[1.0][:3]) < 0.3
