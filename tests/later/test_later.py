"""What came after the paper: closed forms, identities, and what is refused.

That each part trains, is looked at, saved and resumed as the core's are: ``test_contracts.py``.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinynet as tn
from tinynet import later

NORMS = [later.BatchNorm, later.LayerNorm, later.BatchLayerNorm, later.Batchless]
DTYPES = {np.float64: 1e-12, np.float32: 2e-5}
sizes = st.tuples(st.integers(2, 12), st.integers(2, 9))
dtypes = st.sampled_from(list(DTYPES))


def drawn(shape, dtype=np.float64, seed=0, mean=3.0, std=2.0):
    return np.random.default_rng(seed).normal(mean, std, shape).astype(dtype)


def made(norm, n, dtype=np.float64):
    """A layer whose gamma and beta are not those of its start."""
    layer = norm(n, dtype=dtype)
    layer.gamma[:], layer.beta[:] = drawn(n, seed=1), drawn(n, seed=2)
    return layer


def close(a, b, dtype=np.float64):
    np.testing.assert_allclose(a, b, rtol=DTYPES[dtype], atol=100 * DTYPES[dtype])


# ---------------------------------------------------------------------------- all of them


@given(sizes, dtypes, st.sampled_from(NORMS))
def test_a_norm_keeps_shapes_and_dtype_and_its_gradients_are_those_of_differences(
    size, dtype, norm
):
    layer = made(norm, size[1], dtype)
    y = layer.forward(drawn(size, dtype))
    dx = layer.backward(drawn(size, dtype, seed=3))
    for array in (y, dx, layer.dgamma, layer.dbeta, layer.x_hat, layer.dx_hat):
        assert array.dtype == dtype
    assert y.shape == dx.shape == size
    if dtype == np.float64:
        rows = tn.gradient_check(tn.Network([layer]), drawn(size))
        assert not [row for row in rows if row.wrong]


@pytest.mark.parametrize(
    "layers",
    [
        lambda: [later.WeightNorm(6, 5, rng=0), later.ELU(), later.WeightNorm(5, 3, rng=1)],
        lambda: [tn.Linear(6, 5, rng=0), later.Dropout(0.4, rng=1), tn.Linear(5, 3, rng=1)],
        lambda: [later.WeightNorm(6, 5, rng=0, bias=False)],
    ],
)
def test_other_layers_have_the_gradients_of_differences(layers):
    assert not [row for row in tn.gradient_check(tn.Network(layers()), drawn((4, 6))) if row.wrong]


@pytest.mark.parametrize("dtype", DTYPES)
def test_float32_stays_float32_through_a_step_of_each_optimizer(dtype):
    for optimizer in (later.Momentum, later.Adam, later.Natural):
        net = tn.Network(
            [later.WeightNorm(6, 5, rng=0, dtype=dtype), later.ELU(), later.Dropout(0.4, rng=0)]
            + [later.Batchless(5, dtype=dtype), tn.Linear(5, 1, rng=1, dtype=dtype)]
        )
        loss, steps = later.Logistic(), optimizer(net, 0.01)
        for _ in range(2):
            loss.forward(net.forward(drawn((4, 6), dtype)), np.array([0, 1, 1, 0]))
            net.backward(loss.backward())
            steps.step()
        arrays = {**net.named_parameters(), **net.named_gradients()}
        assert {array.dtype for array in arrays.values()} == {np.dtype(dtype)}
        assert loss.doutput.dtype == dtype


# ---------------------------------------------------------------------------- batch norm


@given(sizes, dtypes)
def test_batch_norm_gives_each_unit_the_mean_beta_and_the_std_gamma(size, dtype):
    layer = made(later.BatchNorm, size[1], dtype)
    y = layer.forward(drawn(size, dtype)).astype(float)
    np.testing.assert_allclose(y.mean(axis=0), layer.beta, atol=1e-4)
    x_std = drawn(size, dtype).std(axis=0)
    np.testing.assert_allclose(y.std(axis=0), abs(layer.gamma) * x_std / layer.std, rtol=1e-3)
    dx = layer.backward(drawn(size, dtype, seed=3))
    scale = np.abs(layer.dx_hat / layer.std).max()  # of which most is taken off
    np.testing.assert_allclose(dx.sum(axis=0), 0, atol=100 * DTYPES[dtype] * scale)


def test_running_statistics_begin_with_the_first_batch_and_follow_by_their_share():
    layer, mean, var = later.BatchNorm(4, share=0.25), None, None
    for seed in range(5):
        x = drawn((6, 4), seed=seed)
        layer.forward(x)
        first = mean is None
        mean = x.mean(axis=0) if first else 0.75 * mean + 0.25 * x.mean(axis=0)
        var = x.var(axis=0, ddof=1) if first else 0.75 * var + 0.25 * x.var(axis=0, ddof=1)
    close(layer.running_mean, mean)
    close(layer.running_var, var)
    layer.training = False
    x = drawn((1, 4), seed=9)
    close(layer.forward(x), (x - mean) / np.sqrt(var + 1e-5))
    close(layer.backward(np.ones((1, 4))), np.ones((1, 4)) / np.sqrt(var + 1e-5))
    assert layer.batches == 5


def test_the_scale_of_weights_below_a_batch_norm_changes_no_output_and_divides_their_gradient():
    x, found = drawn((8, 6)), []
    for scale in (1, 3):
        linear = tn.Linear(6, 5, init=lambda *_, k=scale: k * tn.standard(6, 5, 0), bias=False)
        net = tn.Network([linear, later.BatchNorm(5)])
        y = net.forward(x)
        net.backward(drawn((8, 5), seed=1))
        found.append((y, linear.dW))
    np.testing.assert_allclose(found[1][0], found[0][0], rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(3 * found[1][1], found[0][1], rtol=1e-2, atol=1e-3)


# ---------------------------------------------------------------------------- other norms


@given(sizes)
def test_layer_norm_and_batchless_take_each_row_by_itself(size):
    for norm in (later.LayerNorm, later.Batchless):
        layer = made(norm, size[1])
        together = layer.forward(drawn(size))
        alone = [layer.forward(drawn(size)[k : k + 1]) for k in range(size[0])]
        close(together, np.concatenate(alone))


def test_layer_norm_of_rows_is_batch_norm_of_columns():
    x, dy = drawn((6, 6)), drawn((6, 6), seed=1)
    by_row, by_column = later.LayerNorm(6), later.BatchNorm(6)
    close(by_row.forward(x), by_column.forward(x.T).T)
    close(by_row.backward(dy), by_column.backward(dy.T).T)


@pytest.mark.parametrize("m", [2, 4, 10])
def test_batch_layer_norm_mixes_the_two_by_the_size_of_the_batch(m):
    x, dy, w = drawn((m, 5)), drawn((m, 5), seed=1), 1 - 1 / m
    mixed, batch, layer = later.BatchLayerNorm(5), later.BatchNorm(5), later.LayerNorm(5)
    close(mixed.forward(x), w * batch.forward(x) + (1 - w) * layer.forward(x))
    close(mixed.backward(dy), w * batch.backward(dy) + (1 - w) * layer.backward(dy))
    mixed.training = batch.training = False
    x = drawn((1, 5), seed=2)
    close(mixed.forward(x), w * batch.forward(x) + (1 - w) * layer.forward(x))


def test_weight_norm_has_columns_of_length_g_and_dV_at_a_right_angle_to_V():
    layer, plain = later.WeightNorm(6, 4, rng=0), tn.Linear(6, 4, rng=0)
    x, dy = drawn((5, 6)), drawn((5, 4), seed=1)
    close(layer.forward(x), plain.forward(x))
    close(layer.backward(dy), plain.backward(dy))
    close(layer.dW, plain.dW)
    layer.g[:], layer.V[:] = [1, 2, 3, 4], drawn((6, 4), seed=2)
    layer.forward(x)
    layer.backward(dy)
    close(np.linalg.norm(layer.W, axis=0), layer.g)
    close((layer.V * layer.dV).sum(axis=0), 0)
    before = np.linalg.norm(layer.V, axis=0)
    tn.SGD(tn.Network([layer]), 0.1).step()
    close(
        np.linalg.norm(layer.V, axis=0) ** 2,
        before**2 + (0.1 * np.linalg.norm(layer.dV, axis=0)) ** 2,
    )


def test_weight_norm_starts_from_data_with_mean_0_and_std_1():
    layer = later.WeightNorm(6, 4, rng=0)
    layer.V *= 7
    y = layer.start_from(drawn((50, 6)))
    close(y.mean(axis=0), 0)
    close(y.std(axis=0), 1)


def test_below_a_half_turn_of_V_only_its_direction_counts():
    layer = later.WeightNorm(6, 4, rng=0)
    x = drawn((5, 6))
    y = layer.forward(x)
    layer.V *= 5
    close(layer.forward(x), y)


# ---------------------------------------------------------------------------- batchless


def test_the_own_cost_of_batchless_is_least_at_mean_and_std_of_what_comes():
    x = drawn((40, 3))
    layer = later.Batchless(3, floor=0.0)
    layer.start_from(x)
    close(layer.mu, x.mean(axis=0))
    close(np.exp(layer.log_sigma), x.std(axis=0))
    assert layer.cost == pytest.approx((np.log(x.std(axis=0)) + 0.5).sum())
    layer.backward(np.ones_like(x))
    close(layer.dmu, 0)
    close(layer.dlog_sigma, 0)


@pytest.mark.parametrize("lr", [1.0, 0.1])
def test_a_natural_step_moves_mu_to_the_mean_by_lr_and_a_plain_one_by_lr_over_sigma_squared(lr):
    for optimizer in (later.Natural, tn.SGD):
        x, layer = drawn((40, 3)), later.Batchless(3, floor=0.5)
        layer.log_sigma[:] = np.log([0.5, 1.0, 2.5])
        sigma = np.array([1.0, 1.5, 3.0])
        layer.forward(x)
        layer.backward(np.zeros_like(x))
        optimizer(tn.Network([layer]), lr).step()
        share = lr if optimizer is later.Natural else lr / sigma**2
        close(layer.mu, share * x.mean(axis=0))


def gradients(net, x, dy):
    net.forward(x)
    net.backward(dy)
    return {name: array.copy() for name, array in net.named_gradients().items()}


def test_gradients_of_single_rows_add_up_to_the_batchs_with_batchless_and_not_with_batch_norm():
    x, dy = drawn((8, 6)), drawn((8, 5), seed=1)
    off = {}
    for norm in (later.Batchless, later.BatchNorm):
        net = tn.Network([tn.Linear(6, 5, rng=0), norm(5)])
        rows = 1 if norm is later.Batchless else 2
        parts = [gradients(net, x[k : k + rows], dy[k : k + rows]) for k in range(0, 8, rows)]
        whole = gradients(net, x, dy)
        own = getattr(net.layers[1], "own", ())
        off[norm] = 0.0
        for name, gradient in whole.items():
            of_own = name.split(".")[1] in own  # a mean over the batch; the others are sums
            added = sum(part[name] for part in parts) / (len(parts) if of_own else 1)
            difference = np.abs(added - gradient).max() / (np.abs(gradient).max() + 1e-9)
            off[norm] = max(off[norm], difference)
    assert off[later.Batchless] < 1e-12
    assert off[later.BatchNorm] > 0.1


# ---------------------------------------------------------------------------- dropout


def test_dropout_keeps_a_share_of_1_minus_p_and_the_mean():
    layer = later.Dropout(0.3, rng=0)
    y = layer.forward(np.full((1000, 100), 2.0))
    assert (y > 0).mean() == pytest.approx(0.7, abs=0.005)
    assert y.mean() == pytest.approx(2, abs=0.02)
    np.testing.assert_array_equal(layer.backward(np.ones_like(y)), layer.mask)
    half = later.Dropout(0.5, rng=0).forward(np.full((1000, 100), 2.0))
    assert half.var() == pytest.approx(4, abs=0.01)


@pytest.mark.parametrize("p", [0, 0.5])
def test_dropout_drops_nothing_with_p_0_or_when_looked_at(p):
    layer, x = later.Dropout(p, rng=0), drawn((4, 3))
    layer.training = p == 0
    before = layer.rng.bit_generator.state
    np.testing.assert_array_equal(layer.forward(x), x)
    np.testing.assert_array_equal(layer.backward(x), x)
    assert layer.training or layer.rng.bit_generator.state == before


# ---------------------------------------------------------------------------- optimizers


def one_parameter():
    net = tn.Network([tn.Linear(1, 1, init=lambda *_: np.ones((1, 1)), bias=False)])
    net.forward(np.ones((1, 1)))
    return net, net.layers[0]


def test_momentum_adds_up_older_gradients_the_weaker():
    net, layer = one_parameter()
    sgd = later.Momentum(net, 0.1, momentum=0.5)
    for gradient in (1.0, 1.0, -2.0):
        net.backward(np.full((1, 1), gradient))
        sgd.step()
    steps = [1, 1 + 0.5, -2 + 0.5 * 1.5]
    assert layer.W[0, 0] == pytest.approx(1 - 0.1 * sum(steps))


def test_adam_takes_the_steps_of_its_paper():
    net, layer = one_parameter()
    adam, W, m, v = later.Adam(net, 0.01), 1.0, 0.0, 0.0
    for t, gradient in enumerate([3.0, -1.0, 0.5, 0.0, 20.0], 1):
        net.backward(np.full((1, 1), gradient))
        adam.step()
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        W -= 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        assert layer.W[0, 0] == pytest.approx(W, rel=1e-12)
        if t == 1:
            assert pytest.approx(0.01) == 1 - W  # whatever the size of the gradient


# ---------------------------------------------------------------------------- losses, ELU


@settings(max_examples=50)
@given(st.lists(st.floats(-50, 50), min_size=1, max_size=6), st.data())
def test_logistic_is_the_cross_entropy_of_0_and_the_output(outputs, data):
    output = np.array(outputs)[:, None]
    labels = np.array(
        data.draw(st.lists(st.integers(0, 1), min_size=len(outputs), max_size=len(outputs)))
    )
    one, two = later.Logistic(), tn.SoftmaxCrossEntropy()
    both = np.hstack([np.zeros_like(output), output])
    assert one.forward(output, labels) == pytest.approx(two.forward(both, labels), abs=1e-12)
    np.testing.assert_allclose(one.backward()[:, 0], two.backward()[:, 1], atol=1e-12)
    assert one.chance() == pytest.approx(two.chance())


def test_hinge_pulls_what_is_not_a_margin_of_1_away_and_nothing_else():
    hinge = later.Hinge()
    cost = hinge.forward(np.array([[0.5], [2.0], [-3.0], [0.0]]), np.array([1, 1, 0, 0]))
    assert cost == pytest.approx((0.5 + 0 + 0 + 1) / 4)
    np.testing.assert_array_equal(hinge.backward()[:, 0], [-0.25, 0, 0, 0.25])
    assert hinge.chance() == 1
    same = [hinge.forward(np.full((4, 1), o), np.array([1, 0, 0, 0])) for o in (-1.0, 0.0, 1.0)]
    assert hinge.chance() == pytest.approx(min(same))


def test_no_margin_is_too_large_for_the_logistic_cost():
    loss = later.Logistic()
    assert loss.forward(np.array([[-1e4], [1e4]]), np.array([1, 1])) == pytest.approx(5000)
    np.testing.assert_allclose(loss.backward()[:, 0], [-0.5, 0])


def test_elu_is_s_above_0_and_exp_minus_1_below():
    f = later.ELU()
    np.testing.assert_allclose(f.f(np.array([-1.0, 0, 2])), [np.exp(-1) - 1, 0, 2])
    np.testing.assert_allclose(f.slope(np.array([-1.0, 0, 2])), [np.exp(-1), 1, 1])
    s = np.array([-1e3, 1e3])
    np.testing.assert_array_equal(f.f(s), [-1, 1e3])
    assert np.linspace(-5, 5, 9, dtype=np.float32).dtype == f.f(np.ones(9, np.float32)).dtype


# ---------------------------------------------------------------------------- alignment


def test_alignment_of_a_collapsed_representation_is_along_the_two_first_directions():
    y = np.repeat([1.0, -1.0], 500)
    direction = np.array([2 * 0.6, 2 * 0.8])  # of length 2
    first, *_ = tn.alignment(tn.Network([tn.Linear(2, 1, rng=0)]), np.outer(y, direction), y)
    np.testing.assert_allclose(first.s[:2], np.sqrt(1000) / np.sqrt(5) * np.array([2, 1]))
    assert first.top(1) == pytest.approx(1)
    assert first.top(2) == pytest.approx(1)


def test_alignment_of_labels_by_chance_is_k_of_the_examples_and_all_adds_up():
    rng = np.random.default_rng(0)
    net = tn.mlp([30, 40, 50, 1], rng=0)
    found = tn.alignment(net, rng.normal(size=(300, 30)), rng.choice([-1.0, 1.0], 300))
    assert [len(layer.s) for layer in found] == [31, 41, 51]
    for layer in found:
        assert layer.total == 300
        assert layer.top(len(layer.s)) <= 1 + 1e-12
        assert layer.top() < 0.05
        np.testing.assert_allclose((layer.s**2).sum(), 300)  # rows of length 1
    one_hot = np.eye(3)[rng.integers(3, size=300)]
    assert tn.alignment(net, rng.normal(size=(300, 30)), one_hot)[0].total == pytest.approx(300)


def test_descent_from_0_goes_at_the_speed_that_the_singular_values_say():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 4)), rng.choice([-1.0, 1.0], 20)
    (found,) = tn.alignment(tn.Network([tn.Linear(4, 1, rng=0)]), x, y)
    phi = np.column_stack([x, np.ones(20)])
    phi /= np.linalg.norm(phi, axis=1, keepdims=True)
    w, eta = np.zeros(5), 1 / found.s[0] ** 2
    for t in range(50):
        assert ((phi @ w - y) ** 2).sum() == pytest.approx(20 * found.left(t), abs=1e-10)
        w -= eta * phi.T @ (phi @ w - y)
    np.testing.assert_allclose(found.left(np.array([0, 49])), [1, found.left(49)])


# ---------------------------------------------------------------------------- bad input


def logits(n=4):
    return np.zeros((n, 1))


BAD = {
    "a batch of one": (
        lambda: later.BatchNorm(3).forward(np.ones((1, 3))),
        ("x: ", "two rows", "one"),
    ),
    "a batch of one, mixed": (
        lambda: later.BatchLayerNorm(3).forward(np.ones((1, 3))),
        ("x: ", "two rows", "one"),
    ),
    "another width": (lambda: later.LayerNorm(3).forward(np.ones((2, 4))), ("x: ", "3)", "(2, 4)")),
    "no width": (lambda: later.BatchNorm(0), ("n: ", "at least 1", "0")),
    "share 2": (lambda: later.BatchNorm(3, share=2), ("share: ", "from 0 to 1", "2")),
    "dtype int": (lambda: later.LayerNorm(3, dtype=int), ("dtype: ", "int")),
    "p 1": (lambda: later.Dropout(1), ("p: ", "from 0 to below 1", "1")),
    "p -.1": (lambda: later.Dropout(-0.1), ("p: ", "-0.1")),
    "p text": (lambda: later.Dropout("half"), ("p: ", "half")),
    "floor": (lambda: later.Batchless(3, floor=-1), ("floor: ", "at least 0", "-1")),
    "weight 0": (lambda: later.Batchless(3, weight=0), ("weight: ", "0")),
    "momentum 1": (
        lambda: later.Momentum(one_parameter()[0], 0.1, momentum=1),
        ("momentum: ", "below 1"),
    ),
    "eps 0": (lambda: later.Adam(one_parameter()[0], eps=0), ("eps: ", "0")),
    "no backward before forward": (
        lambda: later.BatchNorm(3).backward(np.ones((2, 3))),
        ("dy: ", "forward"),
    ),
    "labels -1": (
        lambda: later.Logistic().forward(logits(), np.array([-1, 1, 1, -1])),
        ("labels: ", "-1", "(labels + 1) // 2"),
    ),
    "labels 2": (
        lambda: later.Hinge().forward(logits(), np.array([0, 1, 2, 1])),
        ("labels: ", "2"),
    ),
    "two outputs": (
        lambda: later.Hinge().forward(np.zeros((4, 2)), np.zeros(4, int)),
        ("output: ", "1)", "(4, 2)"),
    ),
    "a unit that never varies": (
        lambda: later.WeightNorm(2, 3, rng=0).start_from(np.ones((4, 2))),
        ("x: ", "std 0", "unit 0"),
    ),
    "targets of 0": (
        lambda: tn.alignment(one_parameter()[0], np.ones((4, 1)), np.zeros(4)),
        ("y: ", "only 0"),
    ),
    "too few targets": (
        lambda: tn.alignment(one_parameter()[0], np.ones((4, 1)), np.ones(3)),
        ("y: ", "(4)", "(3,)"),
    ),
}


@pytest.mark.parametrize(("call", "words"), BAD.values(), ids=BAD)
def test_bad_input_is_refused_with_what_was_expected_and_what_came(call, words):
    with pytest.raises((TypeError, ValueError)) as error:
        call()
    for word in words:
        assert word in str(error.value)
