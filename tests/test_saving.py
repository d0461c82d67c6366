"""Files hold every bit, are read without running anything, and are never half-written.

Networks, runs and results go through one writer and one reader: what a file must bear is tried
with all three kinds. What is a run's alone stands in test_checkpoint.
"""

import copy
import errno
import functools
import io
import json
import math
import operator
import os
import pickle
import socket
import stat
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pytest
from data_files import MIB, little_memory
from hypothesis import given, settings
from hypothesis import strategies as st
from own_parts import (
    ACTIVATIONS,
    Signs,
    assert_identical,
    assert_same_bits,
    batch_for,
    own_net,
    small_net,
    untouched,
)

import tinynet as tn
from tinynet import plots, saving, studies
from tinynet._internal import replacing
from tinynet._internal.npz import read_npz, write_npz
from tinynet._internal.progress import Silent
from tinynet.datasets.files import folders
from tinynet.studies import race
from tinynet.training import checkpoint

DATA = Path(__file__).parent / "data"
SIZES = (3, 4, 2)
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="files and processes are others there")


class Kind(NamedTuple):
    """What is kept in files: how it is written, and read as arrays by name."""

    save: Callable  # the same at every call
    save_more: Callable  # something else, into the same file
    load: Callable  # leaves what is there already as it was, when it refuses


def load_network(path):
    """Into a network, and as a new one."""
    net = small_net(sizes=SIZES, rng=9)
    try:
        tn.load(path, into=net)
    except ValueError:
        assert_same_bits(net, small_net(sizes=SIZES, rng=9))
        raise
    assert_identical(tn.load(path).named_parameters(), net.named_parameters())
    return net.named_parameters()


def run(path, updates=5):
    """Train, or go on with, the run that a file keeps; the first save is that of 5 updates."""
    net, source = small_net(sizes=SIZES), Signs()
    sgd, monitor = tn.SGD(net, 0.1), tn.Monitor(net, *batch_for(net, 4))
    try:
        tn.train(
            net, tn.SoftmaxCrossEntropy(), sgd, source, updates, watch=monitor, every=2,
            checkpoint=path, save_every=5, progress=Silent,
        )  # fmt: skip
    except (OSError, ValueError):
        assert_same_bits(net, small_net(sizes=SIZES))
        assert source.state == Signs().state
        assert (sgd.t, monitor.records) == (0, {})
        raise
    return net.named_parameters()


def result(seed):
    return studies.Result("a study", {"seed": seed}, small_net(rng=seed).named_parameters())


KINDS = {
    "network": Kind(
        save=lambda path: tn.save(small_net(sizes=SIZES), path),
        save_more=lambda path: tn.save(small_net(sizes=SIZES, rng=5), path),
        load=load_network,
    ),
    "run": Kind(save=run, save_more=lambda path: run(path, 10), load=lambda path: run(path, 10)),
    "result": Kind(
        save=lambda path: result(0).save(path),
        save_more=lambda path: result(1).save(path),
        load=lambda path: studies.Result.load(path).arrays,
    ),
}


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "some.npz"


@pytest.fixture
def saved(kind, path):
    """A file of each kind."""
    kind.save(path)
    return path


def refused(kind, path, match=r"some\.npz"):
    """The file is refused by name, and left alone."""
    before = path.read_bytes()
    with pytest.raises(ValueError, match=match) as error:
        kind.load(path)
    assert str(path) in str(error.value)
    assert path.read_bytes() == before


# ---------------------------------------------------------------------------- networks


@settings(max_examples=20)
@given(
    activation=st.sampled_from(ACTIVATIONS),
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=4),
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_what_was_saved_is_loaded_to_the_bit(tmp_path_factory, activation, sizes, dtype):
    path = tmp_path_factory.mktemp("saving") / "net.npz"
    net = small_net(activation, sizes, dtype)
    net.layers[0].W.flat[:4] = [np.inf, -np.inf, np.nan, -0.0][: net.layers[0].W.size]
    with untouched(net):
        tn.save(net, path)
    loaded = tn.load(path)
    assert repr(loaded) == repr(net)
    for name, array in net.named_parameters().items():
        assert loaded.named_parameters()[name].tobytes() == array.tobytes()


class Tanh(tn.Activation):
    """Not that of tinynet."""

    f = staticmethod(np.arctan)
    slope = staticmethod(lambda s: 1 / (1 + s**2))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (own_net, "'Gain'.*into=net"),
        (lambda: tn.Network([tn.Linear(2, 2, rng=0), Tanh()]), "'Tanh' that is not tinynet's"),
    ],
)
def test_layers_of_ones_own_are_loaded_only_into_a_network_that_has_them(path, make, words):
    net, other = make(), make()
    tn.save(net, path)
    with pytest.raises(ValueError, match=rf"some\.npz: .*{words}"):
        tn.load(path)
    for array in other.named_parameters().values():
        array += 1
    assert tn.load(path, into=other) is other
    assert_same_bits(other, net)


W, B = np.ones((2, 3)), np.zeros(3)


@pytest.mark.parametrize(
    ("layers", "arrays"),
    [
        (["Linear"], {}),
        (["Linear"], {"0.W": W, "0.b": B, "1.W": W}),
        (["Linear"], {"0.W": W, "0.b": np.zeros(4)}),
        (["Linear"], {"0.W": W.astype(int), "0.b": B.astype(int)}),
        (["Linear", "Linear"], {"0.W": W, "0.b": B, "1.W": W, "1.b": B}),
        (["Linear", "np"], {"0.W": W, "0.b": B}),
        (["Linear", "Activation"], {"0.W": W, "0.b": B}),
        (["Linear", "__name__"], {"0.W": W, "0.b": B}),
    ],
)
def test_a_record_that_does_not_fit_its_arrays_is_refused_by_name(path, layers, arrays):
    write_npz(path, arrays, {"format": saving.FORMAT, "layers": layers})
    with pytest.raises(ValueError, match=r"some\.npz"):
        tn.load(path)


# ---------------------------------------------------------------------------- arrays and a record


@settings(max_examples=200)
@given(name=st.text(max_size=4) | st.sampled_from(["file", "record.json", "allow_pickle", "a\nb"]))
def test_an_array_comes_back_under_its_name_or_is_refused(tmp_path_factory, name):
    path = tmp_path_factory.mktemp("names") / "some.npz"
    arrays = {name: np.arange(3), "b.c": np.eye(2, dtype=np.float32), "text": np.array(["x", "yz"])}
    record = {"seed": 1, "names": ["ä", "b"], "state": {"big": 2**100, "none": None}}
    try:
        write_npz(path, arrays, record)
    except ValueError as error:
        assert "arrays: expected printable names" in str(error)  # noqa: PT017
        assert repr(name) in str(error)  # noqa: PT017
        assert os.listdir(path.parent) == []
    else:
        found, again = read_npz(path)
        assert again == record
        assert_identical(found, arrays)


@pytest.mark.parametrize(
    ("arrays", "record", "error", "words"),
    [
        *(
            ({"some": no_array}, {}, TypeError, "some: expected an array of numbers.*, got")
            for no_array in ([1, 2], np.array([None]), np.zeros(2, [("a", int)]), np.zeros(1, "V1"))
        ),
        ({}, {"x": np.nan}, ValueError, "record: expected what JSON can hold"),
        ({}, {"x": {1}}, TypeError, "record: expected what JSON can hold"),
        (
            {},
            {"x": "x" * 4_000_000},
            ValueError,
            "record: expected at most 4,000,000 .*got",
        ),
    ],
)
def test_what_no_file_can_hold_is_refused_before_anything_is_written(
    path, arrays, record, error, words
):
    with pytest.raises(error, match=words):
        write_npz(path, arrays, record)
    assert os.listdir(path.parent) == []


def test_a_parameter_of_objects_is_refused_by_name(path):
    net = own_net()
    net.layers[1].gamma = np.array([1.0, None, 2.0, 3.0])
    with pytest.raises(TypeError, match=r"layers\[1\]\.gamma"):
        tn.save(net, path)
    assert os.listdir(path.parent) == []


def test_a_file_is_an_ordinary_zip_of_plain_arrays_that_numpy_alone_can_read(saved):
    with zipfile.ZipFile(saved) as file:
        assert file.testzip() is None
    with np.load(saved, allow_pickle=False) as file:
        assert not [name for name in file.files if file[name].dtype.hasobject]
        assert len(file.files) > 4
        json.loads(str(file["record.json"]))


def test_a_file_is_replaced_and_nothing_else_is_left_whatever_its_name(kind, tmp_path):
    path = tmp_path / "without an ending"
    kind.save(path)
    kind.save_more(path)
    found = kind.load(path)
    kind.save_more(tmp_path / "new.npz")
    assert_identical(found, kind.load(tmp_path / "new.npz"))
    assert sorted(os.listdir(tmp_path)) == ["new.npz", "without an ending"]


# ---------------------------------------------------------------------------- damaged files


def test_a_file_cut_short_anywhere_is_refused(kind, saved):
    whole = saved.read_bytes()
    for length in [0, 1, 3, 4, *range(30, len(whole), 97), len(whole) - 1]:
        saved.write_bytes(whole[:length])
        refused(kind, saved, "damaged, cut short")


@pytest.mark.parametrize("step", [61, pytest.param(1, marks=pytest.mark.long)])
def test_a_flipped_bit_is_refused_or_changes_nothing(kind, saved, step):
    """Some bytes, such as the time of day, mean nothing."""
    whole, alone = saved.read_bytes(), kind.load(saved)
    seen = 0
    places = range(0, len(whole), step)
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        saved.write_bytes(damaged)
        try:
            found = kind.load(saved)
        except ValueError as error:
            # Not every change is seen, so pytest.raises would not do.
            assert str(saved) in str(error)  # noqa: PT017
            seen += 1
        else:
            assert_identical(found, alone)
    assert seen > len(places) / 2


MISSING = object()
THINGS = [MISSING, None, True, -1, math.inf, "text", [], {"a": None}]
OTHER_ARRAYS = [
    lambda a: MISSING,
    lambda a: a[None],
    lambda a: np.concatenate([a, a], axis=-1),
    lambda a: a[:0],
    lambda a: a.astype(str),
    lambda a: a.astype(np.float16),
    lambda a: a.astype(">f8"),
    lambda a: np.array("text"),
    lambda a: a[::-1] * np.nan,
    lambda a: -a - 1,
]


def places(content, way=()):
    """The way to every entry of what JSON holds."""
    for key, entry in content.items() if isinstance(content, dict) else enumerate(content):
        yield (*way, key)
        if isinstance(entry, (dict, list)):
            yield from places(entry, (*way, key))


def others(content, things=lambda old: THINGS):
    """All that differs in one entry: which one, what stands there instead, and the whole."""
    for way in places(content):
        *above, key = way
        old = functools.reduce(operator.getitem, way, content)
        for thing in things(old):
            if np.array_equal(thing, old):
                continue
            other = copy.deepcopy(content)
            owner = functools.reduce(operator.getitem, above, other)
            owner[key] = thing
            if thing is MISSING:
                del owner[key]
            yield ".".join(map(str, way)), thing, other


def may_differ(kind, place, old, new):
    """Whether another file of this kind may hold this: numbers, and what nobody goes on from."""
    array = isinstance(old, np.ndarray)
    numbers = array and new is not MISSING and (new.shape, new.dtype) == (old.shape, old.dtype)
    return {
        "network": numbers
        or place == "buffers"
        or new is MISSING
        and place in ("frozen", "without_bias"),  # as in files of before
        "run": numbers
        and place.startswith("watch.")
        and place != "watch.updates"
        or place.startswith(("seconds", "state.watch.seconds", "versions")),
        "result": array or place.startswith(("study", "settings")),
    }[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_file_that_holds_something_else_is_refused_by_its_name(kind, path):
    """Each entry of the record and each array in turn is missing, or is another."""
    KINDS[kind].save(path)
    arrays, record = read_npz(path)
    changed = [(place, arrays.get(place), thing, arrays, it) for place, thing, it in others(record)]
    for place, thing, other in others(arrays, lambda old: [change(old) for change in OTHER_ARRAYS]):
        changed.append((place, arrays[place], thing, other, record))
    for place, old, new, some, text in changed:
        text = json.dumps(text).replace("Infinity", "1e999")  # a float that no float can hold
        np.savez(path, **some, **{"record.json": np.array(text)})
        try:
            with np.errstate(all="ignore"):
                KINDS[kind].load(path)
        except ValueError as error:
            assert str(path) in str(error), (place, new)  # noqa: PT017
        else:
            assert may_differ(kind, place, old, new), (place, new)


class Bomb:
    """Would be noticed if anything unpickled it."""

    def __reduce__(self):
        return (pytest.fail, ("something from the file was run",))


def npy(array):
    content = io.BytesIO()
    np.save(content, array)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", bytes(1000), b"PK\x03\x04", b"\x93NUMPY", pickle.dumps(Bomb()), npy(W)],
)
def test_what_is_no_npz_is_refused(kind, path, content):
    path.write_bytes(content)
    refused(kind, path)


def test_arrays_that_tinynet_did_not_write_are_refused_unopened(kind, path):
    for arrays in ({"W": W}, {"0.W": np.array([Bomb()], object)}, {"record.json": np.array("[1]")}):
        np.savez(path, **arrays)
        refused(kind, path, "expected a file that tinynet saved")


def test_a_file_of_another_kind_is_refused(kind, path):
    for other in KINDS.values():
        if other is not kind:
            path.unlink(missing_ok=True)
            other.save(path)
            refused(kind, path, "expected .*, got ")


@pytest.mark.parametrize("kind", ["network", "result"])
def test_a_file_that_is_not_there_is_an_oserror_that_names_it(path, kind):
    with pytest.raises(FileNotFoundError, match=r"some\.npz"):
        KINDS[kind].load(path)


# ---------------------------------------------------------------------------- what is in the zip


def zipped(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression, compresslevel=1) as file:
        for name, content in members.items():
            file.writestr(name, content)


def linear(W=W, b=B):
    """The members of a file that holds a Linear."""
    record = {"format": saving.FORMAT, "layers": ["Linear"], "buffers": {}}
    arrays = {"record.json": np.array(json.dumps(record)), "0.W": W, "0.b": b}
    return {f"{name}.npy": npy(array) for name, array in arrays.items()}


READERS = (tn.load, studies.Result.load, checkpoint.read, read_npz)
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
    "a record that is too long": {
        "record.json.npy": npy(np.array('{"a": "%s"}' % ("x" * 4_000_000)))
    },
}


@pytest.mark.parametrize("other", OTHER_MEMBERS)
def test_a_member_that_is_no_array_is_refused_by_the_name_of_the_file(path, other):
    zipped(path, linear())
    assert tn.load(path).layers[0].W.shape == (2, 3)
    zipped(path, linear() | OTHER_MEMBERS[other])
    for load in READERS:
        with pytest.raises(ValueError, match=r"some\.npz: expected a file that tinynet saved"):
            load(path)


def test_a_small_file_takes_little_memory_whatever_it_says_it_holds(path):
    zipped(path, linear(np.zeros((1, 4 * MIB)), np.zeros(4 * MIB)), zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < MIB
    for load in READERS:
        with little_memory(4 * MIB), pytest.raises(ValueError, match=r"some\.npz: .*at most the"):
            load(path)  # 64 MiB, which are not unpacked


@pytest.mark.parametrize("name", ["network", "run"])
def test_shapes_are_compared_before_an_array_is_read(path, name):
    """In a file as large as it says."""
    KINDS[name].save(path)
    arrays, record = read_npz(path)
    (first,) = (key for key in arrays if key.endswith("0.W"))
    write_npz(path, arrays | {first: np.zeros((3, 2 * MIB))}, record)
    words = r"some\.npz: expected parameters .*0\.W \(3, 4\) float64, got \(3, 2097152\) float64"
    with little_memory(4 * MIB), pytest.raises(ValueError, match=words):  # of 48
        KINDS[name].load(path)


@pytest.mark.parametrize("into", [True, False])
def test_a_large_network_takes_its_memory_and_once_more_that_of_the_file(path, into):
    net = tn.mlp([500] * 5, dtype=np.float64 if into else np.float32, rng=0)
    tn.save(net, path)
    with little_memory((1.2 if into else 2.2) * path.stat().st_size + MIB):
        tn.load(path, into=net if into else None)


def test_one_member_under_many_names_is_refused(path):
    zipped(path, linear())
    with zipfile.ZipFile(path, "a") as file:
        for k in range(50):
            again = copy.copy(file.getinfo("0.W.npy"))
            again.filename = f"{k}.W.npy"
            file.filelist.append(again)
        file._didModify = True  # so that the directory is written anew
    with pytest.raises(ValueError, match=r"some\.npz: .*expected at most the .* bytes of the"):
        studies.Result.load(path)


def test_entries_that_a_wrong_length_hides_are_missed(path):
    """The length of a comment in the zip's directory, which then holds the next entry."""
    result(0).save(path)
    content = bytearray(path.read_bytes())
    last = content.rindex(b"PK\1\2")
    before, end = content.rindex(b"PK\1\2", 0, last), content.rindex(b"PK\5\6")
    content[before + 32 : before + 34] = (end - last).to_bytes(2, "little")
    path.write_bytes(content)
    with zipfile.ZipFile(path) as file:
        assert len(file.namelist()) == len(result(0).arrays)  # and one more for the record
    with pytest.raises(ValueError, match=r"some\.npz: .*entry"):
        studies.Result.load(path)


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


# ---------------------------------------------------------------------------- where a file may be


def unix_socket(path):
    with socket.socket(socket.AF_UNIX) as opened, warnings.catch_warnings():
        opened.bind(str(path))


NO_PLACES = {
    "a folder": os.mkdir,
    "a fifo": lambda path: os.mkfifo(path),
    "a link to a device": lambda path: Path(path).symlink_to("/dev/full"),
    "a socket": unix_socket,
    "a link to itself": lambda path: Path(path).symlink_to(path),
    "a file without leave to write": lambda path: Path(path).write_bytes(b"mine"),
}


@POSIX
@pytest.mark.parametrize("there", NO_PLACES)
def test_what_is_no_file_that_may_be_written_is_never_replaced(kind, tmp_path, monkeypatch, there):
    monkeypatch.chdir(tmp_path)  # the name of a socket may not be long
    monkeypatch.setattr(replacing.os, "access", lambda *_: False)  # root may write everything
    NO_PLACES[there]("place")
    before = os.lstat("place")
    with pytest.raises(OSError, match="place.*read-only" if "leave" in there else "place"):
        kind.save(Path("place"))
    after = os.lstat("place")
    assert (after.st_mode, after.st_ino, after.st_size) == (
        *(before.st_mode, before.st_ino, before.st_size),
    )
    assert os.listdir() == ["place"]


@pytest.mark.parametrize("place", ["nowhere/new.npz", "some.npz/new.npz"])
def test_a_place_without_a_folder_is_an_oserror_that_names_it(kind, saved, place):
    earlier = saved.read_bytes()
    with pytest.raises(OSError, match=place.removesuffix("/new.npz")):
        kind.save(saved.parent / place)
    assert saved.read_bytes() == earlier
    assert os.listdir(saved.parent) == ["some.npz"]


@POSIX
@pytest.mark.parametrize("there", [True, False])
def test_of_a_symbolic_link_the_target_is_written(kind, tmp_path, there):
    (tmp_path / "scratch").mkdir()
    target, link = tmp_path / "scratch" / "target.npz", tmp_path / "link.npz"
    link.symlink_to(Path("scratch") / "target.npz")
    if there:
        kind.save(target)
    kind.save_more(link)
    assert link.is_symlink()
    assert_identical(kind.load(link), kind.load(target))
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["link.npz", "scratch", "target.npz"]


@POSIX
@pytest.mark.parametrize("mode", [0o600, 0o664, 0o750])
def test_a_file_that_is_replaced_keeps_its_permissions_from_the_first_byte(
    kind, path, monkeypatch, mode
):
    """Also of NumPy 2.0, whose savez takes no keywords but arrays."""
    savez, modes = np.savez, []

    def oldest(file, **arrays):
        assert all(isinstance(array, np.ndarray) for array in arrays.values())
        modes.append(stat.S_IMODE(os.fstat(file.fileno()).st_mode))
        savez(file, **arrays)

    monkeypatch.setattr(np, "savez", oldest)
    umask = os.umask(0o022)
    try:
        kind.save(path)
        path.chmod(mode)
        kind.save_more(path)
    finally:
        os.umask(umask)
    assert modes == [0o644, mode]
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_tilde_is_the_home_folder(no_places, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name, kind in KINDS.items():
        kind.save(f"~/{name}")
        assert_identical(kind.load(f"~/{name}"), kind.load(no_places / name))
    assert folders("mnist", "~/data")[:2] == [no_places / "data", no_places / "data" / "mnist"]
    assert studies.runs_folder("~/runs") == no_places / "runs"
    for name in ("DATA", "RUNS", "PICTURES"):
        monkeypatch.setenv(f"TINYNET_{name}", f"~/{name}")
    assert folders("mnist")[:2] == [no_places / "DATA" / "mnist", no_places / "DATA"]
    assert studies.runs_folder() == no_places / "RUNS"
    plt.figure()
    plots.show("one")
    plt.close()
    assert {"PICTURES", *KINDS} <= set(os.listdir(no_places))
    assert os.listdir() == []  # no folder called ~


RUN = studies.Run(width=2, depth=1, updates=2, test_images=300)


@pytest.mark.parametrize("name", ["../up", "/up", "a/../../up", "a/b", "", "..", "a\0b"])
def test_a_name_leads_out_of_no_folder(tmp_path, monkeypatch, name):
    (tmp_path / "inner" / "a").mkdir(parents=True)
    monkeypatch.setenv("TINYNET_PICTURES", str(tmp_path / "inner"))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ValueError, match="^name: expected "):
        plots.show(name)
    with pytest.raises(ValueError, match="name .* in runs: expected "):
        studies.watch({name: RUN}, folder=tmp_path / "inner", progress=Silent)
    if "/" in name:  # otherwise it is but a part of the name
        size, rows = race.Size("tiny", 2, 2, 1, 1), {name: ("tanh", "standard")}
        with pytest.raises(ValueError, match="name.* expected"):
            race.Race("shapeset", size, tmp_path / "inner", rows).choose_rates(Silent)
    assert sorted(tmp_path.rglob("*")) == before


# ---------------------------------------------------------------------------- writing that fails


def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


def interrupted(*_, **__):
    raise KeyboardInterrupt


def half(file, *_, **__):
    file.write(b"half of it")
    full()


NOT_WRITTEN = (OSError, UserWarning)  # a run warns, and goes on


@pytest.mark.parametrize(
    ("module", "name", "failure", "error"),
    [
        (os, "replace", full, NOT_WRITTEN),
        (os, "fsync", full, NOT_WRITTEN),
        (os, "fsync", interrupted, KeyboardInterrupt),
        (np.lib.format, "write_array", half, NOT_WRITTEN),
        (np, "savez", interrupted, KeyboardInterrupt),
    ],
)
def test_a_write_that_fails_keeps_the_earlier_file(
    kind, saved, monkeypatch, module, name, failure, error
):
    earlier = saved.read_bytes()
    monkeypatch.setattr(module, name, failure)
    with pytest.raises(error):
        kind.save_more(saved)
    assert saved.read_bytes() == earlier
    assert os.listdir(saved.parent) == ["some.npz"]


def child(kind, path, before):
    """A Python process of its own that saves into a file, once ``before`` was run."""
    code = f"{before}\nfrom test_saving import *\nKINDS[{kind!r}].save_more({str(path)!r})"
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
    )


STALLS = """
import os, time
import numpy as np
works = {place}
def stall(*arguments, **keywords):
    if {place!r} == "np.lib.format.write_array":
        works(*arguments, **keywords)
    print("in the middle", flush=True)
    time.sleep(60)
{place} = stall
"""


@POSIX
@pytest.mark.parametrize(
    ("name", "place"),
    [("network", "np.lib.format.write_array"), ("run", "os.fsync"), ("result", "os.replace")],
)
def test_a_process_killed_while_it_saves_leaves_the_earlier_file(name, place, path):
    kind = KINDS[name]
    kind.save(path)
    earlier = path.read_bytes()
    with child(name, path, STALLS.format(place=place)) as process:
        assert process.stdout.readline() == "in the middle\n"
        process.kill()
    assert path.read_bytes() == earlier
    kind.save_more(path)  # what the dead process left does not stand in the way
    found = kind.load(path)
    path.unlink()
    kind.save_more(path)
    assert_identical(found, kind.load(path))


@POSIX
def test_what_another_copy_of_a_run_is_writing_is_not_removed(path):
    with replacing.replacing(path) as file:
        file.write(b"whole")
        replacing.remove_halves(path)
    assert path.read_bytes() == b"whole"


# ---------------------------------------------------------------------------- files of a race

TRIAL = {"lr": RUN.lr, "updates": RUN.updates, "validation_cost": 2.0, "test_error": 0.5}
WHOLE = {"settings": vars(RUN), "trial": TRIAL}
NO_TRIALS = [
    *(b"", b"{", b"[1]", b"1", b"{}", b"[" * 100_000, b"\xff\xfe\x00"),
    json.dumps(WHOLE | {"trial": TRIAL | {"lr": 0.5}}).encode(),
    json.dumps(WHOLE | {"trial": TRIAL | {"updates": 3}}).encode(),
]


def test_a_damaged_trial_is_refused_by_its_name_and_says_what_to_do(path):
    file = path.with_suffix(".json")
    file.write_text(json.dumps(WHOLE))
    assert race._outcome(path, RUN) == TRIAL
    no_numbers = [thing for thing in THINGS if thing not in (True, -1)]
    changed = [json.dumps(other).encode() for *_, other in others(WHOLE, lambda _: no_numbers)]
    for content in changed + NO_TRIALS:
        file.write_bytes(content)
        with pytest.raises(ValueError, match=r"some\.json: (is damaged.*delete it|expected these)"):
            race._outcome(path, RUN)


def test_a_trial_of_other_settings_says_which(path):
    path.with_suffix(".json").write_text(json.dumps(WHOLE))
    other = studies.Run(**{**vars(RUN), "seed": 4, "width": 3})
    with pytest.raises(ValueError, match=r"some\.json: expected these .*\(width, seed\).*another"):
        race._outcome(path, other)


def test_a_damaged_result_that_comes_with_tinynet_is_refused_by_name(path):
    folder = Path(race.__file__).parent / "kept"
    whole = json.loads((folder / "shapeset-medium-tanh.json").read_text(encoding="utf-8"))
    path.write_text(json.dumps(whole))
    assert race._kept(path) == whole
    broken = {"z_std": ["text", *whole["layers"]["z_std"][1:]]}
    short, no_numbers = whole["test_error"][:-1], whole["layers"] | broken
    changed = [{"settings": 3}, {"test_error": short}, {"layers": no_numbers}]
    for content in ["", "[]", "[" * 100_000, "{}", *(json.dumps(whole | it) for it in changed)]:
        path.write_text(content)
        with pytest.raises(ValueError, match=r"some\.npz: is damaged.*delete it"):
            race._kept(path)


# ---------------------------------------------------------------------------- files of before


def test_a_network_of_before_loads_and_gives_the_same_output():
    with np.load(DATA / "network_1_says.npz") as says:
        x, output = says["x"], says["output"]
    for into in (None, tn.mlp([3, 5, 4, 2], activation="softsign", dtype=np.float32)):
        net = tn.load(DATA / "network_1.npz", into)
        np.testing.assert_allclose(net.forward(x), output, rtol=1e-5)


def test_a_result_of_before_loads():
    x = np.random.default_rng(1).normal(size=(4, 6))
    found = studies.Result.load(DATA / "result_1.npz")
    again = studies.jacobian_spectra([6, 5, 3], x, seed=3)
    assert (found.study, found.settings) == (again.study, again.settings)
    assert found.arrays.keys() == again.arrays.keys()
    for name in found.arrays:
        np.testing.assert_allclose(found[name], again[name], rtol=1e-9, atol=1e-12)


def test_a_run_of_before_layers_had_buffers_is_refused_by_its_format(path):
    path.write_bytes((DATA / "run_1.npz").read_bytes())
    refused(KINDS["run"], path, "'tinynet run 2', got format 'tinynet run 1'")
