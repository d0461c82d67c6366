"""The training loop: the four lines, as often as you say."""

from __future__ import annotations

import contextlib
import copy
import math
import time
from collections.abc import Callable, Iterator, Sequence
from os import PathLike
from typing import Any

import numpy as np

from tinynet._internal import checks, contracts
from tinynet._internal.progress import bar, checked, started
from tinynet.datasets.shuffled import Shuffled
from tinynet.looking.broken import first_broken, is_finite
from tinynet.network import Network
from tinynet.optimizers import SGD
from tinynet.training.checkpoint import Checkpoint
from tinynet.training.interrupts import stop_requests
from tinynet.training.monitor import Monitor

ROWS = 1000  # of a table that are checked together
WATCH = "a function of the updates done, such as a tn.Monitor"
SHOWN = 100  # updates: the progress bar shows their mean cost


def train(
    net: Network,
    loss: Any,
    optimizer: SGD,
    source: Any,
    updates: int,
    *,
    batch: int = 10,
    watch: Callable[[int], None] | None = None,
    every: int | Sequence[int] = 1000,
    checkpoint: str | PathLike | None = None,
    save_every: int = 1000,
    progress: Callable[..., Any] | None = bar,
) -> None:
    """Draw a batch, go forward, go backward, take a step; ``updates`` times.

    Parameters
    ----------
    net, loss, optimizer
        As in the four lines; writing these by hand gives the same bits.
    source
        Where examples come from: ``draw(n)`` returns ``(x, labels)``. For data of your own, write
        ``tn.Shuffled(x, labels, rng)``.
    updates : int
        In total, including those that a checkpoint already holds.
    batch : int, optional
        Examples per update; 10 in the paper.
    watch : function, optional
        ``watch(k)`` is called after k updates: a ``tn.Monitor``, or a function of your own that
        returns nothing. If it raises StopIteration, the run ends after update k, and is saved if
        there is a checkpoint.
    every : int or sequence of int, optional
        When to watch: before the first update, after every so many, and after the last; or only
        after the numbers of updates listed.
    checkpoint : path, optional
        A file that keeps the whole run. If it exists, the run goes on from it, to the same bits
        as without a stop (same machine, same number of BLAS threads). Ctrl-C, or
        SIGTERM, then waits for the end of the update, saves, and raises KeyboardInterrupt.
    save_every : int, optional
        Updates between two saves. The run is also saved after the last one.
    progress : function, optional
        Makes a progress bar like ``tqdm``, from ``total``, ``desc`` and ``unit``, and from
        ``initial`` if a checkpoint already holds updates. None shows nothing.

    Raises
    ------
    TypeError, ValueError
        A number is not a whole one of at least 1, the optimizer steps another network, the
        source has no ``draw`` or nothing left to draw, or the checkpoint is damaged or of another
        run: it is left alone. Also at a save, if another run has saved in this file meanwhile.
    OSError
        The checkpoint cannot be read, or its folder cannot be written to. Only before the first
        update: a save that fails later is a warning, and the next one tries again.
    FloatingPointError
        The cost is no longer finite, or, when the run is watched or saved, a parameter. The
        message names the update, the layer and the first array that is not finite; the last
        checkpoint stays as it was.
    """
    contracts.trainable("net", net)
    contracts.loss("loss", loss)
    checks.has_methods("optimizer", optimizer, ("step",), "tn.SGD(net, lr)")
    checks.has_methods("source", source, ("draw",), "tn.Shuffled(x, labels, rng)")
    if getattr(optimizer, "net", net) is not net:
        wanted = "one that steps net, got another network's; write tn.SGD(net, lr)"
        raise ValueError(f"optimizer: expected {wanted}")
    if isinstance(watch, Monitor) and watch.net is not net:
        wanted = "a Monitor of net, got another network's; write tn.Monitor(net, x, labels)"
        raise ValueError(f"watch: expected {wanted}")
    updates = checks.size("updates", updates)
    batch = checks.size("batch", batch)
    is_time = checks.schedule("every", every, updates)
    save_every = checks.size("save_every", save_every)
    progress = checked(progress)
    if watch is not None:
        checks.function("watch", watch, WATCH)
    if isinstance(source, Shuffled):
        _look_through(source, net, loss)
    file = None
    if checkpoint is not None:
        checkpoint = checks.path("checkpoint", checkpoint)
        file = Checkpoint(checkpoint, net, optimizer, source, watch, loss, batch)
    done = file.resume(updates) if file else 0

    run = _Run(net, optimizer, done, updates, file)
    looks = _Looks(run, watch, is_time)
    words = _Words(loss, looks)
    initial = {"initial": done} if done else {}
    with (
        stop_requests(wait=file is not None) as stop,
        # What overflows is seen in the cost, with its update: a warning would say less.
        np.errstate(over="ignore", invalid="ignore"),
        started(progress, total=updates, desc="training", unit="updates", **initial) as bar,
        run,
    ):
        if done == 0:
            looks.look()
        while run.k < updates and not looks.ended:
            x, targets = _drawn(source, batch)
            if file and run.k == done:
                file.tries(x, targets)
            with run.going():
                output = net.forward(x)
            cost = loss.forward(output, targets) + net.cost
            run.check(cost)
            net.backward(loss.backward())
            optimizer.keep = run.keep or looks.due(run.k + 1)
            optimizer.step()
            run.k += 1

            looks.look()
            stopped: type[BaseException] | None = None
            try:
                words.tell(bar, cost, output, targets)
            except InterruptedError:  # this is a child process, and its parent wants it to stop
                stopped = InterruptedError
            stopped = stop.asked or stopped
            last = stopped or looks.ended or run.k == updates
            if file and (last or run.k % save_every == 0):
                run.check_parameters()
                file.save(run.k)
            if stopped:
                raise stopped(f"stopped {run}")


def _look_through(source: Shuffled, net: Network, loss: Any) -> None:
    """Refuse a table that has a row which cannot be trained on, and name that row."""
    loss, output = copy.deepcopy(loss), None
    for start in range(0, len(source.x), ROWS):
        rows = slice(start, start + ROWS)
        finite = np.isfinite(source.x[rows])
        if not finite.all():
            row, column = np.argwhere(~finite)[0] + (start, 0)
            got = source.x[row, column]
            raise ValueError(f"source.x[{row}, {column}]: expected a finite number, got {got}")
        if output is None:
            output = net.view().forward(source.x[:1])
        targets = source.targets[rows]
        try:
            loss.forward(np.repeat(output, len(targets), axis=0), targets)
        except (TypeError, ValueError):
            for k, target in enumerate(targets):
                try:
                    loss.forward(output, target[None])
                except (TypeError, ValueError) as error:
                    raise type(error)(f"source.targets[{start + k}]: {error}") from None
            raise


def _drawn(source: Any, n: int) -> tuple[np.ndarray, Any]:
    """Draw n examples; refuse a source that has run dry, or that does not return a pair."""
    try:
        drawn = checks.called("source", "an object whose draw takes a number", source.draw, n)
    except StopIteration:
        drawn = None
    if drawn is not None and not (isinstance(drawn, (tuple, list)) and len(drawn) == 2):
        got = checks.describe(drawn)
        raise TypeError(
            f"source.draw({n}): expected a pair, got {got}; write return x, targets in draw"
        )
    x = np.empty(0) if drawn is None else checks.array("source.draw(n)[0]", drawn[0])
    if x.shape[:1] == (0,):
        raise ValueError(
            f"source: expected {n} examples, got none: it has run dry; write tn.Shuffled(x, labels,"
            " rng), which goes through finite data again and again"
        )
    return checks.batch("source.draw(n)[0]", x), drawn[1]


class _Run:
    """How far a run has come, and whether its numbers are still finite."""

    def __init__(
        self, net: Network, optimizer: Any, done: int, updates: int, file: Checkpoint | None
    ) -> None:
        self.net, self.optimizer, self.file = net, optimizer, file
        self.k, self.updates = done, updates
        self.keep = getattr(optimizer, "keep", False)  # as the user set it

    def __str__(self) -> str:
        where = f"; {self.file}" if self.file else ""
        return f"after {self.k:,} of {self.updates:,} updates{where}"

    def __enter__(self) -> None:
        """Begin; at the end the optimizer is as it was, and an error says how far the run came."""

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        self.optimizer.keep = self.keep
        if isinstance(error, Exception):
            error.add_note(str(self))

    @contextlib.contextmanager
    def going(self) -> Iterator[None]:
        """End the run where a block refuses what the layer below it made, as :meth:`check` does."""
        try:
            yield
        except ValueError:
            if self.k > 0 and first_broken(self.net)[0]:
                self.check(math.nan)
            raise

    def check(self, cost: float) -> None:
        """End the run on a cost that is not finite, before anything else is changed."""
        if not math.isfinite(cost):
            raise FloatingPointError(
                f"cost: expected a finite number, got {cost} after {self.k} updates:"
                f" {self._broken()}"
            )

    def check_parameters(self) -> None:
        """End the run on parameters that are not finite: they are neither watched nor saved."""
        if not is_finite(self.net):
            raise FloatingPointError(
                f"parameters: expected finite numbers, got others after {self.k} updates:"
                f" {self._broken()}"
            )

    def _broken(self) -> str:
        """Say where the numbers broke, and what to do."""
        forward, backward = first_broken(self.net)
        found = f"forward the first array that is not finite is {forward}"
        if forward is None:
            found = "forward all arrays are finite, but the loss of them is not"
        if self.k > 0 and backward:
            found += f", backward (in the last update) {backward}"
        advice = f"try a smaller learning rate than {getattr(self.optimizer, 'lr', 0):g}"
        if self.k == 0 and is_finite(self.net):
            advice = "no update was made, and all parameters are finite: see how it is computed"
        elif self.k == 0:
            advice = "the weights were already broken: build a new network"
        return f"{found}; {advice}" + (f"; {self.file}" if self.file else "")


class _Looks:
    """When the run is watched, and how long that takes."""

    def __init__(
        self, run: _Run, watch: Callable[[int], None] | None, is_time: Callable[[int], bool]
    ) -> None:
        self.run, self.watch, self.is_time = run, watch, is_time
        self.ended = False  # by a StopIteration
        self.seconds, self.started = 0.0, time.perf_counter()

    def due(self, k: int) -> bool:
        """Tell whether the run is watched after k updates."""
        return self.watch is not None and self.is_time(k)

    def look(self) -> None:
        """Watch, if it is time; a StopIteration ends the run after this update."""
        if self.watch and self.due(self.run.k):
            self.run.check_parameters()
            began = time.perf_counter()
            try:
                given = checks.called("watch", WATCH, self.watch, self.run.k)
            except StopIteration:
                given, self.ended = None, True
            if given is not None:
                got = checks.describe(given)
                raise TypeError(
                    f"watch({self.run.k}): expected nothing back, got {got}; to end the run after"
                    " this update, raise StopIteration"
                )
            self.seconds += time.perf_counter() - began


class _Words:
    """The words at the end of the progress bar."""

    def __init__(self, loss: Any, looks: _Looks) -> None:
        self.loss, self.looks = loss, looks
        self.costs: list[float] = []  # of the updates since the bar last showed their mean,
        self.targets: list[np.ndarray] = []  # and what was drawn in them

    def tell(self, bar: Any, cost: float, output: np.ndarray, targets: np.ndarray) -> None:
        """Move the bar on by one update; now and then show the mean cost and its chance level."""
        self.costs.append(cost)
        self.targets.append(targets)
        run = self.looks.run
        if len(self.costs) == SHOWN or run.k == run.updates or self.looks.ended:
            bar.set_postfix_str(self._text(output), refresh=False)
            self.costs, self.targets = [], []
        bar.update(1)

    def _text(self, output: np.ndarray) -> str:
        text = f"cost {sum(self.costs) / len(self.costs):.3f}"
        if checks.knows_chance(self.loss):
            text += f" (chance {self._chance(output):.3f})"
        if self.looks.seconds:
            share = self.looks.seconds / (time.perf_counter() - self.looks.started)
            text += f", watching {share:.1%} of the time"
        return text

    def _chance(self, output: np.ndarray) -> float:
        """Ask a copy of the loss for chance, over all targets since the bar last showed it."""
        loss, targets = copy.copy(self.loss), np.concatenate(self.targets)
        loss.forward(np.resize(output, (len(targets), *output.shape[1:])), targets)
        return loss.chance()
