"""A right call, small and fast, of everything public that takes an argument.

Each is made anew: a ``functools.partial`` whose keywords are all the arguments there are, so that
a test can put another value in the place of one.
"""

from __future__ import annotations

import inspect
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np
from data_files import write_cifar10, write_mnist
from matplotlib.figure import Figure

import tinynet as tn
from tinynet import exercises, plots, studies
from tinynet._internal.checks import defined_in
from tinynet._internal.progress import Silent
from tinynet.plots import page
from tinynet.studies.initialization import at_initialization

X = np.linspace(-1, 1, 12).reshape(4, 3)
LABELS = np.array([0, 1, 1, 0])
ROWS = {"tanh": ("tanh", "standard")}
SIZE = studies.race.Size("quick", width=2, updates=2, search=1, step=1, depth=2)
RUN = studies.Run(width=2, depth=2, updates=1, test_images=2)
KEPT = studies.race.kept("mnist")

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


def loss():
    made = tn.SoftmaxCrossEntropy()
    made.forward(net().forward(X), LABELS)
    return made


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


def race(folder=None):
    return studies.Race("shapeset", SIZE, folder, ROWS, 0, 1, (0.1,))


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


def sets(owner, attribute="state"):
    """A function of the value that sets an attribute."""

    def put(state):
        setattr(owner, attribute, state)

    return put


def a_file():
    """A network in a file of the working directory."""
    if not Path("there.npz").exists():
        tn.save(net(), "there.npz")
    return "there.npz"


def a_result():
    if not Path("result.npz").exists():
        result().save("result.npz")
    return "result.npz"


def a_folder():
    """Pictures of two classes in the working directory, if they can be written."""
    if not Path("pictures").exists():
        from PIL import Image

        for name in ("a/1.png", "a/2.png", "a/3.png", "b/1.png", "b/2.png", "b/3.png"):
            path = Path("pictures") / name
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.full((4, 4), 9, np.uint8)).save(path)
    return "pictures"


PART = (X.astype(np.float32), LABELS)

RIGHT = {
    # ---------------------------------------------------------------------------- the core
    "Linear": lambda: partial(
        tn.Linear, n_in=3, n_out=2, init=tn.he, bias=True, rng=0, dtype=np.float32
    ),
    "Linear.forward": lambda: partial(tn.Linear(3, 2).forward, x=X),
    "Linear.backward": lambda: partial(passed().layers[-1].backward, dy=X[:, :2]),
    "Activation.forward": lambda: partial(tn.Tanh().forward, x=X),
    "Activation.backward": lambda: partial(passed().layers[1].backward, dy=X @ np.ones((3, 4))),
    "standard": lambda: partial(tn.standard, n_in=3, n_out=2, rng=0),
    "normalized": lambda: partial(tn.normalized, n_in=3, n_out=2, rng=0),
    "lecun": lambda: partial(tn.lecun, n_in=3, n_out=2, rng=0),
    "he": lambda: partial(tn.he, n_in=3, n_out=2, rng=0),
    "orthogonal": lambda: partial(tn.orthogonal, n_in=3, n_out=2, rng=0),
    "Network": lambda: partial(tn.Network, layers=[tn.Linear(3, 2), tn.Tanh()]),
    "Network.forward": lambda: partial(net().forward, x=X),
    "Network.backward": lambda: partial(passed().backward, dy=X[:, :2]),
    "Network.view": lambda: partial(net().view, training=True),
    "mlp": lambda: partial(
        tn.mlp, sizes=[3, 2, 2], activation="relu", linear=tn.Linear, init="he",
        output_init="standard", rng=0, dtype=np.float64,
    ),
    "softmax": lambda: partial(tn.softmax, output=X),
    "SoftmaxCrossEntropy.forward": lambda: partial(
        tn.SoftmaxCrossEntropy().forward, output=X, labels=LABELS
    ),
    "Quadratic.forward": lambda: partial(tn.Quadratic().forward, output=X, targets=X),
    "SGD": lambda: partial(tn.SGD, net=net(), lr=0.1),
    "SGD.state": lambda: partial(sets(tn.SGD(net(), 0.1)), state={"lr": 0.2, "t": 1}),
    # ---------------------------------------------------------------------------- data
    "Dataset": lambda: partial(
        tn.Dataset, name="digits", train=PART, valid=PART, test=PART, class_names=("0", "1"),
        shape=(3,),
    ),
    "Shapeset": lambda: partial(tn.Shapeset, rng=0),
    "Shapeset.draw": lambda: partial(tn.Shapeset(0).draw, n=2),
    "Shapeset.state": lambda: partial(sets(tn.Shapeset(0)), state=tn.Shapeset(1).state),
    "Shuffled": lambda: partial(tn.Shuffled, x=X, targets=LABELS, rng=0, drop_last=True),
    "Shuffled.batches": lambda: partial(data().batches, n=2),
    "Shuffled.draw": lambda: partial(data().draw, n=2),
    "Shuffled.state": lambda: partial(sets(data()), state=data().state),
    "mnist": lambda: partial(
        tn.mnist, folder=write_mnist(Path("mnist")), download=False, progress=Silent
    ),
    "cifar10": lambda: partial(
        tn.cifar10, folder=write_cifar10(Path("cifar10")), download=False, progress=Silent
    ),
    "small_imagenet": lambda: partial(
        tn.small_imagenet, folder=a_folder(), rng=0, progress=Silent
    ),
    # ---------------------------------------------------------------------------- looking
    "chance": lambda: partial(tn.chance, labels=LABELS, classes=2),
    "predict": lambda: partial(tn.predict, net=net(), x=X),
    "error_rate": lambda: partial(tn.error_rate, net=net(), x=X, labels=LABELS),
    "confusion": lambda: partial(tn.confusion, net=net(), x=X, labels=LABELS),
    "mean_cost": lambda: partial(tn.mean_cost, net=net(), loss=loss(), x=X, targets=LABELS),
    "jacobian": lambda: partial(tn.jacobian, net=net(), i=1, x=X),
    "singular_values": lambda: partial(tn.singular_values, net=net(), i=1, x=X),
    "mean_square_singular_value": lambda: partial(
        tn.mean_square_singular_value, net=net(), i=1, x=X
    ),
    "gradient_check": lambda: partial(
        tn.gradient_check, net=tn.mlp([3, 2], rng=0), x=X[:2], rng=0, show=False
    ),
    "trace": lambda: partial(tn.trace, net=net(), x=X, labels=LABELS, loss=loss()),
    "compare_traces": lambda: partial(tn.compare_traces, a=trace(), b=trace(), show=False),
    "summary": lambda: partial(
        tn.summary, net=passed(), optimizer=tn.SGD(net(), 0.1), show=False
    ),
    # ---------------------------------------------------------------------------- training
    "Monitor": lambda: partial(
        tn.Monitor, net=net(), x=X, labels=LABELS, test=(X, LABELS), valid=(X, LABELS),
        optimizer=tn.SGD(net(), 0.1), loss=loss(), edges=[0, 1], jacobians=2,
    ),
    "Monitor.__call__": lambda: partial(tn.Monitor(net(), X, LABELS).__call__, k=0),
    "Monitor.__getitem__": lambda: partial(monitor().__getitem__, name="z_std"),
    "Monitor.state": lambda: partial(sets(monitor()), state=monitor().state),
    "train": lambda: training(net()),
    "save": lambda: partial(tn.save, net=net(), path="saved.npz"),
    "load": lambda: partial(tn.load, path=a_file(), into=net()),
    # ---------------------------------------------------------------------------- pictures
    "plots.images": lambda: partial(
        plots.images, x=np.zeros((2, 12)), titles=["a", "b"], columns=2, colour=True, ax=ax()
    ),
    "plots.matrix": lambda: partial(
        plots.matrix, array=X, symmetric=True, label="W", reach=1.0, decimals=1, ax=ax()
    ),
    "plots.densities": lambda: partial(
        plots.densities, edges=[0, 1, 2], densities=[[1, 2]], names=["a"], ax=ax()
    ),
    "plots.curves": lambda: partial(plots.curves, x=[0, 1], lines={"a": [1, 2]}, ax=ax()),
    "plots.over_time": lambda: partial(
        plots.over_time, updates=[0, 1, 2, 3], values=X, names=["a", "b", "c"], spread=X + 1,
        points=X, ax=ax(),
    ),
    "plots.histogram_over_time": lambda: partial(
        plots.histogram_over_time, updates=[0, 1, 2, 3], edges=[0, 1, 2, 3], shares=X + 1,
        label="z", ax=ax(),
    ),
    "plots.surface": lambda: partial(
        plots.surface, W=np.arange(3.0), costs={"a": np.eye(3)}, ax=ax(projection="3d")
    ),
    "plots.figure11": lambda: partial(
        plots.figure11, results=studies.race.kept("shapeset"), paper=studies.figure11.PAPER,
        ax=ax(),
    ),
    "plots.figure12": lambda: partial(
        plots.figure12, results=KEPT, paper=studies.figure12.PAPER["mnist"], epoch=5000, ax=ax()
    ),
    "plots.table1": lambda: partial(
        plots.table1, rows=studies.table1.summary(RUNS)["rows"], paper={"tanh": 1.76}, ax=ax()
    ),
    "plots.show": lambda: partial(plots.show, name="picture"),
    "plots.comparison": lambda: partial(
        plots.comparison, result=main_job(), x=X @ np.full((3, 4), 0.1), class_names=[*"abcd"]
    ),
    "plots.page.page": lambda: partial(page.page, trace=trace()),
    "plots.page.steps": lambda: partial(page.steps, trace=trace()),
    # ---------------------------------------------------------------------------- studies
    "studies.Run": lambda: partial(
        studies.Run, activation="tanh", init="he", lr=0.1, depth=1, width=2, updates=2, every=(1,),
        seed=0, test_images=2, jacobians=0, data="shapeset",
    ),
    "studies.watch": lambda: partial(
        studies.watch, runs={"a": RUN}, folder="runs", workers=1, progress=Silent
    ),
    "studies.runs_folder": lambda: partial(studies.runs_folder, folder="runs"),
    "studies.Result": lambda: partial(
        studies.Result, study="costs", settings={"seed": 0}, arrays={"W": np.ones(2)}
    ),
    "studies.Result.__getitem__": lambda: partial(result().__getitem__, name="W"),
    "studies.Result.save": lambda: partial(result().save, path="saved.npz"),
    "studies.Result.load": lambda: partial(studies.Result.load, path=a_result()),
    "studies.cost_surfaces": lambda: partial(
        studies.cost_surfaces, inputs=3, reach=2.0, points=4, seed=0
    ),
    "studies.geometric_mean": lambda: partial(studies.geometric_mean, values=np.ones(3)),
    "studies.law": lambda: partial(studies.law, n_out=3, n_in=3, variance=0.1),
    "studies.marchenko_pastur": lambda: partial(
        studies.marchenko_pastur, v=np.ones(2), n_out=3, n_in=3, variance=0.1
    ),
    "studies.jacobian_spectra": lambda: partial(
        studies.jacobian_spectra, sizes=[3, 4, 2], x=X, activation="tanh", init="he", seed=0,
        progress=Silent,
    ),
    "studies.layer_histograms": lambda: partial(
        studies.layer_histograms, sizes=[3, 4, 2], x=X, labels=LABELS, activation="tanh",
        output_init="he", seed=0,
    ),
    "studies.variance_theory": lambda: partial(
        studies.variance_theory, sizes=[3, 4, 2], x=X, labels=LABELS, activation="tanh",
        init="he", output_init="he", networks=1, seed=0,
    ),
    "studies.linear_regime": lambda: partial(
        studies.linear_regime, sizes=[3, 4, 2], variances=[0.1, 0.2], z_square=1.0, ds_square=1.0
    ),
    "studies.mean_field": lambda: partial(
        studies.mean_field, sizes=[3, 4, 2], variances=[0.1, 0.2], activation=tn.Tanh(),
        z_square=np.ones(2), ds_square=np.ones(2),
    ),
    "studies.Race": lambda: partial(
        studies.Race, data="shapeset", size=SIZE, folder=None, rows=ROWS, seed=0, workers=1,
        rates=(0.1,),
    ),
    "studies.Race.choose_rates": lambda: partial(race().choose_rates, progress=Silent),
    "studies.Race.learn": lambda: partial(race().learn, rates={"tanh": 0.1}, progress=Silent),
    "studies.race.Size": lambda: partial(
        studies.race.Size, name="quick", width=2, updates=2, search=1, step=1, depth=2, early=(1,)
    ),
    "studies.race.best_rate": lambda: partial(
        studies.race.best_rate, row="tanh", grid=KEPT["tanh"]["grid"]
    ),
    "studies.race.best_look": lambda: partial(studies.race.best_look, result=KEPT["tanh"]),
    "studies.race.kept": lambda: partial(studies.race.kept, data="mnist", size="medium"),
    "studies.seeded.network": lambda: partial(
        studies.seeded.network, activation="tanh", init="he", width=2, depth=2, seed=0,
        data="mnist",
    ),
    "studies.seeded.stream": lambda: partial(studies.seeded.stream, seed=0, which=1),
    "studies.seeded.examples": lambda: partial(studies.seeded.examples, data="shapeset", seed=0),
    "studies.significance.sign_test": lambda: partial(
        studies.significance.sign_test, wins=3, losses=1
    ),
    "studies.significance.mcnemar": lambda: partial(
        studies.significance.mcnemar, wrong_a=LABELS == 1, wrong_b=LABELS == 0
    ),
    "studies.significance.holm": lambda: partial(studies.significance.holm, ps=[0.5, 0.001]),
    "studies.significance.seeds_needed": lambda: partial(
        studies.significance.seeds_needed, pairs=10, level=0.005
    ),
    "studies.significance.interval": lambda: partial(
        studies.significance.interval, values=[0.5, 0.25]
    ),
    "studies.Table1": lambda: partial(
        studies.Table1, data="shapeset", size=SIZE, seeds=2, depths=(2,), rows=ROWS, rates=(0.1,)
    ),
    "studies.Table1.run": lambda: partial(
        table1().run, folder=None, executor=None, progress=Silent
    ),
    "studies.Table1.record": lambda: partial(table1().record, runs=RUNS, command="a command"),
    "studies.table1.train_one": lambda: partial(
        studies.table1.train_one, data="shapeset", activation="tanh", init="he", lr=0.1, depth=2,
        width=2, updates=1, seed=0, progress=Silent, checkpoint=None,
    ),
    "studies.table1.packed": lambda: partial(studies.table1.packed, wrong=LABELS == 1),
    "studies.table1.unpacked": lambda: partial(studies.table1.unpacked, text="gA=="),
    "studies.table1.summary": lambda: partial(studies.table1.summary, runs=RUNS),
    "studies.table1.markdown": lambda: partial(
        studies.table1.markdown, found=studies.table1.summary(RUNS), data="mnist"
    ),
    "studies.tables.initialization": lambda: partial(
        studies.tables.initialization, name="tanh", run=running(), width=4
    ),
    "studies.tables.learning": lambda: partial(
        studies.tables.learning, runs={"tanh": running()}, width=4, chance_error=0.5
    ),
    "studies.tables.trials": lambda: partial(
        studies.tables.trials, grids={"tanh": KEPT["tanh"]["grid"]}, chosen={"tanh": 0.1}
    ),
    "studies.tables.figure11": lambda: partial(
        studies.tables.figure11, results=studies.race.kept("shapeset"),
        paper=studies.figure11.PAPER,
    ),
    "studies.tables.figure12": lambda: partial(
        studies.tables.figure12, results=KEPT, epoch=5000
    ),
    "studies.tables.table1": lambda: partial(
        studies.tables.table1, results=KEPT, paper=studies.figure12.PAPER["mnist"], epoch=5000
    ),
    "exercises.check": lambda: partial(
        exercises.check, exercise="1.1", answer=1.0, right=1.0, within=0.01
    ),
}  # fmt: skip


def training(network):
    return partial(
        tn.train, net=network, loss=loss(), optimizer=tn.SGD(network, 0.1), source=data(),
        updates=2, batch=2, watch=tn.Monitor(network, X, LABELS), every=1,
        checkpoint="run.npz", save_every=1, progress=Silent,
    )  # fmt: skip


EQUATIONS = {"f", "slope", "change", "changes"}  # they stand free of checks


def public():
    """The names of what takes an argument; of a class its methods too, as "Linear.forward"."""
    places = {"": {name: getattr(tn, name) for name in tn.__all__}}
    places |= {"plots.": defined_in(plots), "plots.page.": {"page": page.page, "steps": page.steps}}
    places["exercises."] = {"check": exercises.check}
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
                yield place + name
            for key, method in vars(thing).items() if is_class else ():
                is_public = key[0] != "_" or key in ("__call__", "__getitem__")
                if is_public and key not in EQUATIONS and takes_something(method):
                    yield f"{place}{name}.{key}"


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
