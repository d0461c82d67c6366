"""Maximal update: what a step does, the factors, and the check that finds a wrong one."""

import doctest

import numpy as np
import pytest
from data_files import real
from hypothesis import given
from hypothesis import strategies as st

import tinynet as tn
from tinynet import later, studies
from tinynet.later import coordinates

WIDTHS = (64, 512)
RNG = np.random.default_rng(0)
X, LABELS = RNG.normal(size=(40, 20)), RNG.integers(4, size=40)


def plain(n, seed, init="lecun", activation="tanh", lr=0.05):
    """Two hidden layers that learn by plain descent."""
    net = tn.mlp([20, n, n, 4], activation=activation, init=init, rng=seed)
    return net, tn.SGD(net, lr)


def wide(n, seed, base=64, change=lambda factors, m: None, start=np.sqrt, **more):
    """The same under maximal update, its factors changed as a mistake would have it."""
    net, sgd = plain(n, seed, **more)
    m = n / base
    net.layers[-1].W /= start(m)
    mup = later.MaximalUpdate(net, sgd.lr, m)
    change(mup.factors, m)
    return net, mup


def wrong(build, **more):
    return {
        row.parameter
        for row in later.coordinate_check(build, WIDTHS, X, LABELS, **more)
        if row.wrong
    }


# ---------------------------------------------------------------------------- the step


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 6), st.floats(1e-3, 1))
def test_a_step_moves_y_by_the_gram_matrix_of_the_rows(m, n_in, n_out, lr):
    rng = np.random.default_rng(0)
    x, dy = rng.normal(size=(m, n_in)), rng.normal(size=(m, n_out))
    net = tn.Network([tn.Linear(n_in, n_out, rng=0)])
    before = net.forward(x)
    net.backward(dy)
    tn.SGD(net, lr).step()
    np.testing.assert_allclose(
        net.forward(x) - before, -lr * (x @ x.T + 1) @ dy, rtol=1e-10, atol=1e-10
    )


@pytest.mark.parametrize("bias", [True, False])
def test_the_factors_are_those_of_the_table(bias):
    net = tn.Network(
        [
            tn.Linear(3, 8, bias=bias, rng=0),
            tn.Tanh(),
            tn.Network([tn.Linear(8, 8, bias=bias, rng=0), tn.Tanh()]),
            tn.Linear(8, 2, bias=bias, rng=0),
        ]
    )
    sgd = later.MaximalUpdate(net, 0.5, 4)
    wanted = {"0.W": 4, "0.b": 4, "2.0.W": 1, "2.0.b": 4, "3.W": 1 / 4, "3.b": 1}
    wanted = {name: factor for name, factor in wanted.items() if bias or name.endswith("W")}
    assert sgd.factors == wanted
    for name, factor in wanted.items():
        assert sgd.change(name, np.array([3.0])) == -0.5 * factor * 3


def learnt(net, sgd, steps=5):
    loss = tn.SoftmaxCrossEntropy()
    for _ in range(steps):
        loss.forward(net.forward(X), LABELS)
        net.backward(loss.backward())
        sgd.step()
    return net.forward(X)


def test_at_the_tuned_width_it_is_plain_descent():
    np.testing.assert_array_equal(learnt(*plain(64, 0)), learnt(*wide(64, 0)))


def test_it_is_a_multiplier_1_over_m_at_the_output_with_m_times_the_rate():
    """As published code has it: y = z V/m, where V = m W learns m times as fast as W did."""
    m = 4
    net, sgd = wide(64 * m, 0)
    other, _ = wide(64 * m, 0)
    last = other.layers[-1]
    V = m * last.W
    for _ in range(5):
        loss = tn.SoftmaxCrossEntropy()
        loss.forward(other.forward(X), LABELS)
        other.backward(loss.backward())
        V -= sgd.lr * m * (last.x.T @ last.dy / m)
        step = later.MaximalUpdate(other, sgd.lr, m)
        step.step()
        last.W[:] = V / m
    np.testing.assert_allclose(learnt(net, sgd), other.forward(X), rtol=1e-10)


# ---------------------------------------------------------------------------- the check


def test_nothing_is_found_where_nothing_is_wrong():
    assert wrong(wide, tuned=plain) == set()


def test_nor_for_rectifiers_on_real_shapes():
    """Random labels would not do: what a narrow start answers by chance is then all there is."""

    def build(n, seed):
        net = tn.mlp([1024, n, n, 9], activation="relu", init="he", rng=seed, dtype=np.float32)
        net.layers[-1].W /= np.float32(np.sqrt(n / 64))
        return net, later.MaximalUpdate(net, 0.05, n / 64)

    rows = later.coordinate_check(build, WIDTHS, *tn.Shapeset(rng=0).draw(60))
    assert not [row for row in rows if row.wrong]


def set_to(name, of_m):
    def change(factors, m):
        assert name in factors
        factors[name] = of_m(m)

    return change


ROWS = {
    "the input's weights unscaled": (set_to("0.W", lambda m: 1), {"0.W"}),
    "a hidden bias unscaled": (set_to("2.b", lambda m: 1), {"2.b"}),
    "hidden weights at 1/m, as Adam has it": (set_to("2.W", lambda m: 1 / m), {"2.W"}),
    "the output's weights unscaled": (set_to("4.W", lambda m: 1), {"4.W"}),
    "the output's weights at 1/sqrt(m)": (set_to("4.W", lambda m: m**-0.5), {"4.W"}),
    "the input's weights at sqrt(m)": (set_to("0.W", lambda m: m**0.5), {"0.W"}),
    "the output's bias scaled": (set_to("4.b", lambda m: m), {"4.b"}),
}


@pytest.mark.parametrize(("change", "rows"), ROWS.values(), ids=ROWS)
def test_a_wrong_rate_is_found_in_its_row(change, rows):
    found = later.coordinate_check(
        lambda n, seed: wide(n, seed, change=change, lr=0.01), WIDTHS, X, LABELS
    )
    assert {row.parameter for row in found if row.wrong} == rows
    said = [line.split()[-1] for line in str(found).splitlines()[1:] if line.split()[0] in rows]
    assert set(said) <= {"grows", "shrinks"}


def test_a_start_that_is_not_scaled_is_found_in_the_layers_below():
    found = wrong(lambda n, seed: wide(n, seed, start=lambda m: 1, lr=0.01))
    assert {"0.W", "2.W"} <= found


def test_with_one_rate_for_all_the_first_step_goes_by_the_powers_of_theory():
    rows = later.coordinate_check(
        lambda n, seed: plain(n, seed, lr=0.01), WIDTHS, X, LABELS, steps=1
    )
    power = {row.parameter: row.power for row in rows}
    for name, theory in {
        "0.W": -0.5,
        "0.b": -0.5,
        "2.W": 0.5,
        "2.b": -0.5,
        "4.W": 1,
        "4.b": 0,
    }.items():
        assert power[name] == pytest.approx(theory, abs=0.15), name


OTHER_BASES = {
    "of all": (lambda n, seed: wide(n, seed, base=128), {f"{k}.W" for k in (0, 2, 4)}),
    "of one rate": (
        lambda n, seed: wide(n, seed, change=set_to("4.W", lambda m: 2 / m)),
        {"4.W"},
    ),
}


@pytest.mark.parametrize(("build", "rows"), OTHER_BASES.values(), ids=OTHER_BASES)
def test_another_base_width_is_found_beside_the_tuned_network_only(build, rows):
    assert wrong(build) == set()
    found = later.coordinate_check(build, WIDTHS, X, LABELS, tuned=plain)
    assert rows <= {row.parameter for row in found if row.wrong}
    assert "not as tuned" in str(found)


def test_the_table_prints_and_holds_what_it_prints(capsys):
    found = later.coordinate_check(wide, WIDTHS, X, LABELS, show=True)
    assert capsys.readouterr().out == f"{found}\n"
    assert str(found).split()[:7] == ["parameter", "n", "=", "64", "n", "=", "512"]
    assert [row.parameter for row in found] == [f"{k}.{p}" for k in (0, 2, 4) for p in "Wb"]
    assert all(len(row.moves) == len(WIDTHS) and np.isnan(row.off) for row in found)


def test_what_does_not_move_is_wrong():
    stuck = set_to("2.W", lambda m: 0)
    found = later.coordinate_check(lambda n, seed: wide(n, seed, change=stuck), WIDTHS, X, LABELS)
    assert {row.parameter for row in found if row.wrong} == {"2.W"}
    assert "does not move" in str(found)


# ---------------------------------------------------------------------------- bad input


def with_norm(n, seed):
    net = studies.with_norm(plain(n, seed)[0], "batch")
    return net, tn.SGD(net, 0.1)


def check(build=wide, widths=WIDTHS, **more):
    return later.coordinate_check(build, widths, X, LABELS, networks=1, **more)


BAD = {
    "one layer": (
        lambda: later.MaximalUpdate(tn.mlp([2, 3], rng=0), 0.1, 2),
        ValueError,
        ("net: ", "two Linear layers", "1"),
    ),
    "a norm": (
        lambda: later.MaximalUpdate(with_norm(8, 0)[0], 0.1, 2),
        TypeError,
        ("net: ", "Linear", "BatchNorm at 1"),
    ),
    "wider 0": (
        lambda: later.MaximalUpdate(tn.mlp([2, 3, 4], rng=0), 0.1, 0),
        ValueError,
        ("wider: ", "0"),
    ),
    "one width": (lambda: check(widths=[64]), ValueError, ("widths: ", "two", "64")),
    "falling widths": (lambda: check(widths=[128, 64]), ValueError, ("widths: ", "larger", "128")),
    "no seed": (lambda: check(lambda n: wide(n, 0)), TypeError, ("build: ", "width and seed")),
    "no optimizer": (
        lambda: check(lambda n, seed: wide(n, seed)[0]),
        TypeError,
        ("build(64, 0): ", "optimizer", "Network"),
    ),
    "an optimizer first": (
        lambda: check(lambda n, seed: wide(n, seed)[::-1]),
        TypeError,
        ("build(64, 0): ", "optimizer"),
    ),
    "norms": (lambda: check(with_norm), TypeError, ("build(64, 0): ", "BatchNorm at 1")),
    "tuned": (lambda: check(tuned=with_norm), TypeError, ("tuned(64, 0): ", "BatchNorm")),
    "other layers": (
        lambda: check(lambda n, seed: wide(n, seed) if n == 64 else deeper(n)),
        ValueError,
        ("build(512, 0): ", "parameters", "6.W"),
    ),
    "too large a rate": (
        lambda: check(lambda n, seed: wide(n, seed, activation="relu", lr=1e200)),
        FloatingPointError,
        ("build(64, 0): ", "finite"),
    ),
}


def deeper(n):
    net = tn.mlp([20, n, n, n, 4], rng=0)
    return net, tn.SGD(net, 0.1)


@pytest.mark.parametrize(("call", "error", "words"), BAD.values(), ids=BAD)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_bad_input_is_refused_with_what_was_expected_and_what_came(call, error, words):
    with pytest.raises(error) as raised:
        call()
    for word in words:
        assert word in str(raised.value)


# ---------------------------------------------------------------------------- lesson L12


@pytest.mark.parametrize(("n", "ratio"), [(64, 4.6), (256, 8.4), (1024, 15.6)])
def test_eq_16_meets_the_spectral_condition_in_square_layers_and_misses_it_at_the_output(n, ratio):
    edge = np.sqrt(2 / (n + 10)) * (np.sqrt(n) + np.sqrt(10))
    assert edge / np.sqrt(10 / n) == pytest.approx(ratio, abs=0.05)
    last = np.linalg.norm(tn.normalized(n, 10, rng=0), 2)
    assert last == pytest.approx(edge, rel=0.05)
    assert np.linalg.norm(tn.normalized(n, n, rng=0), 2) == pytest.approx(2, rel=0.05)


RATES = 2.0 ** np.arange(-6, 0)
MOVES = {  # least and most of the best rate at 64 units over that of a wide network
    "tanh, normalized": (4, 16),
    "tanh, muP": (1 / 2, 2),
    "relu, normalized": (1 / 2, 2),
    "relu, he": (1 / 2, 2),
    "relu, muP": (1 / 2, 2),
}


@pytest.mark.parametrize(("row", "bounds"), MOVES.items(), ids=MOVES)
def test_the_kept_best_rate_at_1024_units_is_that_at_64_but_for_tanh_under_eq_16(row, bounds):
    kept = studies.Result.kept("rates_by_width")
    cost = kept["cost"][kept.settings["rows"].index(row)]
    for costs in (*cost, cost.mean(axis=0)):  # of each network, and the mean
        best = kept["rates"][np.nanargmin(costs, axis=-1)]
        assert bounds[0] <= best[0] / best[-1] <= bounds[1]


def test_under_mup_alone_a_wider_tanh_network_ends_lower():
    kept = studies.Result.kept("rates_by_width")
    cost = dict(zip(kept.settings["rows"], kept["cost"].mean(axis=1), strict=True))
    ends = {row: np.nanmin(costs, axis=-1) for row, costs in cost.items()}
    assert (np.diff(ends["tanh, muP"]) < 0).all()
    assert (np.diff(ends["tanh, normalized"]) > 0).all()
    assert (np.diff(ends["tanh, output row"]) > 0).all()
    assert np.nanargmin(cost["tanh, input row"][-1]) <= np.nanargmin(cost["tanh, muP"][-1]) - 3


@pytest.mark.long
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(
    ("row", "networks", "rates"),
    [
        ("tanh, normalized", 2, RATES[1:5]),
        ("tanh, muP", 1, RATES[3:]),
        ("relu, normalized", 1, RATES[3:]),
    ],
)
def test_from_64_to_512_units_the_best_rate_moves_under_eq_16_with_tanh_only(
    row, networks, rates, seed
):
    best = []
    for width, tried in ((64, RATES), (512, rates)):
        found = studies.rates_by_width(
            folder=real("mnist"), rows=[row], widths=[width], rates=tried,
            updates=300, networks=networks, seed=seed,
        )  # fmt: skip
        best.append(tried[np.nanargmin(found["cost"].mean(axis=1))])
    least, most = MOVES[row]
    assert least <= best[0] / best[1] <= most


def test_the_example_of_the_docstring_is_true():
    found = doctest.testmod(coordinates, extraglobs={"tn": tn})
    assert found.attempted >= 4
    assert found.failed == 0
