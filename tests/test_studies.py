"""What the main job finds of an untrained network: plain computations and the paper's equations."""

import numpy as np
import pytest
from own_parts import ACTIVATIONS, batch_for, small_net

import tinynet as tn
from tinynet._internal.progress import Silent
from tinynet.studies.initialization import at_initialization


def look(net, x, labels, jacobians=3):
    return at_initialization(net, x, labels, jacobians=jacobians, progress=Silent)


def deep(width, activation, init="normalized"):
    return tn.mlp([1024] + [width] * 5 + [9], activation=activation, init=init, rng=0)


@pytest.fixture(scope="module")
def images():
    return tn.Shapeset(rng=5).draw(300)


# ---------------------------------------------------------------------------- what is measured


@pytest.mark.parametrize("A", ACTIVATIONS)
def test_measurements_agree_with_a_plain_computation(A):
    """Gradients of one image's cost, example after example, with loops where they help."""
    net = small_net(A, (4, 6, 6, 6, 3))
    x, labels = batch_for(net, 8)
    found = look(net, x, labels)

    W = [layer.W for layer in net.layers[::2]]
    b = [layer.b for layer in net.layers[::2]]
    f, slope = A().f, A().slope
    z, s = [x], []
    for i in range(4):
        s.append(z[i] @ W[i] + b[i])
        z.append(f(s[i]))
    p = np.exp(s[3]) / np.exp(s[3]).sum(axis=1, keepdims=True)
    ds = {3: p - np.eye(3)[labels]}  # one example's: no mean over the batch
    for i in (2, 1, 0):
        ds[i] = ds[i + 1] @ W[i + 1].T * slope(s[i])
    dW = [np.mean([np.outer(z[i][e], ds[i][e]) for e in range(8)], axis=0) for i in range(3)]
    J = {i: [np.diag(slope(s[i][e])) @ W[i].T for e in range(3)] for i in (1, 2)}
    values = {i: np.linalg.svd(J[i], compute_uv=False) for i in (1, 2)}

    def rms(a):
        return np.sqrt(np.mean(a**2))

    near = {"rel": 1e-9}
    assert found["activation_std"] == pytest.approx([z[i + 1].std() for i in range(3)], **near)
    assert found["gradient_std"] == pytest.approx([ds[i].std() for i in range(3)], **near)
    assert found["weight_gradient_std"] == pytest.approx([a.std() for a in dW], **near)
    wanted = [rms(z[i]) * rms(ds[i]) for i in range(3)]
    assert found["weight_gradient_rms_example"] == pytest.approx(wanted, **near)
    wanted = [values[i].mean() for i in (1, 2)]
    assert found["mean_singular_value"] == pytest.approx(wanted, rel=1e-6)


def test_only_square_hidden_layers_have_a_mean_singular_value():
    net = small_net(sizes=(4, 4, 5, 5, 4, 4, 4))  # hidden: 0 is square too, but the first
    found = look(net, *batch_for(net))
    assert len(found["mean_singular_value"]) == 2  # 5 -> 5 and 4 -> 4
    assert len(found["predicted"]["mean_singular_value"]) == 2
    assert len(found["activation_std"]) == 5


def test_a_single_hidden_layer_has_no_jacobian_to_look_at():
    net = small_net(sizes=(4, 4, 3))
    found = look(net, *batch_for(net))
    assert found["mean_singular_value"] == []
    assert found["histograms"]["singular_value"] == {"edges": [], "densities": []}
    assert len(found["gradient_std"]) == 1


@pytest.mark.parametrize(("jacobians", "examples"), [(3, 8), (8, 8), (9, 4)])
def test_the_bar_reaches_its_total(jacobians, examples):
    told = []

    class Bar(Silent):
        def __init__(self, total, **_):
            told.append(total)

        def update(self, n=1):
            told.append(n)

    net = small_net(sizes=(4, 5, 5, 5, 3))
    x, labels = batch_for(net, examples)
    at_initialization(net, x, labels, jacobians=jacobians, progress=Bar)
    total, *steps = told
    assert total == sum(steps)


def test_histograms_are_those_of_numpy_as_a_share_of_all():
    net = small_net(tn.Identity, sizes=(4, 30, 30, 30, 3))
    x, labels = batch_for(net, 20)
    x[0] *= 40  # beyond the last bin, but one of all the same
    found = look(net, x, labels)["histograms"]
    for key, arrays in {
        "activation": [layer.y for layer in net.layers[1:-1:2]],
        "gradient": [20 * layer.dy for layer in net.layers[0:-1:2]],
        "singular_value": [tn.singular_values(net, i, x[:3]) for i in (1, 2)],
    }.items():
        edges, densities = found[key]["edges"], found[key]["densities"]
        width = edges[1] - edges[0]
        assert len(densities) == len(arrays)
        for array, density in zip(arrays, densities, strict=True):
            counts, _ = np.histogram(array, bins=edges)
            np.testing.assert_allclose(density, counts / array.size / width, rtol=1e-6)
            assert 0.9 < np.sum(density) * width < 1 + 1e-9
            assert key != "activation" or np.sum(density) * width < 0.99


def test_constant_layers_have_finite_numbers_and_histograms():
    """Dead rectifiers, or one unit: every number of a layer is the same."""
    net = small_net(tn.ReLU, (4, 1, 1, 3))
    net.layers[0].b[:] = -100
    found = look(net, *batch_for(net))
    for histogram in found["histograms"].values():
        for density in histogram["densities"]:
            assert np.isfinite(density).all()


# ---------------------------------------------------------------------------- theory


def test_equations_5_6_and_7_are_written_as_in_the_paper():
    """Products over the layers, with the index of each factor spelt out; unequal widths."""
    net = small_net(tn.Tanh, (4, 7, 6, 5, 3))
    x, labels = batch_for(net, 8)
    predicted = look(net, x, labels)["predicted"]
    linears = net.layers[::2]
    n = [4, 7, 6, 5, 3]
    var = [(linear.W**2).mean() for linear in linears]
    ds_square = ((8 * linears[3].dy) ** 2).mean()
    for i in range(3):
        ahead = np.prod([n[j] * var[j] for j in range(i + 1)])  # of z_{i+1}
        before = np.prod([n[j] * var[j] for j in range(i)])  # of z_i
        behind = np.prod([n[j + 1] * var[j] for j in range(i + 1, 4)])
        x_square = (x**2).mean()
        z, ds = np.sqrt(x_square * ahead), np.sqrt(ds_square * behind)
        assert predicted["activation_std"][i] == pytest.approx(z)
        assert predicted["gradient_std"][i] == pytest.approx(ds)
        dw = np.sqrt(x_square * before) * ds
        assert predicted["weight_gradient_rms_example"][i] == pytest.approx(dw)


class Exponential(tn.Activation):
    """Slope 1 at 0, but not 0 there."""

    def f(self, s):
        return np.exp(s)

    def slope(self, s):
        return np.exp(s)


@pytest.mark.parametrize("activation", ["sigmoid", "relu", Exponential])
def test_linear_theory_is_none_if_f_is_not_the_identity_near_0(activation, images):
    x, labels = images
    predicted = look(deep(20, activation, "standard"), x / 10, labels)["predicted"]
    assert predicted["activation_std"] is None
    assert predicted["gradient_std"] is None
    assert predicted["weight_gradient_rms_example"] is None
    assert len(predicted["mean_singular_value"]) == 4


@pytest.mark.parametrize("activation", ["tanh", "softsign", "identity"])
def test_linear_theory_is_given_if_f_is_the_identity_near_0(activation, images):
    predicted = look(deep(20, activation), *images)["predicted"]
    assert [len(values) for values in predicted.values()] == [5, 5, 5, 4]


@pytest.mark.parametrize("init", ["standard", "normalized"])
def test_the_mean_singular_value_is_that_of_the_quarter_circle_law(init, images):
    found = look(deep(300, "tanh", init), *images, jacobians=40)
    predicted = found["predicted"]["mean_singular_value"]
    np.testing.assert_allclose(found["mean_singular_value"], predicted, rtol=0.03)


def test_no_law_is_given_for_slopes_of_0_or_1():
    x, labels = tn.Shapeset(rng=0).draw(20)
    for activation, said in (("relu", False), ("sigmoid", True), ("tanh", True)):
        net = tn.mlp([1024, 30, 30, 9], activation=activation, rng=0)
        found = look(net, x, labels)
        (law,) = found["predicted"]["mean_singular_value"]
        assert (law is not None) == said
