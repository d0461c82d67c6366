"""``tn.trace`` and ``tn.compare_traces``: the paper's names, copies, and where two passes part."""

import copy

import numpy as np
import pytest
from own_parts import Bare, batch_for, one_pass, own_net, small_net

import tinynet as tn


def passed(net, loss=None):
    """A network after a pass, its batch, and the trace of the same pass."""
    x, labels = batch_for(net)
    loss = one_pass(net, x, labels, loss)
    return x, labels, loss, tn.trace(net, x, labels, loss)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_lists_are_the_papers_arrays(dtype):
    net = small_net(dtype=dtype)
    _, _, loss, trace = passed(net)
    linears = net.layers[::2]
    ours = {"z": "x", "s": "y", "dz": "dx", "ds": "dy", **{n: n for n in ("W", "b", "dW", "db")}}
    for paper, name in ours.items():
        found = getattr(trace, paper)
        assert len(found) == 3
        for array, linear in zip(found, linears, strict=True):
            np.testing.assert_array_equal(array, getattr(linear, name), strict=True)
            assert not np.shares_memory(array, getattr(linear, name))
    assert trace.cost == loss.cost
    np.testing.assert_array_equal(trace.output, loss.output)
    np.testing.assert_array_equal(trace.loss["p"], loss.p)


def test_an_array_handed_on_is_one_array_in_the_trace():
    trace = passed(small_net())[-1]
    assert trace.layers[1]["y"] is trace.z[1]
    assert trace.layers[1]["x"] is trace.s[0]
    assert trace.layers[1]["dy"] is trace.dz[1]


def test_custom_layers_are_traced_under_their_own_names():
    net = own_net()
    _, _, _, trace = passed(net)
    assert len(trace.W) == 3
    assert trace.W[2].shape == (3, 2)
    np.testing.assert_array_equal(trace.layers[1]["dgamma"], net.layers[1].dgamma)
    names = list(trace.named())
    assert names[:7] == ["W[0]", "b[0]", "z[0]", "s[0]", "layers[1].gamma", "layers[1].y", "z[1]"]
    after = names.index("dz[1]")
    down = ["layers[2].dx", "layers[1].dgamma", "ds[0]", "dW[0]", "db[0]", "dz[0]"]
    assert names[after + 1 :] == down
    assert names.index("cost") < names.index("ds[2]") < after


def test_a_layer_that_keeps_nothing_can_be_traced_also_as_the_last():
    net = tn.Network([tn.Linear(3, 2, rng=0), Bare()])
    trace = tn.trace(net, np.ones((2, 3)), np.array([0, 1]), tn.SoftmaxCrossEntropy())
    np.testing.assert_array_equal(trace.output, 2 * trace.s[0])
    assert trace.layers[1] == {}


def test_a_trace_is_one_line_in_a_variables_pane():
    trace = passed(small_net())[-1]
    assert repr(trace).startswith(
        "Trace(Linear Tanh Linear Tanh Linear SoftmaxCrossEntropy, batch 5"
    )
    assert "\n" not in repr(trace)


# ---------------------------------------------------------------------------- two traces


def verdicts(a, b):
    return {row.array: row.verdict for row in tn.compare_traces(a, b, show=False)}


def test_a_trace_is_identical_to_itself(capsys):
    trace = passed(own_net())[-1]
    rows = tn.compare_traces(trace, trace)
    assert {row.verdict for row in rows} == {"identical"}
    assert all(row.largest == 0 for row in rows)
    assert capsys.readouterr().out == f"{rows}\n"
    lines = str(rows).splitlines()
    assert len(lines) == len(rows) + 3
    assert lines[-2] == f"all {len(rows)} arrays are identical or close"
    assert repr(rows) == f"<{len(rows)} rows>"


def test_the_first_array_that_differs_is_named():
    net = small_net()
    before = passed(net)[-1]
    net.layers[2].W[0, 0] += 1.0
    after = passed(net)[-1]
    rows = tn.compare_traces(before, after, show=False)
    others = [row.array for row in rows if row.verdict == "different"]
    assert 1 < len(others) < len(rows)
    assert f"{len(others)} of {len(rows)} arrays are neither" in str(rows)
    assert f"nor close, first {others[0]}" in str(rows)


def test_the_largest_difference_is_shown_with_its_place():
    a = passed(small_net())[-1]
    b = copy.deepcopy(a)
    b.dW[1][2, 3] += 0.5
    b.dW[1][0, 0] -= 0.25
    rows = {row.array: row for row in tn.compare_traces(a, b, show=False)}
    row = rows.pop("dW[1]")
    assert (row.verdict, row.largest, row.at) == ("different", pytest.approx(0.5), (2, 3))
    assert (row.a, row.b) == (a.dW[1][2, 3], b.dW[1][2, 3])
    assert {other.verdict for other in rows.values()} == {"identical"}
    text = str(tn.compare_traces(a, b, show=False))
    assert "5.0e-01  [2, 3]" in text


def test_close_is_measured_by_the_largest_entry():
    a = passed(small_net())[-1]
    largest = np.abs(a.W[0]).max()
    for share, verdict in ((1.4e-8, "close"), (1.6e-8, "different")):
        b = copy.deepcopy(a)
        b.W[0][0, 0] += share * largest
        assert verdicts(a, b)["W[0]"] == verdict


def test_float32_beside_float64_is_close():
    a, b = (passed(small_net(dtype=dtype))[-1] for dtype in (np.float64, np.float32))
    found = verdicts(a, b)
    assert found.pop("loss.labels") == "identical"
    assert set(found.values()) == {"close"}
    assert verdicts(b, a).keys() == verdicts(a, b).keys()


def test_equal_numbers_of_another_dtype_are_close_and_not_identical():
    a = passed(small_net(dtype=np.float32))[-1]
    b = copy.deepcopy(a)
    b.z[0] = b.z[0].astype(float)
    b.layers[0]["x"] = b.z[0]
    assert verdicts(a, b)["z[0]"] == "close"


def test_nan_is_found_and_is_the_same_as_itself():
    a = passed(small_net())[-1]
    b = copy.deepcopy(a)
    b.s[1][3, 2] = np.nan
    row = {row.array: row for row in tn.compare_traces(a, b, show=False)}["s[1]"]
    assert (row.verdict, row.at) == ("different", (3, 2))
    assert np.isnan(row.largest)
    a.s[1][3, 2] = np.nan
    assert verdicts(a, b)["s[1]"] == "identical"
    a.s[1][3, 2] = b.s[1][3, 2] = np.inf
    assert verdicts(a, b)["s[1]"] == "identical"


def test_the_first_line_that_is_not_identical_is_where_a_mistake_was_made():
    class Turned(tn.Linear):
        def backward(self, dy):
            super().backward(dy)
            self.dx = dy @ self.W  # legal, for W is square
            return self.dx

    nets = [small_net(sizes=(3, 4, 4, 4, 2)) for _ in range(2)]
    nets[1].layers[2].__class__ = Turned
    x, labels = batch_for(nets[0])
    a, b = (tn.trace(net, x, labels, tn.SoftmaxCrossEntropy()) for net in nets)
    parted = [name for name, verdict in verdicts(a, b).items() if verdict != "identical"]
    assert parted == ["dz[1]", "ds[0]", "dW[0]", "db[0]", "dz[0]"]


def test_networks_of_other_sizes_and_depth_can_be_compared():
    x, labels = batch_for(small_net())
    a, b = (
        tn.trace(small_net(sizes=sizes), x, labels, tn.SoftmaxCrossEntropy())
        for sizes in ((3, 5, 2), (3, 4, 4, 2))
    )
    found = verdicts(a, b)
    assert found["z[0]"] == "identical"
    assert found["W[0]"] == "shape in b: 3 x 4"
    assert found["dW[2]"] == "only in b"
    names = list(found)
    assert names.index("s[1]") < names.index("W[2]") < names.index("cost") < names.index("dW[2]")
    assert verdicts(b, a)["dW[2]"] == "only in a"
