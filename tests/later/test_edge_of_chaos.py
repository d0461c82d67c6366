"""Lesson L8: starts that look at the data, the mean field of two inputs, fifty layers on MNIST."""

import numpy as np
import pytest
from data_files import real
from hypothesis import given
from hypothesis import strategies as st

import tinynet as tn
from tinynet import later, studies

SEEDS = pytest.mark.parametrize("seed", [0, 1])
LINEARS = slice(None, None, 2)


# ---------------------------------------------------------------------------- lsuv


@given(
    sizes=st.lists(st.integers(2, 6), min_size=2, max_size=5),
    rows=st.integers(2, 8),
    dtype=st.sampled_from([np.float32, np.float64]),
    activation=st.sampled_from(["tanh", "sigmoid", "identity"]),
    seed=st.integers(0, 99),
)
def test_lsuv_gives_every_linear_an_orthogonal_w_and_an_output_with_std_1(
    sizes, rows, dtype, activation, seed
):
    net = tn.mlp(sizes, activation=activation, rng=seed, dtype=dtype)
    for linear in net.layers[LINEARS]:
        linear.b[:] = 3
    x = np.random.default_rng(seed).normal(1, 2, size=(rows, sizes[0])).astype(dtype)
    assert later.lsuv(net, x, rng=seed) is None
    assert net.dtype == dtype
    net.forward(x)
    near = 1e-10 if dtype == np.float64 else 1e-3
    for linear in net.layers[LINEARS]:
        assert not linear.b.any()
        assert linear.y.std(dtype=float) == pytest.approx(1, rel=near)
        values = np.linalg.svd(linear.W.astype(float), compute_uv=False)
        np.testing.assert_allclose(values, values[0], rtol=near)


def test_lsuv_is_the_same_for_the_same_seed_and_passes_nothing_through_the_network():
    x = np.random.default_rng(0).normal(size=(5, 3))
    nets = [tn.mlp([3, 4, 4, 2], rng=0) for _ in range(3)]
    for net, seed in zip(nets, (1, 1, 2), strict=True):
        later.lsuv(net, x, rng=seed)
    a, b, c = (net.layers[2].W for net in nets)
    assert nets[0].layers[0].x is None
    np.testing.assert_array_equal(a, b)
    assert not np.allclose(a, c)


class Doubling(tn.Linear):
    def forward(self, x):
        return 2 * super().forward(x)


@pytest.mark.parametrize(
    "layer", [later.BatchNorm(3), later.WeightNorm(3, 3, rng=0), Doubling(3, 3)]
)
def test_starts_refuse_layers_whose_weights_they_would_not_reach(layer):
    net = tn.Network([tn.Linear(3, 3, rng=0), tn.Tanh(), layer])
    before = net.layers[0].W.copy()
    x, labels = np.random.default_rng(0).normal(size=(4, 3)), np.array([0, 1, 1, 2])
    for start in (
        lambda: later.lsuv(net, x),
        lambda: later.gradinit(net, tn.SoftmaxCrossEntropy(), x, labels, 0.1),
    ):
        with pytest.raises(TypeError, match=rf"net: expected Linears.*{type(layer).__name__}"):
            start()
    np.testing.assert_array_equal(net.layers[0].W, before)


def test_lsuv_refuses_rows_that_do_not_get_through_and_changes_nothing():
    net = tn.mlp([3, 4, 2], activation="relu", rng=0)
    before = net.layers[0].W.copy()
    with pytest.raises(ValueError, match=r"x: expected rows that reach layers\[0\]"):
        later.lsuv(net, np.zeros((4, 3)))
    np.testing.assert_array_equal(net.layers[0].W, before)


# ---------------------------------------------------------------------------- gradinit


def after_a_step(net, factors, x, labels, lr):
    """The length of the gradient on the first half, and the cost on the second after a step."""
    copy, loss, half = net.view(), tn.SoftmaxCrossEntropy(), len(x) // 2
    linears = copy.layers[LINEARS]
    for linear, a in zip(linears, factors, strict=True):
        linear.W, linear.b = a * linear.W, linear.b.copy()
    loss.forward(copy.forward(x[:half]), labels[:half])
    copy.backward(loss.backward())
    length = np.sqrt(sum((g**2).sum() for g in copy.named_gradients().values()))
    for linear in linears:
        linear.W, linear.b = linear.W - lr * linear.dW, linear.b - lr * linear.db
    return length, loss.forward(copy.forward(x[half:]), labels[half:])


@SEEDS
@pytest.mark.parametrize("scale", [0.3, 1.0, 2.0])
def test_gradinit_ends_where_no_single_factor_helps_the_step(scale, seed):
    rng = np.random.default_rng(seed)
    x, labels = rng.normal(size=(30, 4)), rng.integers(3, size=30)
    net = tn.mlp([4, 6, 6, 3], init=lambda *sizes: scale * tn.lecun(*sizes), rng=seed)
    start = [linear.W.copy() for linear in net.layers[LINEARS]]
    untouched = net.view()
    for linear in untouched.layers[LINEARS]:
        linear.W = linear.W.copy()
    factors = later.gradinit(net, tn.SoftmaxCrossEntropy(), x, labels, 0.5)
    for linear, W, a in zip(net.layers[LINEARS], start, factors, strict=True):
        np.testing.assert_allclose(linear.W, a * W, rtol=1e-12)
        assert not linear.b.any()

    def judged(factors):
        length, cost = after_a_step(untouched, factors, x, labels, 0.5)
        return max(length - 1, 0), cost

    best = judged(factors)
    assert best <= judged(np.ones(3))
    assert factors.min() >= 1 / 3
    assert factors.max() <= 3
    for k in range(3):
        for factor in (1.3, 1 / 1.3):
            tried = factors.copy()
            tried[k] *= factor
            if 1 / 3 <= tried[k] <= 3:
                too_long, cost = judged(tried)
                assert too_long >= best[0] - 1e-12
                assert too_long > best[0] or cost >= best[1] - 1e-12


def test_gradinit_first_shortens_a_gradient_that_is_too_long():
    rng = np.random.default_rng(0)
    x, labels = 10 * rng.normal(size=(30, 4)), rng.integers(3, size=30)
    net = tn.mlp([4, 6, 3], activation="identity", init=lambda *s: 3 * tn.lecun(*s), rng=0)
    before, _ = after_a_step(net, np.ones(2), x, labels, 0.5)
    later.gradinit(net, tn.SoftmaxCrossEntropy(), x, labels, 0.5)
    length, _ = after_a_step(net, np.ones(2), x, labels, 0.5)
    assert before > 2
    assert length < before / 2


def test_gradinit_needs_a_row_to_step_and_one_to_judge():
    net = tn.mlp([3, 2], rng=0)
    with pytest.raises(ValueError, match="x: expected two rows or more.*got one"):
        later.gradinit(net, tn.SoftmaxCrossEntropy(), np.ones((1, 3)), np.array([0]), 0.1)


@SEEDS
def test_on_shapeset_gradinit_lowers_the_cost_of_a_step(seed):
    x, labels = tn.Shapeset([seed, 1]).draw(200)
    net = tn.mlp([1024, *[50] * 5, 9], init="standard", rng=seed)
    _, before = after_a_step(net, np.ones(6), x, labels, 0.1)
    later.gradinit(net, tn.SoftmaxCrossEntropy(), x, labels, 0.1)
    length, after = after_a_step(net, np.ones(6), x, labels, 0.1)
    assert length <= 1
    assert after < before


# ---------------------------------------------------------------------------- gradmax


def grown(net, i, outgoing):
    """A copy of a tanh network with units added to hidden layer i; their incoming weights are 0."""
    sizes = [linear.n_in for linear in net.layers[LINEARS]] + [net.layers[-1].n_out]
    sizes[i] += len(outgoing)
    large = tn.mlp(sizes, rng=0)
    for new, old in zip(large.layers[LINEARS], net.layers[LINEARS], strict=True):
        new.W[:] = 0
        new.W[: old.n_in, : old.n_out], new.b[: old.n_out] = old.W, old.b
    large.layers[2 * i].W[-len(outgoing) :] = outgoing
    return large


@SEEDS
def test_gradmax_leaves_the_function_and_gives_the_longest_gradient_there_is(seed):
    rng = np.random.default_rng(seed)
    x, labels = rng.normal(size=(20, 7)), rng.integers(3, size=20)
    net, loss = tn.mlp([7, 5, 6, 3], rng=seed), tn.SoftmaxCrossEntropy()
    before = net.forward(x)
    loss.forward(before, labels)
    net.backward(loss.backward())
    z, ds = net.layers[0].x, net.layers[2].dy
    S = np.linalg.svd(z.T @ ds, compute_uv=False)
    V = later.gradmax(z, ds, 2)
    np.testing.assert_allclose(V @ V.T, np.eye(2), atol=1e-12)
    lengths = []
    for outgoing in (V, *(np.linalg.qr(rng.normal(size=(6, 2)))[0].T for _ in range(20))):
        large = grown(net, 1, outgoing)
        np.testing.assert_allclose(large.forward(x), before, atol=1e-12)
        loss.forward(large.forward(x), labels)
        large.backward(loss.backward())
        lengths.append(np.linalg.norm(large.layers[0].dW[:, -2:]))
    assert lengths[0] == pytest.approx(np.sqrt((S[:2] ** 2).sum()), rel=1e-10)
    assert lengths[0] > max(lengths[1:])


def test_gradmax_refuses_rows_that_do_not_match_and_more_units_than_directions():
    z, ds = np.ones((4, 3)), np.ones((5, 2))
    with pytest.raises(ValueError, match="ds: expected a row for each of z, 4, got 5"):
        later.gradmax(z, ds, 1)
    with pytest.raises(ValueError, match="units: expected .*2.* got 3"):
        later.gradmax(z, ds[:4], 3)


# ---------------------------------------------------------------------------- mean field

U = np.linspace(-8, 8, 401)
BELL = np.exp(-(U**2) / 2) / np.exp(-(U**2) / 2).sum()


def one_layer(q, c, sigma):
    """Variance of s in the next layer, and the correlation there of two inputs."""
    z, other = np.tanh(q**0.5 * U), np.tanh(q**0.5 * (c * U[:, None] + (1 - c**2) ** 0.5 * U))
    after = sigma**2 * (BELL @ z**2)
    return after, sigma**2 * (BELL * z) @ (other @ BELL) / after


def chi(q, sigma):
    return sigma**2 * (BELL @ (1 - np.tanh(q**0.5 * U) ** 2) ** 2)


def test_with_std_1_held_tanh_is_beyond_its_edge():
    square, slope = BELL @ np.tanh(U) ** 2, BELL @ (1 - np.tanh(U) ** 2) ** 2
    assert 1 / square == pytest.approx(2.536, abs=1e-3)
    assert slope / square == pytest.approx(1.178, abs=1e-3)
    assert (slope / square) ** 24 == pytest.approx(51, abs=1)


def test_the_slope_of_the_correlation_at_1_is_chi_at_the_fixed_point():
    for sigma in (1.2, 1.5, 2.0):
        q, h = 1.0, 1e-4
        for _ in range(2000):
            q = sigma**2 * (BELL @ np.tanh(q**0.5 * U) ** 2)
        assert (1 - one_layer(q, 1 - h, sigma)[1]) / h == pytest.approx(chi(q, sigma), rel=1e-3)
        assert chi(q, sigma) > 1
    assert chi(1e-9, 0.9) == pytest.approx(0.81, rel=1e-6)


def test_variances_are_those_of_mean_field():
    found = studies.mean_field(
        [100] * 8, [1.5**2 / 100] * 7, tn.Tanh(), np.array([0.7]), np.array([1.0])
    )
    q = [1.5**2 * 0.7]
    for _ in range(5):
        q.append(one_layer(q[-1], 0.5, 1.5)[0])
    np.testing.assert_allclose(1.5**2 * found["z"][:6], q, rtol=1e-6)


@SEEDS
@pytest.mark.parametrize("sigma", [0.8, 1.0, 1.2, 1.5, 2.0])
def test_fifty_wide_layers_do_what_the_mean_field_says(sigma, seed):
    net = tn.mlp(
        [300, *[300] * 50, 10], init=lambda *s: sigma * tn.lecun(*s), rng=seed, dtype=np.float32
    )
    rng = np.random.default_rng([seed, 1])
    a, b = rng.normal(size=(2, 100, 300))
    net.forward(np.vstack([a, 0.6 * a + 0.8 * b]))
    net.backward(rng.normal(size=(200, 10)).astype(np.float32))
    linears = net.layers[:-1:2]
    q, c, slopes = sigma**2, 0.6, []
    for linear in linears:
        s, other = np.split(linear.y.astype(float), 2)
        assert np.sqrt((s**2).mean() / q) == pytest.approx(1, abs=0.25)
        alike = (s * other).sum(axis=1) / np.sqrt((s**2).sum(axis=1) * (other**2).sum(axis=1))
        assert alike.mean() == pytest.approx(c, abs=0.08)
        slopes.append(chi(q, sigma))
        q, c = one_layer(q, min(c, 1), sigma)
    growth = linears[0].dy.std(dtype=float) / linears[-1].dy.std(dtype=float)
    assert np.log(growth) == pytest.approx(np.log(np.prod(slopes[:-1])) / 2, abs=0.4)


# ---------------------------------------------------------------------------- fifty layers


def test_the_study_of_fifty_layers_names_its_rows_and_starts_as_it_says(tmp_path):
    kept = studies.Result.kept("fifty_layers")
    starts, rates = kept.settings["starts"], kept.settings["rates"]
    assert kept["error"].shape == (len(starts), len(rates))
    growth = dict(zip(starts, kept["ds"][:, 0] / kept["ds"][:, -1], strict=True))
    top = dict(zip(starts, kept["z"][:, -1], strict=True))
    assert growth["Gaussian 0.8"] < 1e-3 < 1e3 < growth["Gaussian 2"]
    assert growth["LSUV"] == pytest.approx(1.178 ** (49 / 2), rel=0.2)
    assert top["LSUV"] == pytest.approx(0.628, abs=0.01)


@pytest.mark.long
@SEEDS
def test_fifty_layers_learn_at_the_edge_and_best_from_orthogonal_weights(seed):
    found = studies.fifty_layers(
        folder=real("mnist"),
        starts=["Gaussian 0.8", "Gaussian 1", "Gaussian 3"],
        rates=[0.01],
        seed=seed,
    )
    small, edge, large = found["error"][:, 0]
    assert edge < 0.3
    assert min(small, large) > 0.75
    orthogonal = studies.fifty_layers(
        folder=real("mnist"), starts=["orthogonal 1"], rates=[0.01, 0.05], seed=seed
    )
    assert orthogonal["error"].max() < 0.2
