"""K-FAC: its factors, its step and its Fisher against brute force, and what it refuses."""

import numpy as np
import pytest
from data_files import real
from hypothesis import given
from hypothesis import strategies as st
from own_parts import assert_same_bits

import tinynet as tn
from tinynet import later
from tinynet.later import curvature

SIZES = [4, 5, 3]


def drawn(shape, seed=0, dtype=np.float64):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def passed(net, m=6, seed=0, loss=None):
    """Take the first three of the four lines on random examples."""
    n_in, n_out = net.layers[0].n_in, net.layers[-1].n_out
    loss = loss or tn.SoftmaxCrossEntropy()
    labels = np.random.default_rng(seed).integers(n_out, size=m)
    loss.forward(net.forward(drawn((m, n_in), seed, net.dtype)), labels)
    net.backward(loss.backward())
    return net


def mlp(sizes=SIZES, **keywords):
    return tn.mlp(sizes, rng=0, **keywords)


def close(a, b, atol=1e-12):
    np.testing.assert_allclose(a, b, rtol=0, atol=atol)


# ---------------------------------------------------------------------------- the equations


def gradients_of(net, x, label):
    """Return [x 1] and ds of each Linear for one example, were this its label."""
    view = net.view()
    p = tn.softmax(view.forward(x[None]))
    view.backward(p - np.eye(p.shape[1])[label])
    layers = [layer for layer in view.layers if layer.parameters]
    return [
        (np.append(layer.x, [1.0] * ("b" in layer.parameters)), layer.dy[0]) for layer in layers
    ]


@pytest.mark.parametrize("bias", [True, False])
def test_factors_are_means_of_outer_products_of_each_examples_x_and_own_ds(bias):
    net = passed(tn.Network([tn.Linear(4, 5, rng=0, bias=bias), tn.Tanh(), tn.Linear(5, 3, rng=1)]))
    p = tn.softmax(net.layers[-1].y)
    labels = curvature.drawn(p, np.random.default_rng(7)).argmax(axis=1)
    found = [gradients_of(net, *pair) for pair in zip(net.layers[0].x, labels, strict=True)]
    kfac = later.KFAC(net, rng=7)
    kfac.step()
    for place, pairs in zip(("0", "2"), zip(*found, strict=True), strict=True):
        close(kfac.A[place], np.mean([np.outer(x, x) for x, _ in pairs], axis=0))
        close(kfac.G[place], np.mean([np.outer(ds, ds) for _, ds in pairs], axis=0))


@given(st.integers(1, 5), st.integers(1, 5), st.floats(1e-3, 1.0))
def test_the_step_solves_with_the_kronecker_product_of_the_damped_factors(n_in, n_out, damping):
    A, G = curvature.factors(drawn((9, n_in)), drawn((9, n_out), 1))
    gradient = drawn((n_in + 1, n_out), 2)
    pi = np.sqrt(A.diagonal().mean() / G.diagonal().mean())
    r = np.sqrt(damping)
    F = np.kron(A + pi * r * np.eye(len(A)), G + r / pi * np.eye(len(G)))
    slow = np.linalg.solve(F, gradient.ravel()).reshape(gradient.shape)
    A_inverse, G_inverse = curvature.damped_inverses(A, G, damping)
    close(A_inverse @ gradient @ G_inverse, slow, 1e-10 * np.abs(slow).max())


def test_a_step_is_minus_lr_times_that_and_moves_w_and_b_together():
    net = passed(mlp())
    before = {name: array.copy() for name, array in net.named_parameters().items()}
    kfac = later.KFAC(net, 0.5, damping=0.1, trust=1e9, rng=0)
    kfac.keep = True
    kfac.step()
    for place in ("0", "2"):
        layer = net.named_layers()[place]
        A_inverse, G_inverse = curvature.damped_inverses(kfac.A[place], kfac.G[place], 0.1)
        step = A_inverse @ np.vstack([layer.dW, layer.db]) @ G_inverse
        close(kfac.last[f"{place}.W"], -0.5 * step[:-1])
        close(kfac.last[f"{place}.b"], -0.5 * step[-1])
        close(layer.W, before[f"{place}.W"] - 0.5 * step[:-1])
    assert list(kfac.last) == list(before)


def test_of_one_input_the_product_of_the_factors_is_the_fisher_itself():
    net, x = mlp([4, 3]), drawn(4)
    p = tn.softmax(net.forward(x[None]))[0]
    F, G = 0.0, 0.0
    for label, chance in enumerate(p):
        [(x_1, ds)] = gradients_of(net, x, label)
        one = np.outer(x_1, ds).ravel()
        F, G = F + chance * np.outer(one, one), G + chance * np.outer(ds, ds)
    A, _ = curvature.factors(x[None], ds[None])
    close(np.kron(A, G), F)
    close(G, np.diag(p) - np.outer(p, p))


def test_labels_are_drawn_as_often_as_the_softmax_says():
    p = tn.softmax(np.array([[0.0, 1.0, -1.0, 0.5]]))
    labels = curvature.drawn(np.repeat(p, 40_000, axis=0), np.random.default_rng(0))
    assert (labels.sum(axis=1) == 1).all()
    close(labels.mean(axis=0), p[0], 0.01)
    sure = np.eye(3)[[2, 0, 1]]
    np.testing.assert_array_equal(curvature.drawn(sure, np.random.default_rng(0)), sure)


def test_a_step_is_as_short_as_trust_says():
    for lr, trust in ((0.3, 1e-4), (1e-6, 1.0)):
        net = passed(mlp())
        gradients = {name: array.copy() for name, array in net.named_gradients().items()}
        kfac = later.KFAC(net, lr, damping=0.1, trust=trust, rng=0)
        kfac.keep = True
        kfac.step()
        loose = later.KFAC(passed(mlp()), lr, damping=0.1, trust=1e9, rng=0)
        loose.keep = True
        loose.step()
        along = -sum((loose.last[name] * gradients[name]).sum() for name in gradients) * lr
        share = min(1, np.sqrt(trust / along))  # <step, gradient> lr^2 is along
        for name, change in kfac.last.items():
            close(change, share * loose.last[name])
        assert (share < 1) == (lr == 0.3)


def test_factors_are_running_means_that_begin_as_plain_ones_and_come_less_often_later():
    net = mlp()
    kfac = later.KFAC(net, decay=0.75, rng=0)
    As, A, seen, inverses = [], 0.0, 0, []
    for t in range(1, 46):
        passed(net, seed=t)
        x = net.layers[0].x
        kfac.step()
        if t <= 20 or t % 5 == 0:
            seen += 1
            old = min(1 - 1 / seen, 0.75)
            A = old * A + (1 - old) * curvature.factors(x, x)[0]
            As.append(curvature.factors(x, x)[0])
        if seen == 4:
            close(A, np.mean(As, axis=0))
        close(kfac.A["0"], A)
        inverses.append(kfac.A_inverse["0"])
    new = [t for t in range(2, 46) if inverses[t - 1] is not inverses[t - 2]]
    assert (kfac.seen, new) == (25, [2, 4, 8, 16, 20, 40])


def test_another_scale_of_the_inputs_is_undone():
    """With hardly any damping, what the network says after a step does not depend on it."""
    x, labels = drawn((40, 4)), np.arange(40) % 3
    outputs = []
    for scale in (1.0, 10.0):
        net, loss = mlp([4, 3]), tn.SoftmaxCrossEntropy()
        net.layers[0].W /= scale
        loss.forward(net.forward(scale * x), labels)
        net.backward(loss.backward())
        later.KFAC(net, 1.0, damping=1e-12, trust=1e9, rng=0).step()
        outputs.append(net.forward(scale * x))
    close(*outputs, 1e-4)


def test_much_damping_makes_it_plain_descent():
    net = passed(mlp())
    kfac = later.KFAC(net, 1e5, damping=1e8, trust=1e9, rng=0)
    kfac.keep = True
    kfac.step()
    for name, gradient in net.named_gradients().items():
        np.testing.assert_allclose(kfac.last[name], -1e-3 * gradient, rtol=1e-2, atol=1e-9)


# ---------------------------------------------------------------------------- the contracts


def test_a_step_leaves_the_arrays_of_the_pass_as_they_were():
    net = passed(mlp())
    names = ("x", "y", "dy", "dx", "dW", "db")
    before = [
        (layer, n, vars(layer)[n].copy()) for layer in net.layers for n in names if n in vars(layer)
    ]
    later.KFAC(net, rng=0).step()
    for layer, name, array in before:
        np.testing.assert_array_equal(vars(layer)[name], array)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_stopped_run_goes_on_to_the_same_bits(dtype, tmp_path):
    def run(*stops, path):
        for updates in stops:
            net = tn.Network(
                [tn.Linear(4, 6, rng=0, dtype=dtype), later.Dropout(0.3, rng=1)]
                + [tn.Sigmoid(), tn.Network([tn.Linear(6, 6, rng=2, dtype=dtype)])]
                + [tn.Linear(6, 3, rng=3, dtype=dtype, bias=False)]
            )
            data = tn.Shuffled(drawn((30, 4), dtype=dtype), np.arange(30) % 3, rng=0)
            kfac = later.KFAC(net, rng=4)
            tn.train(
                net, tn.SoftmaxCrossEntropy(), kfac, data, updates, checkpoint=path, progress=None
            )
        return net, kfac

    whole, kfac = run(33, path=tmp_path / "whole.npz")
    stopped, again = run(7, 22, 33, path=tmp_path / "stopped.npz")
    assert_same_bits(whole, stopped)
    assert kfac.state.keys() == again.state.keys() >= {"A.3.0", "G_inverse.4", "seen", "rng"}
    assert {array.dtype for array in whole.named_parameters().values()} == {np.dtype(dtype)}
    assert {array.dtype for array in (*kfac.A.values(), *kfac.G_inverse.values())} == {
        np.dtype(dtype)
    }


def test_a_frozen_layer_and_a_frozen_bias_stay():
    net = passed(mlp([4, 5, 5, 3]))
    net.layers[0].parameters, net.layers[0].buffers = (), ("W", "b")
    net.layers[2].parameters, net.layers[2].buffers = ("W",), ("b",)
    before = [layer.b.copy() for layer in net.layers[:3:2]] + [net.layers[0].W.copy()]
    kfac = later.KFAC(net, rng=0)
    kfac.step()
    for old, now in zip(before, (net.layers[0].b, net.layers[2].b, net.layers[0].W), strict=True):
        np.testing.assert_array_equal(old, now)
    assert {place: len(A) for place, A in kfac.A.items()} == {"2": 5, "4": 6}


def test_it_learns_where_plain_descent_hardly_moves():
    x, labels = tn.Shapeset(rng=0).draw(100)
    costs = {}
    for optimizer in (tn.SGD, later.KFAC):
        net, loss = (
            tn.mlp([1024, 20, 20, 9], activation="sigmoid", init="standard", rng=0),
            tn.SoftmaxCrossEntropy(),
        )
        steps = optimizer(net, 0.3)
        for _ in range(20):
            costs[optimizer] = loss.forward(net.forward(x), labels)
            net.backward(loss.backward())
            steps.step()
    assert costs[later.KFAC] < 0.9 * costs[tn.SGD]


# ---------------------------------------------------------------------------- the lesson's figures


def error_after(updates, activation, depth, make, seed):
    data = tn.mnist(real("mnist"), download=False)
    sizes = [784, *[100] * depth, 10]
    net = tn.mlp(sizes, activation=activation, init="standard", rng=seed, dtype=np.float32)
    source = tn.Shuffled(*data.train, rng=seed)
    tn.train(*(net, tn.SoftmaxCrossEntropy(), make(net), source, updates), batch=100, progress=None)
    return tn.error_rate(net, *data.test)


@pytest.mark.long
@pytest.mark.parametrize("seed", [0, 1])
def test_update_for_update_k_fac_undoes_what_standard_weights_do_to_tanh(seed):
    kfac = error_after(200, "tanh", 5, lambda net: later.KFAC(net, rng=seed), seed)
    descent = error_after(200, "tanh", 5, lambda net: tn.SGD(net, 0.1), seed)
    assert kfac < 0.10
    assert descent > 2 * kfac


@pytest.mark.long
@pytest.mark.parametrize("seed", [0, 1])
def test_five_sigmoid_layers_need_a_damping_below_their_curvature(seed):
    errors = [
        error_after(
            200, "sigmoid", 5, lambda net, d=damping: later.KFAC(net, damping=d, rng=seed), seed
        )
        for damping in (0.01, 0.0001)
    ]
    assert errors[0] > 0.8
    assert errors[1] < 0.15


# ---------------------------------------------------------------------------- what is refused


class Penalty(tn.Tanh):
    cost = 0.1


class Halved(tn.Linear):
    def forward(self, x):
        return super().forward(x) / 2


def with_layer(layer):
    return tn.Network([tn.Linear(4, 5, rng=0), layer, tn.Linear(5, 3, rng=1)])


def stray_forward():
    net = passed(mlp())
    kfac = later.KFAC(net, rng=0)
    net.forward(drawn((6, 4), 9))
    kfac.step()


def thawed():
    net = passed(mlp())
    kfac = later.KFAC(net, rng=0)
    kfac.step()
    net.layers.insert(1, later.LayerNorm(5))
    passed(net)
    kfac.step()


def of(layer):
    return lambda: later.KFAC(with_layer(layer))


WRONG = {
    "a batch norm": (of(later.BatchNorm(5)), ("layers[1]", "gamma", "W and b")),
    "weight norm": (of(later.WeightNorm(5, 5)), ("layers[1]", "g, V")),
    "a Linear of another kind": (of(Halved(5, 5)), ("layers[1]", "Halved")),
    "a cost of a layer": (of(Penalty()), ("layers[1]", "cost", "Penalty")),
    "no logits": (
        lambda: later.KFAC(tn.Network([tn.Linear(3, 2), tn.Tanh()])), ("layers[-1]", "Tanh")
    ),
    "a quadratic cost": (
        lambda: later.KFAC(quadratic()).step(), ("doutput", "SoftmaxCrossEntropy", "draws labels")
    ),
    "one output": (lambda: later.KFAC(logistic()).step(), ("output", "for each class")),
    "another forward": (stray_forward, ("doutput", "right before")),
    "no pass": (lambda: later.KFAC(mlp()).step(), ("dW", "backward")),
    "a layer that came later": (thawed, ("same parameters", "KFAC")),
    "damping 0": (lambda: later.KFAC(mlp(), damping=0), ("damping: ", "0")),
    "decay 1": (lambda: later.KFAC(mlp(), decay=1), ("decay: ", "below 1")),
    "trust -1": (lambda: later.KFAC(mlp(), trust=-1), ("trust: ", "-1")),
}  # fmt: skip


def quadratic():
    net, loss = mlp(), tn.Quadratic()
    loss.forward(net.forward(drawn((6, 4))), drawn((6, 3), 1))
    net.backward(loss.backward())
    return net


def logistic():
    net, loss = mlp([4, 5, 1]), later.Logistic()
    loss.forward(net.forward(drawn((6, 4))), np.arange(6) % 2)
    net.backward(loss.backward())
    return net


@pytest.mark.parametrize("case", WRONG)
def test_what_kfac_cannot_carry_is_refused_by_name(case):
    call, words = WRONG[case]
    with pytest.raises((TypeError, ValueError)) as error:
        call()
    assert not [word for word in words if word not in str(error.value)], str(error.value)
