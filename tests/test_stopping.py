"""Ctrl-C and SIGTERM: what was done is saved, one line says so, and the process ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tinynet as tn
from tinynet._internal.npz import read_npz
from tinynet._internal.progress import Silent
from tinynet.exercises.stopping import in_one_line
from tinynet.training.interrupts import Terminated, exit_status, sigterm_raises

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals are different there")
HERE = str(Path(tn.__file__).parents[1])


class Sends(Silent):
    """A bar that sends this process signals while it counts its third update."""

    def __init__(self, *numbers):
        self.numbers, self.left = numbers, 3

    def __call__(self, **_):
        return self

    def update(self, n=1):
        self.left -= n
        if self.left == 0:
            for number in self.numbers:
                signal.raise_signal(number)


def train(path, *numbers, watch=None):
    """Seven updates, at the third of which the signals come."""
    net = tn.mlp([2, 2], rng=0)
    source = tn.Shuffled([[0.0, 1.0], [1.0, 0.0]], [0, 1], rng=0)
    tn.train(
        net, tn.SoftmaxCrossEntropy(), tn.SGD(net, 0.1), source, 7, batch=1, watch=watch, every=1,
        checkpoint=path, progress=Sends(*numbers),
    )  # fmt: skip


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.npz"


# ---------------------------------------------------------------------------- as an exception


def test_who_catches_ctrl_c_catches_sigterm_after_the_run_is_saved(path, capsys):
    with pytest.raises(KeyboardInterrupt) as stop:
        train(path, signal.SIGTERM)
    assert stop.type is Terminated
    assert str(stop.value).startswith(f"stopped after 3 of 7 updates; {path} holds the first 3: ")
    assert capsys.readouterr().err == f"{stop.value}\n"  # Python itself prints nothing
    assert read_npz(path)[1]["updates"] == 3
    assert exit_status(stop.value) == stop.value.code == 143


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_the_run_at_once(path, second):
    with pytest.raises(KeyboardInterrupt, match="^$"):
        train(path, signal.SIGTERM, second)
    assert not path.exists()


def test_a_signal_after_the_last_update_is_not_lost(path, monkeypatch):
    monkeypatch.setattr(Sends, "close", lambda self: signal.raise_signal(signal.SIGTERM))
    with pytest.raises(Terminated):
        train(path)
    assert read_npz(path)[1]["updates"] == 7


@pytest.mark.parametrize("saved", [True, False])
def test_afterwards_and_without_a_checkpoint_signals_mean_what_they_meant(path, saved):
    def answers():
        return [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    before, seen = answers(), []
    train(path if saved else None, watch=lambda k: seen.append(answers()))
    assert (seen[0] != before) == saved
    assert answers() == before


def test_an_answer_of_ones_own_to_sigterm_stays_in_its_place(path):
    heard = []
    before = signal.signal(signal.SIGTERM, lambda *_: heard.append("own"))
    try:
        train(path, signal.SIGTERM)
        with sigterm_raises():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == ["own", "own"]


def test_all_but_ctrl_c_is_left_to_the_hook_that_was_there(capsys):
    left = []
    hook = in_one_line(lambda *arguments: left.append(arguments))
    for error in (ValueError("x"), KeyboardInterrupt("stopped: kept"), KeyboardInterrupt()):
        hook(type(error), error, None)
    assert [kind for kind, *_ in left] == [ValueError]
    assert capsys.readouterr().err == "\nstopped: kept\n\nstopped\n"


# ---------------------------------------------------------------------------- in real processes


def start(script, folder, cache):
    """A script in a process group of its own, and in a folder of its own."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", script],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": HERE, "XDG_CACHE_HOME": str(cache), "TINYNET_RUNS": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def stopped(process, number, *files):
    """Send a signal to all processes once the files are there; exit status and what was said.

    The pipes end when the last process has.
    """
    try:
        until = time.monotonic() + 60
        while not all(file.exists() for file in files):
            assert process.poll() is None, process.stderr.read()
            assert time.monotonic() < until
            time.sleep(0.02)
        os.killpg(process.pid, number)
        out, err = process.communicate(timeout=30)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert out == ""
    assert "Traceback" not in err
    return process.returncode, err.splitlines()


# As ``python script.py`` under Slurm or in a container.
RUN = """
import tinynet as tn
net = tn.mlp([1024, 3, 9], rng=0)
loss, sgd = tn.SoftmaxCrossEntropy(), tn.SGD(net, 0.1)
tn.train(net, loss, sgd, tn.Shapeset(rng=0), 10_000_000, checkpoint="run.npz", save_every=10)
"""


@POSIX
def test_a_script_that_gets_sigterm_saves_says_so_and_ends_with_143(tmp_path):
    file = tmp_path / "run.npz"
    status, said = stopped(start(RUN, tmp_path, tmp_path), signal.SIGTERM, file)
    assert status == 143
    updates = read_npz(file)[1]["updates"]
    assert said == [
        f"stopped after {updates:,} of 10,000,000 updates; run.npz holds the first {updates:,}:"
        " the same call again goes on from there"
    ]


LESSON = """
from tinynet import studies
from tinynet.exercises import check
run = studies.Run(depth=1, width=3, updates=10_000_000)
studies.watch({"one": run, "two": run, "three": run}, workers=2)
"""


@POSIX
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, 143)]
)
def test_a_lesson_that_is_stopped_says_in_one_line_what_it_kept(tmp_path, number, status):
    here, cache = tmp_path / "here", tmp_path / "cache"
    here.mkdir()
    runs = cache / "tinynet" / "runs"
    files = [runs / "one.npz", runs / "two.npz"]
    found, said = stopped(start(LESSON, here, cache), number, *files)
    assert found == status
    assert [line for line in said if line] == [
        f"stopped: {runs} keeps the runs; start again, and they go on"
    ]
    assert sorted(runs.iterdir()) == files
    updates = [read_npz(file)[1]["updates"] for file in files]
    assert min(updates) >= 1000
    assert any(done % 1000 for done in updates)  # each was saved when it was stopped
    assert list(here.iterdir()) == []
