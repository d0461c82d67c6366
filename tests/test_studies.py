"""What the studies find, against plain computations, the paper's equations and its numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_parts import ACTIVATIONS, assert_same_bits, batch_for, small_net

import tinynet as tn
from tinynet.progress import Silent
from tinynet.studies import comparison, learning, setup
from tinynet.studies.comparison import Settings
from tinynet.studies.initialization import at_initialization


def look(net, x, labels, jacobians=3):
    return at_initialization(net, x, labels, jacobians=jacobians, progress=Silent)


def deep(width, activation="tanh", init="normalized", n_in=1024, depth=5, rng=0):
    return tn.mlp([n_in] + [width] * depth + [9], activation=activation, init=init, rng=rng)


@pytest.fixture(scope="module")
def images():
    return tn.Shapeset(rng=5).draw(300)


# ---------------------------------------------------------------------------- what is measured


@pytest.mark.parametrize("A", ACTIVATIONS)
def test_what_is_found_is_what_a_plain_computation_gives(A):
    """Gradients of one image's cost, example after example, with loops where they help."""
    net = small_net(A, (4, 6, 6, 6, 3))
    x, labels = batch_for(net, 8)
    found = look(net, x, labels)

    W = [layer.W for layer in net.layers[::2]]
    b = [layer.b for layer in net.layers[::2]]
    f, slope = A().f, A().slope
    z, s = [x], []
    for i in range(4):
        s.append(z[i] @ W[i] + b[i])
        z.append(f(s[i]))
    p = np.exp(s[3]) / np.exp(s[3]).sum(axis=1, keepdims=True)
    ds = {3: p - np.eye(3)[labels]}  # one example's: no mean over the batch
    for i in (2, 1, 0):
        ds[i] = ds[i + 1] @ W[i + 1].T * slope(s[i])
    dW = [np.mean([np.outer(z[i][e], ds[i][e]) for e in range(8)], axis=0) for i in range(3)]
    J = {i: [np.diag(slope(s[i][e])) @ W[i].T for e in range(3)] for i in (1, 2)}
    values = {i: np.linalg.svd(J[i], compute_uv=False) for i in (1, 2)}

    def rms(a):
        return np.sqrt(np.mean(a**2))

    near = {"rel": 1e-9}
    assert found["activation_std"] == pytest.approx([z[i + 1].std() for i in range(3)], **near)
    assert found["gradient_std"] == pytest.approx([ds[i].std() for i in range(3)], **near)
    assert found["weight_gradient_std"] == pytest.approx([a.std() for a in dW], **near)
    wanted = [rms(z[i]) * rms(ds[i]) for i in range(3)]
    assert found["weight_gradient_rms_example"] == pytest.approx(wanted, **near)
    wanted = [values[i].mean() for i in (1, 2)]
    assert found["mean_singular_value"] == pytest.approx(wanted, rel=1e-6)


def test_only_square_hidden_layers_have_a_mean_singular_value():
    net = small_net(sizes=(4, 4, 5, 5, 4, 4, 4))  # hidden: 0 is square too, but the first
    found = look(net, *batch_for(net))
    assert len(found["mean_singular_value"]) == 2  # 5 -> 5 and 4 -> 4
    assert len(found["predicted"]["mean_singular_value"]) == 2
    assert len(found["activation_std"]) == 5


def test_a_single_hidden_layer_has_no_jacobian_to_look_at():
    net = small_net(sizes=(4, 4, 3))
    found = look(net, *batch_for(net))
    assert found["mean_singular_value"] == []
    assert found["histograms"]["singular_value"] == {"edges": [], "densities": []}
    assert len(found["gradient_std"]) == 1


@pytest.mark.parametrize(("jacobians", "examples"), [(3, 8), (8, 8), (9, 4)])
def test_the_bar_reaches_its_total(jacobians, examples):
    told = []

    class Bar(Silent):
        def __init__(self, total, **_):
            told.append(total)

        def update(self, n=1):
            told.append(n)

    net = small_net(sizes=(4, 5, 5, 5, 3))
    x, labels = batch_for(net, examples)
    at_initialization(net, x, labels, jacobians=jacobians, progress=Bar)
    total, *steps = told
    assert total == sum(steps)


def test_histograms_are_those_of_numpy_as_a_share_of_all():
    net = small_net(tn.Identity, sizes=(4, 30, 30, 30, 3))
    x, labels = batch_for(net, 20)
    x[0] *= 40  # beyond the last bin, but one of all the same
    found = look(net, x, labels)["histograms"]
    for key, arrays in {
        "activation": [layer.y for layer in net.layers[1:-1:2]],
        "gradient": [20 * layer.dy for layer in net.layers[0:-1:2]],
        "singular_value": [tn.singular_values(net, i, x[:3]) for i in (1, 2)],
    }.items():
        edges, densities = found[key]["edges"], found[key]["densities"]
        width = edges[1] - edges[0]
        assert len(densities) == len(arrays)
        for array, density in zip(arrays, densities, strict=True):
            counts, _ = np.histogram(array, bins=edges)
            np.testing.assert_allclose(density, counts / array.size / width, rtol=1e-6)
            assert 0.9 < np.sum(density) * width < 1 + 1e-9
            assert key != "activation" or np.sum(density) * width < 0.99


def test_layers_of_no_spread_at_all_have_finite_numbers_and_histograms():
    """Dead rectifiers, or one unit: every number of a layer is the same."""
    net = small_net(tn.ReLU, (4, 1, 1, 3))
    net.layers[0].b[:] = -100
    found = look(net, *batch_for(net))
    for histogram in found["histograms"].values():
        for density in histogram["densities"]:
            assert np.isfinite(density).all()


# ---------------------------------------------------------------------------- theory


@pytest.mark.parametrize("init", ["standard", "normalized", "he"])
def test_a_deep_linear_network_obeys_equations_5_6_and_7(init):
    """With f(s) = s they are exact but for the chance of the draw: a few per cent at this width."""
    x = np.random.default_rng(1).normal(size=(300, 200))
    labels = np.arange(300) % 9
    found = look(deep(300, "identity", init, n_in=200), x, labels, jacobians=1)
    for key, predicted in found["predicted"].items():
        if key == "mean_singular_value":
            continue
        np.testing.assert_allclose(found[key], predicted, rtol=0.1, err_msg=key)


def test_equations_5_6_and_7_are_written_as_in_the_paper():
    """Products over the layers, with the index of each factor spelt out; unequal widths."""
    net = small_net(tn.Tanh, (4, 7, 6, 5, 3))
    x, labels = batch_for(net, 8)
    predicted = look(net, x, labels)["predicted"]
    linears = net.layers[::2]
    n = [4, 7, 6, 5, 3]
    var = [(linear.W**2).mean() for linear in linears]
    ds_square = ((8 * linears[3].dy) ** 2).mean()
    for i in range(3):
        ahead = np.prod([n[j] * var[j] for j in range(i + 1)])  # of z_{i+1}
        before = np.prod([n[j] * var[j] for j in range(i)])  # of z_i
        behind = np.prod([n[j + 1] * var[j] for j in range(i + 1, 4)])
        x_square = (x**2).mean()
        z, ds = np.sqrt(x_square * ahead), np.sqrt(ds_square * behind)
        assert predicted["activation_std"][i] == pytest.approx(z)
        assert predicted["gradient_std"][i] == pytest.approx(ds)
        dw = np.sqrt(x_square * before) * ds
        assert predicted["weight_gradient_rms_example"][i] == pytest.approx(dw)


class Exponential(tn.Activation):
    """Slope 1 at 0, but not 0 there."""

    def f(self, s):
        return np.exp(s)

    def slope(self, s):
        return np.exp(s)


@pytest.mark.parametrize("activation", ["sigmoid", "relu", Exponential])
def test_where_f_is_not_the_identity_near_0_theory_says_nothing(activation, images):
    x, labels = images
    predicted = look(deep(20, activation, "standard", depth=5), x / 10, labels)["predicted"]
    assert predicted["activation_std"] is None
    assert predicted["gradient_std"] is None
    assert predicted["weight_gradient_rms_example"] is None
    assert len(predicted["mean_singular_value"]) == 4


@pytest.mark.parametrize("activation", ["tanh", "softsign", "identity"])
def test_where_f_is_the_identity_near_0_theory_says_something(activation, images):
    predicted = look(deep(20, activation), *images)["predicted"]
    assert [len(values) for values in predicted.values()] == [5, 5, 5, 4]


@pytest.fixture(scope="module")
def tanh_on_images(images):
    """The two networks of the paper at a smaller width, and what theory says of them."""
    return {
        init: look(deep(300, "tanh", init), *images, jacobians=40)
        for init in ("standard", "normalized")
    }


def test_standard_signals_fall_by_the_root_of_3_a_layer(tanh_on_images):
    found = tanh_on_images["standard"]
    for key, ratios in [("activation_std", slice(1, None)), ("gradient_std", slice(0, None))]:
        values = np.array(found[key][ratios])
        steps = values[1:] / values[:-1]
        wanted = 3**-0.5 if key == "activation_std" else 3**0.5
        np.testing.assert_allclose(steps, wanted, rtol=0.1)


def test_normalized_activations_drift_down_where_theory_has_them_constant(tanh_on_images):
    found = tanh_on_images["normalized"]
    measured, predicted = found["activation_std"], found["predicted"]["activation_std"]
    np.testing.assert_allclose(predicted[1:], predicted[0], rtol=0.02)
    assert (np.diff(measured) < 0).all()
    assert 0.5 < measured[4] / measured[0] < 0.75
    assert 0.5 < found["gradient_std"][0] / found["gradient_std"][4] < 0.85


def test_weight_gradients_are_alike_in_all_layers_even_with_standard(tanh_on_images):
    values = tanh_on_images["standard"]["weight_gradient_rms_example"]
    assert max(values) / min(values) < 1.3


@pytest.mark.parametrize("init", ["standard", "normalized"])
def test_the_mean_singular_value_is_that_of_the_quarter_circle_law(tanh_on_images, init):
    found = tanh_on_images[init]
    predicted = found["predicted"]["mean_singular_value"]
    np.testing.assert_allclose(found["mean_singular_value"], predicted, rtol=0.03)


def test_mean_singular_values_are_near_the_papers_8_and_5_tenths(tanh_on_images):
    assert np.mean(tanh_on_images["standard"]["mean_singular_value"]) == pytest.approx(
        0.48, abs=0.03
    )
    values = tanh_on_images["normalized"]["mean_singular_value"]
    assert np.mean(values) == pytest.approx(0.77, abs=0.04)


# ---------------------------------------------------------------------------- learning


class Source:
    """Two inputs, labelled by the sign of their sum."""

    def __init__(self):
        self.rng = np.random.default_rng(0)

    def draw(self, n):
        x = self.rng.uniform(-1, 1, (n, 2))
        return x, (x.sum(axis=1) > 0).astype(int)


@settings(max_examples=20, deadline=None)
@given(updates=st.integers(1, 200))
def test_the_error_is_looked_at_about_40_times_from_before_the_first_to_after_the_last(updates):
    net, test = tn.mlp([2, 2], rng=0), Source().draw(5)
    curve = learning.error_curve(net, 0.1, Source(), test, updates, progress=Silent)
    assert (curve["updates"][0], curve["updates"][-1]) == (0, updates)
    assert len(curve["test_error"]) == len(curve["updates"])
    assert min(updates + 1, 21) <= len(curve["updates"]) <= 42
    assert (np.diff(curve["updates"]) > 0).all()


def test_an_error_curve_holds_the_errors_of_the_network_as_it_learns():
    test = Source().draw(200)
    net = tn.mlp([2, 2], rng=0)
    curve = learning.error_curve(net, 0.5, Source(), test, 60, progress=Silent)
    for updates, error in list(zip(curve["updates"], curve["test_error"], strict=True))[::6]:
        again = tn.mlp([2, 2], rng=0)
        if updates:
            sgd = tn.SGD(again, 0.5)
            tn.train(again, tn.SoftmaxCrossEntropy(), sgd, Source(), updates, progress=Silent)
        assert error == tn.error_rate(again, *test)
    assert curve["test_error"][-1] == tn.error_rate(net, *test)
    assert curve["test_error"][-1] < curve["test_error"][0]


def test_a_validation_cost_is_the_mean_cost_after_training():
    validation = Source().draw(50)
    net, again = tn.mlp([2, 3, 2], rng=0), tn.mlp([2, 3, 2], rng=0)
    cost = learning.validation_cost(net, 0.1, Source(), validation, 30, progress=Silent)
    loss = tn.SoftmaxCrossEntropy()
    tn.train(again, loss, tn.SGD(again, 0.1), Source(), 30, progress=Silent)
    assert_same_bits(net, again)
    assert cost == tn.mean_cost(again, loss, *validation)


@pytest.mark.parametrize("updates", [1, 2, 50])
def test_a_rate_too_large_has_no_validation_cost_even_if_only_the_last_update_breaks(updates):
    net = tn.mlp([2, 20, 20, 2], activation="relu", rng=0)
    validation = Source().draw(50)
    cost = learning.validation_cost(net, 1e200, Source(), validation, updates, progress=Silent)
    assert cost is None


# ---------------------------------------------------------------------------- the comparison


@pytest.mark.parametrize("width", [3, 12])
def test_standard_and_normalized_networks_are_the_same_draws_scaled(width):
    networks = [Settings(depth=3).network(run, width) for run in ("standard", "normalized")]
    for a, b in zip(*(net.layers[::2] for net in networks), strict=True):
        scales = 1 / np.sqrt(a.n_in), np.sqrt(6 / (a.n_in + a.n_out))
        np.testing.assert_allclose(a.W / scales[0], b.W / scales[1], rtol=1e-5)
        assert not a.b.any()


def test_networks_have_the_shape_that_was_asked_for_and_are_float32():
    net = Settings(activation="softsign", depth=2).network("normalized", 7)
    assert repr(net) == "Network(1024-7-7-9, Linear Softsign Linear Softsign Linear, float32)"


def test_all_is_the_five_rows_of_table_1():
    assert Settings(activation="all").runs == {
        "softsign": ("softsign", "standard"),
        "softsign_n": ("softsign", "normalized"),
        "tanh": ("tanh", "standard"),
        "tanh_n": ("tanh", "normalized"),
        "sigmoid": ("sigmoid", "standard"),
    }


def test_test_validation_and_training_images_differ_and_those_of_another_seed_too():
    streams = comparison.TEST, comparison.VALIDATION, comparison.TRAINING
    drawn = [Settings(seed=seed).stream(which).draw(3)[0] for seed in (0, 1) for which in streams]
    assert len({x.tobytes() for x in drawn}) == 6
    again, _ = Settings(seed=0).stream(comparison.TEST).draw(3)
    np.testing.assert_array_equal(again, drawn[0])


def test_weights_are_of_a_stream_of_their_own_and_of_the_seed():
    numbers = [setup.WEIGHTS, setup.TEST, setup.VALIDATION, setup.TRAINING]
    assert len(set(numbers)) == 4
    first, other = (Settings(seed=seed, depth=1).network("standard", 5) for seed in (0, 1))
    assert (first.layers[0].W != other.layers[0].W).all()


def found_by_the_search(monkeypatch, costs):
    """As if the children had found these costs, run after run, rate after rate."""
    monkeypatch.setattr(comparison.sweep, "run", lambda calls, **_: costs)


def test_the_chosen_rate_is_that_of_the_lowest_validation_cost(monkeypatch):
    found_by_the_search(monkeypatch, [2.0, 1.0, 1.5, 1.0, 1.1, 0.9])
    chosen = comparison.choose_rates(Settings(), progress=Silent)
    assert {run: rate["lr"] for run, rate in chosen.items()} == {
        "standard": 0.03,
        "normalized": 0.1,
    }
    assert chosen["standard"]["grid"] == [0.01, 0.03, 0.1]
    assert chosen["normalized"]["validation_cost"] == [1.0, 1.1, 0.9]


def test_a_rate_that_was_too_large_is_not_chosen(monkeypatch):
    found_by_the_search(monkeypatch, [None, 2.0, None, 3.0, None, None])
    chosen = comparison.choose_rates(Settings(), progress=Silent)
    assert [rate["lr"] for rate in chosen.values()] == [0.03, 0.01]


def test_where_every_rate_was_too_large_the_run_is_named(monkeypatch):
    found_by_the_search(monkeypatch, [1.0, 1.0, 1.0, None, None, None])
    with pytest.raises(ValueError, match="too large for normalized"):
        comparison.choose_rates(Settings(), progress=Silent)


def test_a_given_rate_is_taken_without_a_search(monkeypatch):
    monkeypatch.setattr(comparison.sweep, "run", lambda *_, **__: pytest.fail("a search"))
    chosen = comparison.choose_rates(Settings(lr=0.07), progress=Silent)
    assert [rate["lr"] for rate in chosen.values()] == [0.07, 0.07]


def test_rates_are_searched_on_the_validation_images_and_errors_counted_on_the_test_images(
    monkeypatch,
):
    asked = []

    class Images:
        def __init__(self, which):
            self.which = which

        def draw(self, n):
            asked.append((self.which, n))
            return np.zeros((n, 1024), np.float32), np.zeros(n, int)

    monkeypatch.setattr(Settings, "stream", lambda self, which: Images(which))
    tiny = Settings(width_in_training=1, depth=1, updates=4)
    comparison._search(tiny, "standard", 0.1, Silent)
    assert set(asked) == {(comparison.VALIDATION, 10_000), (comparison.TRAINING, 10)}
    asked.clear()
    comparison._learn(tiny, "standard", 0.1, Silent)
    assert set(asked) == {(comparison.TEST, 10_000), (comparison.TRAINING, 10)}


@pytest.mark.parametrize(("updates", "tried"), [(80_000, 20_000), (100, 25), (3, 1), (1, 1)])
def test_each_rate_is_tried_for_a_quarter_of_the_updates(updates, tried):
    assert Settings(updates=updates).search_updates == tried


def test_the_law_of_the_singular_values_is_left_out_where_slopes_are_0_or_1():
    x, labels = tn.Shapeset(rng=0).draw(20)
    for activation, said in (("relu", False), ("sigmoid", True), ("tanh", True)):
        net = tn.mlp([1024, 30, 30, 9], activation=activation, rng=0)
        found = at_initialization(net, x, labels, jacobians=3, progress=Silent)
        (law,) = found["predicted"]["mean_singular_value"]
        assert (law is not None) == said
