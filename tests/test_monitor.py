"""The monitor: it changes nothing, and each record is what a formula of its own says."""

import re

import numpy as np
import pytest
from by_hand import cost_by_hand, pass_by_hand
from own_parts import (
    Signs,
    assert_identical,
    batch_for,
    one_pass,
    own_net,
    small_net,
    untouched,
)

import tinynet as tn
from tinynet._internal.progress import Silent

SIZES = (3, 6, 5, 4)
LR = 0.1
OTHERS = Signs(5).draw(7)


def watched(net=None, seed=9, **keywords):
    """A monitor of 40 examples, and the optimizer that it looks at."""
    net = net or small_net(sizes=SIZES)
    sgd = tn.SGD(net, LR)
    return tn.Monitor(net, *Signs(seed).draw(40), optimizer=sgd, **keywords), sgd


def trained(updates, watch=True, every=2, net=None, **keywords):
    """A network after so many updates, and its monitor."""
    monitor, sgd = watched(net, **keywords)
    tn.train(
        monitor.net, tn.SoftmaxCrossEntropy(), sgd, Signs(), updates,
        watch=monitor if watch else None, every=every, progress=Silent,
    )  # fmt: skip
    return monitor.net, monitor


# ---------------------------------------------------------------------------- it only looks


@pytest.mark.parametrize("make", [small_net, own_net])
def test_a_look_leaves_the_arrays_of_the_last_pass_and_of_the_loss_as_they_were(make):
    net = make()
    loss = one_pass(net, *batch_for(net))
    monitor = tn.Monitor(net, *batch_for(net, 20, rng=5), loss=loss, jacobians=3)
    with untouched(net, loss):
        monitor(0)


def test_the_examples_are_its_own_copies():
    x, labels = Signs(3).draw(30)
    monitor = tn.Monitor(small_net(sizes=SIZES), x, labels)
    monitor(0)
    x[:] = 0
    labels[:] = 0
    monitor(1)
    for name in monitor.records.keys() - {"updates"}:
        np.testing.assert_array_equal(*monitor[name], err_msg=name)


# ---------------------------------------------------------------------------- what it records


def by_hand(net, x, labels):
    """What the monitor makes its records of: arrays of one example's cost, layer by layer."""
    found, m = pass_by_hand(net, x, labels), len(x)
    y = found["4.y"]
    return {
        "z": [found["1.y"], found["3.y"]],
        "flat": [1 / np.cosh(found[s]) ** 2 <= 0.05 for s in ("1.x", "3.x")],
        "ds": [m * found[f"{k}.dy"] for k in (0, 2, 4)],
        "dW": [found[f"{k}.dW"] for k in (0, 2, 4)],
        "y": y,
        "cost": cost_by_hand(y, labels),
        "error": (y.argmax(axis=1) != labels).mean(),
    }


@pytest.fixture(scope="module")
def seen():
    """Three looks at a network of large weights, and the arrays by hand at the last of them."""
    net = small_net(tn.Tanh, SIZES)
    for layer in net.layers[::2]:
        layer.W *= 3  # some units are saturated
    net, monitor = trained(4, net=net, valid=OTHERS)
    return net, monitor, by_hand(net, monitor.x, monitor.labels), by_hand(net, *OTHERS)


def percentile_98(values):
    """By its definition: sorted, and between the two nearest."""
    values = np.sort(np.abs(values).ravel())
    place = 0.98 * (len(values) - 1)
    low = int(place)
    return values[low] + (place - low) * (values[low + 1] - values[low])


EXPECTED = {
    "z_mean": lambda hand: [z.mean() for z in hand["z"]],
    "z_std": lambda hand: [z.std() for z in hand["z"]],
    "z_p98": lambda hand: [percentile_98(z) for z in hand["z"]],
    "z_saturated": lambda hand: [units.mean() for units in hand["flat"]],
    "z_dead": lambda hand: [units.all(axis=0).mean() for units in hand["flat"]],
    "ds_std": lambda hand: [ds.std() for ds in hand["ds"]],
    "dW_std": lambda hand: [dW.std() for dW in hand["dW"]],
    "y_fixed": lambda hand: hand["y"].mean(axis=0).std(),
    "y_varying": lambda hand: np.sqrt(hand["y"].var(axis=0).mean()),
    "test_cost": lambda hand: hand["cost"],
    "test_error": lambda hand: hand["error"],
    "valid_cost": lambda hand: hand["cost"],
    "valid_error": lambda hand: hand["error"],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_record_is_what_a_plain_computation_gives(seen, name):
    _, monitor, hand, of_others = seen
    expected = EXPECTED[name](of_others if name.startswith("valid") else hand)
    assert monitor[name].shape == (3, *np.shape(expected))
    np.testing.assert_allclose(monitor[name][-1], expected)


def test_the_moments_and_the_ratio_of_the_last_step_to_the_weights(seen):
    net, monitor, hand, _ = seen
    assert 0 < min(units.mean() for units in hand["flat"]) < 1
    np.testing.assert_array_equal(monitor["updates"], [0, 2, 4])
    assert np.isnan(monitor["update_ratio"][0]).all()
    ratios = [LR * layer.dW.std() / layer.W.std() for layer in net.layers[::2]]
    np.testing.assert_allclose(monitor["update_ratio"][-1], ratios)


def test_histograms_share_out_all_entries(seen):
    _, monitor, hand, _ = seen
    assert monitor["z_histogram"].shape == (3, 2, 100)
    np.testing.assert_allclose(monitor["z_histogram"].sum(axis=2), 1, rtol=1e-5)
    inside = (monitor.edges[:-1] >= 0.2 - 1e-9) & (monitor.edges[1:] <= 0.6 + 1e-9)
    for share, z in zip(monitor["z_histogram"][-1], hand["z"], strict=True):
        assert share[inside].sum() == pytest.approx(((z >= 0.2) & (z < 0.6)).mean())


def test_what_lies_beyond_the_edges_counts_in_the_outer_bins_and_a_unit_always_off_is_dead():
    net = small_net(tn.ReLU, SIZES)
    net.layers[0].b[:2] = -100  # two of six
    monitor, _ = watched(net, edges=[0.0, 0.1, 0.2])
    monitor(0)
    view = net.view()
    view.forward(monitor.x)
    expected = [(layer.y >= 0.1).mean() for layer in view.layers[1::2]]
    np.testing.assert_allclose(monitor["z_histogram"][0, :, 1], expected, rtol=1e-6)
    assert monitor["z_dead"][0, 0] == pytest.approx(2 / 6)


def test_other_examples_for_the_test_and_none_for_validation():
    monitor, _ = watched(test=OTHERS)
    monitor(0)
    assert monitor["test_error"][0] == tn.error_rate(monitor.net, *OTHERS)
    assert monitor["test_cost"][0] == tn.mean_cost(monitor.net, tn.SoftmaxCrossEntropy(), *OTHERS)
    assert not [name for name in monitor.records if name.startswith(("valid", "singular"))]


def test_singular_values_are_of_square_layers_and_nan_where_one_has_fewer():
    net = small_net(sizes=(3, 6, 6, 4, 4, 4))
    monitor, _ = watched(net, jacobians=2)
    monitor(0)
    found = monitor["singular_values"][0]
    assert found.shape == (2, 6)
    for row, i in zip(found, (1, 3), strict=True):
        J = tn.jacobian(net, i, monitor.x[:2])
        values = np.linalg.svd(J, compute_uv=False).mean(axis=0)
        np.testing.assert_allclose(row[: len(values)], values, rtol=1e-6, atol=1e-9)
        assert np.isnan(row[len(values) :]).all()


def test_layers_of_ones_own_and_another_loss():
    rng = np.random.default_rng(0)
    x, targets = rng.normal(size=(9, 3)), rng.normal(size=(9, 2))
    monitor = tn.Monitor(own_net(), x, targets, loss=tn.Quadratic())
    monitor(0)
    assert monitor["z_std"].shape == (1, 1)  # one activation
    assert monitor["dW_std"].shape == (1, 3)  # three Linear layers
    assert np.isnan(monitor["test_error"][0])  # targets that are no labels have no error
    assert monitor["test_cost"][0] > 0
    assert np.isnan(monitor["update_ratio"]).all()  # no optimizer was named


# ---------------------------------------------------------------------------- state, errors


@pytest.mark.parametrize("keywords", [{}, {"valid": OTHERS}, {"jacobians": 1}])
def test_a_monitor_goes_on_from_its_state(keywords):
    _, monitor = trained(4, **keywords)
    other, _ = watched(**keywords)
    other.state = monitor.state
    assert other.seconds == monitor.seconds
    names = monitor.records
    assert_identical({name: other[name] for name in names}, {name: monitor[name] for name in names})
    other(5)
    assert other["updates"].tolist() == [0, 2, 4, 5]
    assert monitor["updates"].tolist() == [0, 2, 4]


@pytest.mark.parametrize(
    ("before", "after", "match"),
    [
        ({}, {"edges": [-1, 0, 1]}, ""),
        ({}, {"seed": 10}, ".* same examples, got"),
        ({}, {"valid": OTHERS}, "validation errors .*got none"),
        ({"valid": OTHERS}, {}, "validation errors .*got some"),
        ({}, {"jacobians": 1}, "singular values .*got none"),
        ({"jacobians": 1}, {}, "singular values .*got some"),
    ],
)
def test_the_state_of_a_monitor_of_another_kind_is_refused(before, after, match):
    monitor, _ = watched(**before)
    monitor(0)
    other, _ = watched(**after)
    with pytest.raises(ValueError, match=rf"^state(\['z_histogram'\])?: expected {match}"):
        other.state = monitor.state
    assert other.records == {}


def test_an_unknown_name_is_refused_with_the_known_ones():
    monitor, _ = watched()
    with pytest.raises(KeyError, match="name: expected a call .*, got 'z_std'"):
        monitor["z_std"]
    monitor(0)
    with pytest.raises(KeyError, match="expected one of 'updates', .*'z_std'"):
        monitor["std"]


def test_repr_shows_the_examples_the_looks_and_the_seconds():
    _, monitor = trained(4)
    assert re.fullmatch(r"Monitor\(40 examples, 3 looks, \d+\.\d s\)", repr(monitor))
