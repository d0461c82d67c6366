"""A right call, small and fast, of everything public that takes an argument.

Each is made anew: a ``functools.partial`` whose keywords are all the arguments there are, so that
a test can put another value in the place of one. An argument has the value of its name, except in
the calls that ``OWN`` has.
"""

from __future__ import annotations

import inspect
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np
from data_files import picture, write_cifar10, write_mnist
from matplotlib.figure import Figure

import tinynet as tn
from tinynet import exercises, later, plots, studies
from tinynet._internal.checks import defined_in
from tinynet._internal.progress import Silent
from tinynet.plots.page import steps
from tinynet.studies.initialization import at_initialization

X = np.linspace(-1, 1, 12).reshape(4, 3)
LABELS = np.array([0, 1, 1, 0])
ROWS = {"tanh": ("tanh", "standard")}
SIZE = studies.race.Size("quick", width=2, updates=2, search=1, step=1, depth=2)
RUN = studies.Run(width=2, depth=2, updates=1, test_images=2)
KEPT = studies.race.kept("mnist")
KEPT_HERE = Path(studies.__file__).parent / "kept"
RUNS = [
    {"row": "tanh", "depth": 2, "lr": 0.1, "seed": seed, "valid_error": 0.5, "test_error": 0.125,
     "wrong": "gA=="}
    for seed in (0, 1)
]  # fmt: skip


def net():
    return tn.mlp([3, 4, 4, 2], rng=0)


def passed():
    """A network that has gone forward and backward."""
    made, loss = net(), tn.SoftmaxCrossEntropy()
    loss.forward(made.forward(X), LABELS)
    made.backward(loss.backward())
    return made


def forward(layer):
    layer.forward(X)
    return layer


def loss():
    made = tn.SoftmaxCrossEntropy()
    made.forward(net().forward(X), LABELS)
    return made


def built(width, seed):
    """A network of so many hidden units, and its optimizer."""
    made = tn.mlp([3, width, 2], rng=seed)
    return made, tn.SGD(made, 0.1)


def data():
    return tn.Shuffled(X, LABELS, rng=0)


def monitor():
    made = tn.Monitor(net(), X, LABELS)
    made(0)
    return made


def trace():
    return tn.trace(net(), X, LABELS, tn.SoftmaxCrossEntropy())


def result():
    return studies.Result("costs", {"seed": 0}, {"W": np.ones(2)})


def race():
    return studies.Race("shapeset", SIZE, None, ROWS, 0, 1, (0.1,))


def table1():
    return studies.Table1("shapeset", SIZE, 1, (2,), ROWS, (0.1,))


def ax(**keywords):
    return Figure().add_subplot(**keywords)


def running():
    """What the main job found of one network."""
    found = at_initialization(net(), X, LABELS, jacobians=2, progress=Silent)
    found |= {"activation": "tanh", "init": "standard", "lr": 0.1, "updates": [0, 2]}
    return {**found, "test_error": [0.5, 0.4]}


def main_job():
    return {
        "settings": {"width_at_initialization": 4, "width_in_training": 4},
        "chance": {"cost": 0.7, "error": 0.5},
        "runs": {"standard": running()},
    }


def sets(owner):
    """A function that sets the state of its owner."""

    def put(state):
        owner.state = state

    return put


def a_file():
    tn.save(net(), "there.npz")
    return "there.npz"


def a_result():
    result().save("result.npz")
    return "result.npz"


def a_folder():
    """Pictures of two classes."""
    for name in ("a/1.png", "a/2.png", "a/3.png", "b/1.png", "b/2.png", "b/3.png"):
        path = Path("pictures") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture())
    return "pictures"


# ---------------------------------------------------------------------------- values


def training():
    """What is handed to tn.train, of one network."""
    made = net()
    return {"net": made, "optimizer": tn.SGD(made, 0.1), "watch": tn.Monitor(made, X, LABELS)}


PART = (X.astype(np.float32), LABELS)
VALUES = {
    **dict.fromkeys(("x", "output", "array", "values", "points"), lambda: X),
    **dict.fromkeys(("train", "valid", "test"), lambda: PART),
    **dict.fromkeys(("labels", "targets", "y"), lambda: LABELS),
    **dict.fromkeys(("download", "show"), lambda: False),
    **dict.fromkeys(("bias", "training", "drop_last", "colour", "symmetric"), lambda: True),
    **dict.fromkeys(("rng", "seed", "k"), lambda: 0),
    **dict.fromkeys(
        ("i", "depth", "early", "which", "every", "save_every", "decimals", "step", "steps")
        + ("epochs", "workers", "networks", "search"), lambda: 1,
    ),
    **dict.fromkeys(
        ("n", "n_out", "width", "updates", "batch", "columns", "classes", "jacobians")
        + ("test_images", "thinned", "unlabelled", "curvature"), lambda: 2,
    ),
    **dict.fromkeys(("n_in", "inputs"), lambda: 3),
    **dict.fromkeys(("lr", "variance", "p", "share", "weight", "floor", "noise"), lambda: 0.1),
    **dict.fromkeys(("momentum", "mean", "square", "eps"), lambda: 0.1),
    **dict.fromkeys(("damping", "decay", "trust", "clip", "noise"), lambda: 0.1),
    **dict.fromkeys(("f",), lambda: np.ones(4)),
    **dict.fromkeys(("reach", "answer"), lambda: 1.0),
    **dict.fromkeys(("z_square", "ds_square"), lambda: 1.0),
    **dict.fromkeys(("init", "output_init"), lambda: "he"),
    **dict.fromkeys(("a", "b", "trace"), trace),
    "activation": lambda: "tanh",
    "ax": ax,
    "class_names": lambda: ("0", "1"),
    "data": lambda: "shapeset",
    "dtype": lambda: np.float32,
    "edges": lambda: [0, 1, 2],
    "epoch": lambda: 5000,
    "examples": lambda: 20,
    "exercise": lambda: "1.1",
    "folder": lambda: write_mnist(Path("mnist")),
    "into": net,
    "label": lambda: "z",
    "linear": lambda: tn.Linear,
    "loss": loss,
    "name": lambda: "quick",
    "names": lambda: ["a"],
    "net": net,
    "optimizer": lambda: tn.SGD(net(), 0.1),
    "path": lambda: "saved.npz",
    "progress": lambda: Silent,
    "row": lambda: "tanh",
    "sizes": lambda: [3, 4, 2],
    "source": data,
    "variances": lambda: [0.1, 0.2],
}  # fmt: skip
CURVES = {"updates": [0, 1, 2, 3], "edges": [0, 1, 2, 3]}
FIGURE_11 = {"results": studies.race.kept("shapeset"), "paper": studies.figure11.PAPER}
FIGURE_12 = {"results": KEPT, "paper": studies.figure12.PAPER["mnist"]}
OWN = {
    "Linear": lambda: {"init": tn.he},
    "Linear.backward": lambda: {"dy": X @ np.ones((3, 4))},
    "Activation.backward": lambda: {"dy": X @ np.ones((3, 4))},
    "Network": lambda: {"layers": [tn.Linear(3, 2), tn.Tanh()]},
    "Network.backward": lambda: {"dy": X[:, :2]},
    "Quadratic.forward": lambda: {"targets": X},
    "SGD.state": lambda: {"state": {"lr": 0.2, "t": 1}},
    "Dataset": lambda: {"shape": (3,)},
    "Shapeset.state": lambda: {"state": tn.Shapeset(1).state},
    "Shuffled.state": lambda: {"state": data().state},
    "cifar10": lambda: {"folder": write_cifar10(Path("cifar10"))},
    "small_imagenet": lambda: {"folder": a_folder()},
    "summary": lambda: {"net": passed()},
    "Monitor.__getitem__": lambda: {"name": "z_std"},
    "Monitor.state": lambda: {"state": monitor().state},
    "train": lambda: {**training(), "checkpoint": "run.npz"},
    "load": lambda: {"path": a_file()},
    **{f"later.{norm}": lambda: {"n": 3} for norm in ("Batchless", "BatchLayerNorm", "BatchNorm")},
    "later.LayerNorm": lambda: {"n": 3},
    **{f"later.{look}": lambda: {"net": passed()} for look in ("example_norms", "gram", "weigh")},
    "later.outer_products": lambda: {"net": passed()},
    "later.gradmax": lambda: {"z": X, "ds": X[:, :2] * X[:, 1:], "units": 1},
    "later.BitCrossEntropy.forward": lambda: {"targets": np.abs(X)},
    "later.pretrain": lambda: {"source": tn.Shuffled(np.abs(X), LABELS, rng=0)},
    "later.MaximalUpdate": lambda: {"wider": 2.0},
    "later.WeightNorm": lambda: {"init": tn.he},
    "later.WeightNorm.backward": lambda: {"dy": np.ones((4, 2))},
    "later.Dropout.backward": lambda: {"dy": X},
    "later.coordinate_check": lambda: {"build": built, "widths": [4, 8], "tuned": built},
    "plots.images": lambda: {"x": np.zeros((2, 12)), "titles": ["a", "b"]},
    "plots.densities": lambda: {"densities": [[1, 2]], "first": 1},
    "plots.curves": lambda: {"x": [0, 1], "lines": {"a": [1, 2]}},
    "plots.over_time": lambda: {
        **CURVES, "names": ["a", "b", "c"], "spread": X + 1, "first": 1
    },
    "plots.surface": lambda: {"W": np.arange(3.0), "cost": np.eye(3), "ax": ax(projection="3d")},
    "plots.figure11": lambda: FIGURE_11,
    "plots.figure12": lambda: FIGURE_12 | {"highest": 12.0},
    "plots.table1": lambda: {
        "rows": studies.table1.summary(RUNS)["rows"], "paper": {"tanh": 1.76}
    },
    "plots.comparison": lambda: {
        "result": main_job(), "x": X @ np.full((3, 4), 0.1), "class_names": [*"abcd"]
    },
    "studies.Run": lambda: {"every": (1,), "jacobians": 0},
    "studies.watch": lambda: {"runs": {"a": RUN}, "folder": "runs"},
    "studies.runs_folder": lambda: {"folder": "runs"},
    "studies.Result": lambda: {"study": "s", "settings": {"seed": 0}, "arrays": {"W": np.ones(2)}},
    "studies.Result.__getitem__": lambda: {"name": "W"},
    "studies.Result.kept": lambda: {"study": sorted(KEPT_HERE.glob("*.npz"))[0].stem},
    "studies.Result.load": lambda: {"path": a_result()},
    "studies.cost_surfaces": lambda: {"reach": 2.0, "points": 4},
    "studies.geometric_mean": lambda: {"values": np.ones(3)},
    "studies.law": lambda: {"n_out": 3},
    "studies.marchenko_pastur": lambda: {"v": np.ones(2), "n_out": 3},
    "studies.mean_field": lambda: {
        "activation": tn.Tanh(), "z_square": np.ones(2), "ds_square": np.ones(2)
    },
    "studies.Race": lambda: {"size": SIZE, "folder": None, "rows": ROWS, "rates": (0.1,)},
    "studies.Race.learn": lambda: {"rates": {"tanh": 0.1}},
    "studies.race.Size": lambda: {"depth": 2, "early": (1,)},
    "studies.race.best_rate": lambda: {"grid": KEPT["tanh"]["grid"]},
    "studies.race.best_look": lambda: {"result": KEPT["tanh"]},
    "studies.race.kept": lambda: {"data": "mnist", "size": "medium"},
    "studies.seeded.network": lambda: {"depth": 2, "data": "mnist"},
    "studies.curriculum": lambda: {"updates": 8},
    "studies.dropout": lambda: {"updates": 20},
    "studies.fifty_layers": lambda: {"starts": ["orthogonal 1", "LSUV"], "rates": [0.1]},
    "studies.pre_training": lambda: {"folder": write_mnist(Path("mnist")), "rates": [0.1]},
    "studies.ways_off": lambda: {
        "folder": write_mnist(Path("mnist")), "rows": ["standard", "pre-trained"], "rates": [0.1]
    },
    "studies.rectifiers": lambda: {"updates": 30},
    "studies.marked_digits": lambda: {
        "folder": write_mnist(Path("mnist")), "updates": 1
    },
    "studies.with_norm": lambda: {"norm": "batchless", "behind": True, "start": X},
    "studies.plateau": lambda: {
        "folder": write_mnist(Path("mnist")), "norms": ["none", "batch"], "rates": [0.1]
    },
    "studies.larger_rates": lambda: {"rates": [0.1]},
    "studies.private": lambda: {
        "folder": write_mnist(Path("mnist")), "rates": [0.1], "noises": [1.0]
    },
    "studies.rates_by_width": lambda: {
        "folder": write_mnist(Path("mnist")), "rows": ["tanh, muP"], "widths": [4], "rates": [0.1]
    },
    "studies.batch_sizes": lambda: {
        "folder": write_mnist(Path("mnist")), "norms": ["batchless"], "batches": [1, 2],
        "images": 8,
    },
    "studies.landscape": lambda: {"folder": write_mnist(Path("mnist"))},
    "studies.tables.errors": lambda: {"columns": ["a", "b"], "rows": {"c": [0.5, 0.25]}},
    "studies.transfer": lambda: {
        "folder": write_mnist(Path("mnist")), "examples": 20, "epochs": 1, "steps": 1
    },
    "studies.significance.sign_test": lambda: {"wins": 3, "losses": 1},
    "studies.significance.mcnemar": lambda: {"wrong_a": LABELS == 1, "wrong_b": LABELS == 0},
    "studies.significance.holm": lambda: {"ps": [0.5, 0.001]},
    "studies.significance.seeds_needed": lambda: {"pairs": 10, "level": 0.005},
    "studies.significance.interval": lambda: {"values": [0.5, 0.25]},
    "studies.Table1": lambda: {
        "size": SIZE, "seeds": 2, "depths": (2,), "rows": ROWS, "rates": (0.1,)
    },
    "studies.Table1.run": lambda: {"folder": None, "executor": None},
    "studies.Table1.record": lambda: {"runs": RUNS, "command": "a command"},
    "studies.table1.train_one": lambda: {"depth": 2, "checkpoint": None},
    "studies.table1.kept": lambda: {"size": "quick"},
    "studies.table1.packed": lambda: {"wrong": LABELS == 1},
    "studies.table1.unpacked": lambda: {"text": "gA=="},
    "studies.table1.summary": lambda: {"runs": RUNS},
    "studies.table1.markdown": lambda: {
        "found": studies.table1.summary(RUNS), "data": "mnist"
    },
    "studies.tables.initialization": lambda: {"name": "tanh", "run": running(), "width": 4},
    "studies.tables.learning": lambda: {
        "runs": {"tanh": running()}, "width": 4, "chance_error": 0.5
    },
    "studies.tables.trials": lambda: {
        "grids": {"tanh": KEPT["tanh"]["grid"]}, "chosen": {"tanh": 0.1}
    },
    "studies.tables.figure11": lambda: FIGURE_11,
    "studies.tables.figure12": lambda: FIGURE_12,
    "studies.tables.table1": lambda: FIGURE_12,
}  # fmt: skip
OWNERS = {  # of methods
    "Linear": lambda: passed().layers[0],
    "Activation": lambda: passed().layers[1],
    "Network": passed,
    "SoftmaxCrossEntropy": tn.SoftmaxCrossEntropy,
    "Quadratic": tn.Quadratic,
    "SGD": lambda: tn.SGD(net(), 0.1),
    "Shapeset": lambda: tn.Shapeset(0),
    "Shuffled": data,
    "Monitor": monitor,
    "later.WeightNorm": lambda: forward(later.WeightNorm(3, 2, rng=0)),
    "later.Batchless": lambda: later.Batchless(3),
    "later.BitCrossEntropy": later.BitCrossEntropy,
    "later.Dropout": lambda: forward(later.Dropout(0.1, rng=0)),
    "studies.Result": result,
    "studies.Race": race,
    "studies.Table1": table1,
}


def right(name):
    """Make the right call of a public name."""
    owner, _, key = name.rpartition(".")
    function = PUBLIC[name]
    if owner in OWNERS:
        made = OWNERS[owner]()
        function = sets(made) if isinstance(function, property) else getattr(made, key)
    own = OWN[name]() if name in OWN else {}
    arguments = inspect.signature(function).parameters
    return partial(function, **{n: own[n] if n in own else VALUES[n]() for n in arguments})


# ---------------------------------------------------------------------------- names

# They stand free of checks.
EQUATIONS = {"f", "slope", "change", "changes", "normalize", "through", "follow", "natural"}


def public():
    """Find what takes an argument, by its name; methods too, as "Linear.forward"."""
    places = {"": {name: getattr(tn, name) for name in tn.__all__}}
    places |= {"plots.": {**defined_in(plots), "page": plots.page}, "plots.page.": {"steps": steps}}
    places["later."] = {name: getattr(later, name) for name in later.__all__}
    places["exercises."] = {name: getattr(exercises, name) for name in exercises.__all__}
    there = {name: getattr(studies, name) for name in studies.__all__}
    modules = {name: thing for name, thing in there.items() if isinstance(thing, ModuleType)}
    places["studies."] = {name: there[name] for name in there if name not in modules}
    for name, module in modules.items():
        here = defined_in(module)
        places[f"studies.{name}."] = {n: here[n] for n in here if here[n] not in there.values()}
    for place, things in places.items():
        for name, thing in things.items():
            is_class = isinstance(thing, type)
            if takes_something(thing) and not (is_class and issubclass(thing, tuple)):
                yield place + name, thing
            for key, method in vars(thing).items() if is_class else ():
                is_public = key[0] != "_" or key in ("__call__", "__getitem__")
                if is_public and key not in EQUATIONS and takes_something(method):
                    yield f"{place}{name}.{key}", method


def takes_something(thing):
    """Whether there is an argument: of a method besides self, of a property the value to set."""
    if isinstance(thing, property):
        return thing.fset is not None
    if isinstance(thing, classmethod):
        return len(inspect.signature(thing.__func__).parameters) > 1
    if not callable(thing):
        return False
    names = list(inspect.signature(thing).parameters)
    return names not in ([], ["self"])


PUBLIC = dict(public())
RIGHT = {name: partial(right, name) for name in PUBLIC}
