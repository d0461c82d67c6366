"""What the main job finds of an untrained network: plain computations and the paper's equations."""

import numpy as np
import pytest
from by_hand import pass_by_hand
from own_parts import ACTIVATIONS, batch_for, small_net, telling_bar

import tinynet as tn
from tinynet._internal.progress import Silent
from tinynet.studies import linear_regime
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
    """Gradients of one image's cost: no mean over the batch."""
    net = small_net(A, (4, 6, 6, 6, 3))
    x, labels = batch_for(net, 8)
    found, hand = look(net, x, labels), pass_by_hand(net, x, labels)
    z, ds = [hand[f"{k}.x"] for k in (0, 2, 4, 6)], [8 * hand[f"{k}.dy"] for k in (0, 2, 4)]
    J = [tn.jacobian(net, i, x[:3]) for i in (1, 2)]
    for name, wanted in {
        "activation_std": [array.std() for array in z[1:]],
        "gradient_std": [array.std() for array in ds],
        "weight_gradient_std": [hand[f"{k}.dW"].std() for k in (0, 2, 4)],
        "weight_gradient_rms_example": [rms(a) * rms(b) for a, b in zip(z[:3], ds, strict=True)],
        "mean_singular_value": [np.linalg.svd(j, compute_uv=False).mean() for j in J],
    }.items():
        assert found[name] == pytest.approx(wanted, rel=1e-6), name


def rms(array):
    return np.sqrt(np.mean(array**2))


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
    bar, told = telling_bar()
    net = small_net(sizes=(4, 5, 5, 5, 3))
    at_initialization(net, *batch_for(net, examples), jacobians=jacobians, progress=bar)
    made, *steps = told
    assert made["total"] == sum(steps)


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


def test_equations_5_6_and_7_take_the_networks_own_sizes_and_variances():
    """What the equations give is checked in test_theory."""
    net = small_net(tn.Tanh, (4, 7, 6, 5, 3))
    x, labels = batch_for(net, 8)
    predicted = look(net, x, labels)["predicted"]
    variances = [(linear.W**2).mean() for linear in net.layers[::2]]
    ds_square = ((8 * net.layers[-1].dy) ** 2).mean()
    theory = linear_regime([4, 7, 6, 5, 3], variances, (x**2).mean(), ds_square)
    assert predicted["activation_std"] == pytest.approx(np.sqrt(theory["z"][1:]))
    assert predicted["gradient_std"] == pytest.approx(np.sqrt(theory["ds"][:-1]))
    assert predicted["weight_gradient_rms_example"] == pytest.approx(np.sqrt(theory["dw"][:-1]))


class Exponential(tn.Activation):
    """Slope 1 at 0, but not 0 there."""

    def f(self, s):
        return np.exp(s)

    def slope(self, s):
        return np.exp(s)


GIVEN = {"tanh": True, "softsign": True, "identity": True, "sigmoid": False, "relu": False}


@pytest.mark.parametrize(("activation", "given"), [*GIVEN.items(), (Exponential, False)])
def test_linear_theory_is_given_if_f_is_the_identity_near_0(activation, given, images):
    x, labels = images
    predicted = look(deep(20, activation, "standard"), x / 10, labels)["predicted"]
    *linear, law = predicted.values()
    lengths = [values and len(values) for values in linear]
    assert lengths == ([5, 5, 5] if given else [None, None, None])
    assert len(law) == 4


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
