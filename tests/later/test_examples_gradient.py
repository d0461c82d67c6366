"""One example's gradient: lengths, Gram matrix, weights and kernel against brute force."""

import numpy as np
import pytest
from data_files import real
from hypothesis import given
from hypothesis import strategies as st
from own_parts import assert_same_bits

import tinynet as tn
from tinynet import later, studies

sizes = st.tuples(st.integers(1, 6), st.integers(1, 4), st.integers(1, 4))


def drawn(shape, seed=0, dtype=np.float64):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def a_net(sizes=(4, 5, 3), dtype=np.float64):
    """A network of all that can be carried, gamma and beta not those of the start."""
    n_in, n, n_out = sizes
    block = tn.Network([tn.Linear(n, n, rng=2, dtype=dtype), tn.Sigmoid()])
    net = tn.Network(
        [tn.Linear(n_in, n, rng=0, dtype=dtype), later.LayerNorm(n, dtype=dtype), tn.Tanh()]
        + [later.Dropout(0.0, rng=1), block, tn.Linear(n, n_out, rng=3, dtype=dtype, bias=False)]
    )
    net.layers[1].gamma[:], net.layers[1].beta[:] = drawn(n, 1), drawn(n, 2)
    return net


def passed(net, m=6, seed=0):
    """Pass forward and backward, with the gradient of a quadratic cost."""
    loss, n_in = tn.Quadratic(), net.layers[0].n_in
    y = net.forward(drawn((m, n_in), seed, net.dtype))
    loss.forward(y, drawn(y.shape, seed + 1, net.dtype))
    net.backward(loss.backward())
    return net


def one_by_one(net, targets):
    """Return each example's own gradient, as a row, from a pass of its own."""
    rows, view, loss = [], net.view(training=True), tn.Quadratic()
    for k, x in enumerate(net.layers[0].x):
        loss.forward(view.forward(x[None]), targets[k : k + 1])
        view.backward(loss.backward())
        rows.append(np.concatenate([g.ravel() for g in view.named_gradients().values()]))
    return np.array(rows)


def close(a, b, rtol=1e-10):
    np.testing.assert_allclose(a, b, rtol=0, atol=rtol * max(1.0, float(np.abs(b).max())))


# ---------------------------------------------------------------------------- identities


@given(sizes, st.integers(1, 7))
def test_norms_gram_and_weighed_sums_are_those_of_one_pass_for_each_example(size, m):
    net = passed(a_net(size), m)
    g = one_by_one(net, drawn((m, size[2]), 1))
    close(later.example_norms(net), np.linalg.norm(g, axis=1))
    close(later.gram(net), g @ g.T)
    f = drawn(m, 5)
    weighed = later.weigh(net, f)
    assert list(weighed) == list(net.named_parameters())
    for name, array in net.named_parameters().items():
        assert weighed[name].shape == array.shape
    close(np.concatenate([w.ravel() for w in weighed.values()]), f @ g / m)


def test_vectors_are_those_of_outer_products():
    net = passed(a_net())
    for name, (left, right) in later.outer_products(net).items():
        mean = np.mean([np.outer(a, b) for a, b in zip(left, right, strict=True)], axis=0)
        close(mean.reshape(net.named_gradients()[name].shape), net.named_gradients()[name])


def test_the_mean_of_gram_is_the_square_of_the_mean_and_ones_weigh_nothing():
    net = passed(a_net(), 30)
    gradients = net.named_gradients()
    close(later.gram(net).mean(), sum((g**2).sum() for g in gradients.values()), 1e-12)
    for name, gradient in later.weigh(net, np.ones(30)).items():
        close(gradient, gradients[name], 1e-12)


def test_a_batch_has_the_mean_square_signal_plus_noise_over_its_size():
    """All batches of two from six, with the finite population's factor."""
    G = later.gram(passed(a_net()))
    noise = (np.diag(G).mean() - G.mean()) * 6 / 5
    signal = G.mean() - noise / 6
    pairs = [[j, k] for j in range(6) for k in range(j)]
    close(np.mean([G[np.ix_(pair, pair)].mean() for pair in pairs]), signal + noise / 2)


def test_the_kernel_says_how_the_output_moves():
    net, x, t = tn.mlp([4, 30, 1], rng=0), drawn((8, 4)), drawn((8, 1), 1)
    view = net.view()
    f = view.forward(x)
    view.backward(np.ones_like(f))
    K = later.gram(view) / len(x) ** 2
    J = []
    for k in range(8):
        view.forward(x[k : k + 1])
        view.backward(np.ones((1, 1)))
        J.append(np.concatenate([g.ravel() for g in view.named_gradients().values()]))
    close(K, np.array(J) @ np.array(J).T)
    loss, lr = tn.Quadratic(), 1e-6
    loss.forward(net.forward(x), t)
    net.backward(loss.backward())
    tn.SGD(net, lr).step()
    np.testing.assert_allclose((net.forward(x) - f) / lr, -K @ (f - t) / 8, rtol=1e-4)


def test_float32_stays_float32():
    net = passed(a_net(dtype=np.float32))
    arrays = [later.gram(net), later.example_norms(net), *later.weigh(net, np.ones(6)).values()]
    later.Private(net, 0.1, rng=0).step()
    assert {a.dtype for a in [*arrays, *net.named_parameters().values()]} == {np.dtype("f4")}


def test_nothing_is_touched():
    net = passed(a_net())
    before = {k: {n: np.copy(a) for n, a in vars(layer).items() if isinstance(a, np.ndarray)}
              for k, layer in net.named_layers().items()}  # fmt: skip
    for look in (later.gram, later.example_norms, lambda net: later.weigh(net, np.zeros(6))):
        look(net)
    for k, arrays in before.items():
        for name, array in arrays.items():
            np.testing.assert_array_equal(array, vars(net.named_layers()[k])[name])


# ---------------------------------------------------------------------------- private descent


def test_a_private_step_is_that_of_clipped_gradients_and_noise_of_that_size():
    net = passed(a_net(), 9)
    before = {name: array.copy() for name, array in net.named_parameters().items()}
    g = one_by_one(net, drawn((9, 3), 1))
    C = float(np.median(np.linalg.norm(g, axis=1)))
    private = later.Private(net, 0.5, clip=C, noise=0, rng=0)
    private.step()
    clipped = np.array([row * min(1, C / np.linalg.norm(row)) for row in g])
    change = np.concatenate([(a - before[n]).ravel() for n, a in net.named_parameters().items()])
    close(change, -0.5 * clipped.mean(axis=0))
    assert (private.f < 1).sum() == 4
    wide = passed(tn.mlp([50, 60, 3], rng=0), 9)
    quiet, noisy = (later.Private(wide, 0.5, clip=2.0, noise=s, rng=0) for s in (0, 3))
    gradients = wide.named_gradients()
    pairs = zip(quiet.changes(gradients), noisy.changes(gradients), strict=True)
    noise = np.concatenate([(b - a).ravel() for (_, a), (_, b) in pairs])
    assert noise.std() == pytest.approx(0.5 * 3 * 2.0 / 9, rel=0.05)
    assert abs(noise.mean()) < 0.02


def test_an_example_without_a_gradient_is_no_division_by_0():
    net = tn.Network([tn.Linear(2, 2, rng=0)])
    net.forward(np.ones((3, 2)))
    net.backward(np.zeros((3, 2)))
    private = later.Private(net, 0.1, noise=0)
    private.step()
    np.testing.assert_array_equal(private.f, np.ones(3))


def test_a_private_run_that_was_stopped_goes_on_to_the_same_bits(tmp_path):
    def run(*stops, path):
        for updates in stops:
            net = a_net()
            data = tn.Shuffled(drawn((30, 4)), drawn((30, 3), 1), rng=0)
            private = later.Private(net, 0.1, rng=4)
            tn.train(net, tn.Quadratic(), private, data, updates, checkpoint=path, progress=None)
        return net

    assert_same_bits(run(9, path=tmp_path / "whole"), run(4, 9, path=tmp_path / "stopped"))


# ---------------------------------------------------------------------------- what is refused


class Centred:
    """A layer of one's own without parameters that takes the batch's mean off."""

    parameters = ()
    x = y = dy = dx = None

    def forward(self, x):
        self.x, self.y = x, x - x.mean(axis=0)
        return self.y

    def backward(self, dy):
        self.dy, self.dx = dy, dy - dy.mean(axis=0)
        return self.dx


class Doubled(Centred):
    def forward(self, x):
        self.x, self.y = x, 2 * x
        return self.y

    def backward(self, dy):
        self.dy, self.dx = dy, 2 * dy
        return self.dx


class Halved(tn.Linear):
    def forward(self, x):
        return super().forward(x) / 2


class Costly(Doubled):
    cost = 0.5


def between(layer, run=True):
    net = tn.Network([tn.Linear(4, 5, rng=0), layer, tn.Linear(5, 3, rng=1)])
    return passed(net) if run else net


def frozen_norm():
    norm = later.BatchNorm(5)
    norm.parameters = ()
    return norm


def looking_norm():
    norm = later.BatchNorm(5)
    norm.forward(drawn((9, 5)))
    norm.training = False
    return norm


WRONG = {
    "batch norm": (lambda: later.gram(between(later.BatchNorm(5))), ("layers[1]", "LayerNorm")),
    "a frozen one": (lambda: later.gram(between(frozen_norm())), ("layers[1]", "rows")),
    "batch-layer norm": (lambda: later.gram(between(later.BatchLayerNorm(5))), ("layers[1]",)),
    "rows mixed": (lambda: later.example_norms(between(Centred())), ("layers[1]", "Centred")),
    "weight norm": (lambda: later.gram(between(later.WeightNorm(5, 5))), ("layers[1].g", "Weight")),
    "another Linear": (lambda: later.gram(between(Halved(5, 5))), ("layers[1].W", "Halved")),
    "batchless": (lambda: later.gram(between(later.Batchless(5))), ("layers[1]", "own")),
    "a cost": (lambda: later.weigh(between(Costly()), np.ones(6)), ("layers[1]", "cost")),
    "no pass": (lambda: later.gram(between(tn.Tanh(), run=False)), ("dW", "backward")),
    "no network": (lambda: later.gram(tn.Tanh()), ("net", "Tanh")),
    "too few f": (lambda: later.weigh(between(tn.Tanh()), np.ones(5)), ("f: ", "6", "5")),
    "f NaN": (lambda: later.weigh(between(tn.Tanh()), [1, 2, 3, 4, 5, np.nan]), ("f", "nan")),
    "clip 0": (lambda: later.Private(a_net(), 0.1, clip=0), ("clip: ", "0")),
    "noise -1": (lambda: later.Private(a_net(), 0.1, noise=-1), ("noise: ", "-1")),
    "K-FAC, rows mixed": (lambda: softmax_step(between(Centred(), run=False)), ("layers[1]",)),
}  # fmt: skip


def softmax_step(net):
    loss = tn.SoftmaxCrossEntropy()
    loss.forward(net.forward(drawn((6, 4))), np.arange(6) % 3)
    net.backward(loss.backward())
    later.KFAC(net, rng=0).step()


@pytest.mark.parametrize("case", WRONG)
def test_what_has_no_gradient_of_one_example_is_refused_by_name(case):
    call, words = WRONG[case]
    with pytest.raises((TypeError, ValueError)) as error:
        call()
    assert not [word for word in words if word not in str(error.value)], str(error.value)


@pytest.mark.parametrize("layer", [Doubled, looking_norm])
def test_what_keeps_the_rows_apart_is_carried(layer):
    net = between(layer(), run=False)
    y = net.forward(drawn((6, 4)))
    loss = tn.Quadratic()
    loss.forward(y, drawn(y.shape, 1))
    net.backward(loss.backward())
    rows = []
    for k in range(6):
        view = net.view()
        view.forward(drawn((6, 4))[k : k + 1])
        view.backward(6 * loss.doutput[k : k + 1])
        rows.append(np.concatenate([g.ravel() for g in view.named_gradients().values()]))
    close(later.gram(net), np.array(rows) @ np.array(rows).T)


# ---------------------------------------------------------------------------- the lesson's figures


def noise_scale(net, x, labels):
    view, loss = net.view(training=True), tn.SoftmaxCrossEntropy()
    loss.forward(view.forward(x), labels)
    view.backward(loss.backward())
    G = later.gram(view).astype(float)
    noise = (np.diag(G).mean() - G.mean()) * len(G) / (len(G) - 1)
    lengths = np.sqrt(np.diag(G))
    cosines = G / np.outer(lengths, lengths)
    same = labels[:, None] == labels
    return noise / (G.mean() - noise / len(G)), cosines[same].mean(), cosines[~same].mean()


@pytest.mark.long
@pytest.mark.parametrize("seed", [0, 1])
def test_on_the_plateau_the_gradient_is_noise_and_classes_pull_against_each_other(seed):
    x, labels = tn.Shapeset(rng=9).draw(600)
    net = tn.mlp([1024, 100, 100, 100, 9], init="standard", rng=seed, dtype=np.float32)
    sgd, data, loss = tn.SGD(net, 0.05), tn.Shapeset(rng=[seed, 1]), tn.SoftmaxCrossEntropy()
    found = []
    tn.train(
        *(net, loss, sgd, data, 1000),
        watch=lambda k: found.append(noise_scale(net, x, labels)),
        every=[0, 1000],
        progress=None,
    )
    (start, *_), (plateau, same, other) = found
    assert abs(plateau) > 2 * start  # the signal is so small that its estimate may be below 0
    assert same > 0.25
    assert other < -0.02


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_the_wider_a_network_the_better_its_first_kernel_foresees_it(seed):
    x, labels = tn.Shapeset(rng=0).draw(60)
    t, off = np.where(labels < 3, 1.0, -1.0)[:, None], []
    for width in (10, 300):
        net = tn.mlp([1024, width, width, 1], rng=seed)
        view = net.view()
        start = foreseen = view.forward(x)
        view.backward(np.ones_like(start))
        K = later.gram(view) / 60**2
        data = tn.Shuffled(x, t, rng=0)
        tn.train(net, tn.Quadratic(), tn.SGD(net, 0.003), data, 300, batch=60, progress=None)
        for _ in range(300):
            foreseen = foreseen - 0.003 / 60 * K @ (foreseen - t)
        miss = np.linalg.norm(foreseen - net.forward(x)) / np.linalg.norm(foreseen - start)
        off.append(miss)
    assert off[1] < 0.1
    assert off[0] > 2 * off[1]


@pytest.mark.long
@pytest.mark.parametrize("seed", [0, 1])
def test_under_clipping_and_noise_a_layer_norm_stands_the_larger_rate(seed):
    real("mnist")
    found = studies.private(rates=[4.0], noises=[1.0], networks=1, seed=seed)["error"].ravel()
    standard, normalized, norm = found
    assert norm < 0.2
    assert norm < 0.9 * min(standard, normalized)
