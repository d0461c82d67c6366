"""``tn.summary``: every cell is what NumPy says, what is not there is blank, and all is named."""

import re

import numpy as np
import pytest
from own_parts import Bare, batch_for, one_pass, own_net, small_net

import tinynet as tn

COLUMNS = ("n_var_W", "y_mean", "y_std", "saturated", "dy_std", "dW_std", "update_ratio")


def there(row):
    """The columns of a row that are not blank."""
    return {name for name in COLUMNS if getattr(row, name) is not None}


def stepped(net, lr):
    """An optimizer that took a step and kept what it added."""
    sgd = tn.SGD(net, lr)
    sgd.keep = True
    sgd.step()
    return sgd


def test_before_any_pass_there_are_only_the_weights():
    rows = tn.summary(small_net(), show=False)
    assert [row.layer for row in rows][:3] == ["0 Linear", "1 Tanh", "2 Linear"]
    assert [row.units for row in rows] == ["3 -> 5", "", "5 -> 4", "", "4 -> 2"]
    assert [there(row) for row in rows] == [{"n_var_W"}, set(), {"n_var_W"}, set(), {"n_var_W"}]
    assert "No pass yet." in str(rows)
    assert "saturated:" not in str(rows)


def test_after_a_forward_pass_there_are_no_gradients_yet():
    net = small_net()
    net.forward(batch_for(net)[0])
    linear, tanh, *_ = tn.summary(net, tn.SGD(net, lr=0.1), show=False)
    assert there(linear) == {"n_var_W", "y_mean", "y_std"}
    assert there(tanh) == {"y_mean", "y_std", "saturated"}
    assert tanh.units == "5 -> 5"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_number_is_that_of_the_array_in_its_title(dtype):
    net = small_net(dtype=dtype)
    net.layers[0].W *= 8  # so that some units are saturated
    x, labels = batch_for(net)
    one_pass(net, x, labels)
    rows = tn.summary(net, stepped(net, lr=0.25), show=False)
    for row, layer in zip(rows, net.layers, strict=True):
        wanted = {"y_mean": layer.y.mean(), "y_std": layer.y.std(), "dy_std": layer.dy.std()}
        if isinstance(layer, tn.Linear):
            wanted["n_var_W"] = layer.n_in * layer.W.var()
            wanted["dW_std"] = layer.dW.std()
            wanted["update_ratio"] = 0.25 * layer.dW.std() / layer.W.std()
        else:
            wanted["saturated"] = (1 - np.tanh(layer.x) ** 2 <= 0.05).mean()
        assert there(row) == wanted.keys()
        for name, value in wanted.items():
            assert getattr(row, name) == pytest.approx(value, rel=1e-5, abs=1e-7), name
    assert 0 < rows[1].saturated < 1


def test_without_a_kept_step_there_is_no_ratio():
    net = small_net()
    one_pass(net, *batch_for(net))
    sgd = tn.SGD(net, lr=0.1)
    sgd.step()
    for rows in (tn.summary(net, show=False), tn.summary(net, sgd, show=False)):
        assert all(row.update_ratio is None for row in rows)
    assert "optimizer.keep = True" in str(rows)


def test_custom_layers_are_listed_with_the_arrays_they_have():
    net = own_net()
    one_pass(net, *batch_for(net))
    rows = tn.summary(net, stepped(net, lr=0.1), show=False)
    gain, gate = net.layers[1], net.layers[4]
    assert there(rows[1]) == {"y_mean", "y_std", "dy_std", "dW_std", "update_ratio"}
    assert rows[1].dW_std == pytest.approx(gain.dgamma.std())
    assert rows[1].update_ratio == pytest.approx(0.1 * gain.dgamma.std() / gain.gamma.std())
    assert rows[4].units == "6 -> 3"
    assert there(rows[4]) == {"y_mean", "y_std", "dy_std"}
    assert rows[4].dy_std == pytest.approx(gate.dy.std())
    assert "layer 1: gamma instead of W" in str(rows)


def test_a_layer_without_any_array_has_blanks():
    net = tn.Network([tn.Linear(3, 2, rng=0), Bare()])
    one_pass(net, *(np.ones((2, 3)), np.array([0, 1])))
    assert there(tn.summary(net, show=False)[1]) == set()


def test_it_prints_a_line_per_layer_and_names_arrays_and_thresholds(capsys):
    net = tn.Network([*small_net(tn.Tanh).layers, tn.Softsign()])
    one_pass(net, *(np.ones((5, 3)), np.array([0, 1, 1, 0, 1])))
    rows = tn.summary(net, stepped(net, lr=0.1))
    printed = capsys.readouterr().out
    assert printed == f"{rows}\n"
    assert repr(rows) == "<6 rows>"
    first, header, *lines = printed.splitlines()
    assert first == "54 parameters; input: mean(x) 1, std(x) 0"
    titles = ["layer", "units", "n Var(W)", "mean(y)", "std(y)", "saturated", "std(dy)", "std(dW)"]
    assert re.split(r" {2,}", header) == [*titles, "update/W"]
    assert [line.split()[:2] for line in lines[:6]] == [row.layer.split() for row in rows]
    assert "Batch of 5." in printed
    assert "update/W: std of the last step's change of W over std(W)" in printed
    assert "slope f'(x) of at most 0.05 for Tanh, 0.01 for Softsign." in printed
    assert max(map(len, printed.splitlines())) <= 100


def test_numbers_that_are_not_finite_are_shown_and_not_blank(capsys):
    net = small_net()
    x, labels = batch_for(net)
    one_pass(net, x, labels)
    net.layers[0].y[0, 0] = np.nan
    net.layers[2].dW[0, 0] = np.inf
    rows = tn.summary(net)
    assert np.isnan(rows[0].y_std)
    assert "nan" in capsys.readouterr().out.splitlines()[2]


def test_equal_weights_have_no_update_ratio():
    net = small_net()
    one_pass(net, *batch_for(net))
    sgd = stepped(net, lr=0.1)
    net.layers[0].W[:] = 0
    assert np.isnan(tn.summary(net, sgd, show=False)[0].update_ratio)
