"""The monitor: it changes nothing, and each record is what a formula of its own says."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_parts import ACTIVATIONS, Sine, assert_same_bits, batch_for, own_net, small_net, untouched

import tinynet as tn
from tinynet._internal.progress import Silent

SIZES = (3, 6, 5, 4)
LR = 0.1


class Source:
    """Inputs of 3 units, labelled by where their largest is."""

    def __init__(self, seed=0):
        self.rng = np.random.default_rng(seed)

    def draw(self, n):
        x = self.rng.uniform(-1, 1, (n, 3))
        return x, x.argmax(axis=1)


def watched(net, examples=40, **keywords):
    x, labels = Source(9).draw(examples)
    sgd = tn.SGD(net, LR)
    return tn.Monitor(net, x, labels, optimizer=sgd, **keywords), sgd


def trained(updates, watch=True, every=2, dtype=np.float64, activation=tn.Tanh, **keywords):
    """A network after so many updates, and its monitor."""
    net = small_net(activation, SIZES, dtype)
    monitor, sgd = watched(net, **keywords)
    tn.train(
        net, tn.SoftmaxCrossEntropy(), sgd, Source(), updates,
        watch=monitor if watch else None, every=every, progress=Silent,
    )  # fmt: skip
    return net, monitor


# ---------------------------------------------------------------------------- it only looks


@settings(max_examples=25, deadline=None)
@given(
    updates=st.integers(1, 8),
    every=st.integers(1, 4),
    dtype=st.sampled_from([np.float32, np.float64]),
    activation=st.sampled_from([*ACTIVATIONS, Sine]),
    jacobians=st.integers(0, 2),
)
def test_watching_changes_no_bit(updates, every, dtype, activation, jacobians):
    alone, _ = trained(updates, watch=False, dtype=dtype, activation=activation)
    seen, _ = trained(updates, every=every, dtype=dtype, activation=activation, jacobians=jacobians)
    assert_same_bits(seen, alone)


@pytest.mark.parametrize("make", [small_net, own_net])
def test_a_look_leaves_the_arrays_of_the_last_pass_and_of_the_loss_as_they_were(make):
    net = make()
    x, labels = batch_for(net)
    loss = tn.SoftmaxCrossEntropy()
    loss.forward(net.forward(x), labels)
    net.backward(loss.backward())
    monitor = tn.Monitor(net, *batch_for(net, 20, rng=5), loss=loss, jacobians=3)
    with untouched(net, loss):
        monitor(0)


def test_the_examples_are_its_own_copies():
    net = small_net(sizes=SIZES)
    x, labels = Source(3).draw(30)
    monitor = tn.Monitor(net, x, labels)
    monitor(0)
    x[:] = 0
    labels[:] = 0
    monitor(0)
    np.testing.assert_array_equal(monitor["z_std"][0], monitor["z_std"][1])
    assert monitor["test_cost"][0] == monitor["test_cost"][1]


# ---------------------------------------------------------------------------- what it records


def by_hand(net, x, labels):
    """Forward and backward for each example by itself, with nothing of tinynet but the weights."""
    W, b = ([getattr(layer, name) for layer in net.layers[::2]] for name in "Wb")
    found = {"z": [[], []], "ds": [[], [], []], "dW": [0, 0, 0], "y": [], "s": [[], []]}
    for image, label in zip(x, labels, strict=True):
        z, slopes = [image], []
        for i in (0, 1):
            s = z[-1] @ W[i] + b[i]
            z.append(np.tanh(s))
            slopes.append(1 / np.cosh(s) ** 2)
            found["s"][i].append(s)
            found["z"][i].append(z[-1])
        y = z[-1] @ W[2] + b[2]
        p = np.exp(y) / np.exp(y).sum()
        ds = p - np.eye(len(y))[label]
        for i in (2, 1, 0):
            found["ds"][i].append(ds)
            found["dW"][i] = found["dW"][i] + np.outer(z[i], ds) / len(x)
            if i:
                ds = (W[i] @ ds) * slopes[i - 1]
        found["y"].append(y)
    return {name: [np.array(array) for array in arrays] for name, arrays in found.items()}


@pytest.fixture(scope="module")
def seen():
    """Three looks at a network of large weights, and the arrays by hand at the last of them."""
    net = small_net(tn.Tanh, SIZES)
    for layer in net.layers[::2]:
        layer.W *= 3  # some units are saturated
    monitor, sgd = watched(net)
    tn.train(
        net, tn.SoftmaxCrossEntropy(), sgd, Source(), 4, watch=monitor, every=2, progress=Silent
    )
    return net, monitor, by_hand(net, monitor.x, monitor.labels)


def last(monitor, name):
    return monitor[name][-1]


def test_moments_and_shapes(seen):
    _, monitor, _ = seen
    np.testing.assert_array_equal(monitor["updates"], [0, 2, 4])
    for name in ("z_mean", "z_std", "z_p98", "z_saturated", "z_dead"):
        assert monitor[name].shape == (3, 2), name
    for name in ("ds_std", "dW_std", "update_ratio"):
        assert monitor[name].shape == (3, 3), name
    for name in ("test_error", "test_cost", "y_fixed", "y_varying"):
        assert monitor[name].shape == (3,), name
    assert monitor["z_histogram"].shape == (3, 2, 100)
    assert "singular_values" not in monitor.records


def test_activations(seen):
    _, monitor, hand = seen
    np.testing.assert_allclose(last(monitor, "z_mean"), [z.mean() for z in hand["z"]])
    np.testing.assert_allclose(last(monitor, "z_std"), [z.std() for z in hand["z"]])
    # The 98th percentile by its definition: sorted, and between the two nearest.
    for k, z in enumerate(hand["z"]):
        values = np.sort(np.abs(z).ravel())
        place = 0.98 * (len(values) - 1)
        low = int(place)
        percentile = values[low] + (place - low) * (values[low + 1] - values[low])
        assert last(monitor, "z_p98")[k] == pytest.approx(percentile)


def test_saturated_and_dead_units(seen):
    _, monitor, hand = seen
    flat = [1 / np.cosh(s) ** 2 <= 0.05 for s in hand["s"]]
    share = [units.mean() for units in flat]
    assert 0 < min(share) < 1
    np.testing.assert_allclose(last(monitor, "z_saturated"), share)
    np.testing.assert_allclose(last(monitor, "z_dead"), [u.all(axis=0).mean() for u in flat])


def test_a_unit_that_is_off_at_every_image_is_dead():
    net = small_net(tn.ReLU, SIZES)
    net.layers[0].b[:2] = -100  # two of six
    monitor, _ = watched(net)
    monitor(0)
    assert last(monitor, "z_dead")[0] == pytest.approx(2 / 6)


def test_gradients(seen):
    _, monitor, hand = seen
    np.testing.assert_allclose(last(monitor, "ds_std"), [ds.std() for ds in hand["ds"]])
    np.testing.assert_allclose(last(monitor, "dW_std"), [dW.std() for dW in hand["dW"]])


def test_what_is_put_out_whatever_the_example_and_what_depends_on_it(seen):
    _, monitor, hand = seen
    y = np.array(hand["y"])
    assert last(monitor, "y_fixed") == pytest.approx(y.mean(axis=0).std())
    assert last(monitor, "y_varying") == pytest.approx(np.sqrt(y.var(axis=0).mean()))


def test_error_and_cost(seen):
    _, monitor, hand = seen
    y = np.array(hand["y"])
    p = np.exp(y) / np.exp(y).sum(axis=1, keepdims=True)
    right = p[np.arange(len(y)), monitor.labels]
    assert last(monitor, "test_cost") == pytest.approx(-np.log(right).mean())
    wrong = (y.argmax(axis=1) != monitor.labels).mean()
    assert last(monitor, "test_error") == pytest.approx(wrong)


def test_the_ratio_of_the_last_step_to_the_weights(seen):
    net, monitor, _ = seen
    assert np.isnan(monitor["update_ratio"][0]).all()
    ratios = [LR * layer.dW.std() / layer.W.std() for layer in net.layers[::2]]
    np.testing.assert_allclose(last(monitor, "update_ratio"), ratios)


def test_histograms_share_out_all_entries(seen):
    _, monitor, hand = seen
    np.testing.assert_allclose(monitor["z_histogram"].sum(axis=2), 1)
    share = last(monitor, "z_histogram")[0]
    inside = (monitor.edges[:-1] >= 0.2 - 1e-9) & (monitor.edges[1:] <= 0.6 + 1e-9)
    z = hand["z"][0]
    assert share[inside].sum() == pytest.approx(((z >= 0.2) & (z < 0.6)).mean())


def test_what_lies_beyond_the_edges_counts_in_the_outer_bins():
    net = small_net(tn.ReLU, SIZES)
    monitor, _ = watched(net, edges=[0.0, 0.1, 0.2])
    monitor(0)
    view = net.view()
    view.forward(monitor.x)
    expected = [(layer.y >= 0.1).mean() for layer in view.layers[1::2]]
    np.testing.assert_allclose(monitor["z_histogram"][0, :, 1], expected)


def test_other_examples_for_the_test():
    net = small_net(sizes=SIZES)
    test = Source(4).draw(77)
    monitor, _ = watched(net, test=test)
    monitor(0)
    assert monitor["test_error"][0] == tn.error_rate(net, *test)
    assert monitor["test_cost"][0] == tn.mean_cost(net, tn.SoftmaxCrossEntropy(), *test)


def test_validation_is_recorded_where_it_is_given():
    net = small_net(sizes=SIZES)
    x, labels = valid = Source(5).draw(77)
    monitor, _ = watched(net, valid=valid)
    monitor(0)
    found = by_hand(net, x, labels)
    y = np.array(found["y"])
    p = np.exp(y) / np.exp(y).sum(axis=1, keepdims=True)
    assert monitor["valid_error"].shape == (1,)
    assert monitor["valid_error"][0] == pytest.approx((y.argmax(axis=1) != labels).mean())
    assert monitor["valid_cost"][0] == pytest.approx(-np.log(p[np.arange(77), labels]).mean())
    assert monitor["test_cost"][0] != monitor["valid_cost"][0]


def test_without_it_there_is_no_validation():
    monitor, _ = watched(small_net(sizes=SIZES))
    monitor(0)
    assert not [name for name in monitor.records if name.startswith("valid")]


def test_singular_values_of_square_layers_with_nothing_where_there_are_fewer():
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
    net = own_net()
    rng = np.random.default_rng(0)
    monitor = tn.Monitor(net, rng.normal(size=(9, 3)), rng.normal(size=(9, 2)), loss=tn.Quadratic())
    monitor(0)
    assert monitor["z_std"].shape == (1, 1)  # one activation
    assert monitor["dW_std"].shape == (1, 3)  # three Linear layers
    assert np.isnan(monitor["test_error"][0])  # targets that are no labels have no error
    assert monitor["test_cost"][0] > 0
    assert np.isnan(monitor["update_ratio"]).all()  # no optimizer was named


# ---------------------------------------------------------------------------- state, errors


def test_a_monitor_goes_on_from_its_state():
    _, monitor = trained(4)
    other, _ = watched(small_net(sizes=SIZES))
    other.state = monitor.state
    assert other.seconds == monitor.seconds
    for name in monitor.records:
        np.testing.assert_array_equal(other[name], monitor[name])
    other(5)
    assert other["updates"].tolist() == [0, 2, 4, 5]
    assert monitor["updates"].tolist() == [0, 2, 4]


@pytest.mark.parametrize("state", [None, {}, {"updates": np.zeros(2)}, "seconds"])
def test_another_state_is_refused(state):
    monitor, _ = watched(small_net(sizes=SIZES))
    with pytest.raises(ValueError, match="state: expected that of a Monitor"):
        monitor.state = state


def test_the_state_of_a_monitor_with_other_bins_is_refused():
    _, monitor = trained(2)
    other, _ = watched(small_net(sizes=SIZES), edges=[-1, 0, 1])
    with pytest.raises(ValueError, match=re.escape("expected 2 bins, got {100}")):
        other.state = monitor.state


def test_the_state_of_a_monitor_of_other_examples_is_refused():
    _, monitor = trained(2)
    other = tn.Monitor(small_net(sizes=SIZES), *Source(10).draw(40))
    with pytest.raises(ValueError, match="of the same examples"):
        other.state = monitor.state
    assert other.records == {}


@pytest.mark.parametrize("before", [None, Source(5).draw(7)], ids=["without", "with"])
def test_the_state_of_a_monitor_with_or_without_validation_is_refused_by_the_other(before):
    monitor, _ = watched(small_net(sizes=SIZES), valid=before)
    monitor(0)
    after, has = (Source(5).draw(7), "none") if before is None else (None, "some")
    other, _ = watched(small_net(sizes=SIZES), valid=after)
    with pytest.raises(ValueError, match=f"state: expected validation errors .*got {has}"):
        other.state = monitor.state
    assert other.records == {}
    same, _ = watched(small_net(sizes=SIZES), valid=before)
    same.state = monitor.state
    assert same.records.keys() == monitor.records.keys()


def test_a_name_that_is_not_there_lists_those_that_are():
    monitor, _ = watched(small_net(sizes=SIZES))
    with pytest.raises(KeyError, match="it was not called yet"):
        monitor["z_std"]
    monitor(0)
    with pytest.raises(KeyError, match="expected one of 'updates', .*'z_std'"):
        monitor["std"]


NET = small_net(sizes=SIZES)
X, LABELS = Source().draw(5)


@pytest.mark.parametrize(
    ("arguments", "keywords", "error", "match"),
    [
        ((None, X, LABELS), {}, TypeError, "net: expected a Network"),
        ((NET, X[0], LABELS), {}, ValueError, "x: expected a 2-D array"),
        ((NET, X, LABELS[:3]), {}, ValueError, "labels: expected 5"),
        ((NET, X, LABELS), {"test": X}, TypeError, "test: expected a pair"),
        ((NET, X, LABELS), {"test": (X, LABELS[:2])}, ValueError, r"test\[1\]: expected 5"),
        ((NET, X, LABELS), {"valid": X}, TypeError, "valid: expected a pair"),
        ((NET, X, LABELS), {"valid": (X[0], LABELS)}, ValueError, r"valid\[0\]: expected a 2-D"),
        ((NET, X, LABELS), {"valid": (X, LABELS[:2])}, ValueError, r"valid\[1\]: expected 5"),
        ((NET, X, LABELS), {"edges": [1, 0]}, ValueError, "edges: expected"),
        ((NET, X, LABELS), {"edges": [0, np.inf]}, ValueError, "edges: expected"),
        ((NET, X, LABELS), {"jacobians": 1.5}, TypeError, "jacobians: expected a whole number"),
        ((NET, X, LABELS), {"jacobians": -1}, ValueError, "jacobians: expected at least 1"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(arguments, keywords, error, match):
    with pytest.raises(error, match=match):
        tn.Monitor(*arguments, **keywords)


def test_its_repr_says_what_it_has_seen_and_what_that_took():
    _, monitor = trained(4)
    assert re.fullmatch(r"Monitor\(40 examples, 3 looks, \d+\.\d s\)", repr(monitor))
