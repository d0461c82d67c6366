"""Back-propagation through whole networks: against formulas, against differences, by symmetry."""

import hypothesis
import hypothesis.strategies as st
import numpy as np
from core_tools import (
    arrays,
    assert_identical,
    assert_near_differences,
    assert_same_numbers,
    cases,
    centred_differences,
    copies,
    cost_by_hand,
    cost_from,
    forward_by_hand,
    given,
    linears,
    no_kink_nearby,
    one_pass,
    pass_by_hand,
)


@given(cases)
def test_every_array_of_a_pass_is_what_the_formulas_give(case):
    net, _, x, targets = case.run()
    hypothesis.assume(no_kink_nearby(net))
    by_hand = pass_by_hand(net, x, targets)
    shown = arrays(net)
    assert shown.keys() - by_hand.keys() == {k for k in shown if k.endswith((".W", ".b"))}
    for name in by_hand:
        assert_same_numbers(name, shown[name], by_hand[name])


@given(cases)
def test_the_gradient_of_every_activation_array_is_that_of_centred_differences(case):
    net, loss, _, targets = case.run()
    hypothesis.assume(no_kink_nearby(net))
    for k, layer in enumerate(net.layers):
        slow = centred_differences(lambda z, k=k: cost_from(net, k, z, targets), layer.x)
        assert_near_differences(f"{k}.dx", layer.dx, slow)
    slow = centred_differences(lambda output: cost_by_hand(output, targets), loss.output)
    assert_near_differences("doutput", loss.doutput, slow)
    assert_near_differences("last dy", net.layers[-1].dy, slow)


@given(cases)
def test_the_gradient_of_every_parameter_is_that_of_centred_differences(case):
    net, _, _, targets = case.run()
    hypothesis.assume(no_kink_nearby(net))
    for k, layer in enumerate(net.layers):
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
    net, loss, x, targets = case.build()
    cost = one_pass(net, loss, x, targets)
    once = copies(arrays(net))
    again = one_pass(net, loss, np.concatenate([x] * times), np.concatenate([targets] * times))
    np.testing.assert_allclose(again, cost, rtol=1e-6)
    for name, array in arrays(net).items():
        if name.endswith(("dW", "db")):
            assert_same_numbers(name, array, once[name])


@given(cases)
def test_one_examples_gradients_are_the_batch_size_times_its_rows(case):
    """The mean over the batch is in the loss, so the rows do not mix on the way back."""
    net, loss, x, targets = case.run()
    batch = copies(arrays(net))
    for e in range(case.batch):
        one_pass(net, loss, x[e : e + 1], targets[e : e + 1])
        for name, alone in arrays(net).items():
            if name.endswith(("dx", "dy")):
                assert_same_numbers(name, alone, case.batch * batch[name][e : e + 1])


@given(cases)
def test_the_parameter_gradients_are_the_means_of_the_examples_own(case):
    net, loss, x, targets = case.run()
    batch = copies(arrays(net))
    total = {name: 0.0 for name in batch}
    for e in range(case.batch):
        one_pass(net, loss, x[e : e + 1], targets[e : e + 1])
        for name, alone in arrays(net).items():
            total[name] = total[name] + alone.astype(float)
    for name in batch:
        if name.endswith(("dW", "db")):
            assert_same_numbers(name, batch[name], total[name] / case.batch)


@given(cases)
def test_a_small_step_against_the_gradient_lowers_the_cost_by_its_squared_length(case):
    case = case.__class__(**{**vars(case), "dtype": np.float64})
    net, loss, x, targets = case.build()
    before = one_pass(net, loss, x, targets)
    hypothesis.assume(no_kink_nearby(net))
    squared = sum((layer.dW**2).sum() + (layer.db**2).sum() for layer in linears(net))
    lr = 1e-6
    for layer in linears(net):
        layer.W -= lr * layer.dW
        layer.b -= lr * layer.db
    after = loss.forward(net.forward(x), targets)
    np.testing.assert_allclose(before - after, lr * squared, rtol=1e-3, atol=1e-12)
