"""The gradient check passes what is right and finds what is wrong, in the row where it is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_parts import ACTIVATIONS, Gain, Sine, batch_for, one_pass, own_net, small_net, untouched

import tinynet as tn

SEEN = 1e-4  # an error that nobody takes for rounding


def errors_in(rows):
    return {(row.layer, row.array): row.error for row in rows}


# ---------------------------------------------------------------------------- right networks


@settings(max_examples=20, deadline=None)
@given(
    activation=st.sampled_from([*ACTIVATIONS, Sine]),
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=4),
    dtype=st.sampled_from([np.float32, np.float64]),
    seed=st.integers(0, 10**6),
)
def test_a_right_network_passes(activation, sizes, dtype, seed):
    net = small_net(activation, sizes, dtype, seed)
    rows = tn.gradient_check(net, batch_for(net)[0], rng=seed)
    assert [row for row in rows if row.checked and not row.error < 1e-6] == []


def test_layers_of_ones_own_pass():
    net = own_net()
    rows = tn.gradient_check(net, batch_for(net)[0])
    assert max(row.error for row in rows) < 1e-6


def test_there_is_one_row_for_each_parameter_and_each_input():
    rows = tn.gradient_check(own_net(), batch_for(own_net())[0])
    assert [(row.layer, row.array) for row in rows] == [
        *[("0 Linear", "dW"), ("0 Linear", "db"), ("0 Linear", "dx")],
        *[("1 Gain", "dgamma"), ("1 Gain", "dx")],
        ("2 Sine", "dx"),
        *[("3 Linear", "dW"), ("3 Linear", "db"), ("3 Linear", "dx")],
        ("4 Gate", "dx"),
        *[("5 Linear", "dW"), ("5 Linear", "db"), ("5 Linear", "dx")],
    ]
    assert (rows[0].shape, rows[0].checked, rows[2].shape) == ((3, 4), 12, (5, 3))


def test_a_float32_network_is_checked_in_float64():
    net = small_net(dtype=np.float32)
    rows = tn.gradient_check(net, batch_for(net)[0])
    assert max(row.error for row in rows) < 1e-7  # in float32 it would be about 1e-1
    assert net.dtype == np.float32


def test_the_same_seed_gives_the_same_rows_and_another_one_does_not():
    net = small_net()
    x, _ = batch_for(net)
    assert tn.gradient_check(net, x, rng=1) == tn.gradient_check(net, x, rng=1)
    assert tn.gradient_check(net, x, rng=1) != tn.gradient_check(net, x, rng=2)


# ---------------------------------------------------------------------------- wrong layers


class WrongSlope(tn.Tanh):
    def slope(self, s):
        return 1 - np.tanh(s)


class NoTranspose(tn.Linear):
    def backward(self, dy):
        super().backward(dy)
        self.dx = dy @ self.W
        return self.dx


class ScaledDW(tn.Linear):
    def backward(self, dy):
        dx = super().backward(dy)
        self.dW = 1.01 * self.dW
        return dx


class MeanTwice(tn.Linear):
    def backward(self, dy):
        dx = super().backward(dy)
        self.db = dy.mean(axis=0)
        return dx


class ForgottenDb(tn.Linear):
    def backward(self, dy):
        dx = super().backward(dy)
        self.db = np.zeros_like(self.b)
        return dx


class ZeroDx(tn.Linear):
    def backward(self, dy):
        self.dx = 0 * super().backward(dy)
        return self.dx


class OneWrongEntry(tn.Linear):
    def backward(self, dy):
        dx = super().backward(dy)
        self.dW = self.dW.copy()
        self.dW[2, 1] *= 1.05
        return dx


WRONG = [
    (WrongSlope, "dx"),
    (NoTranspose, "dx"),
    (ScaledDW, "dW"),
    (MeanTwice, "db"),
    (ForgottenDb, "db"),
    (ZeroDx, "dx"),
    (OneWrongEntry, "dW"),
]


@pytest.mark.parametrize(("wrong", "array"), WRONG)
@pytest.mark.parametrize("width", [4, 25])  # 25 x 25 weights are checked along one direction
def test_a_mistake_shows_in_its_row_and_in_none_of_a_later_layer(wrong, array, width):
    layer = wrong() if wrong is WrongSlope else wrong(width, width, rng=1)
    first, tanh, last = small_net(sizes=(3, width, 2)).layers
    net = tn.Network([first, layer, tanh, last])
    rows = errors_in(tn.gradient_check(net, batch_for(net)[0]))
    seen = {place for place, error in rows.items() if error > SEEN and place[0] >= "1"}
    assert seen == {(f"1 {wrong.__name__}", array)}
    assert all(error < 1e-6 for place, error in rows.items() if place[0] >= "2")


def test_a_parameter_of_ones_own_with_a_wrong_gradient_is_seen():
    class WrongGain(Gain):
        def backward(self, dy):
            dx = super().backward(dy)
            self.dgamma = -self.dgamma
            return dx

    net = own_net()
    net.layers[1] = WrongGain(4)
    rows = errors_in(tn.gradient_check(net, batch_for(net)[0]))
    assert rows["1 WrongGain", "dgamma"] == pytest.approx(2, rel=1e-6)
    assert rows["1 WrongGain", "dx"] < 1e-6


# ---------------------------------------------------------------------------- kinks


def test_a_rectifier_at_exactly_0_is_left_out_and_counted():
    net = tn.Network([tn.ReLU(), tn.Linear(3, 2, rng=0)])
    x = np.array([[0.5, 0.0, -0.5], [1.0, 2.0, 0.0]])
    (relu, *_) = tn.gradient_check(net, x)
    assert (relu.checked, relu.kinks) == (4, 2)
    assert relu.error < 1e-6


def test_a_bias_that_moves_a_rectifier_over_its_kink_is_left_out():
    linear = tn.Linear(3, 4, rng=0)
    linear.W[:, 1] = 0  # the pre-activation of unit 1 is 0, whatever the input
    net = tn.Network([linear, tn.ReLU(), tn.Linear(4, 2, rng=1)])
    dW, db, dx, relu, *_ = tn.gradient_check(net, batch_for(net, 2)[0])
    assert (dW.kinks, db.kinks, dx.kinks, relu.kinks) == (3, 1, 0, 2)
    assert (dW.checked, db.checked, dx.checked, relu.checked) == (9, 3, 6, 6)
    assert max(row.error for row in (dW, db, dx, relu)) < 1e-6


def test_where_all_are_kinks_the_error_is_nan_so_that_it_passes_no_test():
    net = tn.Network([tn.ReLU(), tn.Linear(3, 2, rng=0)])
    (relu, *_) = tn.gradient_check(net, np.zeros((2, 3)))
    assert (relu.checked, relu.kinks) == (0, 6)
    assert np.isnan(relu.error)


def test_smooth_functions_have_no_kinks():
    for A in [tn.Sigmoid, tn.Tanh, tn.Softsign, tn.Identity]:
        net = tn.Network([A(), tn.Linear(3, 2, rng=0)])
        assert [row.kinks for row in tn.gradient_check(net, np.zeros((2, 3)))] == [0, 0, 0, 0]


# ---------------------------------------------------------------------------- sizes and manners


@pytest.mark.parametrize(("n_out", "checked"), [(20, 400), (21, 1)])
def test_more_than_400_entries_are_checked_along_one_direction(n_out, checked):
    net = tn.mlp([20, n_out], rng=0)
    dW, *_ = tn.gradient_check(net, batch_for(net, 2)[0])
    assert dW.checked == checked
    assert dW.error < 1e-6


def test_a_check_leaves_the_network_and_the_callers_input_as_they_were():
    for net in [small_net(), own_net(), small_net(dtype=np.float32)]:
        x, labels = batch_for(net)
        one_pass(net, x, labels)
        kept = x.copy()
        with untouched(net):
            tn.gradient_check(net, x)
        np.testing.assert_array_equal(x, kept)


def test_show_prints_a_line_for_each_row_under_a_heading(capsys):
    net = tn.mlp([20, 25, 2], rng=0)
    rows = tn.gradient_check(net, batch_for(net, 2)[0], show=True)
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.split() == ["layer", "array", "shape", "checked", "kinks", "error"]
    assert len(lines) == len(rows)
    assert lines[0].split() == [
        *["0", "Linear", "dW", "20", "x", "25", "1", "direction", "0"],
        f"{rows[0].error:.1e}",
    ]
    assert lines[1].split() == ["0", "Linear", "db", "25", "25", "0", f"{rows[1].error:.1e}"]


def test_nothing_is_printed_unless_asked(capsys):
    tn.gradient_check(small_net(), np.ones((2, 3)))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("x", "error"),
    [(np.ones((2, 3), int), TypeError), (np.ones((2, 4)), ValueError), (np.ones(3), ValueError)],
)
def test_an_input_that_does_not_fit_is_refused(x, error):
    with pytest.raises(error, match="x: "):
        tn.gradient_check(small_net(), x)


def test_a_layer_that_forgets_a_gradient_is_named():
    net = own_net()
    net.layers[1].backward = lambda dy: dy * net.layers[1].gamma
    with pytest.raises(ValueError, match=r"layers\[1\].dgamma: expected a gradient, got None"):
        tn.gradient_check(net, np.ones((2, 3)))


class Bare:
    """The least that a layer can be: it keeps nothing that a gradient check could look at."""

    parameters = ()

    def forward(self, x):
        self.kept = np.exp(x)
        return self.kept

    def backward(self, dy):
        return dy * self.kept


def test_a_layer_needs_no_more_than_its_contract_to_be_checked():
    net = tn.Network([tn.Linear(3, 2, rng=0), Bare()])
    rows = tn.gradient_check(net, np.random.default_rng(0).normal(size=(4, 3)))
    assert max(row.error for row in rows) < 1e-6
    assert tn.jacobian(net, 0, np.ones((1, 3))).shape == (1, 2, 3)
