"""The loop: the four lines by hand give the same bits, and whoever watches changes none."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_parts import assert_same_bits, small_net, telling_bar

import tinynet as tn
from tinynet._internal.progress import Silent


class Source:
    """Random inputs of 3 units, labelled by the sign of their sum."""

    def __init__(self, seed=0, scale=1.0):
        self.rng = np.random.default_rng(seed)
        self.scale = scale
        self.drawn = []

    def draw(self, n):
        self.drawn.append(n)
        x = self.scale * self.rng.uniform(-1, 1, (n, 3))
        return x, (x.sum(axis=1) > 0).astype(int)


def train(net, updates, lr=0.1, source=None, **keywords):
    keywords.setdefault("progress", Silent)
    loss = keywords.pop("loss", None) or tn.SoftmaxCrossEntropy()
    tn.train(net, loss, tn.SGD(net, lr), source or Source(), updates, **keywords)


# ---------------------------------------------------------------------------- the four lines


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_training_gives_the_same_bits_as_the_four_lines(dtype):
    net, by_hand = small_net(dtype=dtype), small_net(dtype=dtype)
    train(net, 20, batch=7)
    loss, sgd, source = tn.SoftmaxCrossEntropy(), tn.SGD(by_hand, lr=0.1), Source()
    for _ in range(20):
        x, labels = source.draw(7)
        output = by_hand.forward(x)
        loss.forward(output, labels)
        by_hand.backward(loss.backward())
        sgd.step()
    assert_same_bits(net, by_hand)
    np.testing.assert_array_equal(net.layers[0].x, by_hand.layers[0].x)


def test_a_batch_is_10_by_default_as_in_the_paper():
    source = Source()
    train(small_net(), 3, source=source)
    assert source.drawn == [10, 10, 10]


# ---------------------------------------------------------------------------- watching


@settings(max_examples=30)
@given(updates=st.integers(1, 12), every=st.integers(1, 15))
def test_watch_is_called_before_the_first_update_at_every_so_many_and_after_the_last(
    updates, every
):
    seen, source = [], Source()
    train(
        *(small_net(), updates),
        source=source,
        watch=lambda k: seen.append((k, len(source.drawn))),
        every=every,
    )
    multiples = [k for k in range(updates) if k % every == 0]
    assert seen == [(k, k) for k in [*multiples, updates]]


@pytest.mark.parametrize(
    ("updates", "keywords", "wanted"),
    [
        (2001, {}, [0, 1000, 2000, 2001]),
        (np.int64(2), {}, [0, 2]),
        (9, {"every": [0, 3, 4, 90]}, [0, 3, 4]),
        (4, {"every": np.array([4])}, [4]),
    ],
)
def test_every_thousandth_update_is_watched_by_default_or_those_of_a_list(
    updates, keywords, wanted
):
    seen = []
    train(small_net(sizes=(3, 2)), updates, watch=seen.append, **keywords)
    assert seen == wanted


def test_the_bar_gets_the_updates_in_total():
    bar, told = telling_bar()
    train(small_net(), 5, progress=bar)
    assert told == [{"total": 5, "desc": "training", "unit": "updates"}, *[1] * 5]


class Words(Silent):
    """A bar that keeps what it is told."""

    said: list = []

    def set_postfix_str(self, text, refresh=True):
        Words.said.append(text)


def test_the_bar_shows_the_mean_cost_beside_its_chance_level_and_what_watching_takes():
    Words.said = []
    net, source, costs, drawn = small_net(), Source(), [], []

    class Loss(tn.SoftmaxCrossEntropy):
        def forward(self, output, labels):
            drawn.extend(labels)
            costs.append(super().forward(output, labels))
            return costs[-1]

        def chance(self):
            return super().chance()

    train(net, 130, loss=Loss(), source=source, watch=lambda k: None, every=50, progress=Words)
    first, last = Words.said
    of_first = tn.chance(drawn[: 100 * 10], 2).cost
    assert first.startswith(f"cost {np.mean(costs[:100]):.3f} (chance {of_first:.3f})")
    # Costs and labels were counted again where the bar asked a copy of the loss.
    of_last = tn.chance(drawn[-30 * 10 :], 2).cost
    assert last.startswith(f"cost {np.mean(costs[101:131]):.3f} (chance {of_last:.3f})")
    assert "% of the time" in last


@pytest.mark.parametrize("kind", [np.uint8, np.uint64, np.int64, list])
def test_chance_counts_labels_of_any_kind(kind):
    class Labels(Source):
        def draw(self, n):
            x, labels = super().draw(n)
            return x, labels.tolist() if kind is list else labels.astype(kind)

    Words.said = []
    train(small_net(), 5, source=Labels(), progress=Words)
    assert "(chance 0." in Words.said[0]


class WithoutChance(tn.Quadratic):
    chance = None


class OtherCost(tn.Quadratic):
    """Its chance is that of another cost."""

    def forward(self, output, targets):
        return 2 * super().forward(output, targets)


@pytest.mark.parametrize(
    ("loss", "has_chance"), [(tn.Quadratic, True), (WithoutChance, False), (OtherCost, False)]
)
def test_a_chance_level_stands_beside_the_cost_that_it_belongs_to(loss, has_chance):
    class Targets(Source):
        def draw(self, n):
            x, labels = super().draw(n)
            return x, np.eye(2)[labels]

    Words.said = []
    train(small_net(), 3, loss=loss(), source=Targets(), progress=Words)
    assert len(Words.said) == 1
    assert ("chance" in Words.said[0]) == has_chance


# ---------------------------------------------------------------------------- a source that ends


class Finite(Source):
    """Seven batches, and then what ``end`` gives."""

    def __init__(self, end):
        super().__init__()
        self.end = end

    def draw(self, n):
        return super().draw(n) if len(self.drawn) < 7 else self.end(n)


def stop(n):
    raise StopIteration


def breaks(n):
    raise OSError("the disk is gone")


NONE_LEFT = (ValueError, "source: expected 10 examples, got none")


@pytest.mark.parametrize(
    ("end", "error", "match"),
    [
        (stop, *NONE_LEFT),
        (lambda n: None, *NONE_LEFT),
        (lambda n: (np.ones((0, 3)), np.ones(0, int)), *NONE_LEFT),
        (breaks, OSError, "the disk is gone"),
    ],
)
def test_a_source_that_has_no_more_is_named_and_the_network_keeps_what_it_learnt(end, error, match):
    net, enough = small_net(), small_net()
    with pytest.raises(error, match=match) as caught:
        train(net, 20, source=Finite(end))
    assert caught.value.__notes__ == ["after 7 of 20 updates"]
    train(enough, 7)
    assert_same_bits(net, enough)


def test_a_short_batch_is_trained_on():
    net, by_hand = small_net(), small_net()
    short = Finite(lambda n: Source(5).draw(3))
    train(net, 8, source=short)
    train(by_hand, 7)
    train(by_hand, 1, source=Source(5), batch=3)
    assert_same_bits(net, by_hand)


# ---------------------------------------------------------------------------- a rate too large


def first_cost_that_is_not_finite(net, lr, source):
    """After how many updates: by hand."""
    loss, sgd = tn.SoftmaxCrossEntropy(), tn.SGD(net, lr)
    for k in range(100):
        x, labels = source.draw(10)
        if not math.isfinite(loss.forward(net.forward(x), labels)):
            return k
        net.backward(loss.backward())
        sgd.step()
    return None


@pytest.mark.parametrize("lr", [1e20, 1e100, 1e300])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_rate_too_large_is_an_error_that_says_when_without_warnings(lr, dtype):
    def start():
        return small_net(tn.ReLU, (3, 20, 20, 2), dtype), lr, Source(scale=10)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        after = first_cost_that_is_not_finite(*start())
    net, lr, source = start()
    settings = np.geterr()
    with pytest.raises(FloatingPointError, match=f"after {after} updates: .*smaller") as error:
        train(net, 100, lr=lr, source=source)
    assert f"{lr:g}" in str(error.value)
    assert np.geterr() == settings


# ---------------------------------------------------------------------------- arguments


def test_an_optimizer_of_another_network_is_refused():
    net, other = tn.mlp([1024, 9], rng=0), tn.mlp([1024, 9], rng=0)
    with pytest.raises(ValueError, match=r"optimizer: .* net, got another.*tn\.SGD\(net, lr\)"):
        tn.train(net, tn.SoftmaxCrossEntropy(), tn.SGD(other, 0.1), tn.Shapeset(rng=0), 3)


def test_weights_that_were_already_broken_are_not_blamed_on_the_rate():
    net = tn.mlp([1024, 9], rng=0)
    net.layers[0].W[:] = np.nan
    with pytest.raises(
        FloatingPointError, match="after 0 updates: .*the weights were already broken"
    ):
        tn.train(net, tn.SoftmaxCrossEntropy(), tn.SGD(net, 0.1), tn.Shapeset(rng=0), 3)


class BrokenLoss(tn.SoftmaxCrossEntropy):
    chance = None

    def forward(self, output, labels):
        return super().forward(output, labels) * np.nan


class BrokenLayer(tn.Tanh):
    def forward(self, x):
        self.y = super().forward(x) * np.inf
        return self.y


@pytest.mark.parametrize(
    ("layer", "loss", "named"),
    [
        (BrokenLayer(), tn.SoftmaxCrossEntropy(), r"layers\[1\]\.y of BrokenLayer"),
        (tn.Tanh(), BrokenLoss(), "all arrays are finite, but the loss of them is not"),
    ],
)
def test_weights_that_were_never_broken_are_not_blamed(layer, loss, named):
    net = tn.Network([tn.Linear(1024, 9, rng=0), layer])
    wanted = f"after 0 updates: .*{named}.*all parameters are finite"
    with pytest.raises(FloatingPointError, match=wanted) as error:
        tn.train(net, loss, tn.SGD(net, 0.1), tn.Shapeset(rng=0), 3)
    assert "weights" not in str(error.value)
