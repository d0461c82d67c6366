"""Ways off the plateau: the sigmoid as a tanh, what tells images apart, and the table."""

import numpy as np
import pytest
from data_files import real

import tinynet as tn
from tinynet import later, studies
from tinynet.studies.ways_off import apart, four_times_normalized

SEEDS = pytest.mark.parametrize("seed", [0, 1])


def test_a_sigmoid_network_is_a_tanh_network_with_other_biases():
    sizes, x = [7, 6, 5, 4, 3], np.random.default_rng(0).normal(size=(9, 7))
    net = tn.mlp(sizes, activation="sigmoid", rng=1)
    double = tn.mlp(sizes, activation="tanh", rng=2)
    for k in range(0, 7, 2):
        V, c = net.layers[k].W, np.random.default_rng(k).normal(size=sizes[k // 2 + 1])
        net.layers[k].b[:] = c
        below, here = 1 + (k > 0), 1 + (k < 6)
        double.layers[k].W[:] = V / (below * here)
        double.layers[k].b[:] = c / here + (k > 0) * V.sum(axis=0) / (2 * here)
    np.testing.assert_allclose(net.forward(x), double.forward(x), rtol=1e-10)
    for one, other in zip(net.layers[1::2], double.layers[1::2], strict=True):
        np.testing.assert_allclose(2 * one.y - 1, other.y, atol=1e-10)


class Steep(tn.Sigmoid):
    """sigmoid(4u): its slope at 0 is 1."""

    def f(self, s):
        return super().f(4 * s)

    def slope(self, s):
        return 4 * super().slope(4 * s)


def test_a_layer_of_sigmoid_4u_is_a_sigmoid_layer_with_4_times_the_weights_at_16_times_the_rate():
    x, dy = (np.random.default_rng(k).normal(size=(6, n)) for k, n in enumerate((5, 4)))
    steep = tn.Network([tn.Linear(5, 4, init=tn.normalized, rng=0), Steep()])
    plain = tn.Network([tn.Linear(5, 4, init=four_times_normalized, rng=0), tn.Sigmoid()])
    np.testing.assert_allclose(plain.layers[0].W, 4 * steep.layers[0].W, rtol=1e-12)
    steps = tn.SGD(steep, 0.1), tn.SGD(plain, 1.6)
    for _ in range(5):
        np.testing.assert_allclose(steep.forward(x), plain.forward(x), rtol=1e-10)
        for net, sgd in zip((steep, plain), steps, strict=True):
            net.backward(dy)
            sgd.step()
    np.testing.assert_allclose(plain.layers[0].W, 4 * steep.layers[0].W, rtol=1e-10)


@pytest.mark.parametrize(("init", "factor"), [("standard", 3**-0.5 / 4), ("normalized", 1 / 4)])
def test_a_sigmoid_layer_multiplies_what_tells_images_apart_by_slope_and_weights(init, factor):
    x = tn.Shapeset(0).draw(300)[0]
    net = tn.mlp([1024, *[300] * 5, 9], activation="sigmoid", init=init, rng=0)
    found = np.array(apart(net, x))
    np.testing.assert_allclose(found[2:] / found[1:-1], factor, rtol=0.1)


def test_batch_norm_keeps_images_apart_and_layer_norm_does_not():
    x = tn.Shapeset(0).draw(300)[0]
    found = {}
    for norm in ("batch", "layer"):
        net = tn.mlp([1024, *[100] * 5, 9], activation="sigmoid", init="standard", rng=0)
        found[norm] = apart(studies.with_norm(net, norm), x)
    assert np.ptp(found["batch"]) < 0.02
    assert found["layer"][-1] < 0.1 * found["layer"][0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"rows": ["batch norm", "magic"]}, ["rows[1]", "'pre-trained'", "'magic'"]),
        ({"rates": [0.1, -1]}, ["rates[1]", "positive", "-1"]),
        ({"curvature": -1}, ["curvature", "at least 0", "-1"]),
    ],
)
def test_the_table_refuses_rows_and_rates_that_there_are_not(arguments, words):
    with pytest.raises(ValueError, match="expected") as error:
        studies.ways_off(**arguments)
    for word in words:
        assert word in str(error.value)


# ---------------------------------------------------------------------------- what shows


def test_the_kept_table_says_what_the_lesson_says():
    kept = studies.Result.kept("ways_off")
    error = dict(zip(kept.settings["rows"], kept["error"][..., -1], strict=True))
    assert max(error["batch norm"].max(), error["pre-trained"].max()) < 0.12
    assert min(error["standard"][:3].min(), error["normalized"][:3].min()) > 0.8
    assert error["4 times normalized"][:3].max() < 0.12
    three, five, less_damped = kept["curvature"][..., -1]
    assert max(three.max(), less_damped.max()) < 0.1
    assert five.min() > 0.8


@pytest.mark.long
@SEEDS
def test_batch_norm_and_pre_training_learn_at_the_largest_rate_and_standard_at_none(seed):
    settings = {"folder": real("mnist"), "networks": 1, "seed": seed, "curvature": 0}
    settings["updates"] = 2000
    found = studies.ways_off(**settings, rows=["batch norm", "pre-trained"], rates=[3.0])
    assert found["error"][..., -1].max() < 0.12
    found = studies.ways_off(**settings, rows=["4 times normalized"], rates=[1.0])
    assert found["error"][..., -1].max() < 0.12
    found = studies.ways_off(**settings, rows=["standard"], rates=[1.0])
    assert found["error"][..., -1].min() > 0.8


@pytest.mark.long
@SEEDS
@pytest.mark.parametrize(("damping", "learns"), [(0.01, False), (0.0001, True)])
def test_k_fac_trains_five_standard_layers_if_its_damping_is_small(damping, learns, seed):
    data = tn.mnist(real("mnist"), download=False)
    net = studies.seeded.network("sigmoid", "standard", 100, 5, seed, "mnist")
    kfac = later.KFAC(net, damping=damping, rng=seed)
    source = tn.Shuffled(*data.train, seed)
    tn.train(net, tn.SoftmaxCrossEntropy(), kfac, source, 250, batch=100, progress=None)
    error = tn.error_rate(net, *data.test)
    assert error < 0.15 if learns else error > 0.8
