"""The training loop: the four lines, as often as you say."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Sequence
from os import PathLike
from typing import Any

import numpy as np

from tinynet import _checks as checks
from tinynet.checkpoint import Checkpoint
from tinynet.interrupts import Deferred
from tinynet.looking.broken import first_broken, is_finite
from tinynet.looking.scores import entropy
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.network import Network
from tinynet.optimizers import SGD
from tinynet.progress import bar

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
        ``watch(k)`` is called after k updates: a ``tn.Monitor``, or a function of your own.
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
    if getattr(optimizer, "net", net) is not net:
        raise ValueError("optimizer: expected one of net, such as tn.SGD(net, lr), got another's")
    if not hasattr(source, "draw"):
        raise TypeError(
            "source: expected an object with draw(n), such as tn.Shuffled(x, labels, rng), got"
            f" {checks.describe(source)}"
        )
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
    around = _Around(net, loss, optimizer, updates, watch, is_time, file, save_every)
    # What overflows is seen in the cost, at once and with its update: a warning would say less.
    with np.errstate(over="ignore", invalid="ignore"), around.opened(progress, done):
        for k in range(done + 1, updates + 1):
            x, labels = _drawn(source, batch)
            output = net.forward(x)
            cost = loss.forward(output, labels)
            around.check(k, cost)
            net.backward(loss.backward())
            optimizer.step()
            around.after(k, cost, labels)


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


class _Around:
    """What goes on around the four lines: watching, saving, the progress bar, stopping."""

    def __init__(
        self,
        net: Network,
        loss: Any,
        optimizer: Any,
        updates: int,
        watch: Callable[[int], None] | None,
        is_time: Callable[[int], bool],
        file: Checkpoint | None,
        save_every: int,
    ) -> None:
        self.net, self.optimizer, self.updates = net, optimizer, updates
        self.watch, self.is_time = watch, is_time
        self.file, self.save_every = file, save_every
        self.watching = 0.0  # seconds
        self.costs: list[float] = []  # of the updates since the bar last showed their mean,
        self.labels: list[np.ndarray] = []  # and what was drawn in them
        self.has_chance = isinstance(loss, SoftmaxCrossEntropy)
        self.seen = np.zeros(0, dtype=int)  # how often each label was drawn

    @contextlib.contextmanager
    def opened(self, progress: Callable[..., Any], done: int) -> Iterator[None]:
        """The progress bar and the first look; Ctrl-C waits where it can be saved."""
        initial = {"initial": done} if done else {}
        with (
            progress(total=self.updates, desc="training", unit="updates", **initial) as self.bar,
            Deferred() if self.file else contextlib.nullcontext() as self.interrupt,
        ):
            self.k, self.started = done, time.perf_counter()
            if done == 0:
                self.look()
            try:
                yield
            except Exception as error:
                where = f"; {self.file}" if self.file else ""
                error.add_note(f"after {self.k:,} of {self.updates:,} updates{where}")
                raise

    def look(self) -> None:
        """Watch, if it is time."""
        if self.watch is not None and self.is_time(self.k):
            self.check_parameters()
            started = time.perf_counter()
            self.watch(self.k)
            self.watching += time.perf_counter() - started

    def check(self, k: int, cost: float) -> None:
        """A cost that is not finite ends the run before anything else is changed."""
        if not math.isfinite(cost):
            raise FloatingPointError(
                f"cost: expected a finite number, got {cost} after {k - 1} updates:"
                f" {self.broken(in_backward=k > 1)}"
            )

    def check_parameters(self) -> None:
        """Numbers that are not finite are neither watched nor saved."""
        if not is_finite(self.net):
            raise FloatingPointError(
                f"parameters: expected finite numbers, got others after {self.k} updates:"
                f" {self.broken(in_backward=self.k > 0)}"
            )

    def broken(self, in_backward: bool) -> str:
        """Where the numbers broke, and what to do."""
        forward, backward = first_broken(self.net)
        found = f"forward the first array that is not finite is {forward}"
        if forward is None:
            found = "forward all arrays are finite, but too large for the cost"
        if in_backward and backward:
            found += f", backward (in the last update) {backward}"
        advice = f"try a smaller learning rate than {getattr(self.optimizer, 'lr', 0):g}"
        if not in_backward:
            advice = "the weights were ruined before: make the network anew"
        return f"{found}; {advice}" + (f"; {self.file}" if self.file else "")

    def after(self, k: int, cost: float, labels: np.ndarray) -> None:
        """Update k is whole: look, tell the bar, save, and stop where that was asked for."""
        self.k = k
        self.look()
        stopped: type[BaseException] | None = None
        try:
            self.tell(cost, labels)
        except InterruptedError:  # this is a child process, and its parent wants it to stop
            stopped = InterruptedError
        if self.file is None:
            if stopped:
                raise stopped(f"stopped after {k:,} of {self.updates:,} updates")
            return
        if self.interrupt.asked:
            stopped = KeyboardInterrupt
        if stopped or k % self.save_every == 0 or k == self.updates:
            self.check_parameters()
            self.file.save(k)
        if stopped:
            raise stopped(f"stopped after {k:,} of {self.updates:,} updates; {self.file}")

    def tell(self, cost: float, labels: np.ndarray) -> None:
        """One update more; now and then the mean cost beside its chance level."""
        self.costs.append(cost)
        self.labels.append(labels)
        if len(self.costs) == SHOWN or self.k == self.updates:
            self.bar.set_postfix_str(self.words(), refresh=False)
            self.costs, self.labels = [], []
        self.bar.update(1)

    def words(self) -> str:
        """What stands at the end of the bar."""
        words = f"cost {sum(self.costs) / len(self.costs):.3f}"
        if self.has_chance:
            labels = np.concatenate(self.labels).astype(int)
            counts = np.bincount(labels, minlength=len(self.seen))
            counts[: len(self.seen)] += self.seen
            self.seen = counts
            words += f" (chance {entropy(counts / counts.sum()):.3f})"
        if self.watching:
            share = self.watching / (time.perf_counter() - self.started)
            words += f", watching {share:.1%} of the time"
        return words
