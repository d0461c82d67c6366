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
from right_calls import RIGHT, public

import tinynet as tn
from tinynet import plots

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
    "a class of errors": KeyError,
    "a function": len,
    "a function of NumPy": np.tanh,
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
    "a dict": {"a": 1},
    "a dict of a list": {"a": [1.0, 2.0]},
    "NaN": float("nan"),
    "infinity": float("inf"),
    "minus one": -1,
    "minus a half": -0.5,
    "zero": 0,
    "a fraction": 2.5,
    "a huge number": 10**30,
    "a number too long to print": 10**5000,
    "a complex number": 1j,
    "True": True,
    "False": False,
    "np.array([3])": np.array([3]),
    "np.array(3)": np.array(3),
    "np.array(3.5)": np.array(3.5),
    "no examples": np.empty((0, 3)),
    "one example": np.ones(3),
    "three axes": np.ones((2, 3, 4)),
    "another shape": np.ones((5, 7)),
    "NaNs": np.full((4, 3), np.nan),
    "infinities": np.full((4, 3), np.inf),
    "integers": np.ones((4, 3), int),
    "bytes of pixels": np.ones((4, 3), np.uint8),
    "complex numbers": np.ones((4, 3), complex),
    "truth values": np.ones((4, 3), bool),
    "an array of texts": np.array(["a", "b", "b", "a"]),
    "an array of objects": np.array([None, 1, 2, 3], object),
    "an array of dates": np.array(["2026-01-01"] * 4, "datetime64[D]"),
    "a masked array": np.ma.masked_less(np.linspace(-1, 1, 12).reshape(4, 3), 0),
    "masked labels": np.ma.masked_equal([0, 1, 1, 0], 1),
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
CALLABLE = {"a class", "a class of errors", "a function", "a function of NumPy"}
POSITIVE = {"a fraction", "a huge number"}
MOMENTS = {"a list", "an empty list", "a range", "np.array([3])", "labels too high"}
ARRAYS = {"integers", "bytes of pixels", "truth values"}  # of the right shape
HOLES = {"NaNs", "infinities"}  # they are not drawn, or are seen in the cost
# By the name of an argument, or by that of the call too: which of these values are right. None is
# where it is the default.
FINE = {
    **dict.fromkeys(("bias", "training", "show", "drop_last", "download", "symmetric"), FLAGS),
    "rng": STREAMS,
    "seed": SEEDS,
    "progress": {"None"},
    **dict.fromkeys(("lr", "reach", "variance"), POSITIVE),
    **dict.fromkeys(("exercise", "study", "row"), TEXTS),
    "label": TEXTS | {"an empty text"},
    "activation": {"a class", "an activation"},
    "loss": {"a loss"},
    "every": MOMENTS,
    "early": MOMENTS,
    "i": {"None", "zero"},
    **dict.fromkeys(("jacobians", "k", "which", "decimals"), {"zero"}),
    "gradient_check.rng": STREAMS | {"None"},
    "Linear.forward.x": HOLES,
    "Activation.forward.x": HOLES | {"a pair of lists", "another shape"},
    "softmax.output": {"another shape"},
    "SoftmaxCrossEntropy.forward.output": HOLES,
    "Quadratic.forward.output": HOLES,
    "Shuffled.x": HOLES,
    "Shuffled.targets": HOLES | ARRAYS | {"labels too high"},
    "mlp.sizes": {"a list"},
    "Monitor.edges": {"a list", "a range"},
    "Dataset.name": TEXTS,
    "Dataset.class_names": {"a list of texts", "an array of texts"},
    "Dataset.shape": {"np.array([3])"},
    "mnist.progress": CALLABLE | {"None"},  # no bar is made: nothing is downloaded
    "cifar10.progress": CALLABLE | {"None"},
    "save.path": PATHS,
    "studies.Result.save.path": PATHS,
    "train.checkpoint": PATHS,
    "plots.images.x": ARRAYS,
    "plots.images.titles": {"a list of texts", "an array of texts"},
    "plots.images.colour": {"True"},
    "plots.matrix.array": ARRAYS | {"a pair of lists", "another shape", "a masked array"},
    "plots.densities.edges": {"a range"},
    "plots.curves.x": {"a list"},
    "plots.curves.lines": {"a dict of a list"},
    "plots.over_time.updates": {"labels too high"},
    "plots.over_time.values": HOLES | ARRAYS,
    "plots.over_time.spread": HOLES | ARRAYS,
    "plots.over_time.points": HOLES | ARRAYS,
    "plots.histogram_over_time.shares": ARRAYS,
    "plots.surface.W": {"a range"},
    "plots.show.name": {"a text"},
    "plots.comparison.class_names": {"an array of texts"},
    "studies.runs_folder.folder": PATHS | {"a file that is not there"},
    "studies.watch.folder": PATHS | {"a file that is not there"},
    "studies.Result.settings": {"an empty dict", "a dict", "a dict of a list"},
    "studies.Result.arrays": {"an empty dict"},
    "studies.Race.folder": PATHS | {"None", "a file that is not there"},
    "studies.Race.rates": {"a list", "np.array([3])", "one example"},
    "studies.Run.activation": set(),
    "studies.race.Size.name": {"a text"},
    "studies.race.kept.size": {"a text"},
    "studies.cost_surfaces.reach": {"a fraction"},
    "studies.geometric_mean.values": ARRAYS
    | {"a list", "a pair of lists", "a range", "a fraction", "True", "np.array([3])"}
    | {"np.array(3)", "np.array(3.5)", "one example", "three axes", "another shape"}
    | {"labels too high"},
    "studies.law.variance": POSITIVE | {"zero"},
    "studies.marchenko_pastur.v": ARRAYS
    | {"a list", "a pair of lists", "a range", "a fraction", "True", "False", "np.array([3])"}
    | {"np.array(3)", "np.array(3.5)", "one example", "three axes", "another shape"}
    | {"labels too high", "NaN", "infinity", "minus one", "minus a half", "zero", *HOLES},
    "studies.linear_regime.variances": {"a list"},
    "studies.linear_regime.z_square": POSITIVE | {"zero"},
    "studies.linear_regime.ds_square": POSITIVE | {"zero"},
    "studies.mean_field.variances": {"a list"},
    "studies.mean_field.z_square": {"a list"},
    "studies.mean_field.ds_square": {"a list"},
    "studies.mean_field.activation": {"an activation"},
    "studies.significance.sign_test.wins": {"zero"},
    "studies.significance.sign_test.losses": {"zero"},
    "studies.significance.holm.ps": {"one example"},
    "studies.significance.interval.values": {"a list", "a range", "one example"}
    | {"labels too high"},
    "studies.Table1.depths": {"a list", "np.array([3])"},
    "studies.Table1.rates": {"a list", "np.array([3])"},
    "studies.Table1.run.folder": PATHS | {"a file that is not there"},
    "studies.Table1.record.command": TEXTS,
    "studies.table1.train_one.checkpoint": PATHS | {"None"},
    "studies.table1.unpacked.text": {"a text"},
    "studies.tables.initialization.name": TEXTS,
    "studies.tables.learning.chance_error": {"zero"},
    "exercises.check.answer": set(WRONG),  # a wrong answer is told so
    "exercises.check.right": ARRAYS | HOLES | TEXTS | set(WRONG) & {
        *("an empty text", "a list", "a pair of lists", "a range", "NaN", "infinity", "zero"),
        *("minus one", "minus a half", "a fraction", "True", "False", "np.array([3])"),
        *("np.array(3)", "np.array(3.5)", "one example", "three axes", "another shape"),
        "labels too high",
    },
    "exercises.check.within": {"zero"},
}  # fmt: skip
# Of two arguments that do not fit, or of an argument handed on, the error may name the other.
AS_WELL = {
    "output": "labels", "output_init": "init", "x": "labels|targets|lines", "colour": "x",
    "updates": "values|shares", "edges": "densities|shares", "W": "costs", "class_names": "x",
    "sizes": "variances", "z_square": "ds_square",
}  # fmt: skip
# They train in processes of their own, or draw ten thousand images: not called where it is fine.
SLOW = {"studies.watch", "studies.Race.choose_rates", "studies.Race.learn"}
SLOW |= {"studies.seeded.examples", "studies.Table1.run", "studies.table1.train_one"}


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


def held(thing, seen=None):
    """All that a thing holds, as what can be compared: arrays to the last bit."""
    seen = {} if seen is None else seen
    if isinstance(thing, np.ndarray):
        return thing.shape, str(thing.dtype), thing.tobytes()
    if isinstance(thing, np.random.Generator):
        return repr(thing.bit_generator.state)
    if hasattr(thing, "get_children"):  # axes: what is drawn on them
        return len(thing.get_children())
    if id(thing) in seen:
        return "seen"
    seen[id(thing)] = thing
    if isinstance(thing, (list, tuple)):
        return [held(entry, seen) for entry in thing]
    parts = thing if isinstance(thing, dict) else getattr(thing, "__dict__", {})
    if isinstance(thing, type) or not parts:
        return repr(thing)
    # A source knows its data by a hash, which is made once when it is asked for.
    return {key: held(value, seen) for key, value in parts.items() if key != "_data"}


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


def test_every_public_name_has_a_right_call_with_all_its_arguments():
    assert set(RIGHT) == set(public())
    for name, right in RIGHT.items():
        made = right()
        assert set(made.keywords) == set(inspect.signature(made.func).parameters), name


def test_the_table_of_what_is_fine_names_arguments_that_there_are():
    known = {(name, argument) for name, argument, *_ in wrong_calls()}
    known = {argument for _, argument in known} | {f"{name}.{argument}" for name, argument in known}
    assert set(FINE) | set(AS_WELL) <= known


# ---------------------------------------------------------------------------- what to write


def run(source=None, **keywords):
    """Two updates from a source, in a small network."""
    right = RIGHT["train"]()
    return right(checkpoint=None, **({"source": source} if source else {}), **keywords)


def momentum(state):
    """Set the state of an optimizer that carries arrays."""

    class Momentum(tn.SGD):
        buffers = ("v",)

        def __init__(self, net, lr):
            super().__init__(net, lr)
            self.v = {}

    sgd = Momentum(tn.mlp([3, 2], rng=0), 0.1)
    sgd.state = state


X = np.ones((4, 3))
HINTS = {
    "a whole number in an array": (lambda: tn.Linear(np.array([3]), 2), "n_in", "n_in.item()"),
    "a whole number of no axes": (lambda: tn.Linear(3, np.array(2)), "n_out", "write n_out.item()"),
    "a rate in an array": (lambda: RIGHT["SGD"]()(lr=np.array([0.1])), "lr", "write lr.item()"),
    "a power of ten": (lambda: run(updates=1e5), "updates", "write int(updates)"),
    "a number of a study": (lambda: tn.chance([0, 1], np.float64(2)), "classes", "int(classes)"),
    "too many": (lambda: tn.Shapeset(0).draw(10**30), "n", "expected at most 1,000,000,000"),
    "ragged labels": (lambda: tn.chance([[1], [1, 2]], 3), "labels", "expected an array"),
    "sizes in no list": (lambda: tn.mlp(np.array(4)), "sizes", "[1024, 100, 9]"),
    "an activation as init": (lambda: tn.mlp([3, 2], init=np.tanh), "init", "tn.normalized"),
    "no optimizer": (lambda: RIGHT["Monitor"]()(optimizer=3), "optimizer", "tn.SGD(net, lr)"),
    "a loss's class": (lambda: run(loss=tn.Quadratic), "loss", "tn.SoftmaxCrossEntropy()"),
    "labels too high": (
        lambda: RIGHT["Monitor"]()(valid=(X, [0, 1, 2, 0])), "valid[1]", "expected 0 to 1",
    ),
    "an empty state": (lambda: momentum({}), "state", "['lr', 't']"),
    "a state with numbers for names": (
        lambda: momentum({"lr": 0.1, "t": 1, 3: 4}), "state", "names as keys",
    ),
    "a state of another optimizer": (
        lambda: momentum({"lr": 0.1, "t": 1, "m.0.W": X}), "state", "m.0.W",
    ),
    "a run that leads out of the folder": (
        lambda: RIGHT["studies.watch"]()(runs={"../x": None}), "the name '../x' in runs",
        "without a folder",
    ),
    "no runs": (lambda: RIGHT["studies.watch"]()(runs={}), "runs", "at least one"),
    "a picture that leads out of it": (lambda: plots.show("../up"), "name", "folder"),
    "a pair of another kind": (
        lambda: run(Drawn(lambda n: X)), "source.draw(2)", "write return x, targets",
    ),
    "nothing drawn": (lambda: run(Drawn(lambda n: ())), "source.draw(2)", "expected a pair"),
    "three things drawn": (lambda: run(Drawn(lambda n: (1, 2, 3))), "source.draw(2)", "a pair"),
    "labels drawn first": (lambda: run(Drawn(lambda n: ([0, 1], X))), "source.draw(n)[0]", "float"),
    "ragged rows drawn": (
        lambda: run(Drawn(lambda n: ([[1.0], [1.0, 2.0]], [0, 1]))), "source.draw(n)[0]", "array",
    ),
    "a draw without a number": (lambda: run(Drawn(lambda: (X, X))), "source", "takes a number"),
    "a watch that says yes": (lambda: run(watch=lambda k: True), "watch(0)", "StopIteration"),
    "a watch that yields": (lambda: run(watch=lambda k: (yield)), "watch(0)", "nothing back"),
    "a watch without a number": (lambda: run(watch=lambda: None), "watch", "tn.Monitor"),
    "a bar that cannot count": (
        lambda: run(progress=lambda **_: None), "progress", "from total, desc and unit",
    ),
}  # fmt: skip


class Drawn:
    """A source that gives whatever a function gives."""

    def __init__(self, draw):
        self.draw = draw


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
    net = tn.Network([Folded([tn.Linear(3, 2, rng=0)])])
    x = np.ones((4, 6))
    assert tn.error_rate(net, x, np.zeros(4, int)) in (0, 1)
    tn.Monitor(net, x, np.zeros(4, int))(0)


def test_a_mistake_within_a_function_that_is_handed_in_is_left_as_it_is():
    def init(n_in, n_out, rng):
        return None + 1

    with pytest.raises(TypeError, match="^unsupported operand"):
        tn.Linear(3, 2, init=init)


def test_a_draw_may_give_a_list_of_two_and_rows_as_lists():
    run(Drawn(lambda n: [[[0.5, 0.0, 1.0]] * n, [0] * n]))
