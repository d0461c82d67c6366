"""No riddle: whatever is handed to a public function, it works, or says what is wrong and why.

One argument of a right call is replaced by a wrong value. Either that is fine after all, as the
table FINE says, or the error names the argument and what was expected: NumPy's and Python's own
words never reach the user. What was refused has changed nothing, and left no file.
"""

import inspect
import random
import re
from pathlib import Path

import numpy as np
import pytest
from data_files import small_cifar10, small_mnist
from own_parts import bits
from right_calls import LABELS, OWN, RIGHT, VALUES, X, net
from strangers import Momentum

import tinynet as tn

DRAWN = 2000  # wrong calls; a tenth of them in the quick tests


class Tensor:
    """As one of a framework that takes gradients: NumPy cannot have its numbers."""

    shape = (4, 3)

    def __len__(self):
        return 4

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")


WRONG = {
    "None": None,
    "a text": "text",
    "an empty text": "",
    "bytes": b"text",
    "a text with a null": "a\0b",
    "a class": tn.Tanh,
    "a function": len,
    "an object": object(),
    "an activation": tn.Tanh(),
    "a loss": tn.SoftmaxCrossEntropy(),
    "a list": [1, 2],
    "a list of texts": ["a", "b"],
    "an empty list": [],
    "ragged rows": [[1.0], [1.0, 2.0]],
    "a list of None": [None],
    "a pair of lists": ([1.0], [2.0]),
    "a set": {1, 2},
    "a range": range(3),
    "an empty dict": {},
    "a dict of a list": {"a": [1.0, 2.0]},
    "NaN": float("nan"),
    "infinity": float("inf"),
    "minus one": -1,
    "zero": 0,
    "a fraction": 2.5,
    "a huge number": 10**30,
    "a number too long to print": 10**5000,
    "a complex number": 1j,
    "True": True,
    "False": False,
    "np.array([3])": np.array([3]),
    "np.array(3)": np.array(3),
    "no examples": np.empty((0, 3)),
    "one example": np.ones(3),
    "three axes": np.ones((2, 3, 4)),
    "another shape": np.ones((5, 7)),
    "NaNs": np.full((4, 3), np.nan),
    "integers": np.ones((4, 3), int),
    "complex numbers": np.ones((4, 3), complex),
    "truth values": np.ones((4, 3), bool),
    "an array of texts": np.array(["a", "b", "b", "a"]),
    "an array of objects": np.array([None, 1, 2, 3], object),
    "an array of dates": np.array(["2026-01-01"] * 4, "datetime64[D]"),
    "a masked array": np.ma.masked_less(np.linspace(-1, 1, 12).reshape(4, 3), 0),
    "labels too high": np.array([0, 1, 99, 0]),
    "a tensor": Tensor(),
    "a file that is not there": "nowhere/file.npz",
    "a path that climbs": "../outside",
    "a path": Path("nowhere"),
}
FLAGS = {"True", "False"}
SEEDS = {"zero", "a huge number", "a number too long to print"}
STREAMS = SEEDS | {"a list", "a range", "np.array([3])", "labels too high"}
TEXTS = {"a text", "a text with a null", "a file that is not there", "a path that climbs"}
PATHS = {"a text", "a path that climbs", "a path"}
CALLABLE = {"a class", "a function"}
POSITIVE = {"a fraction", "a huge number"}
MOMENTS = {"a list", "an empty list", "a range", "np.array([3])", "labels too high"}
ARRAYS = {"integers", "truth values"}  # of the right shape
HOLES = {"NaNs"}  # they are not drawn, or are seen in the cost
SHAPES = ARRAYS | {"a list", "a pair of lists", "a range", "a fraction", "True", "np.array([3])"}
SHAPES |= {"np.array(3)", "one example", "three axes", "another shape", "labels too high"}
# Which of these values are right after all, for which arguments: by the name of an argument, or by
# that of the call too. None is where it is the default.
FINE = {
    name: values
    for values, names in [
        (FLAGS, "bias training show drop_last download symmetric behind"),
        (STREAMS, "rng"),
        (STREAMS | {"None"}, "gradient_check.rng"),
        (SEEDS, "seed"),
        ({"None"}, "progress"),
        (CALLABLE | {"None"}, "mnist.progress cifar10.progress"),  # nothing is downloaded
        (POSITIVE, "lr reach variance highest eps weight damping trust clip"),
        (POSITIVE | {"zero"}, "floor noise"),
        ({"labels too high"}, "f"),
        (POSITIVE, "lr reach variance highest eps weight wider"),
        (POSITIVE | {"zero"}, "floor"),
        (POSITIVE | {"zero"}, "studies.law.variance"),
        (POSITIVE | {"zero"}, "studies.linear_regime.z_square studies.linear_regime.ds_square"),
        ({"a fraction"}, "studies.cost_surfaces.reach"),
        ({"zero"}, "p share momentum mean square decay noise curvature"),
        ({"zero"}, "jacobians k which decimals studies.tables.learning.chance_error"),
        ({"None", "zero"}, "i"),
        (MOMENTS, "every early"),
        (TEXTS, "study row Dataset.name studies.tables.initialization.name"),
        (TEXTS | {"an empty text"}, "label"),
        ({"a text"}, "plots.show.name studies.race.Size.name studies.race.kept.size"),
        ({"a list of texts", "an array of texts"}, "Dataset.class_names plots.images.titles"),
        ({"an array of texts"}, "plots.comparison.class_names"),
        (PATHS, "save.path studies.Result.save.path train.checkpoint"),
        (PATHS | {"a file that is not there"}, "studies.runs_folder.folder studies.watch.folder"),
        (PATHS | {"None", "a file that is not there"}, "studies.Race.folder"),
        (PATHS | {"a file that is not there"}, "studies.Table1.run.folder"),
        (PATHS, "studies.table1.train_one.checkpoint"),
        ({"zero"}, "studies.significance.sign_test.wins studies.significance.sign_test.losses"),
        ({"one example"}, "studies.significance.holm.ps"),
        (
            {"a list", "a range", "one example", "labels too high"},
            "studies.significance.interval.values",
        ),
        ({"a list", "np.array([3])"}, "studies.Table1.depths studies.Table1.rates"),
        (TEXTS, "studies.Table1.record.command"),
        ({"a text"}, "studies.table1.unpacked.text"),
        ({"a class", "an activation"}, "activation"),
        ({"an activation"}, "studies.mean_field.activation"),
        (set(), "studies.Run.activation studies.Result.kept.study"),
        ({"a loss"}, "loss"),
        ({"a list"}, "mlp.sizes plots.curves.x plots.network.sizes"),
        ({"a list"}, "studies.linear_regime.variances studies.mean_field.variances"),
        ({"a list"}, "studies.mean_field.z_square studies.mean_field.ds_square"),
        ({"a list", "a range"}, "Monitor.edges"),
        ({"a range"}, "plots.densities.edges plots.surface.W"),
        ({"np.array([3])"}, "Dataset.shape"),
        ({"a list", "np.array([3])", "one example"}, "studies.Race.rates studies.plateau.rates"),
        ({"a list", "np.array([3])", "one example"}, "studies.larger_rates.rates"),
        ({"a list", "np.array([3])", "one example"}, "studies.fifty_layers.rates"),
        ({"a list", "np.array([3])", "one example"}, "studies.pre_training.rates"),
        ({"a list", "np.array([3])", "one example"}, "studies.ways_off.rates"),
        ({"a list", "np.array([3])", "one example"}, "studies.private.rates"),
        (
            {"a list", "a range", "np.array([3])", "one example", "labels too high"},
            "studies.private.noises",
        ),
        ({"a list", "np.array([3])"}, "studies.batch_sizes.batches"),
        ({"a list", "np.array([3])"}, "studies.batch_sizes.batches studies.rates_by_width.widths"),
        ({"a list", "np.array([3])", "one example"}, "studies.rates_by_width.rates"),
        ({"a list"}, "later.coordinate_check.widths"),
        ({"a list of texts"}, "studies.tables.errors.columns"),
        ({"labels too high"}, "plots.over_time.updates"),
        ({"True"}, "plots.images.colour"),
        ({"a dict of a list"}, "plots.curves.lines studies.tables.errors.rows"),
        ({"an empty dict", "a dict of a list"}, "studies.Result.settings"),
        ({"an empty dict"}, "studies.Result.arrays"),
        (HOLES, "Linear.forward.x Shuffled.x"),
        (HOLES, "SoftmaxCrossEntropy.forward.output Quadratic.forward.output"),
        (HOLES, "later.Dropout.backward.dy later.WeightNorm.forward.x"),
        (HOLES, "later.BitCrossEntropy.forward.output"),
        (
            HOLES | {"a pair of lists", "another shape"},
            "Activation.forward.x later.Dropout.forward.x",
        ),
        (HOLES | ARRAYS | {"labels too high"}, "Shuffled.targets"),
        (ARRAYS | {"labels too high"}, "alignment.y"),
        (HOLES | ARRAYS, "plots.over_time.values plots.over_time.spread plots.over_time.points"),
        (ARRAYS, "plots.images.x"),
        (ARRAYS | {"a pair of lists", "another shape", "a masked array"}, "plots.matrix.array"),
        ({"another shape"}, "softmax.output"),
        (SHAPES, "studies.geometric_mean.values"),
        (
            SHAPES | HOLES | {"False", "NaN", "infinity", "minus one", "zero"},
            "studies.marchenko_pastur.v",
        ),
        (set(WRONG), "exercises.check.answer"),  # a wrong answer is told so
    ]
    for name in names.split()
}
# Of two arguments that do not fit, or of an argument handed on, the error may name the other.
AS_WELL = {
    "output": "labels", "output_init": "init", "x": "labels|targets|lines|y", "colour": "x",
    "updates": "values", "edges": "densities", "W": "cost", "class_names": "x",
    "sizes": "variances", "z_square": "ds_square",
}  # fmt: skip
# They train in processes of their own, or draw ten thousand images: not called where it is fine.
SLOW = {"studies.watch", "studies.Race.choose_rates", "studies.Race.learn"}
SLOW |= {"studies.seeded.examples", "studies.larger_rates", "studies.Table1.run"}
SLOW |= {"studies.table1.train_one", "studies.curriculum"}
SLOW |= {"studies.table1.train_one", "studies.private"}


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch, no_places, no_network):
    """An empty working directory, no screen, and data sets that are small."""
    pytest.importorskip("matplotlib.pyplot").switch_backend("agg")
    for name in ("TINYNET_RUNS", "TINYNET_PICTURES"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    with small_mnist(), small_cifar10():
        yield


def held(things):
    """All that things hold. A source knows its data by a hash, made once when it is asked for."""
    return {key: value for key, value in bits(things).items() if not key.endswith("._data")}


def files():
    """All files in and beside the working directory."""
    found = [path for path in Path("..").rglob("*") if path.is_file()]
    return sorted((str(path), path.stat().st_mtime_ns) for path in found)


def is_fine(name, argument, default, value):
    """Whether a value is right for an argument after all."""
    fine = FINE.get(f"{name}.{argument}", FINE.get(argument, ()))
    return value in fine or (value == "None" and default is None)


def wrong_calls():
    """Every argument of every right call, with every value that may take its place."""
    for name, right in RIGHT.items():
        for argument, parameter in inspect.signature(right().func).parameters.items():
            for value in WRONG:
                fine = is_fine(name, argument, parameter.default, value)
                if not (fine and name in SLOW):
                    yield name, argument, value, fine


def complaint(name, argument, value, fine):
    """What is wrong with how a call ended; nothing if it is fine, or refused as it should be."""
    right = RIGHT[name]()
    others = {key: it for key, it in right.keywords.items() if key != argument}
    involved = [getattr(right.func, "__self__", None), others]
    before, there = held(involved), files()
    try:
        with np.errstate(all="ignore"):  # what is not finite is seen in the cost
            right(**{argument: WRONG[value]})
    except (TypeError, ValueError, OSError, KeyError) as error:
        said, is_os = str(error), isinstance(error, OSError)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    else:
        return "" if fine else "was taken"
    if fine and WRONG[value] is not None:
        return f"was refused: {said}"
    named = re.search(rf"(^|\W)({argument}|{AS_WELL.get(argument, argument)})\b", said)
    if is_os and not named:
        named = Path(WRONG[value]).name in said
    if not named or not (is_os or "expected" in said):
        return said
    if held(involved) != before:
        return f"has changed something: {said}"
    if files() != there:
        return f"has left a file: {said}"
    return ""


@pytest.mark.parametrize(
    ("drawn", "seed"),
    [(DRAWN // 10, 0), pytest.param(DRAWN - DRAWN // 10, 1, marks=pytest.mark.long)],
)
def test_a_wrong_call_is_refused_in_words_before_anything_is_done(
    tmp_path, monkeypatch, capsys, drawn, seed
):
    calls = random.Random(seed).sample(list(wrong_calls()), drawn)
    complaints = {}
    for k, call in enumerate(calls):
        (tmp_path / f"{k}" / "work").mkdir(parents=True)
        monkeypatch.chdir(tmp_path / f"{k}" / "work")
        complaints[call] = complaint(*call)
    assert {call: found for call, found in complaints.items() if found} == {}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.long] if n in SLOW else []) for n in RIGHT]
)
def test_a_right_call_is_right(name, capsys):
    RIGHT[name]()()


def test_the_tables_name_calls_and_arguments_that_there_are():
    arguments = {name: inspect.signature(right().func).parameters for name, right in RIGHT.items()}
    every = {argument for some in arguments.values() for argument in some}
    assert OWN.keys() <= RIGHT.keys()
    assert VALUES.keys() <= every
    places = {f"{name}.{argument}" for name, some in arguments.items() for argument in some}
    assert FINE.keys() | AS_WELL.keys() <= every | places


# ---------------------------------------------------------------------------- what to write


class Drawn:
    """A source that gives whatever a function gives."""

    def __init__(self, draw):
        self.draw = draw


def run(source=None, **keywords):
    """Two updates from a source, in a small network."""
    right = RIGHT["train"]()
    return right(checkpoint=None, **({"source": source} if source else {}), **keywords)


def draws(*drawn):
    return run(Drawn(lambda n: drawn))


def never(k):
    raise AssertionError("watched")


def table(name, place, entry):
    """Train on a table in which one entry of x or targets is another."""
    arrays = {"x": np.resize(X, (2500, 3)), "targets": np.resize(LABELS, 2500)}
    arrays[name][place] = entry
    run(tn.Shuffled(**arrays, rng=0), watch=never, every=1)


def cost(labels):
    return tn.SoftmaxCrossEntropy().forward(X[:, :2], labels)


def quadratic(targets):
    return tn.Quadratic().forward(X[:, :1], targets)


def momentum(state):
    """Set the state of an optimizer that carries arrays."""
    Momentum(net(), 0.1).state = state


MASKED = np.ma.masked_greater(X, 0)
HINTS = {
    "a whole number in an array": (lambda: tn.Linear(np.array([3]), 2), "n_in", "n_in.item()"),
    "a rate in an array": (lambda: RIGHT["SGD"]()(lr=np.array([0.1])), "lr", "write lr.item()"),
    "a power of ten": (lambda: run(updates=1e5), "updates", "write int(updates)"),
    "too many": (lambda: tn.Shapeset(0).draw(10**30), "n", "expected at most 1,000,000,000"),
    "sizes in no list": (lambda: tn.mlp(np.array(4)), "sizes", "[1024, 100, 9]"),
    "an activation as init": (lambda: tn.mlp([3, 2], init=np.tanh), "init", "tn.normalized"),
    "no optimizer": (lambda: RIGHT["Monitor"]()(optimizer=3), "optimizer", "tn.SGD(net, lr)"),
    "a loss's class": (lambda: run(loss=tn.Quadratic), "loss", "tn.SoftmaxCrossEntropy()"),
    "labels in a column": (lambda: cost(LABELS[:, None]), "labels", "labels[:, 0]"),
    "whole one-hot rows": (lambda: cost(np.eye(2, dtype=int)[LABELS]), "labels", "argmax(axis=1)"),
    "names as labels": (lambda: cost(np.array([*"abba"])), "labels", "return_inverse=True)[1]"),
    "labels as floats": (lambda: cost(LABELS.astype(float)), "labels", "labels.astype(int)"),
    "labels from 1 on": (lambda: cost(LABELS + 1), "labels", "labels - 1"),
    "masked labels": (lambda: cost(np.ma.array(LABELS)), "labels", "labels.filled(0)"),
    "ragged labels": (lambda: cost([[0, 1], [2]]), "labels", "expected an array"),
    "targets in a row": (lambda: quadratic(X[:, 0]), "targets", "targets[:, None]"),
    "targets turned": (lambda: quadratic(X[:, :1].T), "targets", "targets.T"),
    "images": (lambda: net().forward(np.ones((6, 2, 2))), "x", "x.reshape(len(x), -1)"),
    "examples in columns": (lambda: net().forward(X.T), "x", "x.T"),
    "bytes": (lambda: net().forward(np.ones((6, 3), np.uint8)), "x", "x / 255"),
    "a mask": (lambda: net().forward(MASKED), "x", "x.filled(0)"),
    "labels too high": (
        lambda: RIGHT["Monitor"]()(valid=(X, [0, 1, 2, 0])), "valid[1]", "expected 0 to 1",
    ),
    "a row with NaN": (lambda: table("x", (2345, 2), np.nan), "source.x[2345, 2]", "finite"),
    "a label too many": (lambda: table("targets", 2345, 3), "source.targets[2345]", "0 to 1"),
    "an empty state": (lambda: momentum({}), "state", "['lr', 't']"),
    "a state with numbers for names": (
        lambda: momentum({"lr": 0.1, "t": 1, 3: 4}), "state", "names as keys",
    ),
    "a state of another optimizer": (
        lambda: momentum({"lr": 0.1, "t": 1, "m.0.W": X}), "state", "m.0.W",
    ),
    "no runs": (lambda: RIGHT["studies.watch"]()(runs={}), "runs", "at least one"),
    "a pair of another kind": (
        lambda: run(Drawn(lambda n: X)), "source.draw(2)", "write return x, targets",
    ),
    "nothing drawn": (lambda: draws(), "source.draw(2)", "expected a pair"),
    "three things drawn": (lambda: draws(1, 2, 3), "source.draw(2)", "a pair"),
    "labels drawn first": (lambda: draws([0, 1], X), "source.draw(n)[0]", "float"),
    "ragged rows drawn": (lambda: draws([[1.0], [1.0, 2.0]], [0, 1]), "source.draw(n)[0]", "array"),
    "a draw without a number": (lambda: run(Drawn(lambda: (X, X))), "source", "takes a number"),
    "a watch that says yes": (lambda: run(watch=lambda k: True), "watch(0)", "StopIteration"),
    "a watch that yields": (lambda: run(watch=lambda k: (yield)), "watch(0)", "nothing back"),
    "a watch without a number": (lambda: run(watch=lambda: None), "watch", "tn.Monitor"),
    "another's monitor": (lambda: run(watch=tn.Monitor(net(), X, LABELS)), "watch", "net"),
    "a bar that cannot count": (
        lambda: run(progress=lambda **_: None), "progress", "from total, desc and unit",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("call", "name", "hint"), HINTS.values(), ids=HINTS)
def test_an_error_names_the_argument_and_says_what_to_write(call, name, hint):
    with pytest.raises((TypeError, ValueError)) as error:
        call()
    said, rest = str(error.value).split(": ", 1)
    assert said == name
    assert hint in rest
    assert files() == []


class Folded(tn.Network):
    """Takes two rows of its first layer at once: as wide as two."""

    def forward(self, x):
        return super().forward(x.reshape(len(x), 2, -1).mean(axis=1))


def test_a_network_with_its_own_forward_says_itself_how_wide_its_input_is():
    folded = tn.Network([Folded([tn.Linear(3, 2, rng=0)])])
    assert tn.error_rate(folded, np.ones((4, 6)), LABELS) == 0.5
    tn.Monitor(folded, np.ones((4, 6)), LABELS)(0)


def test_a_mistake_within_a_function_that_is_handed_in_is_left_as_it_is():
    def init(n_in, n_out, rng):
        return None + 1

    with pytest.raises(TypeError, match="^unsupported operand"):
        tn.Linear(3, 2, init=init)


def test_a_draw_may_give_a_list_of_two_and_rows_as_lists():
    run(Drawn(lambda n: [[[0.5, 0.0, 1.0]] * n, [0] * n]))
