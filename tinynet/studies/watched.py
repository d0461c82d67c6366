"""Networks watched while they learn: Figures 2, 3, 4 and 9 to 12 of the paper.

Several runs go side by side, each in its own process with one BLAS thread, watched by a
:class:`tinynet.Monitor` on the first 300 test images. Each is kept in a checkpoint: called again,
it is there at once, or goes on where it stopped.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tinynet import activations, initializers
from tinynet._internal import checks
from tinynet._internal.caches import caches
from tinynet._internal.progress import bar, checked
from tinynet._internal.replacing import inside
from tinynet._internal.versions import versions
from tinynet.datasets.dataset import Part
from tinynet.looking.scores import mean_cost
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.network import Network
from tinynet.optimizers import SGD
from tinynet.studies import seeded
from tinynet.studies.result import Result
from tinynet.training import checkpoint, sweep, train
from tinynet.training.interrupts import sigterm_raises
from tinynet.training.monitor import EDGES, Monitor

BATCH = 10


@dataclass(frozen=True)
class Run:
    """The settings of one run: plain gradient descent in batches of 10, as in the paper.

    ``every`` says after how many updates the monitor looks, or lists the moments. ``jacobians``
    is the number of images at which it computes singular values. ``data`` is "shapeset", "mnist"
    or "cifar10"; on the last two, which are finite, it records the validation error too.
    """

    activation: str = "tanh"
    init: str = "standard"
    lr: float = 0.03
    depth: int = 4
    width: int = 100
    updates: int = 60_000
    every: int | tuple[int, ...] = 1000
    seed: int = 0
    test_images: int = 2000
    jacobians: int = 0
    data: str = "shapeset"

    def __post_init__(self) -> None:
        every: Any = self.every
        checks.schedule("every", every, checks.size("updates", self.updates))
        is_one = isinstance(every, (int, np.integer))
        settings = {
            "activation": checks.name_in("activation", self.activation, activations),
            "init": checks.name_in("init", self.init, initializers),
            "lr": checks.positive("lr", self.lr),
            "depth": checks.whole("depth", self.depth, 1, seeded.DEEPEST),
            "width": checks.size("width", self.width),
            "updates": checks.size("updates", self.updates),
            "every": int(every) if is_one else checks.whole_numbers("every", every),
            "seed": checks.seed("seed", self.seed),
            "test_images": checks.whole("test_images", self.test_images, 1, seeded.IMAGES),
            "jacobians": checks.whole("jacobians", self.jacobians, 0, seeded.LOOKED_AT),
            "data": checks.among("data", self.data, seeded.INPUTS),
        }
        for name, value in settings.items():
            object.__setattr__(self, name, value)


def watch(
    runs: Mapping[str, Run],
    *,
    folder: str | os.PathLike | None = None,
    workers: int | None = None,
    progress: Callable[..., Any] | None = bar,
) -> dict[str, Result]:
    """Train the runs side by side, and return what their monitors saw.

    Parameters
    ----------
    runs : mapping
        From a name of your own to the settings of that run.
    folder : path, optional
        Where the checkpoints are kept, one per run, named after it; see :func:`runs_folder`.
    workers : int, optional
        Processes at a time; by default as many as there are cores.
    progress : function, optional
        Makes a progress bar like ``tqdm``; None shows nothing.

    Returns
    -------
    dict
        For each run a Result: the records of :class:`tinynet.Monitor` by name, and
        ``validation_cost``, the mean cost on images kept apart, after the last update. Its
        settings are those of the run, with the versions and the seconds.

    Raises
    ------
    FloatingPointError
        The cost of a run was no longer finite: its learning rate is too large.
    OSError, ValueError
        A checkpoint cannot be read or written, or is of another run.
    """
    for name, run in checks.mapping("runs", runs).items():
        checks.file_name(f"the name {name!r} in runs", name)
        if not isinstance(run, Run):
            raise TypeError(f"runs[{name!r}]: expected a Run, got {checks.describe(run)}")
    workers, progress = sweep.processes(workers), checked(progress)
    folder = runs_folder(folder)
    files = {name: (run, inside(folder, name, ".npz")) for name, run in runs.items()}
    return side_by_side(watch_one, files, "training", workers, progress)


def side_by_side(
    do: Callable[..., Any],
    runs: Mapping[Any, tuple[Run, Path | None]],
    desc: str,
    workers: int | None,
    progress: Callable[..., Any] | None,
) -> dict[Any, Any]:
    """Do each run with its file in a child process, under one bar that counts all updates."""
    jobs = [{"run": run, "file": file} for run, file in runs.values()]
    with sigterm_raises():
        try:
            with sweep.Processes(workers, most=len(jobs)) as pool:
                found = sweep.sweep(
                    do,
                    jobs,
                    executor=pool,
                    progress=progress,
                    total=sum(run.updates for run, _ in runs.values()),
                    desc=desc,
                    unit="updates",
                )
        except KeyboardInterrupt as stop:
            _, file = next(iter(runs.values()))
            kept = f"{file.parent} keeps the runs; start again, and they go on" if file else ""
            raise type(stop)(f"stopped: {kept or 'nothing is kept'}") from None
    return dict(zip(runs, found, strict=True))


def runs_folder(folder: str | os.PathLike | None = None) -> Path:
    """Return the folder in which runs are kept; make it if it is not there.

    By default it is the one that the environment variable TINYNET_RUNS names, otherwise ``runs`` in
    ``$XDG_CACHE_HOME/tinynet`` or ``~/.cache/tinynet``.
    """
    usual = [os.environ.get("TINYNET_RUNS"), *(cache / "runs" for cache in caches())]
    found = next(filter(None, usual), None) if folder is None else folder
    if found is None:
        wanted = "one, or TINYNET_RUNS, because there is no home folder"
        raise FileNotFoundError(f"folder: expected {wanted}")
    path = checks.path("folder", found)
    if path.exists() and not path.is_dir():
        raise NotADirectoryError(f"folder: expected a folder, got the file {str(path)!r}")
    path.mkdir(parents=True, exist_ok=True)
    return path


def watch_one(run: Run, file: Path | None = None, progress: Callable[..., Any] = bar) -> Result:
    """Do one run of :func:`watch`, in this process; without a file nothing is kept."""
    started = time.monotonic()
    net, monitor, train_on, valid = prepared(run)
    train_on(run.updates, watch=monitor, every=run.every, checkpoint=file, progress=progress)
    arrays = {name: monitor[name] for name in monitor.records}
    with np.errstate(over="ignore", invalid="ignore"):  # the last update may have broken it
        arrays["validation_cost"] = np.array(mean_cost(net, SoftmaxCrossEntropy(), *valid))
    arrays["edges"] = EDGES
    record: dict[str, Any] = {"seconds": time.monotonic() - started, "versions": versions()}
    if file is not None:
        _, record = checkpoint.read(file)  # with the seconds of earlier calls
    settings = {
        **asdict(run),
        "batch": BATCH,
        "seconds": round(record["seconds"], 3),
        "watching_seconds": round(monitor.seconds, 3),
        "versions": record["versions"],
    }
    return Result("watched", settings, arrays)


def prepared(run: Run) -> tuple[Network, Monitor, Callable[..., None], Part]:
    """Return a run's network and monitor, ``tn.train`` with everything but ``updates`` filled in,
    and the validation images with their labels."""
    training, valid, (x, labels) = seeded.examples(run.data, run.seed)
    net = seeded.network(run.activation, run.init, run.width, run.depth, run.seed, run.data)
    optimizer = SGD(net, run.lr)
    monitor = Monitor(
        net,
        x[: seeded.LOOKED_AT],
        labels[: seeded.LOOKED_AT],
        test=(x[: run.test_images], labels[: run.test_images]),
        valid=None if run.data == "shapeset" else valid,
        optimizer=optimizer,
        jacobians=run.jacobians,
    )
    train_on = partial(train, net, SoftmaxCrossEntropy(), optimizer, training, batch=BATCH)
    return net, monitor, train_on, valid
