"""The gradient check passes what is right and finds what is wrong, in the row where it is."""

import pickle
import random
import sys
import time
import tracemalloc
from itertools import groupby

import numpy as np
import pytest
import strangers
from gradcheck_networks import INPUTS, MISTAKES, mistaken, planted, right_network
from hypothesis import given, settings
from hypothesis import strategies as st
from own_parts import ACTIVATIONS, Gain, Sine, batch_for, one_pass, own_net, small_net

import tinynet as tn
from tinynet.looking.gradcheck import STEP


def wrong(rows):
    return [(row.layer, row.array) for row in rows if row.error > row.bound]


def unchanged(net, x):
    """The rows of a check after which every bit of the network and of x is as it was."""
    before = pickle.dumps((net, x))
    rows = tn.gradient_check(net, x)
    assert pickle.dumps((net, x)) == before
    return rows


# ---------------------------------------------------------------------------- right networks


@pytest.mark.parametrize("inputs", INPUTS)
@pytest.mark.parametrize(
    ("networks", "widest"), [(20, 5), pytest.param(200, 20, marks=pytest.mark.long)]
)
def test_no_right_network_is_called_wrong(networks, widest, inputs):
    sharp = 0
    for seed in range(networks):
        net, x = right_network(inputs, seed, widest)
        rows = tn.gradient_check(net, x)
        assert wrong(rows) == [], seed
        assert type(net.layers[1]) is tn.ReLU or not any(row.kinks for row in rows), seed
        sharp += all(row.bound <= 1e-6 or row.bound >= 1 for row in rows)  # 1: its gradient is 0
    if inputs == "N(0, 1)":
        assert sharp >= 0.9 * networks


@settings(max_examples=20)
@given(
    activation=st.sampled_from([*ACTIVATIONS, Sine]),
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=4),
    dtype=st.sampled_from([np.float32, np.float64]),
    seed=st.integers(0, 10**6),
)
def test_a_right_network_of_any_dtype_passes_and_stays_as_it_is(activation, sizes, dtype, seed):
    net = small_net(activation, sizes, dtype, seed)
    x, _ = batch_for(net)
    net.backward(net.forward(x))
    assert wrong(unchanged(net, x)) == []


@pytest.mark.parametrize("name", strangers.BUILDERS)
def test_right_parts_of_all_kinds_pass_and_stay_as_they_are(name):
    net, loss, _, source = strangers.build(name)
    x, targets = source.draw(5)
    for _ in range(2):  # as made, and after a pass
        rows = unchanged(net, x)
        assert wrong(rows) == []
        assert max(row.error for row in rows) < 1e-7
        one_pass(net, x, targets, loss)


class Pulled(tn.Network):
    """A network with a cost of its own, the mean of |y|^2/2, beside those of its layers."""

    @property
    def cost(self):
        return super().cost + (self.y**2).sum() / 2 / len(self.y)

    def forward(self, x):
        self.y = super().forward(x)
        return self.y

    def backward(self, dy):
        return super().backward(dy + self.y / len(dy))


class Large(strangers.Batchless):
    weight = 1e8


@pytest.mark.parametrize(
    "layer",
    [strangers.BatchNorm(3), Large(3), Pulled([tn.Linear(3, 3, rng=0), strangers.Gaussian(3)])],
)
@pytest.mark.parametrize("mean", [0, 1e6])
def test_costs_and_inputs_may_be_large(mean, layer):
    x = mean + np.random.default_rng(0).normal(size=(5, 3))
    assert wrong(unchanged(tn.Network([layer, tn.Tanh(), tn.Linear(3, 2, rng=0)]), x)) == []


def test_a_float32_network_is_checked_in_float64():
    class Float32(Gain):
        """Holds float32 arrays in a list and in a layer, and the dtype itself."""

        def __init__(self, units, dtype):
            super().__init__(units, dtype)
            self.dtypes, self.parts = [dtype, np.dtype(dtype)], [np.empty(units, dtype)]
            self.inner = tn.Linear(units, units, rng=0, dtype=dtype)
            self.parameters = ("gamma", "W", "b")
            self.W, self.b = self.inner.W, self.inner.b

        def forward(self, x):
            for dtype in self.dtypes:
                x = x.astype(dtype)
            return super().forward(self.inner.forward(x))

        def backward(self, dy):
            dx = self.inner.backward(super().backward(dy))
            self.parts[0][:] = self.dgamma
            self.dgamma, self.dW, self.db = self.parts[0], self.inner.dW, self.inner.db
            return dx

    first, bend, last = small_net(sizes=(3, 4, 2), dtype=np.float32).layers
    net = tn.Network([first, bend, Float32(4, np.float32), last])
    x, labels = batch_for(net)
    one_pass(net, x, labels)
    rows = tn.gradient_check(net, x)
    assert wrong(rows) == []
    assert max(row.error for row in rows) < 1e-7  # in float32 it would be about 1e-1


@pytest.mark.parametrize(
    ("net", "lines"),
    [
        ("gain", "0 Linear dW db dx, 1 Gain dgamma dx, 2 Tanh dx, 3 Linear dW db dx"),
        ("frozen", "0 Linear dx, 1 Tanh dx, 2 Linear dW db dx, 3 Tanh dx, 4 Linear dW db dx"),
        ("no bias", "0 Linear dW dx, 1 Tanh dx, 2 Linear dW dx"),
        ("weight norm", "0 WeightNorm dg dV db dx, 1 Tanh dx, 2 WeightNorm dg dV db dx"),
        ("auto-encoder", "0 Tied dc, 0.0 Linear dW db, 0 Tied dx"),
        (strangers.Residual([tn.Linear(6, 6, rng=0)]), "0.0 Linear dW db, 0 Residual dx"),
    ],
)
def test_there_is_a_row_for_each_parameter_and_for_each_x_of_the_networks_layers(net, lines):
    net = strangers.build(net).net if isinstance(net, str) else net
    rows = tn.gradient_check(net, strangers.data()[0][:4])
    assert wrong(rows) == []
    groups = groupby(rows, key=lambda row: row.layer)
    assert ", ".join(" ".join([name, *(r.array for r in group)]) for name, group in groups) == lines


def test_the_same_seed_gives_the_same_rows_and_another_one_does_not():
    net = small_net()
    x, _ = batch_for(net)
    assert tn.gradient_check(net, x, rng=1) == tn.gradient_check(net, x, rng=1)
    assert tn.gradient_check(net, x, rng=1) != tn.gradient_check(net, x, rng=2)


# ---------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize(("kind", "arrays", "line"), MISTAKES)
@pytest.mark.parametrize("networks", [2, pytest.param(20, marks=pytest.mark.long)])
def test_a_mistake_shows_in_its_rows_and_in_none_of_a_later_layer(networks, kind, arrays, line):
    for seed in range(networks):
        rows = tn.gradient_check(*planted(kind, line, seed))
        seen = [array for layer, array in wrong(rows) if layer >= "1"]
        assert sorted(seen) == sorted(arrays.split()), seed
        assert all(row.layer[0] == "1" for row in rows if row.wrong and row.layer >= "1")


@pytest.mark.parametrize("number", ["np.nan", "np.inf"])
@pytest.mark.parametrize("width", [4, 25])  # 25 x 25 weights are checked along one direction
def test_what_is_not_finite_has_an_infinite_error(number, width):
    net = small_net(sizes=(3, width, width, 2))
    net.layers[2].__class__ = mistaken(tn.Linear, f"layer.dW[0, 0] = {number}")
    rows = tn.gradient_check(net, batch_for(net)[0])
    assert wrong(rows) == [("2 Linear", "dW")]
    assert [row.error for row in rows if row.wrong] == [np.inf]


def test_a_cost_that_is_not_finite_makes_every_array_below_it_wrong():
    class Log(strangers.Gaussian):
        def forward(self, x):
            y = super().forward(x)
            self.cost = float(np.log(-np.abs(x)).sum())
            return y

    net = tn.Network([tn.Linear(3, 4, rng=0), Log(4), tn.Linear(4, 2, rng=0)])
    rows = tn.gradient_check(net, batch_for(net)[0])
    assert {row.layer for row in rows if row.error == np.inf} == {"0 Linear", "1 Log"}
    assert wrong(rows) == [(row.layer, row.array) for row in rows if row.layer < "2"]


def test_where_nothing_can_be_seen_the_bound_says_so():
    net = strangers.build("batch norm").net  # it takes away whatever the bias before it adds
    rows = tn.gradient_check(net, strangers.data()[0][:4])
    (row,) = [row for row in rows if row.bound >= 1]
    assert (row.layer, row.array, row.kinks, row.error) == ("0 Linear", "db", 0, 0)


# ---------------------------------------------------------------------------- few examples


@pytest.mark.parametrize("refusal", [ValueError, AssertionError])
@pytest.mark.parametrize("least", [2, 4])
def test_a_layer_that_refuses_one_example_is_checked_at_two_or_at_all(refusal, least):
    class Refuses(Gain):
        def forward(self, x):
            if len(x) < least:
                raise refusal("too few")
            return super().forward(x)

        def backward(self, dy):
            return (1 + (len(dy) == 2)) * super().backward(dy)

    net = tn.Network([tn.Linear(3, 4, rng=0), Refuses(4), tn.Linear(4, 2, rng=0)])
    rows = tn.gradient_check(net, batch_for(net)[0])
    shapes = [row.shape for row in rows if row.wrong and row.layer == "1 Refuses"]
    assert shapes == ([(2, 4)] if least == 2 else [])


def test_a_warning_about_one_example_alone_is_not_the_users():
    class Unbiased(strangers.BatchNorm):
        def forward(self, x):
            y = super().forward(x)
            self.running_var = 0.9 * self.running_var + 0.1 * x.var(axis=0, ddof=1)
            return y

    net = tn.Network([tn.Linear(3, 4, rng=0), Unbiased(4), tn.Linear(4, 2, rng=0)])
    assert wrong(tn.gradient_check(net, batch_for(net)[0])) == []


# ---------------------------------------------------------------------------- kinks


def test_a_rectifier_within_two_steps_of_0_is_left_out_and_counted():
    near, far = [-1.5, -1, -2 / 3, -1 / 2, 0, 1 / 2, 2 / 3, 1, 1.5], [-1e4, -2.1, 2.1, 1e4]
    net = tn.Network([tn.ReLU(), tn.Linear(13, 2, rng=0)])
    (relu, *_) = tn.gradient_check(net, STEP * np.array([near + far]))
    assert (relu.checked, relu.kinks) == (len(far), len(near))
    assert relu.error < relu.bound < 1e-6
    net.layers[1].W[: len(near)] *= 1e-4  # kinks that small are left out, or are in the bound
    assert wrong(tn.gradient_check(net, STEP * np.array([near + far]))) == []


def test_kinks_that_nearly_cancel_out_along_a_direction_are_no_mistake():
    x, W = np.ones((1, 402)), np.full((402, 1), 100.0)
    x[0, :2], W[:2, 0] = 0, [1, -1]
    net = tn.Network([tn.ReLU(), tn.Linear(402, 1, init=lambda *_: W)])
    for seed in range(10):
        assert wrong(tn.gradient_check(net, x, rng=seed)) == []


def test_a_bias_that_moves_a_rectifier_over_its_kink_is_left_out():
    linear = tn.Linear(3, 4, rng=0)
    linear.W[:, 1] = 0  # the pre-activation of unit 1 is 0, whatever the input
    net = tn.Network([linear, tn.ReLU(), tn.Linear(4, 2, rng=1)])
    rows = tn.gradient_check(net, batch_for(net, 2)[0])
    assert [(row.checked, row.kinks) for row in rows[:4]] == [(9, 3), (3, 1), (6, 0), (6, 2)]
    assert wrong(rows) == []


def test_where_all_are_kinks_the_error_is_nan_so_that_it_passes_no_test():
    net = tn.Network([tn.ReLU(), tn.Linear(3, 2, rng=0)])
    (relu, *_) = tn.gradient_check(net, np.zeros((2, 3)))
    assert (relu.checked, relu.kinks) == (0, 6)
    assert np.isnan(relu.error)
    assert not relu.wrong


class Steep(tn.Activation):
    def f(self, s):
        return np.sin(300 * s)

    def slope(self, s):
        return 300 * np.cos(300 * s)


@pytest.mark.parametrize("bend", [tn.Sigmoid, tn.Tanh, tn.Softsign, tn.Identity, Steep])
def test_smooth_functions_have_no_kinks(bend):
    rows = tn.gradient_check(tn.Network([bend(), tn.Linear(3, 2, rng=0)]), np.ones((2, 3)))
    assert [row.kinks for row in rows] == [0, 0, 0, 0]
    assert max(row.error for row in rows) < 1e-8


# ---------------------------------------------------------------------------- size and print


@pytest.mark.parametrize(("n_out", "checked"), [(20, 400), (21, 1)])
def test_more_than_400_entries_are_checked_along_one_direction(n_out, checked):
    net = tn.mlp([20, n_out], rng=0)
    dW, *_ = tn.gradient_check(net, batch_for(net, 2)[0])
    assert dW.checked == checked
    assert dW.error < dW.bound < 1e-6


@pytest.mark.parametrize(
    ("sizes", "seconds"),
    [
        ([400, 400, 9], 60),
        pytest.param([1024, *[1000] * 5, 9], 10, marks=pytest.mark.long),  # README's
    ],
)
def test_a_large_network_takes_seconds_and_a_few_copies_of_it(sizes, seconds):
    net = tn.mlp(sizes, rng=0)
    x = batch_for(net, 10)[0]
    start = time.perf_counter()
    tracemalloc.start()
    try:
        rows = tn.gradient_check(net, x)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.perf_counter() - start < seconds
    assert peak < 10 * sum(array.nbytes for array in net.named_parameters().values())
    assert max(row.error for row in rows) < 1e-7


def test_the_table_has_a_line_for_each_row_and_marks_what_is_wrong(capsys):
    net = tn.Network([tn.Linear(20, 25, rng=0), strangers.BatchNorm(25), tn.Linear(25, 2, rng=0)])
    net.layers[0].__class__ = mistaken(tn.Linear, "layer.dW *= 1.01")
    net.layers[2].__class__ = mistaken(tn.Linear, "layer.db = layer.db * (1 + (len(dy) == 1))")
    rows = tn.gradient_check(net, batch_for(net, 5)[0])
    assert capsys.readouterr().out == ""
    again = tn.gradient_check(net, batch_for(net, 5)[0], show=True)
    assert capsys.readouterr().out == f"{rows}\n"
    assert again == rows
    heading, dW, db, *others, last, _ = str(rows).splitlines()
    assert heading.split() == ["layer", "array", "shape", "checked", "kinks", "error", "bound"]
    assert len(others) == len(rows) - 4
    numbers = [f"{rows[0].error:.1e}", f"{rows[0].bound:.0e}"]
    start = ["0", "Linear", "dW", "20", "x", "25", "1", "direction", "0"]
    assert dW.split() == [*start, *numbers, "wrong"]
    assert db.endswith("too small to see")
    assert last.startswith("2 Linear     db")
    assert last.endswith("wrong for x[:1]")
    assert not any("wrong" in line for line in others)


# ---------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("x", "error"),
    [(np.ones((2, 3), int), TypeError), (np.ones((2, 4)), ValueError), (np.ones(3), ValueError)],
)
def test_an_input_that_does_not_fit_is_refused(x, error):
    with pytest.raises(error, match="x: "):
        tn.gradient_check(small_net(), x)


@pytest.mark.parametrize("net", [None, tn.Tanh()])
def test_what_is_no_network_is_refused(net):
    with pytest.raises(TypeError, match="net: expected a Network, got"):
        tn.gradient_check(net, np.ones((2, 3)))


@pytest.mark.parametrize(
    ("method", "body", "error", "words"),
    [
        ("backward", lambda _, dy: dy, ValueError, r"dgamma: expected a gradient.*got None"),
        ("backward", lambda _, dy: None, TypeError, r"backward\(dy\): expected .* got None"),
        ("backward", lambda _, dy: dy[:1], ValueError, r"backward\(dy\).*\(5, 4\), got \(1, 4\)"),
        ("forward", lambda _, x: np.float32(x), TypeError, "expected float64.* got float32 of Bad"),
        (
            "forward",
            lambda self, x: Gain.forward(self, x * random.random()),
            ValueError,
            "same output.* Bad; draw from",
        ),
    ],
)
def test_a_layer_that_breaks_the_contract_is_named(method, body, error, words):
    bad = type("Bad", (Gain,), {method: body})(4)
    Gain.forward(bad, np.ones((5, 4)))
    net = tn.Network([tn.Linear(3, 4, rng=0), bad, tn.Linear(4, 2, rng=0)])
    with pytest.raises(error, match=rf"layers\[1\].*{words}"):
        tn.gradient_check(net, np.ones((5, 3)))


def test_what_cannot_be_copied_is_named():
    net = own_net()
    net.layers[1].file = sys.stdout
    with pytest.raises(TypeError, match=r"layers\[1\].file: expected .* can be copied"):
        tn.gradient_check(net, np.ones((5, 3)))


def test_a_layer_needs_no_more_than_its_contract():
    class Bare:
        parameters = ()

        def forward(self, x):
            self.kept = np.exp(x, out=x)  # in place
            return np.broadcast_to(self.kept, x.shape)  # read-only

        def backward(self, dy):
            return dy * self.kept

    net = tn.Network([Bare(), tn.Linear(3, 2, rng=0)])
    x = np.random.default_rng(0).normal(size=(4, 3))
    before = x.copy()
    assert wrong(tn.gradient_check(net, x)) == []
    np.testing.assert_array_equal(x, before)
