"""A run in a file: stopped anywhere and called again, it ends at the bits of one without a stop."""

import collections
import contextlib
import errno
import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
import types
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_parts import Gain, Sine, assert_same_bits, batch_for, own_net, small_net

import tinynet as tn
from tinynet import saving as storage
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


def shuffled(seed=0, examples=23, width=3, classes=2, drop_last=False, dtype=float):
    rng = np.random.default_rng(9)
    x = rng.uniform(-1, 1, (examples, width)).astype(dtype)
    return tn.Shuffled(x, rng.integers(0, classes, examples), rng=seed, drop_last=drop_last)


def small(seed=0, lr=0.1, net=None, source=None):
    return run_of(net or small_net(rng=seed), source or shuffled(), lr)


def train(run, updates, checkpoint=None, **keywords):
    keywords = {"batch": 4, "every": 3, "save_every": 5, "progress": Silent} | keywords
    tn.train(
        run.net,
        run.loss,
        run.optimizer,
        run.source,
        updates,
        watch=keywords.pop("watch", run.watch),
        checkpoint=checkpoint,
        **keywords,
    )


def assert_same_run(run, other):
    """Parameters, what was recorded, and where data and optimizer stand."""
    assert_same_bits(run.net, other.net)
    assert run.source.state == other.source.state
    assert run.optimizer.state == other.optimizer.state
    assert run.watch.records.keys() == other.watch.records.keys()
    for name in run.watch.records:
        np.testing.assert_array_equal(run.watch[name], other.watch[name], err_msg=name, strict=True)
    np.testing.assert_array_equal(run.source.draw(5)[0], other.source.draw(5)[0])


class StoppedError(Exception):
    """What ends a run here in the middle, as a power cut would."""


class StopsAfter(Silent):
    """A bar that ends the run in an update: what is done since the last save is lost."""

    def __init__(self, updates):
        self.left = updates

    def __call__(self, **_):
        return self

    def update(self, n=1):
        self.left -= n
        if self.left < 0:
            raise StoppedError


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
    "mlp, shuffled": lambda dtype: run_of(small_net(dtype=dtype), shuffled(dtype=dtype)),
    "relu, last batch dropped": lambda dtype: run_of(
        small_net(tn.ReLU, dtype=dtype), shuffled(drop_last=True)
    ),
    "layers of one's own": lambda dtype: run_of(own_net(dtype), shuffled(seed=3)),
    "an activation of one's own and singular values": lambda dtype: run_of(
        small_net(Sine, (3, 4, 4, 2), dtype), shuffled(seed=4), jacobians=2
    ),
    "Shapeset": lambda dtype: run_of(
        small_net(sizes=(1024, 5, 9), dtype=dtype), tn.Shapeset(rng=0)
    ),
}


@settings(max_examples=40, deadline=None)
@given(
    maker=st.sampled_from(sorted(MAKERS)),
    dtype=st.sampled_from([np.float32, np.float64]),
    updates=st.integers(1, 25),
    cuts=st.lists(st.integers(0, 25), min_size=1, max_size=4),
    save_every=st.integers(1, 9),
    every=st.one_of(st.integers(1, 9), st.lists(st.integers(0, 25), max_size=5)),
)
def test_a_run_stopped_anywhere_ends_at_the_bits_of_one_without_a_stop(
    tmp_path_factory, maker, dtype, updates, cuts, save_every, every
):
    path = tmp_path_factory.mktemp("cut") / "run.npz"
    keywords = {"save_every": save_every, "every": every}
    alone = MAKERS[maker](dtype)
    train(alone, updates, **keywords)
    for cut in cuts:
        with contextlib.suppress(StoppedError):
            train(MAKERS[maker](dtype), updates, path, progress=StopsAfter(cut), **keywords)
    resumed = MAKERS[maker](dtype)
    train(resumed, updates, path, **keywords)
    assert_same_run(resumed, alone)


@settings(max_examples=15, deadline=None)
@given(parts=st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_more_updates_than_at_first_go_on_from_where_the_run_ended(tmp_path_factory, parts):
    path = tmp_path_factory.mktemp("parts") / "run.npz"
    total, alone = sum(parts), small()
    train(alone, total, every=[0, 2, total])
    for done in np.cumsum(parts).tolist():
        run = small()
        train(run, done, path, every=[0, 2, total])
    assert_same_run(run, alone)


def test_a_run_in_a_file_has_the_bits_of_one_without(path):
    kept, alone = small(), small()
    train(kept, 12, path)
    train(alone, 12)
    assert_same_run(kept, alone)


def test_a_finished_run_is_there_at_once(path):
    finished, again = small(), small()
    train(finished, 12, path)
    before = path.read_bytes()
    train(again, 12, path, progress=StopsAfter(0))  # not one update is made
    assert_same_run(again, finished)
    assert path.read_bytes() == before


def test_the_parameters_stay_in_their_memory(saved):
    run = small()
    W = run.net.layers[0].W
    train(run, 6, saved)
    assert run.net.layers[0].W is W


def test_a_learning_rate_that_was_changed_on_the_way_goes_on(path):
    class Schedule:
        """Halves the rate at every look; has no state of its own."""

        def __init__(self, run):
            self.run = run

        def __call__(self, k):
            self.run.optimizer.lr *= 0.5

    alone, cut, resumed = small(), small(), small()
    train(alone, 12, watch=Schedule(alone))
    with contextlib.suppress(StoppedError):
        train(cut, 12, path, watch=Schedule(cut), progress=StopsAfter(8))
    train(resumed, 12, path, watch=Schedule(resumed))
    assert resumed.optimizer.lr == alone.optimizer.lr == 0.1 * 0.5**5
    assert_same_bits(resumed.net, alone.net)


def test_the_bar_goes_on_from_what_was_done(saved):
    made = []

    class Bar(Silent):
        def __init__(self, **keywords):
            made.append(keywords)

    train(small(), 8, saved, progress=Bar)
    assert made == [{"total": 8, "desc": "training", "unit": "updates", "initial": 5}]


# ---------------------------------------------------------------------------- in a notebook


@settings(max_examples=15, deadline=None)
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
        ValueError, match=r"run\.npz: .*weights and the optimizer and the data .*were trained since"
    ):
        train(run, 14, path)


# ---------------------------------------------------------------------------- Ctrl-C


class CtrlCAfter(Silent):
    """A bar that sends the process a Ctrl-C while it counts an update, once or twice."""

    def __init__(self, updates, times=1):
        self.left, self.times = updates, times

    def __call__(self, **_):
        return self

    def update(self, n=1):
        self.left -= n
        if self.left == 0:
            for _ in range(self.times):
                signal.raise_signal(signal.SIGINT)


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
    assert storage.read_npz(path)[1]["updates"] == 7


def test_a_second_ctrl_c_ends_the_run_at_once(path):
    with pytest.raises(KeyboardInterrupt) as stop:
        train(small(), 14, path, progress=CtrlCAfter(7, times=2))
    assert str(stop.value) == ""
    assert storage.read_npz(path)[1]["updates"] == 5


def test_without_a_checkpoint_the_first_ctrl_c_ends_the_run_at_once():
    with pytest.raises(KeyboardInterrupt) as stop:
        train(small(), 14, progress=CtrlCAfter(7))
    assert str(stop.value) == ""


@pytest.mark.parametrize("progress", [Silent, CtrlCAfter(2), CtrlCAfter(2, times=2)])
def test_ctrl_c_means_afterwards_what_it_meant_before(path, progress):
    before = signal.getsignal(signal.SIGINT)
    with contextlib.suppress(KeyboardInterrupt):
        train(small(), 3, path, progress=progress)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_handler_of_ones_own_for_ctrl_c_stays_in_its_place(path, monkeypatch):
    heard = []
    before = signal.signal(signal.SIGINT, lambda *_: heard.append("own"))
    try:
        train(small(), 3, path, progress=CtrlCAfter(2))
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == ["own"]


def test_outside_the_main_thread_a_run_is_kept_too(path):
    run, alone = small(), small()
    thread = threading.Thread(target=train, args=(run, 6, path))
    thread.start()
    thread.join()
    train(alone, 6)
    assert_same_run(run, alone)
    assert path.exists()


def test_a_child_that_is_told_to_stop_saves_first(path):
    class Told(StopsAfter):
        def update(self, n=1):
            self.left -= n
            if self.left < 0:
                raise InterruptedError("told to stop")

    with pytest.raises(InterruptedError, match="stopped after 7 of 14 updates; .*the first 7"):
        train(small(), 14, path, progress=Told(6))
    assert storage.read_npz(path)[1]["updates"] == 7


# ---------------------------------------------------------------------------- real processes

CHILD = """
import sys
import numpy as np
import tinynet as tn
from tinynet._internal.progress import Silent

path, updates, save_every = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rng = np.random.default_rng(0)
x, labels = rng.uniform(-1, 1, (50, 40)), rng.integers(0, 3, 50)
net = tn.mlp([40, 30, 3], rng=1)
sgd = tn.SGD(net, lr=0.1)
monitor = tn.Monitor(net, x[:20], labels[:20], optimizer=sgd)

class Bar(Silent):
    "Says how many updates are done; the last of them may not be saved yet."
    def __init__(self, initial=0, **_):
        self.n = initial
        print("from", self.n, flush=True)
    def update(self, n=1):
        self.n += n
        print(self.n, flush=True)

data = tn.Shuffled(x, labels, rng=2)
tn.train(net, tn.SoftmaxCrossEntropy(), sgd, data, updates, watch=monitor, every=7,
         checkpoint=path, save_every=save_every, progress=Bar)
print("done", flush=True)
"""


def child(path, updates, save_every=1, before=""):
    """A run in a process of its own, which can be killed."""
    return subprocess.Popen(
        [sys.executable, "-c", before + CHILD, path, str(updates), str(save_every)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def result_of(path):
    """All of a finished run's file but seconds and versions."""
    arrays, record = storage.read_npz(path)
    kept = {key: record[key] for key in ("updates", "settings", "start", "now")}
    states = {**record["state"], "watch": None}
    return {name: array.tobytes() for name, array in arrays.items()}, kept, states


def finish(path, updates, save_every):
    """Go on to the end; what was there to go on from."""
    with child(path, updates, save_every) as process:
        printed, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert printed.endswith("done\n")
    return int(printed.split()[1])


UPDATES = 300  # of a run in a child process: a few tenths of a second, most of them in saving


@pytest.fixture(scope="module")
def without_a_stop(tmp_path_factory):
    path = tmp_path_factory.mktemp("alone") / "run.npz"
    assert finish(path, UPDATES, UPDATES) == 0
    return result_of(path)


@POSIX
@pytest.mark.parametrize("save_every", [1, 20])
def test_a_process_killed_at_random_moments_loses_at_most_the_work_since_the_last_save(
    path, without_a_stop, save_every
):
    rng = np.random.default_rng(save_every)
    saved = 0
    for _ in range(5):
        with child(path, UPDATES, save_every) as process:
            assert int(process.stdout.readline().split()[1]) >= saved
            wanted = min(saved + int(rng.integers(1, 60)), UPDATES - 2)
            at = 0
            while at < wanted:
                at = int(process.stdout.readline())
            time.sleep(rng.uniform(0, 0.002))  # most likely in the middle of a save
            process.kill()
            counted = process.stdout.read().split()
        at = max([at, *(int(word) for word in counted if word.isdigit())])
        assert process.returncode == -signal.SIGKILL
        if path.exists():
            saved = storage.read_npz(path)[1]["updates"]
        # The bar counts an update before it is saved: the one that was being saved may be lost.
        assert saved >= (at - 1) // save_every * save_every
        assert saved % save_every == 0
    assert finish(path, UPDATES, save_every) == saved
    assert result_of(path) == without_a_stop
    assert os.listdir(path.parent) == ["run.npz"]  # the halves of the killed saves are gone


STALLS = """
import os, time
import numpy as np
works, calls = {place}, []
def stall(*arguments, **keywords):
    calls.append("one more")
    if len(calls) == {at}:
        print("in the middle", flush=True)
        time.sleep(60)
    return works(*arguments, **keywords)
{place} = stall
"""


@POSIX
@pytest.mark.parametrize(
    ("place", "at"), [("os.fsync", 3), ("os.replace", 3), ("np.lib.format.write_array", 30)]
)
def test_a_process_killed_in_the_middle_of_a_save_loses_that_save_only(
    path, without_a_stop, place, at
):
    with child(path, UPDATES, 10, before=STALLS.format(place=place, at=at)) as process:
        while process.stdout.readline() != "in the middle\n":
            pass
        process.kill()
    (half,) = path.parent.glob("run.npz.*.part")
    assert half.stat().st_size > 0 or place.startswith("np")  # what was written may wait in memory
    assert finish(path, UPDATES, 10) == (20 if at == 3 else 10)
    assert result_of(path) == without_a_stop
    assert os.listdir(path.parent) == ["run.npz"]


@POSIX
def test_a_real_ctrl_c_saves_and_the_same_command_again_goes_on(path, without_a_stop):
    with child(path, UPDATES, UPDATES) as process:
        while process.stdout.readline() != "50\n":
            pass
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        errors = process.stderr.read()
    at = storage.read_npz(path)[1]["updates"]
    assert 50 <= at < UPDATES
    words = f"KeyboardInterrupt: stopped after {at} of 300 updates; {path} holds the first {at}: "
    assert errors.endswith(words + "the same call again goes on from there\n")
    assert process.returncode in (1, -signal.SIGINT)
    assert finish(path, UPDATES, UPDATES) == at
    assert result_of(path) == without_a_stop


def test_halves_of_killed_saves_are_removed_at_the_start_and_no_other_file(tmp_path):
    path = tmp_path / "run[1].npz"
    others = ["run1.npz.12.part", "run[1].npz.part", "run[1].npz.old.12.part", "run[1].npz.x"]
    for name in ("run[1].npz.12.part", "run[1].npz.34567.part", *others):
        (tmp_path / name).write_bytes(b"half")
    train(small(), 1, path)
    assert sorted(os.listdir(tmp_path)) == sorted(["run[1].npz", *others])


# ---------------------------------------------------------------------------- refused files


def refused(path, match, run=None, **keywords):
    """The file is refused before anything is done, and file and run are left alone."""
    run = run or small()
    parameters = [layer.W.copy() for layer in run.net.layers[::2]]
    before = path.read_bytes(), run.source.state, run.optimizer.state
    with pytest.raises(ValueError, match=match) as error:
        train(run, keywords.pop("updates", 8), path, progress=StopsAfter(0), **keywords)
    assert str(path) in str(error.value)
    assert (path.read_bytes(), run.source.state, run.optimizer.state) == before
    for layer, W in zip(run.net.layers[::2], parameters, strict=True):
        np.testing.assert_array_equal(layer.W, W)
    assert run.watch.records == {}
    return str(error.value)


def test_a_file_cut_short_anywhere_is_refused(saved):
    whole = saved.read_bytes()
    for length in [0, 1, 3, 4, *range(30, len(whole), 397), len(whole) - 1]:
        saved.write_bytes(whole[:length])
        refused(saved, "damaged, cut short")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_flipped_bit_is_refused_or_changes_nothing(tmp_path_factory, flipped, data):
    """Some bytes, such as the time of day in a zip file, mean nothing."""
    whole, alone = flipped
    damaged = bytearray(whole)
    damaged[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path = tmp_path_factory.mktemp("flipped") / "run.npz"
    path.write_bytes(damaged)
    run = small()
    try:
        train(run, 8, path)
    except ValueError as error:
        # Not every change is seen, so pytest.raises would not do.
        assert str(path) in str(error)  # noqa: PT017
        assert path.read_bytes() == damaged
        assert_same_bits(run.net, small().net)
    else:
        assert_same_bits(run.net, alone.net)


@pytest.fixture(scope="module")
def flipped(tmp_path_factory):
    """A file of 5 updates, and the same run after 8."""
    path = tmp_path_factory.mktemp("whole") / "run.npz"
    train(small(), 5, path)
    alone = small()
    train(alone, 8)
    return path.read_bytes(), alone


def test_a_flipped_bit_of_a_number_or_of_the_record_is_refused(saved):
    arrays, _ = storage.read_npz(saved)
    whole = saved.read_bytes()
    for part in (arrays["net.0.W"].tobytes(), '"updates": 5'.encode("utf-32-le")):
        damaged = bytearray(whole)
        damaged[whole.index(part)] ^= 1
        saved.write_bytes(damaged)
        refused(saved, "damaged")


def test_a_network_that_tn_save_wrote_is_no_run(path):
    tn.save(small_net(), path)
    message = refused(path, "expected a run that tn.train saved")
    assert "'tinynet run 2', got format 'tinynet network 1'" in message


def test_a_run_is_no_network(saved):
    with pytest.raises(ValueError, match="expected format 'tinynet network 1'"):
        tn.load(saved)


def change(path, **entries):
    """Write a file again with other entries in its record; None takes one out."""
    arrays, record = storage.read_npz(path)
    record = {k: v for k, v in {**record, **entries}.items() if v is not None}
    storage.write_npz(path, arrays, record)


def test_another_format_is_refused(saved):
    change(saved, format="tinynet run 99")
    refused(saved, "'tinynet run 2', got format 'tinynet run 99'")


@pytest.mark.parametrize("key", ["updates", "seconds", "settings", "start", "state"])
@pytest.mark.parametrize("value", [None, "5", [5]])
def test_a_record_without_one_of_its_entries_is_refused(saved, key, value):
    change(saved, **{key: value})
    refused(saved, f"for {key}")


def test_a_file_without_one_of_its_arrays_is_refused(saved):
    arrays, record = storage.read_npz(saved)
    del arrays["net.0.W"]
    storage.write_npz(saved, arrays, record)
    refused(saved, "expected parameters")


OTHERS = {
    "another activation": (lambda: small(net=small_net(tn.Softsign)), {}, "layers"),
    "other sizes": (lambda: small(net=small_net(sizes=(3, 6, 4, 2))), {}, "shapes"),
    "more layers": (lambda: small(net=small_net(sizes=(3, 5, 4, 4, 2))), {}, "layers"),
    "another dtype": (lambda: small(net=small_net(dtype=np.float32)), {}, "dtype"),
    "another batch size": (small, {"batch": 5}, "batch 4, expected 5"),
    "another seed of the weights": (lambda: small(seed=1), {}, "the weights at its start"),
    "another rate": (lambda: small(lr=0.2), {}, r"learning rate \(0.1 there, 0.2 here\)"),
    "another seed of the data": (lambda: small(source=shuffled(1)), {}, "the data at its start"),
    "other data": (lambda: small(source=shuffled(examples=24)), {}, "the data at its start"),
    "no monitor": (
        small,
        {"watch": None},
        r"keeps the state of .*'watch'\], expected \['optimizer', 'source'\]",
    ),
}


@pytest.mark.parametrize("other", OTHERS)
def test_the_file_of_another_run_is_refused_with_what_is_other(saved, other):
    make, keywords, words = OTHERS[other]
    message = refused(saved, words, make(), **keywords)
    assert ("is of another run" in message) or other == "no monitor"


def test_all_that_is_other_is_listed(saved):
    run = small(seed=1, lr=0.2, source=shuffled(1))
    refused(saved, r"weights and the learning rate \(.*\) and the data at its start", run)


def test_another_loss_is_refused(saved):
    run = small()
    run.loss = tn.Quadratic()
    refused(saved, "loss 'SoftmaxCrossEntropy', expected 'Quadratic'", run)


def test_another_kind_of_optimizer_is_refused(saved):
    class Other(tn.SGD):
        pass

    run = small()
    run.optimizer = Other(run.net, 0.1)
    refused(saved, "optimizer 'SGD', expected 'Other'", run)


@pytest.mark.parametrize("keywords", [{"edges": [-1, 0, 1]}, {"jacobians": 2}])
def test_a_monitor_of_another_kind_is_refused(saved, keywords):
    run = small()
    run.watch = tn.Monitor(run.net, *batch_for(run.net, 8), **keywords)
    refused(saved, r"another run: watch\.state", run)


def test_more_updates_in_the_file_than_asked_for_are_refused(saved):
    refused(saved, "holds 5 updates already; expected at most the 4 asked for", updates=4)


def test_a_pickled_array_is_refused_unopened(saved):
    class Bomb:
        def __reduce__(self):
            return (pytest.fail, ("something from the file was run",))

    np.savez(saved, **{"net.0.W": np.array([Bomb()], object)})
    refused(saved, "damaged, cut short")


# ---------------------------------------------------------------------------- what is in the file


def test_the_file_says_what_the_run_was(path):
    started = time.monotonic()
    train(small(lr=0.25), 7, path)
    took = time.monotonic() - started
    arrays, record = storage.read_npz(path)
    assert record["format"] == "tinynet run 2"
    assert record["updates"] == 7
    assert 0 < record["seconds"] <= took
    assert record["versions"] == versions()
    assert record["settings"] == {
        "layers": ["Linear", "Tanh", "Linear", "Tanh", "Linear"],
        "shapes": {
            **{"0.W": [3, 5], "0.b": [5], "2.W": [5, 4], "2.b": [4], "4.W": [4, 2], "4.b": [2]}
        },
        "dtype": "float64",
        "loss": "SoftmaxCrossEntropy",
        "optimizer": "SGD",
        "batch": 4,
    }
    assert record["state"]["optimizer"] == {"lr": 0.25, "t": 7}
    assert record["state"]["source"]["epoch"] == 1
    np.testing.assert_array_equal(arrays["watch.updates"], [0, 3, 6, 7])


def test_the_seconds_of_all_calls_add_up(saved):
    change(saved, seconds=100.0)
    train(small(), 8, saved)
    assert 100 < storage.read_npz(saved)[1]["seconds"] < 130


def test_a_file_is_opened_without_pickle_and_holds_plain_arrays_only(saved):
    with np.load(saved, allow_pickle=False) as file:
        assert not [name for name in file.files if file[name].dtype.hasobject]
        json.loads(str(file["record.json"]))


def test_savez_of_the_oldest_numpy_will_do(path, monkeypatch):
    """In NumPy 2.0 it takes no keywords but arrays."""
    savez = np.savez

    def oldest(file, **arrays):
        assert not [name for name, array in arrays.items() if not isinstance(array, np.ndarray)]
        savez(file, **arrays)

    monkeypatch.setattr(np, "savez", oldest)
    train(small(), 2, path)
    train(small(), 3, path)


# ---------------------------------------------------------------------------- states


class Source:
    """A source of one's own; what its state is, a test says."""

    def __init__(self, content=None):
        self.rng = np.random.default_rng(0)
        self.content = content

    def draw(self, n):
        x = self.rng.uniform(-1, 1, (n, 3))
        return x, (x.sum(axis=1) > 0).astype(int)

    @property
    def state(self):
        return {"rng": self.rng.bit_generator.state, "content": self.content}

    @state.setter
    def state(self, state):
        self.rng.bit_generator.state = state["rng"]
        self.content = state["content"]


@pytest.mark.parametrize(
    "content", [None, "ä", 2**100, -0.5, [1, [2]], {"a": None}, np.arange(3.0), np.array("text")]
)
def test_a_source_of_ones_own_goes_on_too(path, content):
    alone, run = small(source=Source(content)), small(source=Source(content))
    train(alone, 9)
    with contextlib.suppress(StoppedError):
        train(small(source=Source(content)), 9, path, progress=StopsAfter(6))
    train(run, 9, path)
    assert_same_bits(run.net, alone.net)
    if isinstance(content, np.ndarray):
        np.testing.assert_array_equal(run.source.content, content, strict=True)
    else:
        assert run.source.content == content


@pytest.mark.parametrize(
    "content",
    [
        *({1}, object(), np.float32(1), np.int64(1), b"bytes", (1, 2), math.nan, [math.inf]),
        *({1: "a"}, {"nested": np.ones(2)}, np.array([None])),
    ],
)
@pytest.mark.parametrize("part", ["source", "watch", "optimizer"])
def test_a_state_that_a_file_cannot_keep_is_told_before_the_first_update(path, part, content):
    class Optimizer(tn.SGD):
        state = {"content": content}

    class Watch:
        state = {"content": content}

        def __call__(self, k):
            pass

    run = small()
    if part == "source":
        run.source = Source(content)
    elif part == "watch":
        run.watch = Watch()
    else:
        run.optimizer = Optimizer(run.net, 0.1)
    with pytest.raises(TypeError, match=rf"{part}\.state\['content'\]: expected an array or what"):
        train(run, 3, path, progress=StopsAfter(0))
    assert not path.exists()


class WithState:
    """A watch that sees nothing, with a state of its own."""

    def __init__(self, state):
        self.state = state

    def __call__(self, k):
        pass


def test_a_state_that_is_no_dict_is_refused_by_name(path):
    run = small()
    run.watch = WithState([1])
    with pytest.raises(TypeError, match=r"watch\.state: expected a dict, got \[1\]"):
        train(run, 3, path)


def test_a_source_or_an_optimizer_without_a_state_is_refused_by_name(path):
    class Stateless:
        draw = Source.draw
        rng = np.random.default_rng(0)

    with pytest.raises(TypeError, match="source: expected an attribute state, a dict"):
        train(small(source=Stateless()), 3, path)
    run = small()
    run.optimizer = types.SimpleNamespace(step=lambda: None)
    with pytest.raises(TypeError, match="optimizer: expected an attribute state, a dict"):
        train(run, 3, path)
    assert not path.exists()


def test_a_function_without_a_state_can_watch(path):
    seen = []
    train(small(), 4, path, watch=seen.append)
    train(small(), 7, path, watch=seen.append)
    assert seen == [0, 3, 4, 6, 7]


# ---------------------------------------------------------------------------- bad places

DISK = collections.namedtuple("DISK", "total used free")


def told_at_the_start(checkpoint, match):
    run = small()
    with pytest.raises(OSError, match=match):
        train(run, 3, checkpoint, progress=StopsAfter(0))
    assert_same_bits(run.net, small_net())
    assert run.watch.records == {}


def test_a_folder_that_is_not_there_is_told_at_the_start(tmp_path):
    told_at_the_start(tmp_path / "none" / "run.npz", "checkpoint: there is no folder '.*none'")
    assert os.listdir(tmp_path) == []


def test_a_file_in_the_place_of_the_folder_is_told_at_the_start(tmp_path):
    (tmp_path / "file").write_text("here")
    told_at_the_start(tmp_path / "file" / "run.npz", "checkpoint: there is no folder '.*file'")
    assert (tmp_path / "file").read_text() == "here"


def test_a_folder_in_the_place_of_the_file_is_told_at_the_start(path):
    path.mkdir()
    told_at_the_start(path, r"checkpoint: expected a file, got '.*run\.npz'")
    assert os.listdir(path.parent) == ["run.npz"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_device_is_no_file(tmp_path):
    before = os.stat("/dev/full")
    told_at_the_start("/dev/full", "checkpoint: expected a file, got '/dev/full'")
    after = os.stat("/dev/full")
    assert (after.st_mode, after.st_rdev, after.st_ino) == (
        *(before.st_mode, before.st_rdev, before.st_ino),
    )


def test_a_folder_in_which_nothing_can_be_written_is_told_at_the_start(path, monkeypatch):
    def denied(**_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(checkpoint.tempfile, "TemporaryFile", denied)
    told_at_the_start(path, "checkpoint: cannot write in '.*Permission denied")


@pytest.mark.parametrize(("there", "copies"), [(False, 2), (True, 1)])
def test_too_little_free_space_is_told_at_the_start(path, monkeypatch, there, copies):
    """A new file stands beside the last one until it is complete."""
    if there:
        train(small(), 1, path)
    needed = copies * 8 * (3 * 5 + 5 + 5 * 4 + 4 + 4 * 2 + 2)
    monkeypatch.setattr(checkpoint.shutil, "disk_usage", lambda _: DISK(1e9, 1e9, needed - 1))
    told_at_the_start(path, r"expected 0\.0 MB of free space in .*, got 0\.0 MB")
    monkeypatch.setattr(checkpoint.shutil, "disk_usage", lambda _: DISK(1e9, 1e9, needed))
    train(small(), 3, path)


# ---------------------------------------------------------------------------- saves that fail later


def fail_once(monkeypatch, module, name, at, failure):
    """The function fails at its at-th call, and works before and after."""
    works, calls = getattr(module, name), []

    def now_and_then(*arguments, **keywords):
        calls.append(name)
        return (failure if len(calls) == at else works)(*arguments, **keywords)

    monkeypatch.setattr(module, name, now_and_then)


def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


def half(file, **_):
    file.write(b"half of it")
    full()


@pytest.mark.parametrize(
    ("module", "name", "failure"),
    [(np, "savez", full), (np, "savez", half), (os, "fsync", full), (os, "replace", full)],
)
def test_a_save_that_fails_later_warns_keeps_the_last_and_tries_again(
    path, monkeypatch, module, name, failure
):
    kept = {}

    def look(k):
        kept[k] = storage.read_npz(path)[1]["updates"] if path.exists() else None

    fail_once(monkeypatch, module, name, 2, failure)
    run, alone = small(), small()
    with pytest.warns(UserWarning, match="not saved after 10 updates .*No space left") as warned:
        train(run, 16, path, watch=look, every=1)
    assert len(warned) == 1
    assert "that of 5 updates is kept; the next save, if there is one, tries again" in str(
        warned[0].message
    )
    assert warned[0].filename == __file__
    assert (kept[5], kept[6], kept[11], kept[15], kept[16]) == (None, 5, 5, 5, 15)
    assert storage.read_npz(path)[1]["updates"] == 16
    assert os.listdir(path.parent) == ["run.npz"]
    train(alone, 16)
    assert_same_bits(run.net, alone.net)


def test_a_first_save_that_fails_says_that_there_is_none_yet(path, monkeypatch):
    fail_once(monkeypatch, np, "savez", 1, full)
    with pytest.warns(UserWarning, match="not saved after 5 updates .*there is none yet"):
        train(small(), 6, path)


def test_ctrl_c_with_a_save_that_fails_says_what_is_in_the_file(path, monkeypatch):
    fail_once(monkeypatch, np, "savez", 2, full)
    with (
        pytest.warns(UserWarning, match="not saved after 7 updates"),
        pytest.raises(KeyboardInterrupt, match="stopped after 7 of 14 .* holds the first 5: "),
    ):
        train(small(), 14, path, progress=CtrlCAfter(7))


def test_ctrl_c_before_anything_could_be_saved_says_so(path, monkeypatch):
    fail_once(monkeypatch, np, "savez", 1, full)
    with (
        pytest.warns(UserWarning, match="not saved after 2 updates"),
        pytest.raises(KeyboardInterrupt, match="after 2 of 14 updates; nothing is saved in .* yet"),
    ):
        train(small(), 14, path, progress=CtrlCAfter(2))


FULL_DISK = """
import resource, sys, warnings
import tinynet as tn
from tinynet._internal.progress import Silent

path = sys.argv[1]
net = tn.mlp([1024, 5, 9], rng=1)

def look(k):
    if k == 3:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, -1))  # bytes that a file may have
    if k == 5:
        resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1))

with warnings.catch_warnings(record=True) as found:
    warnings.simplefilter("always")
    tn.train(net, tn.SoftmaxCrossEntropy(), tn.SGD(net, 0.1), tn.Shapeset(rng=0), 6, watch=look,
             every=1, checkpoint=path, save_every=2, progress=Silent)
print(*(warning.message for warning in found), sep="\\n")
"""


def test_a_disk_that_is_full_for_a_while_costs_one_save(path):
    pytest.importorskip("resource")
    printed = subprocess.run(
        [sys.executable, "-c", FULL_DISK, path], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    assert printed.count("not saved") == 1
    assert "not saved after 4 updates" in printed
    assert "that of 2 updates is kept" in printed
    assert storage.read_npz(path)[1]["updates"] == 6
    assert os.listdir(path.parent) == ["run.npz"]


def test_numbers_that_are_not_finite_are_never_saved(path):
    run = small(net=small_net(tn.ReLU))

    def ruin(k):
        if k == 7:
            run.net.layers[2].W[1, 1] = math.inf

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(FloatingPointError) as error:
            train(run, 14, path, watch=ruin, every=1, save_every=7)
    message = str(error.value)
    assert "after 7 updates: forward the first array that is not finite is layers[2].W" in message
    assert f"nothing is saved in {path} yet" in message
    assert not path.exists()


def test_gain_is_kept_like_any_parameter(path):
    """gamma of a layer that tinynet does not know stands in the file under its name."""
    run = run_of(own_net(), shuffled())
    train(run, 4, path)
    arrays, record = storage.read_npz(path)
    assert record["settings"]["layers"][1] == "own Gain"
    assert isinstance(run.net.layers[1], Gain)
    np.testing.assert_array_equal(arrays["net.1.gamma"], run.net.layers[1].gamma, strict=True)
