"""Whatever keeps the contracts is trained, looked at, saved and resumed as tinynet's own are.

The parts are those of ``strangers.py``. What no contract can carry is refused by name.
"""

import contextlib
import functools
import json
import math
import os
import random
import re
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strangers import (
    BUILDERS,
    N_IN,
    Adam,
    BatchNorm,
    Dropout,
    Gain,
    Hinge,
    Leaky,
    Momentum,
    Noisy,
    Residual,
    Tied,
    Warmup,
    WeightNorm,
    between,
    build,
    data,
    plain,
    run,
)

import tinynet as tn

X, LABELS = data()
each_stranger = pytest.mark.parametrize("name", BUILDERS)


class Bar:
    """A progress bar that prints nothing, and keeps what it was told to show."""

    def __init__(self, **_):
        self.words = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def update(self, n):
        pass

    def set_postfix_str(self, words, refresh=True):
        self.words.append(words)


def train(built, updates, **keywords):
    net, loss, optimizer, source = built
    tn.train(net, loss, optimizer, source, updates, **{"progress": Bar, **keywords})
    return built


def four_lines(built, updates):
    """The loop by hand: neither watched nor stopped."""
    net, loss, optimizer, source = built
    for _ in range(updates):
        x, targets = source.draw(10)
        loss.forward(net.forward(x), targets)
        net.backward(loss.backward())
        optimizer.step()
    return built


def bits(thing, place="", seen=None):
    """Every array, Generator, number and text that hangs on an object, by where it hangs."""
    seen = {} if seen is None else seen
    if isinstance(thing, np.ndarray):
        return {place: (thing.shape, thing.dtype.str, thing.tobytes())}
    if isinstance(thing, np.random.Generator):
        return {place: repr(thing.bit_generator.state)}
    for older in ("getstate", "get_state"):  # of random.Random and numpy.random.RandomState
        if hasattr(thing, older):
            return {place: repr(getattr(thing, older)())}
    if isinstance(thing, dict):
        parts = thing.items()
    elif isinstance(thing, (list, tuple)):
        parts = enumerate(thing)
    elif hasattr(thing, "__dict__") and not isinstance(thing, type) and id(thing) not in seen:
        seen[id(thing)] = thing
        parts = vars(thing).items()
    elif isinstance(thing, (bool, int, float, str, type(None), np.generic)):
        return {place: repr(thing)}
    else:
        return {place: type(thing).__name__}
    found = {place: type(thing).__name__}
    for key, part in parts:
        found |= bits(part, f"{place}.{key}", seen)
    return found


def differing(these, those):
    return [key for key in {**these, **those} if these.get(key) != those.get(key)]


def buffers(net):
    return {
        f"{place}.{name}": getattr(layer, name)
        for place, layer in net.named_layers().items()
        for name in getattr(layer, "buffers", ())
    }


def goes_on_with(built):
    """The bits of all that a later update depends on, and of the last pass."""
    optimizer = built.optimizer
    carried = {name: getattr(optimizer, name) for name in ("lr", "t", *optimizer.buffers)}
    return bits({"net": built.net, "optimizer": carried, "source": built.source.state})


@functools.cache
def uninterrupted(name):
    return goes_on_with(four_lines(build(name), 20))


@contextlib.contextmanager
def refused(kind, *words):
    """An error of this kind whose message has each of these words."""
    with pytest.raises(kind) as error:
        yield
    missing = [word for word in words if word not in str(error.value)]
    assert not missing, f"not a word of {missing} in: {error.value}"


# ---------------------------------------------------------------------------- seven trials

# A bias below batch norm has no gradient: nothing else is too small to be seen.
ZERO = {"batch norm": {"0.db"}, "nested": {"1.0.db"}}


def checked_rows(net, x):
    return {
        f"{row.layer.split()[0]}.{row.array}": row for row in tn.gradient_check(net, x, show=False)
    }


@each_stranger
def test_gradient_check_finds_nothing_wrong(name):
    net = train(build(name), 3).net
    rows = checked_rows(net, X[:4])
    wrong = [row for row in rows.values() if not row.error <= row.bound]
    assert not wrong
    gradients = {re.sub(r"(.*)\.", r"\1.d", key) for key in net.named_gradients()}
    assert gradients | {f"{k}.dx" for k in range(len(net.layers))} == set(rows)
    unseen = {key for key, row in rows.items() if row.bound > 1e-4}
    assert unseen == ZERO.get(name, set())


def spoiled(layer):
    """Make every parameter's gradient two percent too large, after each backward pass."""
    cls = type(layer)

    def backward(self, dy):
        dx = cls.backward(self, dy)
        for name in self.parameters:
            setattr(self, "d" + name, 1.02 * getattr(self, "d" + name))
        return dx

    layer.__class__ = type(cls.__name__, (cls,), {"backward": backward})


@each_stranger
def test_gradient_check_finds_every_gradient_that_is_two_percent_too_large(name):
    net = build(name).net
    for layer in net.named_layers().values():
        spoiled(layer)
    rows = checked_rows(net, X[:4])
    right = {key for key, row in rows.items() if not row.error > row.bound}
    assert right == {f"{k}.dx" for k in range(len(net.layers))} | ZERO.get(name, set())


def numeric_jacobian(f, x, h=1e-5):
    columns = []
    for j in range(x.shape[1]):
        step = np.zeros_like(x)
        step[:, j] = h
        columns.append((f(x + step) - f(x - step)) / (2 * h))
    return np.stack(columns, axis=2)


@each_stranger
def test_every_jacobian_is_that_of_centred_differences(name):
    net = train(build(name), 3).net
    view, x = net.view(), build(name).source.x[:3]
    starts = [k for k, layer in enumerate(net.layers) if isinstance(layer, tn.Linear)]
    blocks = {None: (0, len(net.layers))}
    blocks |= {i: (s, [*starts[1:], len(net.layers)][i]) for i, s in enumerate(starts)}
    for i, (start, end) in blocks.items():
        z = tn.Network(view.layers[:start]).forward(x) if start else x
        block = tn.Network(view.layers[start:end])
        slow = numeric_jacobian(lambda z, block=block: np.array(block.forward(z)), z)
        J = tn.jacobian(net, i, x)
        assert J.shape == slow.shape
        np.testing.assert_allclose(J, slow, rtol=0, atol=1e-6 * max(1, np.abs(slow).max()))
        spectrum = np.linalg.svd(J, compute_uv=False)
        np.testing.assert_allclose(tn.singular_values(net, i, x), spectrum, atol=1e-7)
        mean_square = (spectrum**2).mean(axis=1)
        np.testing.assert_allclose(tn.mean_square_singular_value(net, i, x), mean_square)


def compared(built, x, targets):
    a = tn.trace(built.net, x, targets, built.loss)
    tn.compare_traces(a, tn.trace(built.net, 2 * x, targets, built.loss), show=False)


LOOKS = {
    "Monitor": lambda b, x, targets: tn.Monitor(
        b.net, x, targets, loss=b.loss, optimizer=b.optimizer, jacobians=2
    )(3),
    "error_rate": lambda b, x, labels: tn.error_rate(b.net, x, labels),
    "confusion": lambda b, x, labels: tn.confusion(b.net, x, labels),
    "mean_cost": lambda b, x, targets: tn.mean_cost(b.net, b.loss, x, targets),
    "trace": lambda b, x, targets: tn.trace(b.net, x, targets, b.loss),
    "compare_traces": compared,
    "jacobian": lambda b, x, _: tn.jacobian(b.net, None, x),
    "jacobian of a layer": lambda b, x, _: tn.jacobian(b.net, 0, x),
    "singular_values": lambda b, x, _: tn.singular_values(b.net, None, x),
    "mean_square_singular_value": lambda b, x, _: tn.mean_square_singular_value(b.net, None, x),
    "summary": lambda b, *_: tn.summary(b.net, b.optimizer, show=False),
    "gradient_check": lambda b, x, _: tn.gradient_check(b.net, x),
    "repr": lambda b, *_: repr([b, b.net.layers, list(b.net.named_layers().values())]),
    "view": lambda b, x, _: [b.net.view(training=t).forward(x) for t in (False, True)],
}


# An auto-encoder has no labels, and its Linear is in a block.
UNDEFINED = [("auto-encoder", k) for k in ("error_rate", "confusion", "jacobian of a layer")]
ALL_LOOKS = [(name, look) for name in BUILDERS for look in LOOKS if (name, look) not in UNDEFINED]


@pytest.mark.parametrize(("name", "look"), ALL_LOOKS)
def test_a_look_changes_no_bit_of_net_optimizer_loss_and_source(name, look):
    built = build(name)
    built.optimizer.keep = True
    four_lines(built, 2)
    x, targets = built.source.x[:4], built.source.targets[:4]
    before = bits(built)
    LOOKS[look](built, x, targets)
    assert not differing(before, bits(built))


@each_stranger
def test_saved_and_loaded_into_another_it_gives_the_same_output(name, tmp_path):
    net, fresh = train(build(name), 5).net, build(name, seed=1).net
    held = {**fresh.named_parameters(), **buffers(fresh)}
    tn.save(net, tmp_path / "net.npz")
    assert tn.load(tmp_path / "net.npz", into=fresh) is fresh
    for key, here in {**fresh.named_parameters(), **buffers(fresh)}.items():
        if isinstance(here, (np.ndarray, np.random.Generator)):
            assert here is held[key], f"{key} is set in place"
    np.testing.assert_array_equal(fresh.view().forward(X), net.view().forward(X), strict=True)
    np.testing.assert_array_equal(fresh.forward(X), net.forward(X), strict=True)
    np.testing.assert_array_equal(fresh.forward(X), net.forward(X), strict=True)  # goes on so


@each_stranger
def test_stopped_and_resumed_it_has_the_same_bits_as_uninterrupted(name, tmp_path):
    train(build(name), 7, checkpoint=tmp_path / "run.npz")
    resumed = train(build(name), 20, checkpoint=tmp_path / "run.npz")
    assert not differing(goes_on_with(resumed), uninterrupted(name))


@each_stranger
def test_watched_it_has_the_same_bits_as_unwatched(name):
    built = build(name)
    x, targets = built.source.x[:5], built.source.targets[:5]
    monitor = tn.Monitor(
        built.net, x, targets, loss=built.loss, optimizer=built.optimizer, jacobians=2
    )
    train(built, 20, watch=monitor, every=3)
    assert monitor["updates"].tolist() == [0, 3, 6, 9, 12, 15, 18, 20]
    assert not differing(goes_on_with(built), uninterrupted(name))


@each_stranger
def test_it_learns(name):
    built = build(name)
    x, targets = built.source.x, built.source.targets
    start = tn.mean_cost(built.net, built.loss, x, targets)
    train(built, 200)
    assert tn.mean_cost(built.net, built.loss, x, targets) < 0.5 * start


# ---------------------------------------------------------------------------- names


def test_layers_parameters_and_gradients_are_named_by_their_place():
    inner = tn.Linear(5, 5, rng=0)
    block = Residual([inner, tn.Tanh()])
    first, last = tn.Linear(N_IN, 5, rng=0), tn.Linear(5, 3, bias=False, rng=0)
    net = tn.Network([first, block, Gain(5), last])
    layers = net.named_layers()
    assert list(layers) == ["0", "1", "1.0", "1.1", "2", "3"]
    assert layers["1"] is block
    assert layers["1.0"] is inner
    assert layers["3"] is last
    parameters = net.named_parameters()
    assert list(parameters) == ["0.W", "0.b", "1.0.W", "1.0.b", "2.gamma", "3.W"]
    assert parameters["1.0.W"] is inner.W
    four_lines(run(net), 1)
    gradients = net.named_gradients()
    assert list(gradients) == list(parameters)
    assert gradients["1.0.W"] is inner.dW
    assert gradients["2.gamma"] is net.layers[2].dgamma


def test_a_network_with_parameters_of_its_own_has_them_under_its_place():
    tied = Tied(6, 2, rng=0)
    net = tn.Network([tied])
    assert list(net.named_parameters()) == ["0.c", "0.0.W", "0.0.b"]
    assert net.named_parameters()["0.c"] is tied.c


def test_names_are_not_kept_from_before():
    net = build("residual").net
    net.named_layers(), net.named_parameters()
    net.layers[1].layers[0] = replaced = tn.Linear(5, 5, bias=False, rng=3)
    assert net.named_layers()["1.0"] is replaced
    assert "1.0.b" not in net.named_parameters()


TREES = st.recursive(
    st.just(()), lambda inner: st.lists(inner, min_size=1, max_size=3).map(tuple), max_leaves=8
).filter(len)


def grown(tree):
    return tn.Network([grown(part) if part else Gain(2) for part in tree])


@settings(max_examples=30, deadline=None)
@given(tree=TREES)
def test_in_any_tree_a_name_is_the_way_to_its_layer_and_a_view_has_the_same(tree):
    net = grown(tree)
    found = net.named_layers()
    for place, layer in found.items():
        here = net
        for k in place.split("."):
            here = here.layers[int(k)]
        assert here is layer
    leaves = json.dumps(tree).count("[]")
    gains = [place for place, layer in found.items() if isinstance(layer, Gain)]
    assert len(gains) == leaves
    assert list(net.named_parameters()) == [f"{place}.gamma" for place in gains]
    view = net.view()
    assert list(view.named_layers()) == list(found)
    assert not {id(layer) for layer in view.named_layers().values()} & set(map(id, found.values()))
    assert all(a is view.named_parameters()[n] for n, a in net.named_parameters().items())


# ---------------------------------------------------------------------------- view


def things(thing, kind, seen):
    """All of a kind that hang on an object."""
    if id(thing) in seen:
        return []
    seen[id(thing)] = thing
    if isinstance(thing, kind):
        return [thing]
    if isinstance(thing, (list, tuple, dict)):
        parts = list(thing.values()) if isinstance(thing, dict) else thing
    else:
        parts = list(getattr(thing, "__dict__", {}).values())
    return [found for part in parts for found in things(part, kind, seen)]


@each_stranger
def test_a_view_shares_the_parameters_and_nothing_else(name):
    net = four_lines(build(name), 1).net
    view = net.view()
    ours, theirs = net.named_parameters(), view.named_parameters()
    assert ours.keys() == theirs.keys()
    assert all(array is theirs[key] for key, array in ours.items())
    shared = set(map(id, ours.values()))
    for array in things(net, np.ndarray, {}):
        for other in things(view, np.ndarray, {}):
            if np.shares_memory(array, other):
                assert id(array) in shared
                assert array is other
    generators = set(map(id, things(net, np.random.Generator, {})))
    assert not generators & set(map(id, things(view, np.random.Generator, {})))
    layers = set(map(id, net.named_layers().values()))
    assert not layers & set(map(id, view.named_layers().values()))


@pytest.mark.parametrize("training", [False, True])
def test_a_view_tells_nested_layers_whether_it_is_training(training):
    def told(net):
        layers = net.named_layers().values()
        return [layer.training for layer in layers if hasattr(layer, "training")]

    net = build("nested").net
    assert told(net.view(training=training)) == [training] * 2
    assert told(net) == [True] * 2


def test_a_view_of_a_view_is_told_anew():
    net = build("dropout").net
    assert net.view().view(training=True).layers[1].training is True


def test_a_trace_is_that_of_the_training_pass_that_comes_next():
    built = build("nested")
    trace = tn.trace(built.net, X[:4], LABELS[:4], built.loss)
    output = built.net.forward(X[:4])
    np.testing.assert_array_equal(trace.output, output, strict=True)
    assert np.abs(output - built.net.view().forward(X[:4])).max() > 0.01


class Holder:
    """Takes what it is given, and lets all pass."""

    parameters = ()

    def __init__(self, **held):
        vars(self).update(held)

    def forward(self, x):
        self.x = self.y = x
        return x

    def backward(self, dy):
        self.dy = self.dx = dy
        return dy


@pytest.mark.parametrize(
    "make",
    [lambda: math, lambda: open(os.devnull), threading.Lock, lambda: (k for k in "ab")],  # noqa: SIM115
    ids=["module", "file", "lock", "iterator"],
)
@pytest.mark.parametrize("place", ["1", "1.0"])
def test_what_a_view_cannot_copy_is_named(make, place):
    with contextlib.ExitStack() as stack:
        held = make()
        if hasattr(held, "close"):
            stack.callback(held.close)
        holder = Holder(tools=held)
        inner = holder if place == "1" else tn.Network([holder])
        net = tn.Network([tn.Linear(N_IN, 5, rng=0), inner, tn.Linear(5, 3, rng=0)])
        net.forward(X)  # training does without copies
        with refused(TypeError, f"layers[{place}].tools"):
            net.view()
        with refused(TypeError, f"layers[{place}].tools"):
            tn.error_rate(net, X, LABELS)


def test_a_method_of_a_generator_is_copied_with_it_or_refused():
    """A deep copy hands ``rng.normal`` on as it is: a look would then draw from the layer's."""

    class Noise(Holder):
        def forward(self, x):
            self.x = x
            self.y = x + 0.1 * self.normal(size=x.shape)
            return self.y

    rng = np.random.default_rng(0)
    net = between(Noise(normal=rng.normal), rng=np.random.default_rng(0)).net
    before = repr(rng.bit_generator.state)
    with contextlib.suppress(TypeError):
        tn.error_rate(net, X, LABELS)
    assert repr(rng.bit_generator.state) == before


# ---------------------------------------------------------------------------- costs


def two_costs():
    """A pass over all examples of a net with costs at the top and in a block; and its loss."""
    built = build("two costs")
    return built, built.loss.forward(built.net.forward(X), LABELS)


def test_the_cost_of_a_network_is_the_sum_of_its_layers_costs():
    built, _ = two_costs()
    layers = built.net.named_layers()
    costs = [layers[place].cost for place in ("1", "2.1", "2.2")]
    assert all(cost != 0 for cost in costs)
    assert built.net.cost == pytest.approx(sum(costs), rel=1e-14)
    assert layers["2"].cost == pytest.approx(sum(costs[1:]), rel=1e-14)
    assert type(built.net.cost) is float
    assert build("gain").net.cost == 0.0


def test_the_bar_shows_loss_and_cost_and_mean_cost_and_monitor_the_loss_alone():
    built, loss = two_costs()
    assert built.net.cost > 0.1
    whole = build("two costs")._replace(source=AllAtOnce())
    monitor = tn.Monitor(built.net, X, LABELS)
    monitor(0)
    expected = f"cost {loss + built.net.cost:.3f} (chance {entropy(LABELS):.3f})"
    assert shown_by(whole) == expected
    assert tn.mean_cost(built.net, built.loss, X, LABELS) == pytest.approx(loss, rel=1e-12)
    assert monitor["test_cost"][0] == pytest.approx(loss, rel=1e-12)


class AllAtOnce:
    """A source that gives all examples, whatever is asked for."""

    def draw(self, n):
        return X, LABELS


def test_training_lowers_the_layers_own_costs_too():
    built = build("own cost")
    built.net.forward(X + 3)
    before = built.net.cost
    train(built, 300)
    built.net.forward(X)
    assert built.net.cost < before - 0.1


@pytest.mark.parametrize("bad", [math.nan, math.inf])
@pytest.mark.parametrize("place", ["1", "1.0"])
def test_a_layers_cost_that_is_not_finite_is_named_as_that(bad, place):
    class Costly(Holder):
        cost = bad

    inner = Costly() if place == "1" else tn.Network([Costly()])
    with refused(FloatingPointError, f"layers[{place}].cost", str(bad)):
        train(between(inner, rng=np.random.default_rng(0)), 3)


class Doubled(tn.SoftmaxCrossEntropy):
    """Another cost, whose chance is not what it inherits."""

    def forward(self, output, labels):
        self.cost = 2 * super().forward(output, labels)
        return self.cost

    def backward(self):
        return 2 * super().backward()


class WithoutChance(Doubled):
    chance = None


class WithChance(Doubled):
    def chance(self):
        return 2 * super().chance()


@pytest.mark.parametrize(("loss", "classes"), [(Doubled(), 3), (WithoutChance(), 3), (Hinge(), 1)])
def test_a_loss_without_a_chance_of_its_own_shows_none(loss, classes):
    built = plain(np.random.default_rng(0), loss=loss, classes=classes, targets=LABELS % 2)
    assert re.fullmatch(r"cost \d+\.\d+", shown_by(built))
    assert "chance" not in repr(loss)


def test_a_loss_with_a_chance_of_its_own_shows_it():
    built = plain(np.random.default_rng(0), loss=WithChance(), targets=LABELS % 2)
    built = built._replace(source=AllAtOnce())
    assert shown_by(built).endswith(f"(chance {2 * entropy(LABELS):.3f})")


def shown_by(built, **keywords):
    """What stands at the end of the bar after one update."""
    bars = []
    train(built, 1, progress=lambda **_: bars.append(Bar()) or bars[0], **keywords)
    return bars[0].words[-1]


def entropy(labels):
    p = np.bincount(labels) / len(labels)
    return -(p * np.log(p)).sum()


def test_of_one_output_the_class_is_its_sign():
    net = train(build("hinge"), 30).net
    labels = (LABELS == 0).astype(int)
    said = (net.view().forward(X)[:, 0] > 0).astype(int)
    assert 0 < (said != labels).mean() < 0.5
    assert tn.error_rate(net, X, labels) == (said != labels).mean()
    counts = np.zeros((2, 2), int)
    np.add.at(counts, (labels, said), 1)
    np.testing.assert_array_equal(tn.confusion(net, X, labels), counts)
    with refused(ValueError, "labels", "0 to 1"):
        tn.error_rate(net, X, LABELS)


# ---------------------------------------------------------------------------- optimizers


def stepped(optimizer=tn.SGD, **keywords):
    built = plain(np.random.default_rng(0), optimizer=optimizer, **keywords)
    return four_lines(built, 1)


def test_an_optimizer_counts_its_steps_and_the_first_is_number_1():
    seen = []

    class Counting(tn.SGD):
        def change(self, name, gradient):
            seen.append(self.t)
            return super().change(name, gradient)

    built = stepped(Counting)
    assert built.optimizer.t == 1
    four_lines(built, 2)
    assert built.optimizer.t == 3
    assert seen == [1] * 4 + [2] * 4 + [3] * 4


def test_the_first_step_of_adam_is_the_rate_along_every_sign():
    built = plain(np.random.default_rng(0), optimizer=Adam, lr=0.02)
    before = {name: array.copy() for name, array in built.net.named_parameters().items()}
    four_lines(built, 1)
    for name, array in built.net.named_parameters().items():
        moved, gradient = array - before[name], built.net.named_gradients()[name]
        np.testing.assert_allclose(moved, -0.02 * np.sign(gradient), rtol=1e-4)


@pytest.mark.parametrize("optimizer", [tn.SGD, Momentum, Adam])
def test_what_a_step_added_is_kept_where_that_is_asked_for(optimizer):
    built = stepped(optimizer)
    assert not built.optimizer.last
    built.optimizer.keep = True
    before = {name: array.copy() for name, array in built.net.named_parameters().items()}
    four_lines(built, 1)
    assert list(built.optimizer.last) == list(before)
    for name, change in built.optimizer.last.items():
        after = built.net.named_parameters()[name]
        np.testing.assert_array_equal(after, before[name] + change, strict=True)
    built.optimizer.keep = False
    four_lines(built, 1)
    assert not built.optimizer.last


def test_a_step_is_change_added_in_place():
    class Constant(tn.SGD):
        def change(self, name, gradient):
            return np.full_like(gradient, {"0.W": 1.0, "0.b": 2.0}.get(name, 0.0))

    built = plain(np.random.default_rng(0))
    arrays = built.net.named_parameters()
    before = {name: array.copy() for name, array in arrays.items()}
    four_lines(built._replace(optimizer=Constant(built.net, 1)), 1)
    for name, added in {"0.W": 1.0, "0.b": 2.0, "2.W": 0.0, "2.b": 0.0}.items():
        assert built.net.named_parameters()[name] is arrays[name]
        np.testing.assert_array_equal(arrays[name], before[name] + added)


@pytest.mark.parametrize("optimizer", [tn.SGD, Adam, Momentum])
def test_the_update_ratio_is_that_of_the_real_change(optimizer):
    built = stepped(optimizer)
    linear, x = built.net.layers[0], built.source.x
    monitor = tn.Monitor(built.net, x, built.source.targets, optimizer=built.optimizer)
    before = []

    def watch(k):
        monitor(k)
        before.append(linear.W.copy())

    train(built, 4, watch=watch, every=[3, 4])
    expected = (before[1] - before[0]).std() / before[1].std()
    assert monitor["update_ratio"][1][0] == pytest.approx(expected, rel=1e-6)
    row = tn.summary(built.net, built.optimizer, show=False)[0]
    assert row.update_ratio == pytest.approx(expected, rel=1e-6)


def test_before_the_first_step_there_is_no_update_ratio():
    built = build("Adam")
    monitor = tn.Monitor(built.net, X, LABELS, optimizer=built.optimizer)
    monitor(0)
    assert np.isnan(monitor["update_ratio"]).all()


def freeze(net):
    net.layers[0].parameters, net.layers[0].buffers = (), ("W", "b")


def widen(net):
    first, last = tn.Linear(N_IN, 7, rng=1), tn.Linear(7, 3, rng=1)
    net.layers[0], net.layers[2] = first, last


def grow(net):
    net.layers.append(Gain(3))


@pytest.mark.parametrize(("change", "name"), [(freeze, "0.W"), (widen, "0.W"), (grow, "3.gamma")])
@pytest.mark.parametrize("optimizer", [Momentum, Adam])
def test_what_is_carried_is_not_put_on_other_parameters(optimizer, change, name):
    built = stepped(optimizer)
    change(built.net)
    before = bits({name: a.copy() for name, a in built.net.named_parameters().items()})
    with refused(ValueError, name, optimizer.__name__):
        four_lines(built, 1)
    assert not differing(before, bits(built.net.named_parameters()))


@pytest.mark.parametrize("change", [freeze, widen, grow])
def test_plain_sgd_carries_nothing_and_steps_whatever_is_there(change):
    built = stepped()
    change(built.net)
    before = {name: array.copy() for name, array in built.net.named_parameters().items()}
    four_lines(built, 1)
    for name, array in built.net.named_parameters().items():
        assert (array != before[name]).any(), name


def test_the_optimizer_of_another_network_is_refused():
    built, other = plain(np.random.default_rng(0)), plain(np.random.default_rng(0))
    with refused(ValueError, "optimizer", "tn.SGD(net"):
        train(built._replace(optimizer=other.optimizer), 1)


class Unnamed(tn.SGD):
    """A momentum that does not say what it carries."""

    def __init__(self, net, lr, start):
        super().__init__(net, lr)
        self.v = start()

    def change(self, name, gradient):
        v = self.v.get("v", self.v)
        v[name] = 0.9 * v.get(name, 0.0) - self.lr * gradient
        return v[name]


class StepsItself(tn.SGD):
    """A momentum with a step of its own, and lists."""

    def __init__(self, net, lr):
        super().__init__(net, lr)
        self.v = [np.zeros_like(array) for array in net.named_parameters().values()]

    def step(self):
        gradients = self.net.named_gradients()
        for k, (name, array) in enumerate(self.net.named_parameters().items()):
            self.v[k] = 0.9 * self.v[k] - self.lr * gradients[name]
            array += self.v[k]


def unnamed(start):
    return lambda net, lr: Unnamed(net, lr, start)


@pytest.mark.parametrize(
    "optimizer",
    [
        StepsItself,
        unnamed(lambda: {"0.W": np.zeros((6, 5))}),
        unnamed(lambda: {"v": {"0.W": np.zeros((6, 5))}}),
        unnamed(dict),  # nothing in it before the first step
        unnamed(lambda: {"v": {}}),
    ],
    ids=["lists, own step", "a dict", "dicts in a dict", "an empty dict", "empty in a dict"],
)
def test_arrays_that_an_optimizer_does_not_name_are_refused_by_a_checkpoint_alone(
    optimizer, tmp_path
):
    built = plain(np.random.default_rng(0), optimizer=optimizer, lr=0.05)
    with refused((TypeError, ValueError), "optimizer.v", 'buffers = ("v",)'):
        train(built, 3, checkpoint=tmp_path / "run.npz")
    train(plain(np.random.default_rng(0), optimizer=optimizer, lr=0.05), 3)


def test_a_count_of_its_own_that_an_optimizer_does_not_name_is_refused_by_a_checkpoint(tmp_path):
    class Slower(tn.SGD):
        def __init__(self, net, lr):
            super().__init__(net, lr)
            self.steps = 0

        def step(self):
            self.steps += 1
            self.lr = 0.3 / self.steps
            super().step()

    built = plain(np.random.default_rng(0), optimizer=Slower)
    with refused((TypeError, ValueError), "optimizer.steps", 'buffers = ("steps",)'):
        train(built, 3, checkpoint=tmp_path / "run.npz")


def test_what_an_optimizer_carries_under_a_private_name_is_refused_by_a_checkpoint(tmp_path):
    class Private(tn.SGD):
        def __init__(self, net, lr):
            super().__init__(net, lr)
            self._v = {}

        def change(self, name, gradient):
            self._v[name] = 0.9 * self._v.get(name, 0.0) - self.lr * gradient
            return self._v[name]

    built = plain(np.random.default_rng(0), optimizer=Private, lr=0.05)
    with refused((TypeError, ValueError), "optimizer._v", 'buffers = ("_v",)'):
        train(built, 3, checkpoint=tmp_path / "run.npz")


def test_a_list_that_an_optimizer_names_is_refused_before_the_first_update(tmp_path):
    class Lists(StepsItself):
        buffers = ("v",)

    built = plain(np.random.default_rng(0), optimizer=Lists, lr=0.05)
    before = bits(built.net)
    with refused((TypeError, ValueError), "optimizer", "v", "dict"):
        train(built, 3, checkpoint=tmp_path / "run.npz")
    assert not differing(before, bits(built.net))


def test_what_cannot_be_copied_of_an_optimizer_is_named_by_a_checkpoint(tmp_path):
    class Locked(tn.SGD):
        def __init__(self, net, lr):
            super().__init__(net, lr)
            self.lock = threading.Lock()

    built = plain(np.random.default_rng(0), optimizer=Locked)
    with refused(TypeError, "optimizer.lock"):
        train(built, 3, checkpoint=tmp_path / "run.npz")
    train(built, 3)


class Clipped(tn.SGD):
    """Shows the norm of the gradient, and lists those of before: no step depends on them."""

    def __init__(self, net, lr):
        super().__init__(net, lr)
        self.norms = []

    def changes(self, gradients):
        self.norm = float(np.sqrt(sum((gradient**2).sum() for gradient in gradients.values())))
        self.norms.append(self.norm)
        for name, gradient in gradients.items():
            yield name, -self.lr * min(1.0, 1 / self.norm) * gradient


def test_what_an_optimizer_only_shows_need_not_be_named(tmp_path):
    def clipped():
        return plain(np.random.default_rng(0), optimizer=Clipped)

    train(clipped(), 7, checkpoint=tmp_path / "run.npz")
    resumed = train(clipped(), 20, checkpoint=tmp_path / "run.npz")
    assert not differing(goes_on_with(resumed), goes_on_with(four_lines(clipped(), 20)))
    assert len(resumed.optimizer.norms) == 13


# ---------------------------------------------------------------------------- lost in a file


class UnnamedBatchNorm(BatchNorm):
    buffers = ()


class UnnamedDropout(Dropout):
    buffers = ()


class UnnamedWarmup(Warmup):
    buffers = ()


class Centred(Holder):
    """y = x - a running mean, in training as well as when looked at."""

    def __init__(self):
        self.mean = np.zeros(5)

    def forward(self, x):
        self.x = x
        self.mean = 0.9 * self.mean + 0.1 * x.mean(axis=0)
        self.y = x - self.mean
        return self.y


class CentredInPlace(Centred):
    def forward(self, x):
        self.mean *= 0.9
        return super().forward(x)


class InLists(Holder):
    """Draws from a Generator that hangs in a dict."""

    def __init__(self):
        self.sources = {"mask": np.random.default_rng(0)}

    def forward(self, x):
        self.x = x
        self.y = x * (self.sources["mask"].random(x.shape) < 0.9)
        return self.y


class OfPython(Holder):
    """Draws from Python's own random numbers."""

    def __init__(self):
        self.rng = random.Random(0)

    def forward(self, x):
        self.x = x
        self.y = x * (0.9 + 0.2 * self.rng.random())
        return self.y


class OldState(Holder):
    """Draws from NumPy's older kind of generator."""

    def __init__(self):
        self.rng = np.random.RandomState(0)  # noqa: NPY002

    def forward(self, x):
        self.x = x
        self.y = x * (0.9 + 0.2 * self.rng.rand())
        return self.y


class PrivateMean(Holder):
    """The same under a name that begins with an underscore."""

    def __init__(self):
        self._mean = np.zeros(5)

    def forward(self, x):
        self.x = x
        self._mean = 0.9 * self._mean + 0.1 * x.mean(axis=0)
        self.y = x - self._mean
        return self.y


class FromTheFirstBatch(Holder):
    """y = x - the mean of the first batch it was given."""

    def __init__(self):
        self.start = None

    def forward(self, x):
        self.x = x
        if self.start is None:
            self.start = x.mean(axis=0)
        self.y = x - self.start
        return self.y


class InBackward(Holder):
    """Draws in backward alone."""

    def __init__(self):
        self.sources = [np.random.default_rng(0)]

    def backward(self, dy):
        self.dy = dy
        self.dx = dy * (0.9 + 0.2 * self.sources[0].random(dy.shape))
        return self.dx


FORGETFUL = {
    "statistics": (lambda: UnnamedBatchNorm(5), "running_var"),
    "a mask's Generator": (lambda: UnnamedDropout(0.2, 0), "rng"),
    "a count": (UnnamedWarmup, "passes"),
    "a mean": (Centred, "mean"),
    "a mean in place": (CentredInPlace, "mean"),
    "a private name": (PrivateMean, "_mean"),
    "the first batch": (FromTheFirstBatch, "start"),
    "drawn in backward": (InBackward, "sources"),
    "a Generator in a dict": (InLists, "sources"),
    "Python's random": (OfPython, "rng"),
    "a RandomState": (OldState, "rng"),
}


@pytest.mark.parametrize("nested", [False, True], ids=["at the top", "in a block"])
@pytest.mark.parametrize("name", FORGETFUL)
def test_what_a_pass_changes_and_no_buffers_name_is_refused_by_a_checkpoint(name, nested, tmp_path):
    make, attribute = FORGETFUL[name]
    layer, place = make(), "1.0" if nested else "1"
    built = between(tn.Network([layer]) if nested else layer, rng=np.random.default_rng(0), lr=0.01)
    before = bits([built.net, built.optimizer])
    with refused((TypeError, ValueError), f"layers[{place}]", attribute, "buffers"):
        train(built, 5, checkpoint=tmp_path / "run.npz")
    assert not differing(before, bits([built.net, built.optimizer])), "before the first update"
    assert not (tmp_path / "run.npz").exists()


@pytest.mark.parametrize("name", FORGETFUL)
def test_what_no_buffers_name_does_no_harm_without_a_checkpoint(name):
    layer = FORGETFUL[name][0]()
    built = between(layer, rng=np.random.default_rng(0))
    before = bits(layer)
    tn.error_rate(built.net, X, LABELS)
    assert not differing(before, bits(layer))
    train(built, 5)


def test_a_mask_from_numpys_global_state_is_refused_by_a_checkpoint(tmp_path):
    class Global(Holder):
        def forward(self, x):
            self.x = x
            self.y = x * (np.random.random(x.shape) < 0.9)  # noqa: NPY002
            return self.y

    built = between(Global(), rng=np.random.default_rng(0))
    with refused((TypeError, ValueError), "layers[1]", "buffers"):
        train(built, 5, checkpoint=tmp_path / "run.npz")


def test_a_checkpoint_refuses_no_layer_that_only_keeps_its_last_pass(tmp_path):
    class Counts(Holder):
        """Keeps a list of means for whoever likes to look: no pass depends on it."""

        def __init__(self):
            self.means = []

        def forward(self, x):
            self.means.append(float(x.mean()))
            return super().forward(x)

    built = between(Counts(), rng=np.random.default_rng(0))
    train(built, 5, checkpoint=tmp_path / "run.npz")
    assert len(built.net.layers[1].means) == 5


@pytest.mark.parametrize("value", ["a text", [np.zeros(5)], {"m": np.zeros(5)}, (1, 2)])
def test_buffers_that_no_file_keeps_are_refused_before_the_first_update(value, tmp_path):
    holder = Holder(kept=value)
    built = between(holder, rng=np.random.default_rng(0))
    holder.buffers = ("kept",)
    before = bits(built.net)
    with refused((TypeError, ValueError), "kept", "Generator"):
        tn.Network([holder])
    with refused((TypeError, ValueError), "kept", "Generator"):
        train(built, 3, checkpoint=tmp_path / "run.npz")
    with refused((TypeError, ValueError), "kept", "Generator"):
        tn.save(built.net, tmp_path / "net.npz")
    assert not differing(before, bits(built.net))
    assert not list(tmp_path.iterdir())


class Smooth(tn.Network):
    """Takes a running mean off its output."""

    buffers = ("usual",)

    def __init__(self, layers):
        super().__init__(layers)
        self.usual = np.zeros(3)

    def forward(self, x):
        y = super().forward(x)
        self.usual = 0.9 * self.usual + 0.1 * y.mean(axis=0)
        return y - self.usual


class UnnamedSmooth(Smooth):
    buffers = ()


def test_buffers_of_the_outermost_network_itself_are_refused(tmp_path):
    def smooth():
        return Smooth(build("gain").net.layers)

    with refused((TypeError, ValueError), "net.buffers", "tn.Network([net])"):
        tn.save(smooth(), tmp_path / "net.npz")
    with refused((TypeError, ValueError), "net.buffers", "tn.Network([net])"):
        train(run(smooth()), 3, checkpoint=tmp_path / "run.npz")
    net, fresh = train(run([smooth()]), 3).net, tn.Network([smooth()])
    tn.save(net, tmp_path / "net.npz")
    tn.load(tmp_path / "net.npz", into=fresh)
    np.testing.assert_array_equal(fresh.forward(X), net.forward(X))


@pytest.mark.parametrize("outermost", [True, False])
def test_what_a_network_remembers_itself_is_refused_by_a_checkpoint(outermost, tmp_path):
    net = UnnamedSmooth(build("gain").net.layers)
    with refused((TypeError, ValueError), "usual", "buffers"):
        train(run(net if outermost else [net]), 3, checkpoint=tmp_path / "run.npz")


def test_a_loss_that_remembers_is_refused_by_a_checkpoint(tmp_path):
    class Softer(Doubled):
        """Noise on the output, from a Generator of its own."""

        def __init__(self):
            super().__init__()
            self.rng = np.random.default_rng(0)

        def forward(self, output, labels):
            return super().forward(output + 0.1 * self.rng.normal(size=output.shape), labels)

    with refused((TypeError, ValueError), "loss.rng"):
        train(plain(np.random.default_rng(0), loss=Softer()), 3, checkpoint=tmp_path / "run.npz")


def shared_with_a_layer(rng):
    return between(Dropout(0.2, rng), rng=np.random.default_rng(1))


def shared_with_the_optimizer(rng):
    return plain(np.random.default_rng(1), optimizer=lambda net, lr: Noisy(net, lr, rng))


@pytest.mark.parametrize("make", [shared_with_a_layer, shared_with_the_optimizer])
def test_a_generator_that_the_source_shares_is_one_after_resuming(make, tmp_path):
    def shared():
        rng = np.random.default_rng(0)
        return make(rng)._replace(source=tn.Shuffled(X, LABELS, rng=rng))

    train(shared(), 7, checkpoint=tmp_path / "run.npz")
    resumed = train(shared(), 20, checkpoint=tmp_path / "run.npz")
    assert not differing(goes_on_with(resumed), goes_on_with(four_lines(shared(), 20)))


def test_parameters_may_be_a_property(tmp_path):
    class Freezable(Gain):
        frozen = False

        @property
        def parameters(self):
            return () if self.frozen else ("gamma",)

        @property
        def buffers(self):
            return ("gamma",) if self.frozen else ()

    built, fresh = (between(Freezable(5), rng=np.random.default_rng(k)) for k in (0, 1))
    built.net.layers[1].frozen = fresh.net.layers[1].frozen = True
    train(built, 3, checkpoint=tmp_path / "run.npz")
    fresh.net.layers[1].gamma[:] = 0
    tn.save(built.net, tmp_path / "net.npz")
    tn.load(tmp_path / "net.npz", into=fresh.net)
    np.testing.assert_array_equal(fresh.net.forward(X), built.net.forward(X))


# ---------------------------------------------------------------------------- frozen, no bias


def half_frozen():
    built = build("residual")
    built.net.layers[1].layers[0].parameters = ("b",)
    return built


def test_half_a_frozen_layer_is_not_saved(tmp_path):
    wanted = ("layers[1.0]", "W", "layer.parameters, layer.buffers = ")
    with refused(ValueError, *wanted):
        tn.save(half_frozen().net, tmp_path / "net.npz")
    with refused(ValueError, *wanted):
        train(half_frozen(), 3, checkpoint=tmp_path / "run.npz")
    assert not list(tmp_path.iterdir())
    train(half_frozen(), 3)


def test_frozen_arrays_stay_as_they_are():
    built = build("frozen")
    W, b = built.net.layers[0].W.copy(), built.net.layers[0].b.copy()
    train(built, 10)
    np.testing.assert_array_equal(built.net.layers[0].W, W)
    np.testing.assert_array_equal(built.net.layers[0].b, b)
    assert "0.W" not in built.net.named_parameters()


FROZEN = {
    "nothing": (("W", "b"), ()),
    "all": ((), ("W", "b")),
    "W": (("b",), ("W",)),
    "b": (("W",), ("b",)),
}


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("names", FROZEN.values(), ids=list(FROZEN))
def test_what_is_frozen_and_has_no_bias_comes_back_so(names, bias, tmp_path):
    parameters, kept = names
    net = tn.mlp([3, 4, 2], linear=functools.partial(tn.Linear, bias=bias), rng=0)
    layer = net.layers[0]
    layer.parameters, layer.buffers = (
        tuple(n for n in group if bias or n == "W") for group in (parameters, kept)
    )
    tn.save(net, tmp_path / "net.npz")
    loaded = tn.load(tmp_path / "net.npz")
    for ours, theirs in zip(net.layers, loaded.layers, strict=True):
        assert theirs.parameters == ours.parameters
        assert tuple(getattr(theirs, "buffers", ())) == tuple(getattr(ours, "buffers", ()))
    assert (loaded.layers[0].b is None) == (not bias)
    x = X[:, :3]
    np.testing.assert_array_equal(loaded.forward(x), net.forward(x), strict=True)


# ---------------------------------------------------------------------------- refused networks


def same_layer_twice():
    layer = tn.Linear(5, 5, rng=0)
    return between(layer, tn.Tanh(), layer, rng=np.random.default_rng(0))


def same_layer_in_a_block():
    layer = tn.Linear(5, 5, rng=0)
    return between(layer, Residual([tn.Tanh(), layer]), rng=np.random.default_rng(0))


def same_layer_put_in_later():
    built = build("residual")
    built.net.layers[1].layers[0] = built.net.layers[0]
    return built


@pytest.mark.parametrize(
    ("make", "place"),
    [
        (same_layer_twice, "[3]"),
        (same_layer_in_a_block, "[2.1]"),
        (same_layer_put_in_later, "[1.0]"),
    ],
)
def test_the_same_layer_twice_is_refused(make, place):
    with refused(ValueError, f"layers{place}", "again"):
        train(make(), 1)


HOLDS = {
    "a layer": lambda: {"inner": tn.Linear(5, 5, rng=0)},
    "a list": lambda: {"inner": [tn.Tanh(), tn.Linear(5, 5, rng=0)]},
    "a dict": lambda: {"inner": {"in": tn.Linear(5, 5, rng=0)}},
    "a list in a dict": lambda: {"inner": {"in": [tn.Linear(5, 5, rng=0)]}},
    "a network": lambda: {"inner": tn.mlp([5, 5, 5], rng=0)},
    "one that holds": lambda: {"inner": Holder(deeper=tn.Linear(5, 5, rng=0))},
}


@pytest.mark.parametrize("held", HOLDS)
def test_a_layer_that_holds_layers_hands_out_their_arrays_or_is_refused(held):
    def built():
        return between(Holder(**HOLDS[held]()), rng=np.random.default_rng(0))

    for use in (
        lambda: train(built(), 1),
        lambda: tn.gradient_check(built().net, X),
    ):
        with refused(TypeError, "layers[1].inner", "tn.Network"):
            use()


def test_a_layer_that_holds_one_with_a_mode_is_refused(tmp_path):
    """Nobody would tell it that it is looked at."""
    with refused(TypeError, "layers[1].inner", "tn.Network"):
        train(between(Holder(inner=Dropout(0.2, 0)), rng=np.random.default_rng(0)), 1)


def test_a_layer_may_hold_one_that_stands_in_the_network():
    encoder = tn.Linear(N_IN, 5, rng=0)
    net = tn.Network([encoder, Holder(encoder=encoder), tn.Linear(5, 3, rng=0)])
    assert list(net.named_parameters()) == ["0.W", "0.b", "2.W", "2.b"]
    train(run(net), 2)


def test_layers_that_hold_each_other_are_no_endless_way():
    above = Holder(inner=Holder())
    above.inner.above = above
    train(between(above, rng=np.random.default_rng(0)), 1)


def test_networks_may_share_layers():
    trunk = [tn.Linear(N_IN, 4, rng=0), tn.Tanh()]
    says, draws = tn.Linear(4, 3, rng=0), tn.Linear(4, N_IN, rng=0)
    classifier, encoder = tn.Network([*trunk, says]), tn.Network([*trunk, draws])
    before = trunk[0].W.copy()
    train(run(classifier), 2)
    between_the_two = trunk[0].W.copy()
    train(run(encoder, loss=tn.Quadratic(), targets=X), 2)
    assert (between_the_two != before).any()
    assert (between_the_two != trunk[0].W).any()
    assert classifier.layers[0].W is encoder.layers[0].W


def test_a_tied_decoder_that_leaves_its_share_out_of_dw_is_found():
    class Decoder(Holder):
        def __init__(self, encoder):
            self.encoder, self.n_in, self.n_out = encoder, encoder.n_out, encoder.n_in

        def forward(self, x):
            self.x = x
            self.y = x @ self.encoder.W.T
            return self.y

        def backward(self, dy):
            self.dy = dy
            self.dx = dy @ self.encoder.W
            return self.dx

    encoder = tn.Linear(N_IN, 3, rng=0)
    rows = checked_rows(tn.Network([encoder, tn.Tanh(), Decoder(encoder)]), X[:4])
    assert [key for key, row in rows.items() if row.error > row.bound] == ["0.dW"]


def test_a_network_with_parameters_of_its_own_is_put_into_another():
    tied = Tied(N_IN, 2, rng=0)
    with refused(TypeError, "net.parameters", "tn.Network([net])"):
        train(run(tied, loss=tn.Quadratic(), targets=X), 1)
    train(run([tied], loss=tn.Quadratic(), targets=X), 1)


@pytest.mark.parametrize("value", [np.ones(5, int), [1.0] * 5, 1.0, None])
@pytest.mark.parametrize("place", ["1", "1.0"])
def test_a_parameter_that_is_no_array_of_floats_is_refused(value, place):
    built = between(
        Gain(5) if place == "1" else tn.Network([Gain(5)]), rng=np.random.default_rng(0)
    )
    built.net.named_layers()[place].gamma = value
    with refused(TypeError, f"[{place}].gamma", "floats"):
        train(built, 1)
    with refused(TypeError, "gamma", "floats"):
        tn.Network([tn.Linear(N_IN, 5), built.net.named_layers()[place]])


@pytest.mark.parametrize("attribute", ["parameters", "buffers", "own"])
def test_names_without_a_comma_are_refused(attribute, tmp_path):
    gain = Gain(5)
    setattr(gain, attribute, "gamma")
    with refused(TypeError, attribute, '("gamma",)'):
        train(between(gain, rng=np.random.default_rng(0)), 1, checkpoint=tmp_path / "run.npz")


def test_a_layer_that_mixes_examples_even_when_looked_at_has_no_jacobian():
    class Always(BatchNorm):
        def forward(self, x):
            self.training = True
            return super().forward(x)

    for block in (Always(5), tn.Network([Always(5)])):
        net = between(block, rng=np.random.default_rng(0)).net
        for of in (tn.jacobian, tn.singular_values, tn.mean_square_singular_value):
            for i in (None, 0):
                with refused(ValueError, "Always", "training"):
                    of(net, i, X[:3])
        assert tn.jacobian(net, 1, X[:3]).shape == (3, 3, 5)


# ---------------------------------------------------------------------------- blocks and walks


def test_summary_monitor_and_trace_go_through_the_layers_in_blocks():
    built = build("nested")
    built.optimizer.keep = True
    net = four_lines(built, 1).net
    places = net.named_layers()
    rows = tn.summary(net, built.optimizer, show=False)
    assert [row.layer.split()[0] for row in rows] == list(places)
    inner = rows[list(places).index("1.0")]
    assert inner.dW_std == pytest.approx(places["1.0"].dW.std())
    expected = built.optimizer.last["1.0.W"].std() / places["1.0"].W.std()
    assert inner.update_ratio == pytest.approx(expected)
    monitor = tn.Monitor(net, X, LABELS, optimizer=built.optimizer)
    monitor(1)
    assert monitor["z_std"].shape == (1, 2)  # a Tanh in the inner network, one at the top
    assert monitor["dW_std"].shape == (1, 4)
    assert monitor["update_ratio"][0] == pytest.approx(
        [rows[list(places).index(p)].update_ratio for p in ("0", "1.0", "1.1.1.0", "3")]
    )
    trace = tn.trace(net, X, LABELS, built.loss)
    copies = list(trace.named().values())
    next_pass = net.view(training=True)
    built.loss.forward(next_pass.forward(X), LABELS)
    next_pass.backward(built.loss.backward())
    for name, gradient in next_pass.named_gradients().items():
        assert any(np.array_equal(gradient, copied) for copied in copies), name


def test_jacobian_i_counts_the_linears_of_the_network_not_those_in_blocks():
    net = build("residual").net
    assert tn.jacobian(net, 1, X[:2]).shape == (2, 3, 5)
    with refused(ValueError, "i", "0 to 1"):
        tn.jacobian(net, 2, X[:2])


def test_a_network_whose_forward_is_its_own_is_looked_at_as_one_layer():
    block = Residual([tn.Linear(N_IN, N_IN, rng=0), tn.Tanh()])
    with refused(ValueError, "i:", "Residual"):
        tn.jacobian(block, 0, X[:2])
    slow = numeric_jacobian(lambda x: block.view().forward(x), X[:2])
    np.testing.assert_allclose(tn.jacobian(block, None, X[:2]), slow, atol=1e-8)
    assert all(row.error <= row.bound for row in tn.gradient_check(block, X[:3]))


# ---------------------------------------------------------------------------- mlp


@pytest.mark.parametrize(
    ("activation", "alpha"),
    [
        (Leaky, 0.1),
        (functools.partial(Leaky, 0.3), 0.3),
        (lambda: Leaky(0.4), 0.4),
        (Leaky(0.5), 0.5),
    ],
    ids=["class", "partial", "lambda", "object"],
)
def test_mlp_takes_whatever_makes_an_activation_and_gives_each_place_its_own(activation, alpha):
    net = tn.mlp([3, 4, 4, 2], activation=activation, rng=0)
    bends = net.layers[1::2]
    assert [type(layer) for layer in bends] == [Leaky, Leaky]
    assert [layer.alpha for layer in bends] == [alpha, alpha]
    assert bends[0] is not bends[1]
    assert activation not in bends
    net.forward(X[:, :3])
    assert bends[0].x is net.layers[0].y
    assert getattr(activation, "x", None) is None


def test_an_activation_object_is_copied_before_it_is_used():
    bend = tn.Tanh()
    net = tn.mlp([3, 4, 4, 2], activation=bend, rng=0)
    net.forward(X[:, :3])
    assert bend.x is None


@pytest.mark.parametrize("bad", [int, lambda: 3, 3.5, "leaky"])
def test_mlp_refuses_what_makes_no_activation(bad):
    with refused((TypeError, ValueError), "activation"):
        tn.mlp([3, 4, 2], activation=bad, rng=0)


def test_mlp_takes_a_subclass_of_linear_and_what_makes_one():
    net = tn.mlp([3, 4, 2], linear=WeightNorm, init="standard", rng=0, dtype=np.float32)
    assert [type(layer) for layer in net.layers[::2]] == [WeightNorm, WeightNorm]
    same = tn.mlp([3, 4, 2], init="standard", rng=0, dtype=np.float32)
    np.testing.assert_array_equal(net.layers[0].V, same.layers[0].W, strict=True)
    without = tn.mlp([3, 4, 2], linear=functools.partial(tn.Linear, bias=False), rng=0)
    assert [layer.b for layer in without.layers[::2]] == [None, None]
