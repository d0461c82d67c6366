"""Layer Jacobians against centred differences, their singular values against NumPy's SVD."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from own_parts import (
    ACTIVATIONS,
    Gain,
    Gate,
    Sine,
    batch_for,
    own_net,
    small_net,
    untouched,
)

import tinynet as tn
from tinynet.looking import jacobians

few = settings(max_examples=30)
nets = st.builds(
    small_net,
    st.sampled_from([*ACTIVATIONS, Sine]),
    st.lists(st.integers(1, 6), min_size=3, max_size=4),
    rng=st.integers(0, 10**6),
)


def blocks(net):
    """The layers of each Jacobian: a Linear and what follows it up to the next; None: all."""
    found = {}
    for layer in net.layers:
        if isinstance(layer, tn.Linear):
            found[len(found)] = []
        found[len(found) - 1].append(layer)
    return {**found, None: net.layers}


def differences(block, z, h=1e-6):
    """dy/dz of layers in a row at each row of z, by moving one unit of z after another."""

    def output(z):
        for layer in block:
            z = layer.forward(z)
        return z

    columns = [(output(z + h * e) - output(z - h * e)) / (2 * h) for e in np.eye(z.shape[1])]
    return np.stack(columns, axis=-1)


def slow_jacobian(net, i, x):
    """Centred differences, in float64."""
    copied = net.view()
    for layer in copied.layers:
        for name in layer.parameters:
            setattr(layer, name, getattr(layer, name).astype(float))
    copied.forward(x)
    block = blocks(copied)[i]
    return differences(block, block[0].x)


def no_kink_nearby(net, x):
    view = net.view()
    view.forward(x)
    return all(np.abs(a.x).min() > 1e-4 for a in view.layers if isinstance(a, tn.ReLU))


# ---------------------------------------------------------------------------- Jacobians


@few
@given(net=nets, examples=st.integers(1, 4))
def test_every_jacobian_is_that_of_centred_differences(net, examples):
    x, _ = batch_for(net, examples)
    assume(no_kink_nearby(net, x))
    for i in blocks(net):
        np.testing.assert_allclose(tn.jacobian(net, i, x), slow_jacobian(net, i, x), 1e-6, 1e-8)


@pytest.mark.parametrize("A", ACTIVATIONS)
def test_jacobians_of_a_float32_network_are_float32_and_right(A):
    net = small_net(A, dtype=np.float32)
    x, _ = batch_for(net)
    for i in blocks(net):
        J = tn.jacobian(net, i, x)
        assert J.dtype == np.float32
        np.testing.assert_allclose(J, slow_jacobian(net, i, x), 1e-4, 1e-5)


def test_a_jacobian_is_examples_by_outputs_by_inputs():
    net = small_net(sizes=(3, 5, 4, 2))
    x, _ = batch_for(net, 7)
    shapes = {i: tn.jacobian(net, i, x).shape for i in blocks(net)}
    assert shapes == {0: (7, 5, 3), 1: (7, 4, 5), 2: (7, 2, 4), None: (7, 2, 3)}


LINEAR = tn.Linear(4, 3, rng=0)


@pytest.mark.parametrize("layers", [[Gain(4), LINEAR], [tn.ReLU(), LINEAR], [Gate(4)], [Sine()]])
def test_a_network_may_begin_with_any_layer_and_be_that_alone(layers):
    net = tn.Network(layers)
    x = np.random.default_rng(0).uniform(0.1, 1, (5, 4))
    wanted = differences(net.view().layers, x)
    np.testing.assert_allclose(tn.jacobian(net, None, x), wanted, 1e-6, 1e-8)


def test_a_jacobian_is_the_callers_own_array():
    net = tn.Network([tn.Linear(3, 2, rng=0)])
    kept = net.layers[0].W.copy()
    tn.jacobian(net, 0, np.ones((4, 3)))[:] = 0
    np.testing.assert_array_equal(net.layers[0].W, kept)


@pytest.mark.parametrize(("dtype", "itemsize"), [(np.float32, 4), (np.float64, 8)])
def test_more_than_a_gibibyte_is_refused_before_memory_is_taken(monkeypatch, dtype, itemsize):
    assert jacobians.LARGEST == 2**30
    net = small_net(sizes=(3, 5, 2), dtype=dtype)
    x, _ = batch_for(net, 7)
    size = 7 * 5 * 3 * itemsize
    monkeypatch.setattr(jacobians, "LARGEST", size)
    assert tn.jacobian(net, 0, x).nbytes == size
    monkeypatch.setattr(jacobians, "LARGEST", size - 1)
    monkeypatch.setattr(jacobians, "_jacobian", lambda *_: pytest.fail("memory was used"))
    with pytest.raises(ValueError, match=r"x: .*1 GiB.*7 of 5 x 3.*tn\.singular_values"):
        tn.jacobian(net, 0, x)


# ---------------------------------------------------------------------------- singular values


@few
@given(net=nets, examples=st.integers(1, 3))
def test_singular_values_are_those_of_numpys_decomposition(net, examples):
    x, _ = batch_for(net, examples)
    for i in blocks(net):
        wanted = np.linalg.svd(tn.jacobian(net, i, x), compute_uv=False)
        found = tn.singular_values(net, i, x)
        assert found.shape == wanted.shape
        np.testing.assert_allclose(found, wanted, rtol=1e-7, atol=1e-7 * max(1, wanted.max()))


@pytest.mark.parametrize("sizes", [(30, 20, 9), (20, 30, 9)])
def test_singular_values_of_a_float32_network_are_computed_in_float64(sizes):
    net = small_net(sizes=sizes, dtype=np.float32)
    x, _ = batch_for(net, 1)
    found = tn.singular_values(net, 0, x)
    wanted = np.linalg.svd(tn.jacobian(net, 0, x).astype(float), compute_uv=False)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, wanted, rtol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_singular_values_of_a_jacobian_without_full_rank_are_small_never_negative_or_nan(dtype):
    net = small_net(tn.Identity, (8, 8, 2), dtype)
    net.layers[0].W[:] = np.outer(np.arange(1, 9), np.arange(1, 9))
    values = tn.singular_values(net, 0, batch_for(net)[0])
    np.testing.assert_allclose(values[:, 0], 204)  # 1 + 4 + 9 + ... + 64
    assert (values[:, 1:] >= 0).all()
    assert (values[:, 1:] < 1e-5).all()


def test_dead_rectifiers_have_singular_values_of_exactly_0():
    net = small_net(tn.ReLU)
    net.layers[0].b[:] = -100
    assert (tn.singular_values(net, 0, batch_for(net)[0]) == 0).all()


@pytest.mark.parametrize("net", [small_net(), small_net(tn.ReLU, dtype=np.float32), own_net()])
def test_the_mean_square_singular_value_is_the_mean_of_the_squares(net):
    x, _ = batch_for(net, 6)
    for i in blocks(net):
        wanted = (tn.singular_values(net, i, x) ** 2).mean(axis=1)
        found = tn.mean_square_singular_value(net, i, x)
        assert (found.shape, found.dtype) == ((6,), np.float64)
        np.testing.assert_allclose(found, wanted, rtol=1e-5 if net.dtype == np.float32 else 1e-10)


# ---------------------------------------------------------------------------- all three

LOOKS = [tn.jacobian, tn.singular_values, tn.mean_square_singular_value]


@pytest.mark.parametrize("look", LOOKS)
def test_looking_works_before_the_first_pass_and_leaves_no_trace(look):
    net = small_net()
    with untouched(net):
        look(net, 0, batch_for(net)[0])
    assert all(layer.x is None for layer in net.layers)
    assert net.named_parameters().keys() == {"0.W", "0.b", "2.W", "2.b", "4.W", "4.b"}


class DoubleLinear(tn.Linear):
    """A Linear that gives twice as much: W.T is not its Jacobian."""

    def forward(self, x):
        self.y = 2 * super().forward(x)
        return self.y

    def backward(self, dy):
        return super().backward(2 * dy)


def test_a_subclass_with_its_own_passes_is_differentiated_by_them():
    net = tn.Network([DoubleLinear(3, 4, rng=0), tn.Tanh()])
    x = np.random.default_rng(0).normal(size=(2, 3))
    J = tn.jacobian(net, 0, x)
    np.testing.assert_allclose(J, slow_jacobian(net, 0, x), 1e-6, 1e-8)
    np.testing.assert_allclose(
        tn.mean_square_singular_value(net, 0, x), (J**2).sum(axis=(1, 2)) / 3
    )


def test_a_whole_network_takes_the_memory_of_one_example_at_a_time():
    net = tn.mlp([300, 400, 400, 2], rng=0)
    x = np.random.default_rng(0).normal(size=(100, 300))
    tracemalloc.start()
    J = tn.jacobian(net, None, x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    one = 400 * 300 * 8
    assert peak < J.nbytes + 5 * one
