"""The training loop: the four lines, as often as you say."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Sequence
from os import PathLike
from typing import Any

import numpy as np

from tinynet._internal import checks, contracts
from tinynet._internal.progress import bar
from tinynet.looking.broken import first_broken, is_finite
from tinynet.network import Network
from tinynet.optimizers import SGD
from tinynet.training.checkpoint import Checkpoint
from tinynet.training.interrupts import Deferred

SHOWN = 100  # updates over which the cost is averaged that the progress bar shows


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
    progress: Callable[..., Any] = bar,
) -> None:
    """Draw a batch, go forward, go backward, take a step; ``updates`` times.

    Parameters
    ----------
    net, loss, optimizer
        As in the four lines; writing those by hand gives the same bits.
    source
        Where examples come from: ``draw(n)`` gives ``(x, labels)``. For data of your own
        ``tn.Shuffled(x, labels, rng)``.
    updates : int
        In all, those that a checkpoint holds already included.
    batch : int, optional
        Examples in an update; 10 in the paper.
    watch : function, optional
        ``watch(k)`` is called after k updates: a ``tn.Monitor``, or a function of your own. One
        that raises StopIteration ends the run after update k, saved where there is a checkpoint.
    every : int or sequence of int, optional
        When: before the first update, then after every so many, and after the last; or after
        just those that are listed.
    checkpoint : path, optional
        A file that keeps all that the run is. Where it is there already, the run goes on from it,
        to the same bits as without a stop (same machine, same number of BLAS threads). Ctrl-C
        then waits for the end of the update and saves.
    save_every : int, optional
        How many updates are between two saves. After the last update the run is saved too.
    progress : function, optional
        Makes a progress bar as ``tqdm`` does, from ``total``, ``desc`` and ``unit``, and from
        ``initial`` where a checkpoint holds updates already.

    Raises
    ------
    TypeError, ValueError
        A number is not a whole one of at least 1, the optimizer steps another network, the
        source has no ``draw`` or nothing left to draw, or the checkpoint is damaged or of another
        run: it is left alone.
    OSError
        The checkpoint cannot be read, or none could be written to its folder. Only before the
        first update: a save that fails later is a warning, and the next one tries again.
    FloatingPointError
        The cost, or when the run is watched or saved a parameter, is no longer finite. Names the
        update, the layer and the first array that is not; the last checkpoint stays as it was.
    """
    contracts.trainable("net", net)
    checks.has_methods("loss", loss, ("forward", "backward"), "tn.SoftmaxCrossEntropy()")
    checks.has_methods("optimizer", optimizer, ("step",), "tn.SGD(net, lr)")
    checks.has_methods("source", source, ("draw",), "tn.Shuffled(x, labels, rng)")
    if getattr(optimizer, "net", net) is not net:
        raise ValueError("optimizer: expected one of net, such as tn.SGD(net, lr), got another's")
    updates = checks.size("updates", updates)
    batch = checks.size("batch", batch)
    is_time = checks.moments("every", every, updates)
    save_every = checks.size("save_every", save_every)
    if watch is not None:
        checks.function("watch", watch, "a function of the updates done, such as a tn.Monitor")
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
        # What overflows is seen in the cost, with its update: a warning would say less.
        np.errstate(over="ignore", invalid="ignore"),
        progress(total=updates, desc="training", unit="updates", **initial) as bar,
        Deferred(waits=file is not None) as interrupt,
        run,
    ):
        if done == 0:
            looks.look()
        while run.k < updates and not looks.ended:
            x, targets = _drawn(source, batch)
            if file and run.k == done:
                file.tries(x, targets)
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
            if interrupt.asked:
                stopped = KeyboardInterrupt
            last = stopped or looks.ended or run.k == updates
            if file and (last or run.k % save_every == 0):
                run.check_parameters()
                file.save(run.k)
            if stopped:
                raise stopped(f"stopped {run}")


def _drawn(source: Any, n: int) -> Any:
    """What the source gives; one that has run dry is an error that says so."""
    try:
        drawn = source.draw(n)
    except StopIteration:
        drawn = None
    if drawn is None or len(drawn[0]) == 0:
        raise ValueError(
            f"source: expected {n} examples, got none: it has run dry; tn.Shuffled(x, labels, rng)"
            " goes through finite data again and again"
        )
    return drawn


class _Run:
    """How far a run is, and whether its numbers still are ones."""

    def __init__(
        self, net: Network, optimizer: Any, done: int, updates: int, file: Checkpoint | None
    ) -> None:
        self.net, self.optimizer, self.file = net, optimizer, file
        self.k, self.updates = done, updates
        self.keep = getattr(optimizer, "keep", False)  # as the user has it

    def __str__(self) -> str:
        where = f"; {self.file}" if self.file else ""
        return f"after {self.k:,} of {self.updates:,} updates{where}"

    def __enter__(self) -> None:
        """Begin; at the end the optimizer is as it was, and an error says how far the run came."""

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        self.optimizer.keep = self.keep
        if isinstance(error, Exception):
            error.add_note(str(self))

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
            found = "forward all arrays are finite, but too large for the cost"
        if self.k > 0 and backward:
            found += f", backward (in the last update) {backward}"
        advice = f"try a smaller learning rate than {getattr(self.optimizer, 'lr', 0):g}"
        if self.k == 0:
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
                self.watch(self.run.k)
            except StopIteration:
                self.ended = True
            self.seconds += time.perf_counter() - began


class _Words:
    """What stands at the end of the progress bar."""

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
        """Ask a copy of the loss, over all targets since the bar last spoke."""
        loss, targets = copy.copy(self.loss), np.concatenate(self.targets)
        loss.forward(np.resize(output, (len(targets), *output.shape[1:])), targets)
        return loss.chance()
