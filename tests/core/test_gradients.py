"""Back-propagation through whole networks: against formulas, against differences, by symmetry."""

import hypothesis
import hypothesis.strategies as st
import numpy as np
from by_hand import (
    assert_near_differences,
    assert_same_numbers,
    centred_differences,
    cost_from,
    forward_by_hand,
    no_kink_nearby,
    pass_by_hand,
)
from core_tools import arrays, cases, copies, given
from own_parts import assert_identical, one_pass


@given(cases)
def test_every_array_of_a_pass_is_what_the_formulas_give(case):
    net, _, x, targets = case.run()
    hypothesis.assume(no_kink_nearby(net))
    by_hand = pass_by_hand(net, x, targets)
    shown = arrays(net)
    assert shown.keys() - by_hand.keys() == net.named_parameters().keys()
    for name in by_hand:
        assert_same_numbers(name, shown[name], by_hand[name])


@given(cases)
def test_every_gradient_is_that_of_centred_differences(case):
    net, _, _, targets = case.run()
    hypothesis.assume(no_kink_nearby(net))
    for k, layer in enumerate(net.layers):
        slow = centred_differences(lambda z, k=k: cost_from(net, k, z, targets), layer.x)
        assert_near_differences(f"{k}.dx", layer.dx, slow)
        for name in layer.parameters:

            def cost(value, layer=layer, name=name, k=k):
                kept = getattr(layer, name)
                setattr(layer, name, value)
                z = forward_by_hand(layer, layer.x.astype(float))
                setattr(layer, name, kept)
                return cost_from(net, k + 1, z, targets)

            slow = centred_differences(cost, getattr(layer, name))
            assert_near_differences(f"{k}.d{name}", getattr(layer, "d" + name), slow)


@given(cases, st.integers(0, 99))
def test_any_upstream_gradient_is_carried_back_not_only_that_of_a_loss(case, seed):
    """<dx, u> = d/dt <v, net(x + t u)> for any v that comes from above and any direction u."""
    case = case.__class__(**{**vars(case), "dtype": np.float64})
    net, _, x, _ = case.run()
    hypothesis.assume(no_kink_nearby(net))
    rng = np.random.default_rng(seed)
    u = rng.uniform(-1, 1, x.shape)
    v = rng.uniform(-1, 1, (case.batch, case.sizes[-1]))
    h = 1e-5
    along_u = (net.forward(x + h * u) - net.forward(x - h * u)) / (2 * h)
    net.forward(x)
    dx = net.backward(v)
    np.testing.assert_allclose((dx * u).sum(), (v * along_u).sum(), rtol=1e-6, atol=1e-8)


@given(cases)
def test_backward_twice_gives_the_same_arrays(case):
    net, loss, _, _ = case.run()
    once = copies(arrays(net))
    net.backward(loss.backward())
    assert_identical(arrays(net), once)


@given(cases, st.integers(2, 3))
def test_a_duplicated_batch_gives_the_same_cost_and_parameter_gradients(case, times):
    net, loss, x, targets = case.run()
    cost, once = loss.cost, copies(net.named_gradients())
    one_pass(net, np.concatenate([x] * times), np.concatenate([targets] * times), loss)
    np.testing.assert_allclose(loss.cost, cost, rtol=1e-6)
    for name, gradient in net.named_gradients().items():
        assert_same_numbers(name, gradient, once[name])
