"""A network whose numbers broke: which array was the first, forward and backward."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_parts import Signs, batch_for, one_pass, own_net, small_net

import tinynet as tn
from tinynet._internal.progress import Silent
from tinynet.looking.broken import first_broken, is_finite


def after_a_pass(make=small_net):
    net = make()
    one_pass(net, *batch_for(net))
    return net


def forward_places(net):
    for k, layer in enumerate(net.layers):
        yield from ((k, name) for name in (*layer.parameters, "y"))


def backward_places(net):
    for k in range(len(net.layers) - 1, -1, -1):
        gradients = ("d" + name for name in net.layers[k].parameters)
        yield from ((k, name) for name in ("dy", *gradients, "dx"))


@pytest.mark.parametrize("make", [small_net, own_net])
@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
@settings(max_examples=15)
@given(data=st.data())
def test_the_first_broken_array_is_named_in_the_order_of_each_pass(make, number, data):
    net = after_a_pass(make)
    ways = [list(forward_places(net)), list(backward_places(net))]
    firsts = []
    for places in ways:
        broken = data.draw(st.lists(st.integers(0, len(places) - 1), min_size=1, max_size=3))
        for place in broken:
            k, name = places[place]
            array = getattr(net.layers[k], name).copy()
            array.flat[-1] = number
            setattr(net.layers[k], name, array)
        firsts.append(places[min(broken)])
    for (k, name), found in zip(firsts, first_broken(net), strict=True):
        # An array that a layer hands on is one object on two layers, but we broke a copy of it.
        assert found.startswith(f"layers[{k}].{name} of {type(net.layers[k]).__name__}(")
        assert "(1 of " in found


def test_nothing_is_named_if_all_is_finite():
    assert first_broken(after_a_pass()) == (None, None)
    assert first_broken(small_net()) == (None, None)  # before any pass


def test_is_finite_tells_whether_all_parameters_are():
    net = after_a_pass(own_net)
    assert is_finite(net)
    net.layers[1].gamma[0] = np.inf
    assert not is_finite(net)


class Steep(tn.Activation):
    """A slope so large that gradients overflow on the way down, while the values stay small."""

    def f(self, s):
        return np.tanh(s)

    def slope(self, s):
        return np.full_like(s, 1e300)


def train(net, source, updates, **keywords):
    loss, sgd = tn.SoftmaxCrossEntropy(), tn.SGD(net, 0.1)
    tn.train(net, loss, sgd, source, updates, progress=Silent, **keywords)


def test_the_error_of_a_run_names_update_layer_and_array_of_both_passes(tmp_path):
    net = small_net(Steep)  # Linear, Steep, Linear, Steep, Linear
    file = tmp_path / "run.npz"
    with pytest.raises(FloatingPointError) as error:
        train(net, Signs(), 9, checkpoint=file)
    said = str(error.value)
    assert "after 1 updates" in said
    assert "forward the first array that is not finite is layers[0].W of Linear(3, 5" in said
    assert "backward (in the last update) layers[1].dx of Steep(" in said
    assert "smaller learning rate than 0.1" in said
    assert "nothing is saved" in said
    assert not file.exists()


class Surge(Signs):
    """Its fifth batch is larger than the others."""

    drawn = 0

    def draw(self, n):
        x, labels = super().draw(n)
        self.drawn += 1
        return (1e9 * x if self.drawn == 5 else x), labels


class Fuse(tn.Tanh):
    """Its way back breaks where it is used too hard."""

    def slope(self, s):
        return super().slope(s) if np.abs(s).max() < 1e6 else np.full_like(s, np.nan)


def test_the_last_good_checkpoint_is_kept(tmp_path):
    file = tmp_path / "run.npz"
    with pytest.raises(FloatingPointError, match="after 5 updates: .*run.npz holds the first 4"):
        train(small_net(Fuse), Surge(), 9, checkpoint=file, save_every=1)
    net = small_net(Fuse)
    train(net, Signs(), 4, checkpoint=file)
    assert is_finite(net)


def test_a_run_that_breaks_inside_a_block_says_where_as_any_other():
    block = tn.Network([tn.Linear(6, 2, rng=0)])
    net = tn.Network([tn.Linear(3, 6, rng=1), tn.Linear(6, 6, rng=2), block])
    sgd = tn.SGD(net, 1e200)  # what enters the block is infinite, and the block refuses it
    with pytest.raises(FloatingPointError, match=r"after \d updates: forward .*layers\["):
        tn.train(net, tn.SoftmaxCrossEntropy(), sgd, Signs(), 50, batch=5, progress=Silent)
