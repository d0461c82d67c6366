"""Where files may be written, what may stand in them, and how much memory it takes to find out."""

import copy
import io
import json
import os
import socket
import stat
import subprocess
import sys
import time
import types
import warnings
import zipfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_parts import Signs, assert_identical, batch_for, small_net

import tinynet as tn
from tinynet import plots, saving, studies
from tinynet.__main__ import main
from tinynet._internal import replacing
from tinynet._internal.npz import opened, read_npz, write_npz
from tinynet._internal.progress import Silent
from tinynet._internal.replacing import write_json
from tinynet.datasets.files import folders
from tinynet.studies import race
from tinynet.training import checkpoint

MIB = 1 << 20
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="files are different there")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="/proc says how much memory was taken")
RUN = studies.Run(width=2, depth=1, updates=2, test_images=300)
TRIAL = {"lr": RUN.lr, "updates": RUN.updates, "validation_cost": 2.0, "test_error": 0.5}


def run(seed=0, lr=0.1):
    """A network with all that belongs to its run."""
    net = small_net(rng=seed)
    sgd = tn.SGD(net, lr)
    return types.SimpleNamespace(
        net=net,
        optimizer=sgd,
        source=Signs(),
        watch=tn.Monitor(net, *batch_for(net, 8), optimizer=sgd),
    )


def train(run, path, updates=5, watch=None, **keywords):
    keywords = {"every": 2, "save_every": 5, "progress": Silent} | keywords
    tn.train(
        *(run.net, tn.SoftmaxCrossEntropy(), run.optimizer, run.source, updates),
        watch=watch or run.watch,
        checkpoint=path,
        **keywords,
    )


def result():
    return studies.Result("a study", {"seed": 1, "rates": [0.1]}, small_net().named_parameters())


def save_trial(path):
    """Beside a run: what its trial led to."""
    write_json(path.with_suffix(".json"), {"settings": vars(RUN), "trial": TRIAL})


SAVE = {
    "network": lambda path: tn.save(small_net(), path),
    "run": lambda path: train(run(), path),
    "result": lambda path: result().save(path),
    "JSON": lambda path: write_json(path, TRIAL),
    "page": lambda path: main(["picture", "--overwrite", "--out", str(path)]),
}


@pytest.fixture(params=SAVE)
def save(request):
    return SAVE[request.param]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "some.npz"


# ---------------------------------------------------------------------------- what is replaced


def fifo(path):
    os.mkfifo(path)


def link_to_device(path):
    path.symlink_to("/dev/full")


def unix_socket(path):
    with socket.socket(socket.AF_UNIX) as opened, warnings.catch_warnings():
        opened.bind(str(path))


def link_to_itself(path):
    path.symlink_to(path)


@POSIX
@pytest.mark.parametrize("make", [Path.mkdir, fifo, link_to_device, unix_socket, link_to_itself])
def test_what_is_no_regular_file_is_never_replaced(save, tmp_path, monkeypatch, make):
    monkeypatch.chdir(tmp_path)  # the name of a socket may not be long
    path = Path("place")
    make(path)
    before = os.lstat(path)
    if save is SAVE["page"]:
        assert save(path) != 0
    else:
        with pytest.raises(OSError, match="place"):
            save(path)
    after = os.lstat(path)
    assert (after.st_mode, after.st_ino) == (before.st_mode, before.st_ino)
    assert os.listdir() == ["place"]


@POSIX
@pytest.mark.parametrize("there", [True, False])
def test_of_a_symbolic_link_the_target_is_written(save, tmp_path, there):
    (tmp_path / "scratch").mkdir()
    target, link = tmp_path / "scratch" / "target.npz", tmp_path / "link.npz"
    if there:
        save(target)
        target.rename(tmp_path / "scratch" / "first")  # of the size that is wanted
        target.write_bytes((tmp_path / "scratch" / "first").read_bytes())
    link.symlink_to(Path("scratch") / "target.npz")
    save(link)
    save(link)
    assert link.is_symlink()
    assert target.stat().st_size > 10
    assert sorted(os.listdir(tmp_path)) == ["link.npz", "scratch"]
    assert not list(tmp_path.rglob("*.part"))


@POSIX
@pytest.mark.parametrize("mode", [0o600, 0o664, 0o750])
def test_a_file_that_is_replaced_keeps_its_permissions(save, path, mode):
    umask = os.umask(0o022)
    try:
        save(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o644
        path.chmod(mode)
        if save is SAVE["run"]:
            train(run(), path, 10)
        else:
            save(path)
        assert stat.S_IMODE(path.stat().st_mode) == mode
    finally:
        os.umask(umask)


@POSIX
def test_a_new_content_is_never_readable_by_more_people_than_the_old(path, monkeypatch):
    works, seen = np.savez, []

    def look(file, **arrays):
        seen.append(stat.S_IMODE(os.fstat(file.fileno()).st_mode))
        works(file, **arrays)

    SAVE["network"](path)
    path.chmod(0o600)
    monkeypatch.setattr(np, "savez", look)
    SAVE["network"](path)
    assert seen == [0o600]


def test_a_read_only_file_is_refused_by_name(save, path, monkeypatch):
    path.write_bytes(b"mine")
    monkeypatch.setattr(replacing.os, "access", lambda *_: False)  # root may write everything
    if save is SAVE["page"]:
        assert save(path) != 0
    else:
        with pytest.raises(PermissionError, match=r"some\.npz.*read-only"):
            save(path)
    assert path.read_bytes() == b"mine"


class NeverError(Exception):
    """An update was made."""


def never(**_):
    raise NeverError


@pytest.mark.parametrize("length", [239, 240, 255, 300])
def test_a_name_that_no_save_could_have_is_refused_before_the_first_update(tmp_path, length):
    """Beside the file there is one with a longer name, until it is complete."""
    one, name = run(), "x" * length
    if length < 240:
        train(one, tmp_path / name)
        assert os.listdir(tmp_path) == [name]
        return
    with pytest.raises(OSError, match="checkpoint: .*name too long"):
        train(one, tmp_path / name, progress=never)
    assert os.listdir(tmp_path) == []
    assert_identical(one.net.named_parameters(), run().net.named_parameters())


def test_a_folder_in_which_nothing_can_be_made_is_refused_before_the_first_update(
    path, monkeypatch
):
    def denied(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(replacing, "open", denied, raising=False)
    with pytest.raises(PermissionError, match="checkpoint: cannot write in '.*denied"):
        train(run(), path, progress=never)


def test_a_folder_with_the_name_of_a_half_stops_no_run(path):
    folder = path.with_name(f"{path.name}.77.part")
    folder.mkdir()
    train(run(), path)
    assert sorted(os.listdir(path.parent)) == [path.name, folder.name]
    if hasattr(os, "mkfifo"):  # which who opens it waits for
        os.mkfifo(path.with_name(f"{path.name}.78.part"))
        train(run(), path, 7)


@POSIX
def test_what_another_copy_of_a_run_is_writing_is_not_removed(path):
    with replacing.replacing(path) as file:
        file.write(b"whole")
        replacing.remove_halves(path)
    assert path.read_bytes() == b"whole"


# ---------------------------------------------------------------------------- names of files


@pytest.fixture
def home(monkeypatch, tmp_path):
    home, here = tmp_path / "home", tmp_path / "here"
    home.mkdir(), here.mkdir()
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.chdir(here)
    yield home
    assert os.listdir(here) == []  # no folder called ~


def test_a_tilde_is_the_home_folder_of_every_file(home):
    tn.save(small_net(), "~/net.npz")
    assert_identical(
        tn.load("~/net.npz").named_parameters(), tn.load(home / "net.npz").named_parameters()
    )
    train(run(), "~/run.npz")
    train(run(), "~/run.npz", 8)
    result().save("~/result.npz")
    assert studies.Result.load("~/result.npz").study == "a study"
    assert sorted(os.listdir(home)) == ["net.npz", "result.npz", "run.npz"]


def test_a_tilde_is_the_home_folder_of_every_folder(home, monkeypatch):
    assert folders("mnist", "~/data")[:2] == [home / "data", home / "data" / "mnist"]
    monkeypatch.setenv("TINYNET_DATA", "~/shared")
    assert folders("mnist")[:2] == [home / "shared" / "mnist", home / "shared"]
    assert studies.runs_folder("~/runs") == home / "runs"
    monkeypatch.setenv("TINYNET_RUNS", "~/others")
    assert studies.runs_folder() == home / "others"
    monkeypatch.setenv("TINYNET_PICTURES", "~/pictures")
    plt.figure()
    plots.show("one")
    plt.close()
    assert os.listdir(home / "pictures") == ["one.png"]


@pytest.mark.parametrize("name", ["../up", "/up", "a/../../up", "a/b", "", "..", "a\0b"])
def test_a_name_leads_out_of_no_folder(tmp_path, monkeypatch, name):
    (tmp_path / "inner" / "a").mkdir(parents=True)
    monkeypatch.setenv("TINYNET_PICTURES", str(tmp_path / "inner"))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ValueError, match="name.* expected"):
        plots.show(name)
    with pytest.raises(ValueError, match="name.* expected"):
        studies.watch({name: RUN}, folder=tmp_path / "inner", progress=Silent)
    if "/" in name:  # otherwise it is but a part of the name
        size, rows = race.Size("tiny", 2, 2, 1, 1), {name: ("tanh", "standard")}
        with pytest.raises(ValueError, match="name.* expected"):
            race.Race("shapeset", size, tmp_path / "inner", rows).choose_rates(Silent)
    assert sorted(tmp_path.rglob("*")) == before


# ---------------------------------------------------------------------------- names of arrays


@settings(max_examples=200, deadline=None)
@given(name=st.text(max_size=4) | st.sampled_from(["file", "record.json", "allow_pickle", "a.npy"]))
def test_an_array_comes_back_under_its_name_or_is_refused(tmp_path_factory, name):
    path = tmp_path_factory.mktemp("names") / "some.npz"
    array = np.arange(3.0)
    try:
        write_npz(path, {name: array, "other": array + 1}, {"a": 1})
    except ValueError as error:
        assert repr(name) in str(error)  # noqa: PT017
        assert os.listdir(path.parent) == []
    else:
        arrays, record = read_npz(path)
        assert_identical(arrays, {name: array, "other": array + 1})
        assert record == {"a": 1}


@pytest.mark.parametrize("name", ["file", "record.json", "allow_pickle", "a\nb"])
def test_a_name_that_a_file_cannot_hold_is_refused(path, name):
    with pytest.raises(ValueError, match="arrays: expected .*names.*, got "):
        studies.Result("s", {}, {name: np.ones(2)}).save(path)
    assert not path.exists()


def test_a_state_that_a_file_cannot_hold_is_refused_before_the_first_update(path):
    one = run()
    one.watch = Watch(types.SimpleNamespace(state={"a\nb": np.ones(2)}), None)
    with pytest.raises(ValueError, match="arrays: expected .*names.*, got .watch"):
        train(one, path, progress=never)
    assert not path.exists()


@pytest.mark.parametrize(
    "array", [[1, 2], np.array([None]), np.zeros(2, [("a", int)]), np.array([b"a"], "V1"), 1.0]
)
def test_what_is_no_array_of_numbers_or_text_is_refused(path, array):
    with pytest.raises(TypeError, match="some.*: expected an array of numbers.*, got"):
        studies.Result("s", {}, {"some": array}).save(path)
    assert not path.exists()


def test_a_record_that_would_be_too_long_to_read_is_not_written(path):
    with pytest.raises(ValueError, match=r"record: expected at most 4,000,000 characters .*got"):
        write_npz(path, {}, {"a": "x" * 4_000_000})
    assert not path.exists()


# ---------------------------------------------------------------------------- small and huge files


def npy(array):
    content = io.BytesIO()
    np.save(content, array)
    return content.getvalue()


def zipped(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression, compresslevel=1) as file:
        for name, content in members.items():
            with file.open(name, "w") as member:
                for block in [content] if isinstance(content, bytes) else content:
                    member.write(block)


def record(**entries):
    layers = {"format": saving.FORMAT, "layers": ["Linear"], "buffers": {}}
    return {"record.json.npy": npy(np.array(json.dumps(layers | entries)))}


def zeros(shape):
    """The parts of an .npy file of zeros."""
    header = io.BytesIO()
    described = {"descr": "<f8", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, described)
    yield header.getvalue()
    left = 8 * int(np.prod(shape))
    while left:
        yield bytes(min(left, MIB))
        left -= min(left, MIB)


def overlapping(path, members, times):
    """A zip in whose directory one member stands many times, under many names."""
    zipped(path, members)
    with zipfile.ZipFile(path, "a") as file:
        last = file.infolist()[-1]
        for k in range(times):
            again = copy.copy(last)
            again.filename = f"{k}{last.filename}"
            file.filelist.append(again)
            file._didModify = True


CHILD = """
import re, sys, time
import numpy as np
import tinynet as tn
from tinynet import studies
from tinynet._internal.progress import Silent

def peak():
    with open("/proc/self/status") as file:  # what getrusage says counts the parent too
        return int(re.search(r"VmHWM:\\s+(\\d+) kB", file.read())[1]) / 1024

def network():
    tn.load(path)

def into():
    tn.load(path, into=net)

def result():
    studies.Result.load(path)

def run():
    tn.train(
        net, tn.SoftmaxCrossEntropy(), tn.SGD(net, 0.1), tn.Shuffled(np.eye(3), [0, 1, 0], rng=0),
        2, checkpoint=path, progress=Silent,
    )

kinds, path, *sizes = sys.argv[1:]
before = peak()
net = tn.mlp([int(size) for size in sizes], rng=0) if sizes else None
for kind in kinds.split(","):
    began = time.monotonic()
    try:
        globals()[kind]()
        said = "done"
    except ValueError as error:
        said = str(error)
    print(peak() - before, time.monotonic() - began, said)
"""


def measured(kinds, path, *sizes):
    """For each way to load: MiB that a child took at its peak, seconds, and what it said."""
    command = [sys.executable, "-c", CHILD, kinds, str(path), *map(str, sizes)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    for line in ran.stdout.splitlines():
        memory, seconds, said = line.split(" ", 2)
        yield float(memory), float(seconds), said


@LINUX
def test_a_small_file_takes_little_memory_whatever_it_says_it_holds(path):
    members = record() | {"0.W.npy": zeros((1, 16 * MIB)), "0.b.npy": zeros((16 * MIB,))}
    zipped(path, members, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 3 * MIB
    for memory, seconds, said in measured("network,into,result,run", path, 3, 2):
        assert said.startswith(f"{path}: ")
        assert memory < 16  # of 256
        assert seconds < 1


@LINUX
def test_shapes_are_compared_before_an_array_is_read(path):
    """In a file as large as it says."""
    net = tn.mlp([3, 2], rng=0)
    source = tn.Shuffled(np.eye(3), [0, 1, 0], rng=0)
    arguments = net, tn.SoftmaxCrossEntropy(), tn.SGD(net, 0.1), source, 2
    tn.train(*arguments, checkpoint=path, progress=Silent)
    arrays, kept = read_npz(path)
    write_npz(path, arrays | {"net.0.W": np.zeros((3, 4 * MIB))}, kept)
    for memory, _, said in measured("into,run", path, 3, 2):
        assert said.startswith(f"{path}: expected parameters ")
        assert "0.W (3, 2) float64, got (3, 4194304) float64" in said
        assert memory < 16  # of 96


def test_one_member_under_many_names_is_refused(path):
    overlapping(path, record() | {"0.W.npy": zeros((MIB,))}, 50)
    with pytest.raises(ValueError, match=r"some\.npz: .*expected at most the .* bytes of the"):
        studies.Result.load(path)


@LINUX
@pytest.mark.parametrize("kind", ["network", "into"])
def test_a_large_network_takes_its_memory_and_once_more_that_of_the_file(path, kind):
    dtype = np.float64 if kind == "into" else np.float32
    tn.save(tn.mlp([1000, 6000, 10], dtype=dtype, rng=0), path)
    size = path.stat().st_size / MIB
    ((memory, _, said),) = measured(kind, path, *([1000, 6000, 10] if kind == "into" else []))
    assert said == "done"
    assert size > 20
    assert memory < 2.2 * size + 4


def test_a_file_that_no_network_vouches_for_may_be_half_a_gib(path, monkeypatch):
    net = small_net()
    tn.save(net, path)
    size = sum(array.nbytes for array in net.named_parameters().values())
    assert saving.LARGEST == 1 << 30
    monkeypatch.setattr(saving, "LARGEST", 2 * size - 1)
    words = rf"some\.npz: expected at most {size - 1:,} bytes of arrays, got {size:,}: .*into=net"
    with pytest.raises(ValueError, match=words):
        tn.load(path)
    tn.load(path, into=net)
    monkeypatch.setattr(saving, "LARGEST", 2 * size)
    tn.load(path)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_record_of_very_many_names_is_refused_at_once(path, compression):
    zipped(path, record(layers=["Tanh"] * 1_000_000), compression)
    began = time.monotonic()
    with pytest.raises(ValueError, match=r"some\.npz: "):
        tn.load(path)
    assert time.monotonic() - began < 1


def test_entries_that_a_wrong_length_hides_are_missed(path):
    """The length of a comment in the zip's directory, which then holds the next entry."""
    result().save(path)
    content = bytearray(path.read_bytes())
    last = content.rindex(b"PK\1\2")
    before, end = content.rindex(b"PK\1\2", 0, last), content.rindex(b"PK\5\6")
    content[before + 32 : before + 34] = (end - last).to_bytes(2, "little")
    path.write_bytes(content)
    with zipfile.ZipFile(path) as file:
        assert len(file.namelist()) == len(result().arrays)  # and one more for the record
    with pytest.raises(ValueError, match=r"some\.npz: .*entry"):
        studies.Result.load(path)


OTHER_MEMBERS = {
    "no .npy at all": {"notes.txt": b"hello"},
    "bytes by the name of an array": {"1.W.npy": b"hello"},
    "an array of objects": {"1.W.npy": npy(np.array([None]))},
    "fields": {"1.W.npy": npy(np.zeros(3, [("a", int)]))},
    "an array cut short": {"1.W.npy": npy(np.zeros(9))[:-8]},
    "an array with more behind it": {"1.W.npy": npy(np.zeros(9)) + bytes(8)},
    "a record that is no text": {"record.json.npy": npy(np.zeros(3))},
    "a record of several texts": {"record.json.npy": npy(np.array(["{}", "{}"]))},
    "a record that is no dict": {"record.json.npy": npy(np.array("[1]"))},
    "no number in the record": {"record.json.npy": npy(np.array('{"a": NaN}'))},
    "a record in a record in a record": {"record.json.npy": npy(np.array('{"a":' * 100_000))},
}


@pytest.mark.parametrize("other", OTHER_MEMBERS)
def test_a_member_that_is_no_array_is_refused_by_the_name_of_the_file(path, other):
    arrays = {f"0.{n}.npy": npy(a) for n, a in [("W", np.ones((2, 3))), ("b", np.zeros(3))]}
    zipped(path, record() | arrays)
    assert tn.load(path).layers[0].W.shape == (2, 3)
    zipped(path, record() | arrays | OTHER_MEMBERS[other])
    for load in (tn.load, studies.Result.load, checkpoint.read, read_npz):
        with pytest.raises(ValueError, match=r"some\.npz: expected a file that tinynet saved"):
            load(path)


def test_a_file_is_opened_without_reading_an_array(path, monkeypatch):
    tn.save(small_net(), path)
    works, read = np.lib.format.read_array, []
    monkeypatch.setattr(
        np.lib.format, "read_array", lambda *a, **k: (read.append(1), works(*a, **k))[1]
    )
    with opened(path) as saved:
        assert saved.headers["0.W"] == ((3, 5), np.dtype(float))
        assert len(read) == 1  # the record
        assert list(saved.arrays("0.")) == ["W", "b"]
        assert len(read) == 3


# ---------------------------------------------------------------------------- damaged runs


def everything(run):
    """All that a run is, copied."""
    return copy.deepcopy(
        [run.net.named_parameters(), run.optimizer.state, run.source.state, run.watch.state]
    )


def assert_untouched(run, before):
    for now, then in zip(everything(run), before, strict=True):
        arrays = {name for name, entry in then.items() if isinstance(entry, np.ndarray)}
        assert_identical({n: now[n] for n in arrays}, {n: then[n] for n in arrays})
        assert {n: e for n, e in now.items() if n not in arrays} == {
            n: e for n, e in then.items() if n not in arrays
        }


def refused(path, run, match=None, updates=9):
    before, content = everything(run), path.read_bytes()
    with pytest.raises(ValueError, match=match) as error:
        train(run, path, updates, progress=never)
    assert str(path) in str(error.value)
    assert_untouched(run, before)
    assert path.read_bytes() == content


def put(*keys):
    """Set an entry of the record to the last of the keys; without it, take the entry out."""

    def change(arrays, record):
        *inner, key, value = keys
        for name in inner:
            record = record[name]
        if value is None:
            del record[key]
        else:
            record[key] = value

    return change


def swap(one, other):
    def change(arrays, record):
        arrays[one], arrays[other] = arrays[other], arrays[one]

    return change


def turn(name, into):
    def change(arrays, record):
        arrays[name] = into(arrays[name])

    return change


DAMAGE = {
    "negative updates": put("updates", -5),
    "no update": put("updates", 0),
    "updates that are no number": put("updates", "5"),
    "updates that are true": put("updates", True),
    "half an update": put("updates", 2.5),
    "negative seconds": put("seconds", -1.0),
    "seconds in text": put("seconds", "1.0"),
    "endless seconds": put("seconds", 1e308),
    "no settings": put("settings", None),
    "a start without hashes": put("start", {}),
    "a start of numbers": put("start", "weights", 3),
    "no end": put("now", None),
    "no optimizer": put("state", "optimizer", None),
    "an empty optimizer": put("state", "optimizer", {}),
    "an optimizer in text": put("state", "optimizer", "SGD"),
    "a rate in text": put("state", "optimizer", "lr", "0.1"),
    "another rate": put("state", "optimizer", "lr", 0.2),
    "negative steps": put("state", "optimizer", "t", -1),
    "an empty source": put("state", "source", {}),
    "a monitor in text": put("state", "watch", "seen"),
    "a monitor of other examples": put("state", "watch", "examples", "none"),
    "seconds of watching in text": put("state", "watch", "seconds", "1"),
    "negative seconds of watching": put("state", "watch", "seconds", -1.0),
    "earlier updates in text": put("state", "watch", "earlier", "0"),
    "earlier updates below 0": put("state", "watch", "earlier", -3),
    "a record too many": put("state", "watch", "z_mode", [1]),
    "buffers of no layer": put("buffers", {"1.mean": 3}),
    "buffers in text": put("buffers", "none"),
    "weights that are not those": turn("net.0.W", lambda a: a + 1),
    "weights that are no numbers": turn("net.0.W", lambda a: a * np.nan),
    "weights of another shape": turn("net.0.W", lambda a: a.T.copy()),
    "weights of whole numbers": turn("net.0.W", lambda a: a.astype(int)),
    "weights that were swapped": swap("net.0.b", "net.2.b"),
    "a weight too many": lambda arrays, record: arrays.update({"net.9.W": np.ones(2)}),
    "no weights": lambda arrays, record: arrays.pop("net.0.W"),
    "no looks at the mean": lambda arrays, record: arrays.pop("watch.z_mean"),
    "looks at something else": lambda arrays, record: arrays.update({"watch.more": np.ones(4)}),
    "fewer looks": turn("watch.z_std", lambda a: a[:-1]),
    "no looks": turn("watch.updates", lambda a: a[:0]),
    "one look only, of one": turn("watch.updates", lambda a: np.array(4)),
    "looks of another shape": turn("watch.z_mean", lambda a: a[:, :1]),
    "looks in text": turn("watch.z_histogram", lambda a: a.astype(str)),
    "one text for all looks": turn("watch.z_histogram", lambda a: np.array("0.1")),
    "looks at whole numbers": turn("watch.z_std", lambda a: a.astype(int)),
    "looks after half an update": turn("watch.updates", lambda a: a + 0.5),
    "looks that were swapped": swap("watch.z_mean", "watch.ds_std"),
    "looks turned round": turn("watch.updates", lambda a: a[::-1].copy()),
    "negative looks": turn("watch.z_std", lambda a: -a),
    "looks before the run": turn("watch.updates", lambda a: a - 9),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("at", ["start", "end"])
def test_a_damaged_run_is_refused_and_this_one_is_left_as_it_was(path, damage, at):
    """Also where its objects stand at the end of the file, and its monitor has seen something."""
    one = run()
    train(one, path)
    arrays, kept = read_npz(path)
    DAMAGE[damage](arrays, kept)
    write_npz(path, arrays, kept)
    if damage == "endless seconds":  # a float that no float can hold
        content = path.read_bytes()
        huge, larger = ("{}e+{}".format(*n).encode("utf-32-le") for n in [(1, 308), (1, 309)])
        assert huge in content
        with opened(path) as saved:
            text = json.dumps(saved.record).replace("1e+308", "1e+309")
        np.savez(path, **arrays, **{"record.json": np.array(text)})
        assert larger.decode("utf-32-le") in text
    refused(path, run() if at == "start" else one)


def test_a_source_whose_state_cannot_be_set_leaves_all_parts_as_they_were(path):
    class Strict(Signs):
        @property
        def state(self):
            return Signs.state.fget(self)

        @state.setter
        def state(self, state):
            Signs.state.fset(self, state)
            if state != Signs().state and strict:
                raise IndexError("not that one")

    strict = False
    one, other = run(), run()
    one.source, other.source = Strict(), Strict()
    train(one, path)
    strict = True
    refused(path, other, r"some\.npz: is of another run or damaged: source\.state: IndexError")


def test_what_a_run_found_is_read_by_name(path):
    train(run(), path)
    arrays, kept = read_npz(path)
    write_npz(path, arrays, kept | {"updates": "5"})
    with pytest.raises(ValueError, match=r"some\.npz: .*'5' for updates"):
        checkpoint.read(path)


# ---------------------------------------------------------------------------- weights of a run


def test_the_weights_of_a_run_are_read_into_a_network(path):
    one, other = run(), small_net(rng=9)
    one.net.layers[0].parameters, one.net.layers[0].buffers = ("W",), ("b",)
    other.layers[0].parameters, other.layers[0].buffers = ("W",), ("b",)
    train(one, path)
    assert tn.load(path, into=other) is other
    assert_identical(other.named_parameters(), one.net.named_parameters())
    np.testing.assert_array_equal(other.layers[0].b, one.net.layers[0].b)
    with pytest.raises(ValueError, match=r"some\.npz: .*tn\.train saved.*tn\.load\(path, into=net"):
        tn.load(path)
    with pytest.raises(ValueError, match=r"some\.npz: expected parameters .*\(3, 6\)"):
        tn.load(path, into=small_net(sizes=(3, 6, 4, 2)))


def test_the_refusal_of_another_rate_says_how_to_go_on_with_it(path):
    train(run(), path)
    words = r"0\.1 there, 0\.01 here.*lr = 0\.01, call tn\.load\(.*into=net\).* another file"
    refused(path, run(lr=0.01), words)
    slower = run(lr=0.01)
    tn.load(path, into=slower.net)
    train(slower, path.with_name("other.npz"))


# ---------------------------------------------------------------------------- at once


def test_a_second_run_that_began_at_once_is_told_and_the_first_one_is_kept(path):
    """Both begin where there is no file yet; the other saves first."""
    first, second = run(), run(seed=1)

    def other_goes_first(k):
        if k == 4:
            train(first, path)

    with pytest.raises(ValueError, match=r"some\.npz: expected the file of this run, .*another"):
        train(second, path, watch=other_goes_first)
    np.testing.assert_array_equal(read_npz(path)[0]["net.0.W"], first.net.layers[0].W)
    assert os.listdir(path.parent) == ["some.npz"]
    train(run(), path, 10)


@pytest.mark.parametrize("other", ["nothing", "a network", "a run of another batch size"])
def test_what_another_saved_under_the_name_since_is_kept(path, other):
    def look(k):
        if k == 4:
            if other == "nothing":
                path.write_bytes(b"")
            elif other == "a network":
                tn.save(small_net(), path)
            else:
                train(run(), path, batch=3)
            seen.append(path.read_bytes())

    seen = []
    with pytest.raises(ValueError, match=r"some\.npz: expected the file of this run"):
        train(run(), path, watch=look)
    assert path.read_bytes() == seen[0]


class Watch:
    """A watch with the state of a monitor, that does something else as well."""

    def __init__(self, monitor, do):
        self.monitor, self.do = monitor, do

    def __call__(self, k):
        self.monitor(k)
        self.do(k)

    @property
    def state(self):
        return self.monitor.state

    @state.setter
    def state(self, state):
        self.monitor.state = state


@pytest.mark.parametrize("began", [0, 5])
def test_copies_of_one_run_do_not_mind_each_other(path, began):
    """One is overtaken by another, twice."""
    if began:
        train(run(), path, began)

    def copy_runs_on(k):
        if k in (began + 3, began + 9):
            train(run(), path, k + 4)

    one, alone, again = run(), run(), run()
    train(one, path, began + 20, watch=Watch(one.watch, copy_runs_on), every=1)
    train(alone, None, began + 20)
    train(again, path, began + 20)
    for each in (one, again):
        assert_identical(each.net.named_parameters(), alone.net.named_parameters())


def test_a_file_that_was_removed_is_written_again(path):
    train(run(), path, 10, watch=lambda k: path.unlink(missing_ok=True))
    assert read_npz(path)[1]["updates"] == 10


AT_ONCE = """
import sys
import numpy as np
import tinynet as tn
from tinynet._internal.progress import Silent

path, seed = sys.argv[1], int(sys.argv[2])
net = tn.mlp([3, 4, 2], rng=seed)
print("ready", flush=True)
sys.stdin.readline()
try:
    tn.train(
        net, tn.SoftmaxCrossEntropy(), tn.SGD(net, 0.1), tn.Shuffled(np.eye(3), [0, 1, 0], rng=0),
        60, checkpoint=path, save_every=1, progress=Silent,
    )
    print("done", net.layers[0].W.tobytes().hex())
except ValueError as error:
    print("told", path in str(error))
"""


@pytest.mark.parametrize("seeds", [(0, 1), (0, 0)], ids=["two runs", "two copies"])
def test_processes_that_begin_at_once(path, seeds):
    children = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", AT_ONCE, str(path), str(seed)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for seed in seeds
    ]  # fmt: skip
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    said = sorted(child.communicate(timeout=60)[0].split() for child in children)
    assert said[0][0] == "done"
    assert said[1] == (said[0] if seeds == (0, 0) else ["told", "True"])
    arrays, kept = read_npz(path)
    assert (kept["updates"], arrays["net.0.W"].tobytes().hex()) == (60, said[0][1])


# ---------------------------------------------------------------------------- the cost of a save


def test_a_save_reads_nothing_as_long_as_the_file_is_the_one_it_wrote(path, monkeypatch):
    monkeypatch.setattr(checkpoint, "opened", never)
    train(run(), path, 20)


def test_what_a_monitor_saw_is_handed_to_a_save_without_a_copy():
    one = run()
    seen, places = [], set()
    for k in range(100):
        one.watch(k)
        seen.append(one.watch._look(k)["z_std"])
        places.add(one.watch.records["z_std"].__array_interface__["data"][0])
    state = one.watch.state
    for name, rows in one.watch.records.items():
        assert np.shares_memory(state[name], rows)
        assert not np.shares_memory(one.watch[name], rows)
    assert len(places) <= 8  # each twice as large as the one before
    np.testing.assert_array_equal(one.watch["z_std"], seen)
    np.testing.assert_array_equal(one.watch["updates"], range(100))


# ---------------------------------------------------------------------------- trials of a race


def outcome(path):
    return race._outcome(path, RUN)


TRIALS = {
    "nothing": "",
    "no JSON": "{",
    "no dict": "[1]",
    "a number": "1",
    "nothing in it": "{}",
    "brackets": "[" * 100_000,
    "no text": b"\xff\xfe\x00",
    "no settings": json.dumps({"trial": TRIAL}),
    "no trial": json.dumps({"settings": vars(RUN)}),
    **{
        f"{key} is {value!r}": json.dumps(
            {"settings": vars(RUN), "trial": {**TRIAL, key: value}}, allow_nan=True
        )
        for key, values in {
            "lr": [None, "0.03", 0.5, float("nan")],
            "updates": [None, "2", -2, 3],
            "validation_cost": [None, "x", float("nan"), float("inf"), [1.0]],
            "test_error": [None, "x", float("nan"), {}],
        }.items()
        for value in values
    },
}


@pytest.mark.parametrize("content", TRIALS.values(), ids=TRIALS)
def test_a_damaged_trial_is_refused_by_its_name_and_says_what_to_do(path, content):
    save_trial(path)
    assert outcome(path) == TRIAL
    file = path.with_suffix(".json")
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=r"some\.json: is damaged.*delete it"):
        outcome(path)


def test_a_trial_of_other_settings_says_which(path):
    save_trial(path)
    other = studies.Run(**{**vars(RUN), "seed": 4, "width": 3})
    with pytest.raises(ValueError, match=r"some\.json: expected these .*\(width, seed\).*another"):
        race._outcome(path, other)


def kept_result():
    """One that comes with tinynet."""
    folder = Path(race.__file__).parent / "kept"
    return json.loads(next(folder.glob("shapeset-medium-tanh.json")).read_text(encoding="utf-8"))


@pytest.mark.parametrize("content", ["", "[]", "[" * 100_000, "{}", "settings", "layers", "curve"])
def test_a_damaged_result_that_comes_with_tinynet_is_refused_by_name(path, content):
    whole = kept_result()
    path.write_text(json.dumps(whole))
    assert race._kept(path) == whole
    if content == "curve":
        whole["test_error"] = whole["test_error"][:-1]
    elif content == "layers":
        whole["layers"]["z_std"][0] = "text"
    elif content == "settings":
        whole["settings"] = 3
    else:
        whole = None
    path.write_text(content if whole is None else json.dumps(whole))
    with pytest.raises(ValueError, match=r"some\.npz: is damaged.*delete it"):
        race._kept(path)


# ---------------------------------------------------------------------------- damage by chance

THINGS = [None, True, -1, 0, 10**20, 0.5, 1e300, "", "text", [], [1, "a"], {}, {"a": None}]


def parts_of(content):
    """Every dict and list in what JSON holds."""
    inner = content.values() if isinstance(content, dict) else content
    yield content
    for entry in inner:
        if isinstance(entry, (dict, list)) and entry:
            yield from parts_of(entry)


def change_json(content, rng):
    """Change, take out, put in or swap one entry."""
    parts = list(parts_of(content))
    part = parts[rng.integers(len(parts))]
    keys = list(part) if isinstance(part, dict) else list(range(len(part)))
    key, other = (keys[rng.integers(len(keys))] for _ in range(2))
    thing = copy.deepcopy(THINGS[rng.integers(len(THINGS))])
    how = rng.integers(4)
    if how == 0:
        del part[key]
    elif how == 1:
        part[key], part[other] = part[other], part[key]
    elif how == 2 and isinstance(part, dict):
        part[f"{key}x"] = thing
    else:
        part[key] = thing


CHANGES = [
    lambda a: a[:-1] if a.ndim else a.astype(str),
    lambda a: np.concatenate([a, a]) if a.ndim else a[None],
    lambda a: a.T.copy(),
    lambda a: a[None],
    lambda a: a.astype(str),
    lambda a: a.astype(np.float16),
    lambda a: a.astype(complex),
    lambda a: a.astype(">f8"),
    lambda a: -a - 1,
    lambda a: a * np.nan,
    lambda a: a[:0] if a.ndim else a.reshape(1, 1),
    lambda a: np.array("text"),
]


def change_arrays(arrays, rng):
    """Change, take out, put in or swap one array."""
    name, other = (list(arrays)[rng.integers(len(arrays))] for _ in range(2))
    how = rng.integers(6)
    if how == 0:
        del arrays[name]
    elif how == 1:
        arrays[name], arrays[other] = arrays[other], arrays[name]
    elif how == 2:
        arrays[f"{name}x"] = np.arange(3)
    else:
        arrays[name] = CHANGES[rng.integers(len(CHANGES))](arrays[name])


def damaged(path, k):
    """Damage a file, in its bytes or so that it is whole, but holds something else."""
    rng = np.random.default_rng(k)
    if k % 3 == 0:
        content = bytearray(path.read_bytes())
        for _ in range(rng.integers(1, 4)):
            at = int(rng.integers(len(content)))
            some = rng.bytes(int(rng.integers(1, 9)))
            how = rng.integers(4)
            content[at : at + len(some) * (how < 2)] = some if how else b""
            if how == 3:
                del content[at:]
        path.write_bytes(content)
        return
    if path.suffix == ".json":
        content = json.loads(path.read_text())
        change_json(content, rng)
        path.write_text(json.dumps(content))
        return
    arrays, kept = read_npz(path)
    if k % 3 == 1:
        change_arrays(arrays, rng)
    else:
        change_json(kept, rng)
    write_npz(path, arrays, kept)


def load_network(path):
    net = small_net(rng=9)
    before = {name: array.copy() for name, array in net.named_parameters().items()}
    try:
        tn.load(path, into=net)
    except ValueError:
        assert_identical(net.named_parameters(), before)
        raise
    tn.load(path)


def go_on(path):
    one = run()
    before = everything(one)
    try:
        train(one, path, 9)
    except ValueError:
        assert_untouched(one, before)
        raise


def load_trial(path):
    trial = outcome(path)
    numbers = trial["validation_cost"], trial["test_error"]
    assert numbers == (None, None) or all(np.isfinite(numbers))
    assert (trial["lr"], trial["updates"]) == (RUN.lr, RUN.updates)


KINDS = {
    "network": (SAVE["network"], load_network, ".npz"),
    "run": (SAVE["run"], go_on, ".npz"),
    "result": (SAVE["result"], studies.Result.load, ".npz"),
    "trial": (save_trial, load_trial, ".json"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("files", [50, pytest.param(1000, marks=pytest.mark.long)])
def test_a_damaged_file_is_refused_by_its_name_or_does_no_harm(path, kind, files):
    save, load, ending = KINDS[kind]
    save(path)
    file = path.with_suffix(ending)
    whole, seen = file.read_bytes(), 0
    for k in range(files):
        file.write_bytes(whole)
        damaged(file, k)
        try:
            with np.errstate(all="ignore"):
                load(path)
        except ValueError as error:
            assert str(file) in str(error), k  # noqa: PT017
            seen += 1
    assert seen > files / 4  # a result may hold any arrays
