"""What the lessons on what came after the paper say: closed forms, and what shows on two seeds."""

import numpy as np
import pytest
from data_files import real

import tinynet as tn
from tinynet import later, studies
from tinynet.studies.landscape import Noise

SEEDS = pytest.mark.parametrize("seed", [0, 1])


# ---------------------------------------------------------------------------- L1: batch norm


@pytest.mark.parametrize("norm", ["batch", "layer", "batch-layer", "batchless"])
@pytest.mark.parametrize("behind", [False, True])
def test_a_norm_stands_before_each_activation_or_behind_it(norm, behind):
    net = studies.with_norm(tn.mlp([4, 5, 6, 3], rng=0), norm, behind=behind)
    kinds = [type(layer).__name__ for layer in net.layers]
    name = type(net.layers[2 if behind else 1]).__name__
    pair = ["Tanh", name] if behind else [name, "Tanh"]
    assert kinds == ["Linear", *pair, "Linear", *pair, "Linear"]
    assert [len(layer.gamma) for layer in net.layers if hasattr(layer, "gamma")] == [5, 6]


def test_without_a_norm_a_network_stays_as_it_is_and_weight_norm_begins_as_it():
    net, x = tn.mlp([4, 5, 6, 3], rng=0), np.random.default_rng(0).normal(size=(7, 4))
    assert studies.with_norm(net, "none").layers == net.layers
    normed = studies.with_norm(net, "weight")
    assert [type(layer).__name__ for layer in normed.layers[::2]] == 3 * ["WeightNorm"]
    np.testing.assert_allclose(normed.forward(x), net.forward(x), rtol=1e-12)


@pytest.mark.parametrize("norm", ["weight", "batchless"])
def test_a_start_from_rows_gives_these_the_mean_0_and_the_std_1(norm):
    x = np.random.default_rng(0).normal(3, 2, size=(50, 4))
    net = studies.with_norm(tn.mlp([4, 5, 6, 3], rng=0), norm, start=x)
    net.forward(x)
    for layer in net.layers:
        if hasattr(layer, "start_from"):
            np.testing.assert_allclose(layer.y.mean(axis=0), 0, atol=1e-9)
            np.testing.assert_allclose(layer.y.std(axis=0), 1, rtol=1e-9)


def test_the_noise_behind_a_norm_is_new_in_each_pass_and_its_gradient_is_right():
    noise = Noise(0.5, np.random.default_rng(0))
    net, x = tn.Network([noise]), np.random.default_rng(1).normal(size=(4, 3))
    assert not [row for row in tn.gradient_check(net, x) if row.wrong]
    first, second = net.forward(x), net.forward(x)
    assert not np.allclose(first, second)
    assert np.ptp(first - noise.scale * x) > 0
    np.testing.assert_array_equal(net.view().forward(x), x)


def started(norm, seed):
    """Std of z and of ds, layer by layer, of five layers of 300 tanh units."""
    x, labels = tn.Shapeset(rng=[seed, 1]).draw(300)
    net = tn.mlp([1024, *[300] * 5, 9], init="standard", rng=seed, dtype=np.float32)
    net, loss = studies.with_norm(net, norm), tn.SoftmaxCrossEntropy()
    loss.forward(net.forward(x), labels)
    net.backward(loss.backward())
    tanhs = [layer for layer in net.layers if isinstance(layer, tn.Tanh)]
    return [np.array([getattr(tanh, name).std() for tanh in tanhs]) for name in ("y", "dx")]


@SEEDS
def test_a_norm_keeps_the_std_of_z_and_lets_ds_grow_on_its_way_down(seed):
    z, ds = started("none", seed)
    assert z[-1] < 0.05
    assert ds[0] < ds[-1] / 5
    for norm in ("batch", "layer"):
        z, ds = started(norm, seed)
        np.testing.assert_allclose(z, 0.628, rtol=0.04)  # that of tanh of a Gaussian
        assert (ds[:-1] > ds[1:]).all()


@pytest.mark.long
@SEEDS
def test_with_batch_norm_five_sigmoid_layers_leave_the_plateau_at_each_rate(seed):
    folder = real("mnist")
    quiet = studies.plateau(folder=folder, norms=["batch"], rates=[0.1, 1, 5], seed=seed)
    assert quiet["error"][..., -1].max() <= 0.08
    plain = studies.plateau(folder=folder, norms=["none"], rates=[0.1, 1], seed=seed)
    assert plain["error"][..., -1].min() >= 0.6


@pytest.mark.long
@SEEDS
def test_along_the_gradient_the_cost_is_smoother_with_batch_norm_even_with_noise(seed):
    found = studies.landscape(folder=real("mnist"), seed=seed)
    names = found.settings["surfaces"]
    ranges = dict(zip(names, found["range"].mean(axis=1), strict=True))
    errors = dict(zip(names, found["error"], strict=True))
    for init in ("standard", "normalized"):
        assert ranges[f"{init}, batch"] < 0.6 * ranges[init]
    assert ranges["standard, batch, noise"] < 0.6 * ranges["standard"]
    assert errors["standard, batch, noise"] < errors["standard"]


# ---------------------------------------------------------------------------- L2: batchless


def one_unit(std, off):
    """A layer of one unit with the right sigma, and a batch whose mean is ``off`` away from mu."""
    norm = later.Batchless(1, floor=0)
    batch = std * np.array([[-1.0], [1.0]])
    norm.start_from(batch)
    return tn.Network([norm]), norm, batch + off


@pytest.mark.parametrize("std", [0.02, 0.2, 3.0])
def test_a_plain_step_overshoots_from_twice_the_variance_on_and_a_natural_one_never(std):
    for optimizer, lr, left in (
        (tn.SGD, 0.5 * std**2, 0.5),
        (tn.SGD, 1.9 * std**2, -0.9),
        (tn.SGD, 2.1 * std**2, -1.1),
        (later.Natural, 0.1, 0.9),
    ):
        net, norm, batch = one_unit(std, off=0.01 * std)
        net.backward(np.zeros_like(net.forward(batch)))
        optimizer(net, lr).step()
        distance = batch.mean() - norm.mu[0]
        assert distance == pytest.approx(left * 0.01 * std, rel=1e-9)


def test_the_least_own_cost_is_the_sum_of_log_std_and_a_half():
    x = np.random.default_rng(0).normal(1, [0.2, 1, 5], size=(40, 3))
    norm = later.Batchless(3, floor=0)
    norm.start_from(x)
    norm.backward(np.zeros_like(x))
    assert norm.cost == pytest.approx((np.log(x.std(axis=0)) + 0.5).sum(), rel=1e-12)
    np.testing.assert_allclose([norm.dmu, norm.dlog_sigma], 0, atol=1e-12)


@pytest.mark.parametrize(("norm", "rows", "same"), [("batchless", 1, True), ("batch", 2, False)])
def test_gradients_of_parts_of_a_batch_add_up_without_batch_norm_only(norm, rows, same):
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(8, 6)), rng.integers(3, size=8)
    net = studies.with_norm(tn.mlp([6, 5, 5, 3], rng=0), norm, behind=True)

    def gradients(part):
        loss = tn.SoftmaxCrossEntropy()
        loss.forward(net.forward(x[part]), labels[part])
        net.backward(loss.backward())
        return {name: array.copy() for name, array in net.named_gradients().items()}

    whole = gradients(slice(8))
    parts = [gradients(slice(k, k + rows)) for k in range(0, 8, rows)]
    off = [np.abs(np.mean([p[n] for p in parts], axis=0) - whole[n]).max() for n in whole]
    assert (max(off) <= 1e-12) == same


@pytest.mark.long
@SEEDS
def test_batchless_learns_alike_from_batches_of_1_2_and_10_and_batch_norm_does_not(seed):
    folder, batches = real("mnist"), [1, 2, 10]
    last = studies.batch_sizes(folder=folder, norms=["batchless"], batches=batches, seed=seed)
    errors = last["error"][0, :, -1]
    assert errors.max() < 0.2
    assert np.ptp(errors) <= 0.05
    batch = studies.batch_sizes(folder=folder, norms=["batch"], batches=batches[:2], seed=seed)
    assert np.isnan(batch["error"][0, 0]).all()
    assert batch["error"][0, 1, -1] > 0.6
    none = studies.batch_sizes(folder=folder, norms=["none"], batches=batches[2:], seed=seed)
    assert none["error"][0, 0, -1] > 0.85


@pytest.mark.long
@SEEDS
@pytest.mark.parametrize("norm", ["batch", "batchless"])
def test_after_30_000_images_both_norms_are_below_13_percent_and_sigma_is_the_std(norm, seed):
    data = tn.mnist(real("mnist"), download=False)
    net = studies.seeded.network("sigmoid", "standard", 100, 5, seed, "mnist")
    net = studies.with_norm(net, norm, behind=True, start=data.train[0][:1000])
    loss, source = tn.SoftmaxCrossEntropy(), tn.Shuffled(*data.train, seed)
    tn.train(net, loss, later.Natural(net, 0.1), source, 3000)
    assert tn.error_rate(net, *data.test) < 0.13
    view = net.view()
    view.forward(data.test[0])
    for layer in view.layers:
        if isinstance(layer, later.Batchless):
            assert np.median(layer.std / layer.x.std(axis=0)) == pytest.approx(1, abs=0.1)


# ---------------------------------------------------------------------------- L3: alignment


def shapes(n, rng):
    """Images of a triangle or an ellipse, as many of each, and -1 or 1."""
    x, labels = tn.Shapeset(rng).draw(8 * n)
    chosen = np.sort([np.flatnonzero(labels == k)[: n // 2] for k in (0, 2)], axis=None)
    return x[chosen], labels[chosen] - 1.0


def threes_and_eights(n, rng):
    """As many of each of MNIST's, and -1 or 1."""
    x, digits = tn.mnist(real("mnist"), download=False).train
    order = np.random.default_rng(rng).permutation(len(x))
    chosen = np.concatenate([order[digits[order] == k][: n // 2] for k in (3, 8)])
    return x[chosen], np.repeat([-1.0, 1.0], n // 2)


def aligned(x, y, seed, epochs):
    """Top_5 of the hidden layers before and after training, and the training error."""
    sizes = [x.shape[1], 128, 128, 128, 2]
    net = tn.mlp(sizes, activation="relu", init="he", rng=seed, dtype=np.float32)
    start = [a.top(5) for a in tn.alignment(net, x, y)[1:]]
    labels = (y > 0).astype(int)
    source = tn.Shuffled(x, labels, seed + 1)
    tn.train(net, tn.SoftmaxCrossEntropy(), later.Adam(net), source, 16 * epochs, batch=64)
    end = [a.top(5) for a in tn.alignment(net, x, y)[1:]]
    return start, end, tn.error_rate(net, x, labels)


@pytest.mark.long
@SEEDS
@pytest.mark.parametrize(
    ("draw", "least"),
    [(shapes, {"true": 0.8, "chance": 0.75}), (threes_and_eights, {"true": 0.95, "chance": 0.88})],
)
def test_labels_true_or_by_chance_end_in_the_top_layers_first_directions(draw, least, seed):
    x, true = draw(1000, seed)
    chance = np.random.default_rng([seed, 9]).permutation(true)
    for name, y, epochs in (("true", true, 60), ("chance", chance, 100)):
        start, end, error = aligned(x, y, seed, epochs)
        assert error <= 0.01
        assert end[2] >= least[name]
        assert end[1] >= end[0] - 0.03
        assert end[2] >= end[1] - 0.03
        if draw is shapes:
            assert max(start) <= 0.1
            assert end[0] <= 0.1


@pytest.mark.long
@SEEDS
def test_transfer_is_positive_to_like_questions_and_negative_to_others(seed):
    found = studies.transfer(folder=real("mnist"), seed=seed)
    left = dict(zip(found.settings["tasks"], found["left"], strict=True))
    for task in ("5 or more", "4 or more"):
        features = dict(zip(found.settings["features"], left[task], strict=True))
        assert features["trained"] < features["input"] < features["untrained"]
    source, _, trained = left["5 or more"]
    assert trained <= 0.5 * source
    assert left["odd"][0] < left["odd"][2] < left["odd"][1]
    top = dict(zip(found.settings["tasks"], found["top"], strict=True))
    assert top["a coin"].max() < 0.04 < 0.15 < top["5 or more"][0]


# ---------------------------------------------------------------------------- L5: rectifiers


@pytest.mark.parametrize(
    ("activation", "mean", "square", "ratio"),
    [(tn.ReLU(), 0.3989, 0.5, 0.564), (later.ELU(), 0.1605, 0.645, 0.2)],
)
def test_means_of_a_rectified_gaussian(activation, mean, square, ratio):
    g = np.linspace(-8, 8, 1601)
    bell = np.exp(-(g**2) / 2)
    z, bell = activation.f(g), bell / bell.sum()
    assert z @ bell == pytest.approx(mean, abs=1e-4)
    assert z**2 @ bell == pytest.approx(square, abs=5e-4)
    assert z @ bell / np.sqrt(z**2 @ bell) == pytest.approx(ratio, abs=1e-3)


def test_elu_at_minus_1():
    assert later.ELU().f(np.array([-1.0]))[0] == pytest.approx(-0.632, abs=5e-4)


def all_masks(p, units=6):
    """Every mask of so many units, and the chance of each."""
    kept = np.array(list(np.ndindex(*[2] * units)))
    return kept / (1 - p), np.prod(np.where(kept, 1 - p, p), axis=1)


@pytest.mark.parametrize("p", [0.2, 0.5, 0.7])
def test_the_whole_network_is_the_geometric_mean_of_all_thinned_ones(p):
    """If the outputs stand right above the mask: they are linear in it."""
    masks, chance = all_masks(p)
    z, W = np.random.default_rng(0).random(6), np.random.default_rng(1).normal(size=(6, 3))
    geometric = np.exp(chance @ np.log(tn.softmax(masks * z @ W)))
    whole = tn.softmax((z @ W)[None])[0]
    np.testing.assert_allclose(geometric / geometric.sum(), whole, rtol=1e-12)
    assert np.abs(chance @ tn.softmax(masks * z @ W) - whole).max() > 1e-3


@pytest.mark.parametrize("p", [0.2, 0.5, 0.7])
def test_dropout_keeps_the_mean_and_divides_the_mean_square_by_what_is_kept(p):
    y = later.Dropout(p, rng=0).forward(np.full((1000, 500), 2.0))
    assert y.mean() == pytest.approx(2, rel=0.01)
    assert (y**2).mean() == pytest.approx(4 / (1 - p), rel=0.01)
    masks, chance = all_masks(p)
    np.testing.assert_allclose(chance @ masks, 1, rtol=1e-12)
    np.testing.assert_allclose(chance @ masks**2, 1 / (1 - p), rtol=1e-12)


def at_the_start(activation, init, seed):
    """Rms, mean/rms and share of zeros of z in eight hidden layers of 500."""
    x, _ = tn.Shapeset(seed).draw(300)
    sizes = [1024, *[500] * 8, 9]
    net = tn.mlp(sizes, activation=activation, init=init, rng=[seed, 1], dtype=np.float32)
    net.forward(x)
    z = np.array([layer.y for layer in net.layers[1::2]])
    rms = np.sqrt((z**2).mean(axis=(1, 2)))
    return rms, z.mean(axis=(1, 2)) / rms, (z == 0).mean(axis=(1, 2))


@pytest.mark.long
@SEEDS
@pytest.mark.parametrize(
    ("init", "factor"), [("standard", 1 / 6), ("normalized", 1 / 2), ("he", 1)]
)
def test_a_layer_of_rectifiers_multiplies_the_signal_by_its_factor(init, factor, seed):
    rms, share, zeros = at_the_start("relu", init, seed)
    assert (rms[3] / rms[0]) ** (1 / 3) == pytest.approx(np.sqrt(factor), rel=0.05)
    assert 0.47 <= zeros.mean() <= 0.55
    assert share.min() > 0.45


@pytest.mark.long
@SEEDS
def test_the_mean_of_elu_is_nearer_to_0(seed):
    assert at_the_start(later.ELU, "he", seed)[1].mean() < 0.3


@pytest.mark.long
@SEEDS
def test_he_learns_through_20_layers_elu_is_faster_and_the_rate_makes_the_zeros(seed):
    found = studies.rectifiers(folder=real("mnist"), networks=1, seed=seed)
    cost = dict(zip(found.settings["rows"], found["cost"][:, 0], strict=True))
    assert cost["20 layers: relu, he"][10:].mean() < 1
    assert cost["20 layers: relu, normalized"][10:].mean() > 2.2
    assert cost["20 layers: relu, standard"][10:].mean() > 2.2
    assert cost["8 layers: elu, he"][:10].mean() <= 0.7 * cost["8 layers: relu, he"][:10].mean()
    zeros = dict(zip(found["rates"], found["zeros"][:, 0].mean(axis=1), strict=True))
    assert zeros[0.003] < 0.47 < zeros[0.03] < 0.55
    assert zeros[0.3] > 0.8
    assert found["dead"][-1, 0, 0] > 0.1


@pytest.mark.long
@SEEDS
def test_dropout_gains_two_points_and_the_whole_network_is_the_mean_of_the_thinned(seed):
    found = studies.dropout(folder=real("mnist"), networks=1, thinned=50, seed=seed)
    none, _, both = found["test_error"][:, 0, -6:].mean(axis=1)
    assert both <= none - 0.02
    whole = found["test_error"][-1, 0, -1]
    assert found["average"][0, -1] == pytest.approx(whole, abs=0.01)
    assert found["one"].mean() > whole + 0.03


# ---------------------------------------------------------------------------- L4: starvation


def margins(W, v, loss, x, t, rate, time):
    """Descend from W and v on all examples; the margins of every update."""
    first, last = tn.Linear(*W.shape, bias=False, rng=0), tn.Linear(len(v), 1, bias=False, rng=0)
    first.W[:], last.W[:, 0] = W, v
    net = tn.Network([first, tn.ReLU(), last])
    sgd, labels, found = tn.SGD(net, rate), (t > 0).astype(int), []
    for _ in range(round(time / rate)):
        loss.forward(net.forward(x), labels)
        found.append(loss.margin[:, 0])
        net.backward(loss.backward())
        sgd.step()
    return np.array(found)


def reached(u, rate, level=0.999):
    return rate * np.argmax(u > level) if (u > level).any() else np.inf


@pytest.mark.parametrize(("loss", "slower"), [(later.Hinge, False), (later.Logistic, True)])
@pytest.mark.parametrize(
    ("x", "t", "classes"),
    [
        ([[1, 0], [0, 2]], [1, -1], [(0, 1, 0.5), (1, 2, 0.5)]),
        ([[1, 0], [0, 1], [0, 1], [0, 1]], [1, -1, -1, -1], [(0, 1, 0.25), (3, 1, 0.75)]),
    ],
)
def test_a_class_is_learnt_when_the_closed_form_says(x, t, classes, loss, slower):
    x, t, start, rate = np.array(x, float), np.array(t), 0.05, 0.004
    u = margins(
        start * np.eye(2), start * np.array([1, -1]), loss(), x, t, rate, 27 if slower else 13
    )
    for example, c, p in classes:
        z = np.linspace(np.log(c * start**2), 0, 1001)
        factor = np.mean(1 + np.exp(np.exp(z))) if slower else 1
        theory = -z[0] * factor / (2 * p * c)
        assert reached(u[:, example], rate) == pytest.approx(theory, rel=0.005)


def test_a_unit_learns_from_above_the_line_and_never_from_below():
    a, v = (side.ravel() for side in np.meshgrid(*[np.linspace(-1, 1, 21)] * 2))
    n = len(a)
    u = margins(np.diag(a), v, later.Hinge(), np.eye(n), np.ones(n), 0.05 * n, 6 * n)
    theory = (a > 1e-9) & (a + v > 1e-9)
    assert ((u[-1] > 0.99) != theory).sum() <= 4


@pytest.mark.parametrize("q", [0.5, 0.2, 0.1])
def test_the_hinge_leaves_a_rarer_feature_where_the_formula_says(q):
    x = np.column_stack([np.ones(10), np.arange(10) < 10 * q]).astype(float)
    W, v = np.full((2, 1), 0.002), np.array([0.002])
    u = margins(W, v, later.Hinge(), x, np.ones(10), 0.02, 12)[-1]
    A = q**2 / ((1 + q) * np.sqrt(1 + q**2))
    theory = np.sqrt(A * (np.sqrt(A**2 + 4) + A) / 2)
    assert u[0] - u[-1] == pytest.approx(theory, rel=0.08)
    assert u[-1] == pytest.approx(1, abs=0.03)


def test_without_the_frequent_feature_the_rarer_one_is_learnt_and_first_it_helps():
    """With cross-entropy: ahead of what it is alone, then far behind."""
    x = np.column_stack([np.ones(10), np.arange(10) < 5]).astype(float)
    W, v, t = np.full((2, 1), 0.02), np.array([0.02]), np.ones(10)
    u, alone = (margins(W, v, later.Logistic(), seen, t, 0.05, 60) for seen in (x, x * [0, 1]))
    both, alone = u[:, 0] - u[:, -1], alone[:, 0]
    assert reached(both, 0.05) < 0.75 * reached(alone, 0.05)
    assert both[-1] < 0.5 * alone[-1]


@SEEDS
def test_a_class_learns_alone_as_with_the_other_and_in_an_s(seed):
    x, t = np.zeros((100, 20)), np.repeat([1, -1], 50)
    x[:50, :10], x[50:, 10:] = np.random.default_rng(seed).uniform(size=(2, 50, 10))
    start = 0.01 * np.random.default_rng([seed, 1]).normal(size=(21, 10))
    seen = (x, x * (t > 0)[:, None])
    both, alone = (margins(start[:20], start[20], later.Hinge(), s, t, 0.02, 7) for s in seen)
    for k in range(5, 50):
        assert reached(both[:, k], 0.02, 0.5) == pytest.approx(
            reached(alone[:, k], 0.02, 0.5), rel=0.1
        )
    most, few = (np.argmax((both[:, :50] < 0.5).mean(axis=1) < s) for s in (0.9, 0.1))
    assert few - most < 0.15 * few


@pytest.mark.long
@SEEDS
def test_a_mark_starves_the_digit(seed):
    found = studies.marked_digits(folder=real("mnist"), seed=seed)
    error = dict(zip(found["shares"], found["error"], strict=True))
    assert error[1][1] >= 2 * error[0][1]
    assert min(error[0.99][2], error[1][2]) > 0.97
    assert max(error[0.99][0], error[1][0]) < 0.005
