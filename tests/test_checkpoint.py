"""A run in a file: stopped anywhere and called again, it ends at the bits of one without a stop.

What holds for files of every kind stands in test_saving; signals in test_stopping.
"""

import collections
import contextlib
import copy
import errno
import math
import os
import signal
import subprocess
import sys
import threading
import time
import types
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_parts import (
    Signs,
    Sine,
    assert_identical,
    assert_same_bits,
    batch_for,
    own_net,
    small_net,
    telling_bar,
)

import tinynet as tn
from tinynet._internal import replacing
from tinynet._internal.npz import read_npz, write_npz
from tinynet._internal.progress import Silent
from tinynet._internal.versions import versions
from tinynet.training import checkpoint

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals are different there")


def run_of(net, source, lr=0.1, jacobians=0):
    """A network with all that belongs to its run."""
    sgd = tn.SGD(net, lr)
    monitor = tn.Monitor(net, *batch_for(net, 8), optimizer=sgd, jacobians=jacobians)
    return types.SimpleNamespace(
        net=net, loss=tn.SoftmaxCrossEntropy(), optimizer=sgd, source=source, watch=monitor
    )


def shuffled(seed=0, examples=23, **keywords):
    rng = np.random.default_rng(9)
    x = rng.uniform(-1, 1, (examples, 3))
    return tn.Shuffled(x, rng.integers(0, 2, examples), rng=seed, **keywords)


def small(seed=0, lr=0.1, net=None, source=None):
    return run_of(net or small_net(rng=seed), source or shuffled(), lr)


def train(run, updates, checkpoint=None, **keywords):
    usual = {"watch": run.watch, "batch": 4, "every": 3, "save_every": 5, "progress": Silent}
    parts = run.net, run.loss, run.optimizer, run.source
    tn.train(*parts, updates, checkpoint=checkpoint, **usual | keywords)


def assert_same_run(run, other):
    """Parameters, what was recorded, and where data and optimizer stand."""
    assert_same_bits(run.net, other.net)
    assert run.source.state == other.source.state
    assert run.optimizer.state == other.optimizer.state
    names = run.watch.records.keys() | other.watch.records.keys()
    assert_identical(*({name: r.watch[name] for name in names} for r in (run, other)))
    np.testing.assert_array_equal(run.source.draw(5)[0], other.source.draw(5)[0])


def everything(run):
    """All that a run is, as copies."""
    states = {part: getattr(run, part).state for part in ("optimizer", "source", "watch")}
    return copy.deepcopy({"net": run.net.named_parameters(), **states})


def updates_in(path):
    return read_npz(path)[1]["updates"]


class StoppedError(Exception):
    """What ends a run here in the middle, as a power cut would."""


class StopsAfter(Silent):
    """A bar that ends the run in an update: what is done since the last save is lost."""

    def __init__(self, updates, error=StoppedError):
        self.left, self.error = updates, error

    def __call__(self, **_):
        return self

    def update(self, n=1):
        self.left -= n
        if self.left < 0:
            raise self.error("stop")


class CtrlCAfter(StopsAfter):
    """A bar that sends the process a Ctrl-C while it counts an update."""

    def update(self, n=1):
        self.left -= n
        if self.left == 0:
            signal.raise_signal(signal.SIGINT)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.npz"


@pytest.fixture
def saved(path):
    """A file with the first 5 updates of ``small()``."""
    train(small(), 5, path)
    return path


# ---------------------------------------------------------------------------- the same bits

MAKERS = {
    "mlp, shuffled": lambda dtype: run_of(small_net(dtype=dtype), shuffled()),
    "relu, last batch dropped": lambda dtype: run_of(
        small_net(tn.ReLU, dtype=dtype), shuffled(drop_last=True)
    ),
    "layers and a source of one's own": lambda dtype: run_of(own_net(dtype), Signs()),
    "an activation of one's own and singular values": lambda dtype: run_of(
        small_net(Sine, (3, 4, 4, 2), dtype), shuffled(seed=4), jacobians=2
    ),
    "Shapeset": lambda dtype: run_of(
        small_net(sizes=(1024, 5, 9), dtype=dtype), tn.Shapeset(rng=0)
    ),
}


@settings(max_examples=40)
@given(
    maker=st.sampled_from(sorted(MAKERS)),
    dtype=st.sampled_from([np.float32, np.float64]),
    updates=st.integers(1, 25),
    calls=st.lists(st.tuples(st.integers(1, 25), st.integers(0, 25)), max_size=4),
    save_every=st.integers(1, 9),
    every=st.one_of(st.integers(1, 9), st.lists(st.integers(0, 25), max_size=5)),
)
def test_a_run_stopped_anywhere_ends_at_the_bits_of_one_without_a_stop(
    tmp_path_factory, maker, dtype, updates, calls, save_every, every
):
    """Earlier calls may ask for fewer updates, and each is stopped somewhere."""
    path = tmp_path_factory.mktemp("cut") / "run.npz"
    keywords = {"save_every": save_every, "every": every}
    alone = MAKERS[maker](dtype)
    train(alone, updates, **keywords)
    for asked, cut in calls:
        # Where something is seen every so often, the last update of each call is seen as well.
        done = updates_in(path) if path.exists() else 0
        asked = updates if isinstance(every, int) else max(done, min(asked, updates))
        with contextlib.suppress(StoppedError):
            train(MAKERS[maker](dtype), asked, path, progress=StopsAfter(cut), **keywords)
    resumed = MAKERS[maker](dtype)
    train(resumed, updates, path, **keywords)
    assert_same_run(resumed, alone)


def test_a_finished_run_is_there_at_once_in_the_memory_of_its_parameters(saved):
    finished, again = small(), small()
    train(finished, 5)
    before, arrays = saved.read_bytes(), again.net.named_parameters()
    train(again, 5, saved, progress=StopsAfter(0))  # not one update is made
    assert_same_run(again, finished)
    assert saved.read_bytes() == before
    assert all(again.net.named_parameters()[name] is array for name, array in arrays.items())


def test_a_learning_rate_that_was_changed_on_the_way_goes_on(path):
    def halving(run):
        """What halves the rate at every look, and has no state of its own."""
        return lambda k: setattr(run.optimizer, "lr", run.optimizer.lr * 0.5)

    alone, cut, resumed = small(), small(), small()
    train(alone, 12, watch=halving(alone))
    with contextlib.suppress(StoppedError):
        train(cut, 12, path, watch=halving(cut), progress=StopsAfter(8))
    train(resumed, 12, path, watch=halving(resumed))
    assert resumed.optimizer.lr == alone.optimizer.lr == 0.1 * 0.5**5
    assert_same_bits(resumed.net, alone.net)


def test_the_bar_and_a_function_that_watches_go_on_from_what_was_done(path):
    (bar, told), seen = telling_bar(), []
    train(small(), 4, path, watch=seen.append)
    train(small(), 7, path, watch=seen.append, progress=bar)
    assert told[0] == {"total": 7, "desc": "training", "unit": "updates", "initial": 4}
    assert seen == [0, 3, 4, 6, 7]


def test_a_second_run_of_a_network_goes_on_where_the_first_ended(path):
    run = small()
    train(run, 20, every=10)
    train(run, 20, path, every=10)
    train(run, 30, path, every=10)  # goes on with the second one
    train(run, 10, every=[5, 10])  # does not look at its start
    assert run.watch["updates"].tolist() == [0, 10, 20, 30, 40, 50, 55, 60]
    assert len(set(run.watch["test_cost"])) == 8


# ---------------------------------------------------------------------------- in a notebook, Ctrl-C


@settings(max_examples=15)
@given(stops=st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_the_same_objects_go_on_after_ctrl_c(tmp_path_factory, stops):
    path = tmp_path_factory.mktemp("notebook") / "run.npz"
    run, alone = small(), small()
    train(alone, 14, every=5)
    for stop in stops:
        with pytest.raises(KeyboardInterrupt):
            train(run, 14, path, every=5, progress=CtrlCAfter(stop))
    train(run, 14, path, every=5)
    assert_same_run(run, alone)


def test_objects_that_went_on_after_the_last_save_are_told_from_a_new_start(path):
    run = small()
    with pytest.raises(StoppedError):
        train(run, 14, path, progress=StopsAfter(7))
    with pytest.raises(
        ValueError, match=r"run\.npz: .*weights and the optimizer and the data .*since"
    ):
        train(run, 14, path)


def test_ctrl_c_saves_at_the_end_of_the_update_and_says_how_to_go_on(path):
    run, alone = small(), small()
    with pytest.raises(KeyboardInterrupt) as stop:
        train(run, 14, path, progress=CtrlCAfter(7))
    assert str(stop.value) == (
        f"stopped after 7 of 14 updates; {path} holds the first 7: the same call again goes on"
        " from there"
    )
    train(alone, 7, every=[0, 3, 6])
    assert_same_bits(run.net, alone.net)
    assert updates_in(path) == 7


def test_outside_the_main_thread_a_run_is_kept_too(path):
    run, alone = small(), small()
    thread = threading.Thread(target=train, args=(run, 6, path))
    thread.start()
    thread.join()
    train(alone, 6)
    assert_same_run(run, alone)
    assert path.exists()


def test_a_child_that_is_told_to_stop_saves_first(path):
    with pytest.raises(InterruptedError, match="stopped after 7 of 14 updates; .*the first 7"):
        train(small(), 14, path, progress=StopsAfter(6, InterruptedError))
    assert updates_in(path) == 7


# ---------------------------------------------------------------------------- real processes


class Tells(Silent):
    """A bar that prints how many updates are done; the last of them may not be saved yet."""

    def __init__(self, initial=0, **_):
        self.n = initial
        print(self.n, flush=True)

    def update(self, n=1):
        self.n += n
        print(self.n, flush=True)


def child(path, save_every, seed=0):
    """A run in a process of its own, which can be killed."""
    run = f"small({seed}), UPDATES, {str(path)!r}, save_every={save_every}, progress=Tells"
    return subprocess.Popen(
        [sys.executable, "-c", f"from test_checkpoint import *\ntrain({run})"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
    )


def result_of(path):
    """All of a finished run's file but seconds and versions."""
    arrays, record = read_npz(path)
    kept = {key: record[key] for key in ("updates", "settings", "start", "now")}
    states = {**record["state"], "watch": None}
    return {name: array.tobytes() for name, array in arrays.items()}, kept, states


UPDATES = 300  # of a run in a child process: a few tenths of a second, most of them in saving


@pytest.fixture(scope="module")
def without_a_stop(tmp_path_factory):
    path = tmp_path_factory.mktemp("alone") / "run.npz"
    train(small(), UPDATES, path)
    return result_of(path)


@POSIX
@pytest.mark.parametrize(
    ("kills", "save_every"),
    [(1, 20), *(pytest.param(20, every, marks=pytest.mark.long) for every in (1, 7, 20))],
)
def test_a_process_killed_at_random_moments_loses_at_most_the_work_since_the_last_save(
    path, without_a_stop, kills, save_every
):
    rng, saved = np.random.default_rng(save_every), 0
    for _ in range(kills):
        with child(path, save_every) as process:
            at, wanted = saved, min(saved + int(rng.integers(1, 60)), UPDATES - 2)
            assert int(process.stdout.readline()) == saved
            while at < wanted:
                at = int(process.stdout.readline())
            time.sleep(rng.uniform(0, 0.002))  # most likely in the middle of a save
            process.kill()
            at = max(at, *map(int, process.stdout.read().split()), 0)
        saved = updates_in(path) if path.exists() else 0
        # The bar counts an update before it is saved: the one that was being saved may be lost.
        assert saved >= (at - 1) // save_every * save_every
    train(small(), UPDATES, path, save_every=save_every)
    assert result_of(path) == without_a_stop
    assert os.listdir(path.parent) == ["run.npz"]  # the halves of the killed saves are gone


@POSIX
@pytest.mark.parametrize("seeds", [(0, 1), (0, 0)], ids=["two runs", "two copies"])
def test_processes_that_begin_at_once(path, without_a_stop, seeds):
    """Of two runs one is told; two copies do the same."""
    children = [child(path, 1, seed) for seed in seeds]
    told = [process.communicate(timeout=60)[1] for process in children]
    ended = [not process.returncode for process in children]
    assert all(end or str(path) in words for end, words in zip(ended, told, strict=True))
    assert sum(ended) == (1 if seeds == (0, 1) else 2)
    assert updates_in(path) == UPDATES
    assert (result_of(path) == without_a_stop) == ended[0]


@POSIX
def test_halves_of_killed_saves_are_removed_at_the_start_and_nothing_else(tmp_path):
    path = tmp_path / "run[1].npz"
    others = ["run1.npz.12.part", "run[1].npz.part", "run[1].npz.old.12.part", "run[1].npz.x"]
    for name in ("run[1].npz.12.part", "run[1].npz.34567.part", *others):
        (tmp_path / name).write_bytes(b"half")
    (tmp_path / "run[1].npz.77.part").mkdir()
    os.mkfifo(tmp_path / "run[1].npz.78.part")  # which who opens it waits for
    others += ["run[1].npz.77.part", "run[1].npz.78.part"]
    train(small(), 1, path)
    assert sorted(os.listdir(tmp_path)) == sorted(["run[1].npz", *others])


# ---------------------------------------------------------------------------- another run


def refused(path, match=None, run=None, updates=8, **keywords):
    """The file is refused before anything is done, and file and run are left alone."""
    run = run or small()
    before, content = everything(run), path.read_bytes()
    with pytest.raises(ValueError, match=match) as error:
        train(run, updates, path, progress=StopsAfter(0), **keywords)
    assert str(path) in str(error.value)
    assert path.read_bytes() == content
    np.testing.assert_equal(everything(run), before)
    return str(error.value)


class OtherSGD(tn.SGD):
    pass


class OtherLoss(tn.SoftmaxCrossEntropy):
    pass


def with_part(**parts):
    """A run in which a part is another: made from the run."""
    run = small()
    for name, make in parts.items():
        setattr(run, name, make(run))
    return run


def with_monitor(**keywords):
    return with_part(watch=lambda run: tn.Monitor(run.net, *batch_for(run.net, 8), **keywords))


OTHERS = {
    "another activation": (lambda: small(net=small_net(tn.Softsign)), {}, "layers"),
    "other sizes": (lambda: small(net=small_net(sizes=(3, 6, 4, 2))), {}, "shapes"),
    "more layers": (lambda: small(net=small_net(sizes=(3, 5, 4, 4, 2))), {}, "layers"),
    "another dtype": (lambda: small(net=small_net(dtype=np.float32)), {}, "dtype"),
    "another batch size": (small, {"batch": 5}, "batch 4, expected 5"),
    "another seed of the weights": (lambda: small(seed=1), {}, "another run: the weights"),
    "another rate": (
        lambda: small(lr=0.2),
        *({}, r"0\.1 there, 0\.2 here.*lr = 0\.2, call tn\.load\(.*into=net\).* another file"),
    ),
    "another seed of the data": (lambda: small(source=shuffled(1)), {}, "another run: the data"),
    "other data": (lambda: small(source=shuffled(examples=24)), {}, "another run: the data"),
    "three of these": (
        lambda: small(seed=1, lr=0.2, source=shuffled(1)),
        *({}, r"weights and the learning rate \(.*\) and the data"),
    ),
    "another loss": (
        lambda: with_part(loss=lambda run: OtherLoss()),
        *({}, "loss 'SoftmaxCrossEntropy', expected 'OtherLoss'"),
    ),
    "another kind of optimizer": (
        lambda: with_part(optimizer=lambda run: OtherSGD(run.net, 0.1)),
        *({}, "optimizer 'SGD', expected 'OtherSGD'"),
    ),
    "other bins": (lambda: with_monitor(edges=[-1, 0, 1]), {}, r"watch\.state"),
    "singular values": (lambda: with_monitor(jacobians=2), {}, r"watch\.state"),
    "no monitor": (small, {"watch": None}, r"state of .*'watch'\], expected \['opt.*, 'source'\]"),
    "fewer updates": (small, {"updates": 4}, "5 updates.*expected at most the 4"),
}


@pytest.mark.parametrize("other", OTHERS)
def test_the_file_of_another_run_is_refused_with_what_is_other(saved, other):
    make, keywords, words = OTHERS[other]
    message = refused(saved, words, make(), **keywords)
    assert ("is of another run" in message) == (other not in ("no monitor", "fewer updates"))


# ---------------------------------------------------------------------------- what is in the file


def test_the_file_says_what_the_run_was(path):
    started = time.monotonic()
    train(small(lr=0.25), 7, path)
    took = time.monotonic() - started
    arrays, record = read_npz(path)
    assert record["format"] == "tinynet run 2"
    assert record["updates"] == 7
    assert 0 < record["seconds"] <= took
    assert record["versions"] == versions()
    assert record["settings"] == {
        "layers": ["Linear", "Tanh", "Linear", "Tanh", "Linear"],
        "shapes": {name: list(a.shape) for name, a in small().net.named_parameters().items()},
        "dtype": "float64",
        "loss": "SoftmaxCrossEntropy",
        "optimizer": "SGD",
        "batch": 4,
    }
    assert record["state"]["optimizer"] == {"lr": 0.25, "t": 7}
    assert record["state"]["source"]["epoch"] == 1
    np.testing.assert_array_equal(arrays["watch.updates"], [0, 3, 6, 7])


def test_the_seconds_of_all_calls_add_up(saved):
    arrays, record = read_npz(saved)
    write_npz(saved, arrays, {**record, "seconds": 100.0})
    train(small(), 8, saved)
    assert 100 < read_npz(saved)[1]["seconds"] < 130


# ---------------------------------------------------------------------------- states


class Part:
    """Source, optimizer and watch at once; its state, if it has one, changes as it is used."""

    def __init__(self, after=None, **state):
        self.after = after
        vars(self).update(state)

    def step(self, k=None):
        self.state = self.after

    def draw(self, n):
        self.step()
        return Signs().draw(n)

    __call__ = step


PARTS = ["source", "watch", "optimizer"]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    "content", [None, "ä", 2**100, -0.5, [1, [2]], {"a": None}, np.arange(3.0), np.array("text")]
)
def test_what_the_state_of_a_part_holds_comes_back(path, part, content):
    run, resumed = (
        with_part(**{part: lambda run, k=k: Part({"content": k}, state={"content": "start"})})
        for k in (content, "other")
    )
    train(run, 1, path)
    train(resumed, 1, path)
    np.testing.assert_equal(getattr(resumed, part).state, {"content": content})


NO_CONTENT = [
    *({1}, object(), np.float32(1), np.int64(1), b"bytes", (1, 2), math.nan, [math.inf]),
    *({1: "a"}, {"nested": np.ones(2)}, np.array([None])),
]


@pytest.mark.parametrize(
    ("part", "state", "words"),
    [
        *(
            (part, {"content": content}, rf"{part}\.state\['content'\]: expected an array or what")
            for part in PARTS
            for content in NO_CONTENT
        ),
        ("watch", [1], r"watch\.state: expected a dict, got \[1\]"),
        ("watch", {"a\nb": np.ones(2)}, r"arrays: expected .*names.*, got 'watch.a\\nb'"),
    ],
)
def test_a_state_that_a_file_cannot_keep_is_told_before_the_first_update(path, part, state, words):
    run = with_part(**{part: lambda run: Part(state=state)})
    with pytest.raises((TypeError, ValueError), match=words):
        train(run, 3, path, progress=StopsAfter(0))
    assert not path.exists()


@pytest.mark.parametrize("part", ["source", "optimizer"])
def test_a_part_without_a_state_is_refused_by_name(path, part):
    with pytest.raises(TypeError, match=f"{part}: expected an attribute state, a dict"):
        train(with_part(**{part: lambda run: Part()}), 3, path)


# ---------------------------------------------------------------------------- damaged runs


def of(name, change):
    return lambda arrays: arrays | {name: change(arrays[name])}


def swapped(one, other):
    return lambda arrays: arrays | {one: arrays[other], other: arrays[one]}


@pytest.mark.parametrize(
    "change",
    [
        swapped("net.0.b", "net.2.b"),
        swapped("watch.z_mean", "watch.ds_std"),
        of("watch.z_std", lambda a: -a),
        of("watch.z_histogram", lambda a: np.array("0.1")),
        of("watch.updates", lambda a: np.array(4)),
        of("watch.updates", lambda a: a + 0.5),
        of("watch.updates", lambda a: a[::-1].copy()),
        of("watch.updates", lambda a: a - 9),
        lambda arrays: arrays | {"net.9.W": np.ones(2)},
        lambda arrays: arrays | {"watch.more": np.ones(4)},
    ],
)
def test_a_damaged_run_is_refused_and_this_one_is_left_as_it_was(path, change):
    """Also where its objects stand at the end of the file; entry by entry in test_saving."""
    run = small()
    train(run, 5, path)
    arrays, record = read_npz(path)
    write_npz(path, change(arrays), record)
    refused(path, None, run)
    refused(path)


def test_a_source_whose_state_cannot_be_set_leaves_all_parts_as_they_were(saved):
    class Strict(tn.Shuffled):
        @property
        def state(self):
            return super().state

        @state.setter
        def state(self, state):
            tn.Shuffled.state.fset(self, state)
            if state != shuffled().state:
                raise IndexError("not that one")

    run = small()
    run.source.__class__ = Strict
    refused(saved, r"run\.npz: is of another run or damaged: source\.state: IndexError", run)


def test_the_weights_of_a_run_are_read_into_a_network(path):
    """Also those that are frozen."""
    run, other = small(), small_net(rng=9)
    for net in (run.net, other):
        net.layers[0].parameters, net.layers[0].buffers = ("W",), ("b",)
    train(run, 5, path)
    assert tn.load(path, into=other) is other
    assert_same_bits(other, run.net)
    np.testing.assert_array_equal(other.layers[0].b, run.net.layers[0].b)
    with pytest.raises(ValueError, match=r"run\.npz: .*tn\.train saved.*tn\.load\(path, into=net"):
        tn.load(path)
    with pytest.raises(ValueError, match=r"run\.npz: expected parameters .*\(3, 6\)"):
        tn.load(path, into=small_net(sizes=(3, 6, 4, 2)))


# ---------------------------------------------------------------------------- at once


SAVED_SINCE = {
    "nothing": lambda path: path.write_bytes(b""),
    "a network": lambda path: tn.save(small_net(), path),
    "a run of another batch size": lambda path: train(small(), 5, path, batch=3),
    "a run of another seed": lambda path: train(small(seed=1), 5, path),
}


@pytest.mark.parametrize("other", SAVED_SINCE)
def test_what_another_saved_under_the_name_since_is_kept(path, other):
    """Both began where there was no file yet."""
    seen = []

    def look(k):
        if k == 4:
            SAVED_SINCE[other](path)
            seen.append(path.read_bytes())

    with pytest.raises(ValueError, match=r"run\.npz: expected the file of this run, .*another"):
        train(small(), 8, path, watch=look, every=1)
    assert path.read_bytes() == seen[0]
    assert os.listdir(path.parent) == ["run.npz"]


@pytest.mark.parametrize("began", [0, 5])
def test_copies_of_one_run_do_not_mind_each_other(path, began):
    """One is overtaken by another, twice."""
    if began:
        train(small(), began, path, watch=None)

    def copy_runs_on(k):
        if k in (began + 3, began + 9):
            train(small(), k + 4, path, watch=None)

    one, alone, again = small(), small(), small()
    train(one, began + 20, path, watch=copy_runs_on, every=1)
    train(alone, began + 20)
    train(again, began + 20, path, watch=None)
    for each in (one, again):
        assert_same_bits(each.net, alone.net)


def test_a_file_that_was_removed_is_written_again(path):
    train(small(), 10, path, watch=lambda k: path.unlink(missing_ok=True))
    assert updates_in(path) == 10


def test_a_save_reads_nothing_as_long_as_the_file_is_the_one_it_wrote(path, monkeypatch):
    monkeypatch.delattr(checkpoint, "opened")
    train(small(), 20, path)


def test_what_a_monitor_saw_is_handed_to_a_save_without_a_copy():
    watch, places = small().watch, set()
    for k in range(100):
        watch(k)
        places.add(watch.records["z_std"].__array_interface__["data"][0])
    state = watch.state
    assert all(np.shares_memory(state[name], rows) for name, rows in watch.records.items())
    assert not any(np.shares_memory(watch[name], rows) for name, rows in watch.records.items())
    assert len(places) <= 8  # each twice as large as the one before
    np.testing.assert_array_equal(watch["updates"], range(100))


# ---------------------------------------------------------------------------- bad places

DISK = collections.namedtuple("DISK", "total used free")


@pytest.mark.parametrize("length", [239, 240, 255, 300])
def test_a_name_that_no_save_could_have_is_refused_before_the_first_update(tmp_path, length):
    """Beside the file there is one with a longer name, until it is complete."""
    name = "x" * length
    if length < 240:
        train(small(), 3, tmp_path / name)
        assert os.listdir(tmp_path) == [name]
    else:
        with pytest.raises(OSError, match="checkpoint: .*name too long"):
            train(small(), 3, tmp_path / name, progress=StopsAfter(0))
        assert os.listdir(tmp_path) == []


def test_a_folder_in_which_nothing_can_be_made_is_refused_before_the_first_update(
    path, monkeypatch
):
    def denied(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(replacing, "open", denied, raising=False)
    with pytest.raises(PermissionError, match="checkpoint: cannot write in '.*denied"):
        train(small(), 3, path, progress=StopsAfter(0))


@pytest.mark.parametrize(("there", "copies"), [(False, 2), (True, 1)])
def test_too_little_free_space_is_told_at_the_start(path, monkeypatch, there, copies):
    """A new file stands beside the last one until it is complete."""
    if there:
        train(small(), 1, path)
    needed = copies * 8 * (3 * 5 + 5 + 5 * 4 + 4 + 4 * 2 + 2)
    monkeypatch.setattr(checkpoint.shutil, "disk_usage", lambda _: DISK(1e9, 1e9, needed - 1))
    run = small()
    match = r"checkpoint: expected 0\.0 MB of free space in .*, got 0\.0 MB"
    with pytest.raises(OSError, match=match):
        train(run, 3, path)
    assert_same_bits(run.net, small_net())
    assert run.watch.records == {}
    monkeypatch.setattr(checkpoint.shutil, "disk_usage", lambda _: DISK(1e9, 1e9, needed))
    train(small(), 3, path)


# ---------------------------------------------------------------------------- saves that fail later


@pytest.fixture
def fails_at(monkeypatch):
    """Make the n-th save fail: ``fails_at(n)``; those before and after it work."""

    def fail(at):
        savez, calls = np.savez, []

        def now_and_then(file, **arrays):
            calls.append("one more")
            if len(calls) == at:
                file.write(b"half of it")
                raise OSError(errno.ENOSPC, "No space left on device")
            savez(file, **arrays)

        monkeypatch.setattr(np, "savez", now_and_then)

    return fail


def test_a_save_that_fails_later_warns_keeps_the_last_and_tries_again(path, fails_at):
    kept = {}

    def look(k):
        kept[k] = updates_in(path) if path.exists() else None

    fails_at(2)
    run, alone = small(), small()
    with pytest.warns(UserWarning, match="not saved after 10 updates .*No space left") as warned:
        train(run, 16, path, watch=look, every=1)
    assert len(warned) == 1
    assert "that of 5 updates is kept; the next save, if there is one, tries again" in str(
        warned[0].message
    )
    assert warned[0].filename == __file__
    assert (kept[5], kept[6], kept[11], kept[15], kept[16]) == (None, 5, 5, 5, 15)
    assert updates_in(path) == 16
    assert os.listdir(path.parent) == ["run.npz"]
    train(alone, 16)
    assert_same_bits(run.net, alone.net)


@pytest.mark.parametrize(
    ("save", "stop", "words"),
    [
        (2, 7, ("that of 5 updates is kept", "after 7 of 14 .* holds the first 5: ")),
        (1, 2, ("there is none yet", "after 2 of 14 updates; nothing is saved in .* yet")),
    ],
)
def test_ctrl_c_with_a_save_that_fails_says_what_is_in_the_file(path, fails_at, save, stop, words):
    fails_at(save)
    with (
        pytest.warns(UserWarning, match=f"not saved after {stop} updates .*{words[0]}"),
        pytest.raises(KeyboardInterrupt, match=words[1]),
    ):
        train(small(), 14, path, progress=CtrlCAfter(stop))
