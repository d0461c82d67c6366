"""Whatever keeps the contracts is trained, looked at, saved and resumed as tinynet's own are.

The parts are those of ``strangers.py``. What no contract can carry is refused by name.
"""

import contextlib
import json
import math
import random
import threading
from functools import cache, partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_parts import bits
from strangers import (
    BUILDERS,
    N_IN,
    Adam,
    BatchNorm,
    Dropout,
    Gain,
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
from tinynet._internal.progress import Silent

X, LABELS = data()
each_stranger = pytest.mark.parametrize("name", BUILDERS)


def train(built, updates, **keywords):
    net, loss, optimizer, source = built
    tn.train(net, loss, optimizer, source, updates, **{"progress": Silent, **keywords})
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


@cache
def uninterrupted(name):
    return goes_on_with(four_lines(build(name), 20))


@contextlib.contextmanager
def refused(kind, *words):
    """An error of this kind whose message has each of these words."""
    with pytest.raises(kind) as error:
        yield
    missing = [word for word in words if word not in str(error.value)]
    assert not missing, f"not a word of {missing} in: {error.value}"


# ---------------------------------------------------------------------------- five trials


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


# ---------------------------------------------------------------------------- names


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


@settings(max_examples=30)
@given(tree=TREES)
def test_in_any_tree_a_name_is_the_way_to_its_layer_and_a_view_has_the_same(tree):
    net = grown(tree)
    found = net.named_layers()
    for place, layer in found.items():
        here = net
        for k in place.split("."):
            here = here.layers[int(k)]
        assert here is layer
    gains = {place: layer for place, layer in found.items() if isinstance(layer, Gain)}
    assert len(gains) == json.dumps(tree).count("[]")
    net.backward(net.forward(np.ones((1, 2))))
    for arrays, attribute in ((net.named_parameters(), "gamma"), (net.named_gradients(), "dgamma")):
        assert list(arrays) == [f"{place}.gamma" for place in gains]
        assert all(arrays[f"{k}.gamma"] is getattr(gain, attribute) for k, gain in gains.items())
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
    assert told(net.view(training=not training).view(training=training)) == [training] * 2
    assert told(net) == [True] * 2


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


class Passing(Holder):
    """What leaves is a function of the layer and of x."""

    def __init__(self, f, **held):
        super().__init__(f=f, **held)

    def forward(self, x):
        self.x = x
        self.y = self.f(self, x)
        return self.y


def between_linears(layer, place="1", **keywords):
    """A run with a layer at this place: at the top, or in a block."""
    layer = tn.Network([layer]) if place == "1.0" else layer
    return between(layer, rng=np.random.default_rng(0), **keywords)


@pytest.mark.parametrize(
    "make",
    [lambda: math, threading.Lock, lambda: (k for k in "ab")],
    ids=["module", "lock", "iterator"],
)
@pytest.mark.parametrize("place", ["1", "1.0"])
def test_what_a_view_cannot_copy_is_named(make, place):
    net = between_linears(Holder(tools=make()), place).net
    net.forward(X)  # training does without copies
    with refused(TypeError, f"layers[{place}].tools"):
        net.view()
    with refused(TypeError, f"layers[{place}].tools"):
        tn.error_rate(net, X, LABELS)


def test_a_method_of_a_generator_is_copied_with_it_or_refused():
    """A deep copy hands ``rng.normal`` on as it is: a look would then draw from the layer's."""

    rng = np.random.default_rng(0)
    noise = Passing(lambda layer, x: x + 0.1 * layer.normal(size=x.shape), normal=rng.normal)
    net = between_linears(noise).net
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
    monitor = tn.Monitor(built.net, X, LABELS)
    monitor(0)
    assert tn.mean_cost(built.net, built.loss, X, LABELS) == pytest.approx(loss, rel=1e-12)
    assert monitor["test_cost"][0] == pytest.approx(loss, rel=1e-12)
    shown = []

    class Bar(Silent):
        def set_postfix_str(self, text, refresh=True):
            shown.append(text)

    train(build("two costs"), 1, batch=len(X), progress=Bar)
    assert shown[0].startswith(f"cost {loss + built.net.cost:.3f} ")


@pytest.mark.parametrize("place", ["1", "1.0"])
def test_a_layers_cost_that_is_not_finite_is_named_as_that(place):
    with refused(FloatingPointError, f"layers[{place}].cost", "nan"):
        train(between_linears(Holder(cost=math.nan), place), 3)


def test_of_one_output_the_class_is_its_sign():
    net = train(build("hinge"), 30).net
    labels = (LABELS == 0).astype(int)
    said = (net.view().forward(X)[:, 0] > 0).astype(int)
    assert 0 < (said != labels).mean() < 0.5
    np.testing.assert_array_equal(tn.predict(net, X), said, strict=True)
    assert tn.error_rate(net, X, labels) == (said != labels).mean()
    counts = np.zeros((2, 2), int)
    np.add.at(counts, (labels, said), 1)
    np.testing.assert_array_equal(tn.confusion(net, X, labels), counts)
    with refused(ValueError, "labels", "0 to 1"):
        tn.error_rate(net, X, LABELS)


def test_of_several_outputs_the_class_is_the_largest_and_softmax_gives_its_probability():
    built = build("gain")
    output = built.net.view().forward(X)
    said = tn.predict(built.net, X)
    assert said.tolist() == [max(range(3), key=row.__getitem__) for row in output.tolist()]
    assert tn.error_rate(built.net, X, said) == 0
    built.loss.forward(output, LABELS)
    np.testing.assert_array_equal(tn.softmax(output).argmax(axis=1), said)
    for shift in (0, 800):  # exp alone would overflow
        np.testing.assert_allclose(tn.softmax(output + shift), built.loss.p, rtol=1e-9)


# ---------------------------------------------------------------------------- optimizers


def stepped(optimizer=tn.SGD, **keywords):
    built = plain(np.random.default_rng(0), optimizer=optimizer, **keywords)
    return four_lines(built, 1)


def test_an_optimizer_counts_its_steps_and_the_first_is_number_1():
    seen = []

    class Counting(tn.SGD):
        def changes(self, gradients):
            seen.append(self.t)
            return super().changes(gradients)

    built = four_lines(stepped(Counting), 2)
    assert (built.optimizer.t, seen) == (3, [1, 2, 3])


@pytest.mark.parametrize("optimizer", [tn.SGD, Momentum, Adam])
def test_what_a_step_added_is_kept_where_that_is_asked_for(optimizer):
    built = stepped(optimizer)
    assert not built.optimizer.last
    built.optimizer.keep = True
    arrays = built.net.named_parameters()
    before = {name: array.copy() for name, array in arrays.items()}
    four_lines(built, 1)
    assert list(built.optimizer.last) == list(before)
    for name, change in built.optimizer.last.items():
        after = built.net.named_parameters()[name]
        assert after is arrays[name]
        np.testing.assert_array_equal(after, before[name] + change, strict=True)
    built.optimizer.keep = False
    four_lines(built, 1)
    assert not built.optimizer.last


def test_the_update_ratio_is_that_of_the_real_change():
    built = plain(np.random.default_rng(0), optimizer=Momentum)
    monitor = tn.Monitor(built.net, X, LABELS, optimizer=built.optimizer)
    weights = []

    def watch(k):
        monitor(k)
        weights.append(built.net.layers[0].W.copy())

    train(built, 4, watch=watch, every=[3, 4])
    expected = (weights[1] - weights[0]).std() / weights[1].std()
    assert monitor["update_ratio"][1][0] == pytest.approx(expected, rel=1e-6)


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


class Unnamed(tn.SGD):
    """A momentum that does not say what it carries; under which name and in what is told."""

    def __init__(self, net, lr, name, start):
        super().__init__(net, lr)
        setattr(self, name, start())
        self.carried = name

    def change(self, name, gradient):
        v = getattr(self, self.carried)
        v = v.get("v", v)
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


class Slower(tn.SGD):
    """A step of its own, and a count."""

    def __init__(self, net, lr):
        super().__init__(net, lr)
        self.steps = 0

    def step(self):
        self.steps += 1
        self.lr = 0.3 / self.steps
        super().step()


class Shows(tn.SGD):
    """Lists the norms of the gradient: no step depends on them."""

    def __init__(self, net, lr):
        super().__init__(net, lr)
        self.norms = []

    def changes(self, gradients):
        self.norms.append(sum((gradient**2).sum() for gradient in gradients.values()))
        return super().changes(gradients)


def test_what_an_optimizer_only_shows_need_not_be_named(tmp_path):
    def shows():
        return plain(np.random.default_rng(0), optimizer=Shows)

    train(shows(), 7, checkpoint=tmp_path / "run.npz")
    resumed = train(shows(), 20, checkpoint=tmp_path / "run.npz")
    assert not differing(goes_on_with(resumed), goes_on_with(four_lines(shows(), 20)))
    assert len(resumed.optimizer.norms) == 13


# ---------------------------------------------------------------------------- lost in a file


def nameless(layer):
    """A layer that names no buffers."""
    layer.buffers = ()
    return layer


def centred(name):
    """x - a running mean of that name, in training as well as when looked at."""

    def f(layer, x):
        setattr(layer, name, 0.9 * getattr(layer, name) + 0.1 * x.mean(axis=0))
        return x - getattr(layer, name)

    return f


def centred_in_place(layer, x):
    layer.mean *= 0.9
    return x - layer.mean


def centred_by_the_first_batch(layer, x):
    layer.start = x.mean(axis=0) if layer.start is None else layer.start
    return x - layer.start


class InBackward(Holder):
    """Draws in backward alone."""

    def __init__(self):
        self.sources = [np.random.default_rng(0)]

    def backward(self, dy):
        self.dy = dy
        self.dx = dy * (0.9 + 0.2 * self.sources[0].random(dy.shape))
        return self.dx


FORGETFUL_LAYERS = {
    "statistics": (lambda: nameless(BatchNorm(5)), "running_var"),
    "a mask's Generator": (lambda: nameless(Dropout(0.2, 0)), "rng"),
    "a count": (lambda: nameless(Warmup()), "passes"),
    "a mean": (lambda: Passing(centred("mean"), mean=np.zeros(5)), "mean"),
    "a mean in place": (lambda: Passing(centred_in_place, mean=np.ones(5)), "mean"),
    "a private name": (lambda: Passing(centred("_mean"), _mean=np.zeros(5)), "_mean"),
    "the first batch": (lambda: Passing(centred_by_the_first_batch, start=None), "start"),
    "drawn in backward": (InBackward, "sources"),
    "a Generator in a dict": (
        lambda: Passing(
            lambda layer, x: x * (layer.sources["mask"].random(x.shape) < 0.9),
            sources={"mask": np.random.default_rng(0)},
        ),
        "sources",
    ),
    "Python's random": (
        lambda: Passing(lambda layer, x: x * layer.rng.random(), rng=random.Random(0)),
        "rng",
    ),
    "a RandomState": (
        lambda: Passing(lambda layer, x: x * layer.rng.rand(), rng=np.random.RandomState(0)),  # noqa: NPY002
        "rng",
    ),
    "NumPy's global state": (
        lambda: Passing(lambda layer, x: x * np.random.random(x.shape)),  # noqa: NPY002
        "a state outside it",
    ),
}


def unnamed(name, start):
    return lambda net, lr: Unnamed(net, lr, name, start)


FORGETFUL_OPTIMIZERS = {
    "lists, own step": (StepsItself, "v"),
    "a count": (Slower, "steps"),
    "a dict": (unnamed("v", lambda: {"0.W": np.zeros((6, 5))}), "v"),
    "dicts in a dict": (unnamed("v", lambda: {"v": {"0.W": np.zeros((6, 5))}}), "v"),
    "a dict that is empty before the first step": (unnamed("v", dict), "v"),
    "an empty dict in a dict": (unnamed("v", lambda: {"v": {}}), "v"),
    "a private name": (unnamed("_v", dict), "_v"),
}


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


class Softer(tn.SoftmaxCrossEntropy):
    """Noise on the output, from a Generator of its own."""

    def __init__(self):
        super().__init__()
        self.rng = np.random.default_rng(0)

    def forward(self, output, labels):
        return super().forward(output + 0.1 * self.rng.normal(size=output.shape), labels)


def locked():
    built = of_optimizer(tn.SGD)
    built.optimizer.lock = threading.Lock()
    return built


def half_frozen():
    built = build("residual")
    built.net.layers[1].layers[0].parameters = ("b",)
    return built


def with_buffer(value):
    built = between_linears(Holder(kept=value))
    built.net.layers[1].buffers = ("kept",)
    return built


def of_layer(make, place):
    return between_linears(make(), place, lr=0.01)


def of_optimizer(optimizer):
    return plain(np.random.default_rng(0), optimizer=optimizer, lr=0.05)


def forgetful(*outside):
    """A network that remembers something itself: alone, or in another."""
    net = nameless(Smooth(build("gain").net.layers))
    return run([net] if outside else net)


HALF = (half_frozen, ("layers[1.0]", "W", "layer.parameters, layer.buffers = "))
# What a checkpoint would lose, and the words of its refusal.
LOST = {
    "a lock of an optimizer": (locked, ("optimizer.lock",)),
    "what the whole network remembers": (lambda: forgetful(), ("usual", "buffers")),
    "what a block remembers": (lambda: forgetful("a block"), ("usual", "buffers")),
    "what a loss remembers": (lambda: of_optimizer(tn.SGD)._replace(loss=Softer()), ("loss.rng",)),
    "half a frozen layer": HALF,
}  # fmt: skip
for name, (make, attribute) in FORGETFUL_LAYERS.items():
    for place in ("1", "1.0"):
        words = f"layers[{place}]", attribute, "buffers"
        LOST[f"{name} in {words[0]}"] = partial(of_layer, make, place), words
for name, (optimizer, attribute) in FORGETFUL_OPTIMIZERS.items():
    words = f"optimizer.{attribute}", f'buffers = ("{attribute}",)'
    LOST[f"{name} of an optimizer"] = partial(of_optimizer, optimizer), words
NOT_SAVED = {"half a frozen layer": HALF}
for value in ("a text", [0.5], {"m": 0.5}, (1, 2)):
    NOT_SAVED[f"{value} as a buffer"] = partial(with_buffer, value), ("kept", "Generator")
LISTS = type("Lists", (StepsItself,), {"buffers": ("v",)})
LIST = {"a list as a buffer": (partial(of_optimizer, LISTS), ("optimizer", "v", "dict"))}
NOT_KEPT = LOST | NOT_SAVED | LIST


@pytest.mark.parametrize(("make", "words"), NOT_KEPT.values(), ids=NOT_KEPT)
def test_what_a_checkpoint_would_lose_is_refused_before_the_first_update(make, words, tmp_path):
    built = make()
    before = bits([built.net, built.optimizer])
    with refused((TypeError, ValueError), *words):
        train(built, 5, checkpoint=tmp_path / "run.npz")
    assert not differing(before, bits([built.net, built.optimizer]))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("make", "words"), NOT_SAVED.values(), ids=NOT_SAVED)
def test_what_no_file_keeps_is_not_saved(make, words, tmp_path):
    with refused((TypeError, ValueError), *words):
        tn.save(make().net, tmp_path / "net.npz")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("make", "words"), LOST.values(), ids=LOST)
def test_what_a_checkpoint_would_lose_does_no_harm_without_one(make, words):
    built = make()
    before = bits(built.net)
    tn.error_rate(built.net, X, LABELS)
    assert not differing(before, bits(built.net))
    train(built, 5)


def test_a_checkpoint_refuses_no_layer_that_only_keeps_its_last_pass(tmp_path):
    """It lists means for whoever likes to look: no pass depends on them."""
    layer = Passing(lambda layer, x: layer.means.append(x.mean()) or x, means=[])
    train(between_linears(layer), 5, checkpoint=tmp_path / "run.npz")
    assert len(layer.means) == 5


def test_a_network_with_buffers_of_its_own_is_put_into_another(tmp_path):
    for use in (run, lambda net: tn.save(net, tmp_path / "net.npz")):
        with refused(TypeError, "net.buffers", "tn.Network([net])"):
            use(Smooth(build("gain").net.layers))
    net, fresh = (tn.Network([Smooth(build("gain").net.layers)]) for _ in range(2))
    train(run(net), 3)
    tn.save(net, tmp_path / "net.npz")
    tn.load(tmp_path / "net.npz", into=fresh)
    np.testing.assert_array_equal(fresh.forward(X), net.forward(X))


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
    class Frozen(Gain):
        parameters = property(lambda self: ())
        buffers = property(lambda self: ("gamma",))

    built, fresh = (between_linears(Frozen(5)) for _ in range(2))
    train(built, 3, checkpoint=tmp_path / "run.npz")
    fresh.net.layers[1].gamma[:] = 0
    tn.save(built.net, tmp_path / "net.npz")
    tn.load(tmp_path / "net.npz", into=fresh.net)
    np.testing.assert_array_equal(fresh.net.forward(X), built.net.forward(X))


# ---------------------------------------------------------------------------- frozen, no bias


def test_frozen_arrays_stay_as_they_are():
    built = build("frozen")
    before = bits(built.net.layers[0].W)
    train(built, 10)
    assert bits(built.net.layers[0].W) == before
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
    net = tn.mlp([3, 4, 2], linear=partial(tn.Linear, bias=bias), rng=0)
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


def test_the_same_layer_twice_is_refused():
    layer = tn.Linear(5, 5, rng=0)
    for place, layers in {
        "[3]": [layer, tn.Tanh(), layer],
        "[2.1]": [layer, Residual([tn.Tanh(), layer])],
    }.items():
        with refused(ValueError, f"layers{place}", "again"):
            train(between(*layers, rng=np.random.default_rng(0)), 1)
    built = build("residual")
    built.net.layers[1].layers[0] = built.net.layers[0]
    with refused(ValueError, "layers[1.0]", "again"):
        train(built, 1)


HOLDS = {
    "a layer": lambda: tn.Linear(5, 5, rng=0),
    "a list": lambda: [tn.Tanh(), tn.Linear(5, 5, rng=0)],
    "a dict": lambda: {"in": tn.Linear(5, 5, rng=0)},
    "a list in a dict": lambda: {"in": [tn.Linear(5, 5, rng=0)]},
    "a network": lambda: tn.mlp([5, 5, 5], rng=0),
    "one that holds": lambda: Holder(deeper=tn.Linear(5, 5, rng=0)),
    "one with a mode": lambda: Dropout(0.2, 0),  # nobody would tell it that it is looked at
}


@pytest.mark.parametrize("inner", HOLDS)
def test_a_layer_that_holds_layers_hands_out_their_arrays_or_is_refused(inner):
    with refused(TypeError, "layers[1].inner", "tn.Network"):
        train(between_linears(Holder(inner=HOLDS[inner]())), 1)


def test_a_layer_may_hold_one_that_stands_in_the_network():
    encoder = tn.Linear(N_IN, 5, rng=0)
    net = tn.Network([encoder, Holder(encoder=encoder), tn.Linear(5, 3, rng=0)])
    assert list(net.named_parameters()) == ["0.W", "0.b", "2.W", "2.b"]
    train(run(net), 2)


def test_layers_that_hold_each_other_are_no_endless_way():
    above = Holder(inner=Holder())
    above.inner.above = above
    train(between_linears(above), 1)


def test_networks_may_share_layers():
    trunk = [tn.Linear(N_IN, 4, rng=0), tn.Tanh()]
    classifier = tn.Network([*trunk, tn.Linear(4, 3, rng=0)])
    encoder = tn.Network([*trunk, tn.Linear(4, N_IN, rng=0)])
    for built in (run(classifier), run(encoder, loss=tn.Quadratic(), targets=X)):
        before = trunk[0].W.copy()
        train(built, 2)
        assert (before != trunk[0].W).any()


def test_a_network_with_parameters_of_its_own_is_put_into_another():
    tied = Tied(N_IN, 2, rng=0)
    with refused(TypeError, "net.parameters", "tn.Network([net])"):
        train(run(tied, loss=tn.Quadratic(), targets=X), 1)
    train(run([tied], loss=tn.Quadratic(), targets=X), 1)
    assert list(tn.Network([tied]).named_parameters()) == ["0.c", "0.0.W", "0.0.b"]


@pytest.mark.parametrize("value", [np.ones(5, int), [1.0] * 5, 1.0, None])
@pytest.mark.parametrize("place", ["1", "1.0"])
def test_a_parameter_that_is_no_array_of_floats_is_refused(value, place):
    built = between_linears(Gain(5), place)
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
        train(between_linears(gain), 1, checkpoint=tmp_path / "run.npz")


@pytest.mark.parametrize("place", ["1", "1.0"])
def test_a_layer_that_mixes_examples_even_when_looked_at_has_no_jacobian(place):
    class Always(BatchNorm):
        training = property(lambda self: True, lambda self, value: None)

    net = between_linears(Always(5), place).net
    for of in (tn.jacobian, tn.singular_values, tn.mean_square_singular_value):
        for i in (None, 0):
            with refused(ValueError, "Always", "training"):
                of(net, i, X[:3])
    assert tn.jacobian(net, 1, X[:3]).shape == (3, 3, 5)


# ---------------------------------------------------------------------------- blocks and walks


def test_summary_monitor_and_trace_go_through_the_layers_in_blocks():
    built = run(build("nested").net, optimizer=Momentum, lr=0.05)
    built.optimizer.keep = True
    net = four_lines(built, 2).net
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


def test_a_last_layer_that_is_an_activation_is_no_hidden_layer():
    net = tn.Network([*build("gain").net.layers, tn.Sigmoid()])
    monitor = tn.Monitor(net, X, LABELS)
    monitor(0)
    assert monitor["z_std"].shape == (1, 1)
    assert monitor["ds_std"].shape == (1, 2)


# ---------------------------------------------------------------------------- mlp


@pytest.mark.parametrize(
    ("activation", "alpha"),
    [
        (Leaky, 0.1),
        (partial(Leaky, 0.3), 0.3),
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


@pytest.mark.parametrize("bad", [int, lambda: 3])
def test_mlp_refuses_what_makes_no_activation(bad):
    with refused((TypeError, ValueError), "activation"):
        tn.mlp([3, 4, 2], activation=bad, rng=0)


def test_mlp_takes_a_subclass_of_linear_and_what_makes_one():
    net = tn.mlp([3, 4, 2], linear=WeightNorm, init="standard", rng=0, dtype=np.float32)
    assert [type(layer) for layer in net.layers[::2]] == [WeightNorm, WeightNorm]
    same = tn.mlp([3, 4, 2], init="standard", rng=0, dtype=np.float32)
    np.testing.assert_array_equal(net.layers[0].V, same.layers[0].W, strict=True)
    without = tn.mlp([3, 4, 2], linear=partial(tn.Linear, bias=False), rng=0)
    assert [layer.b for layer in without.layers[::2]] == [None, None]
