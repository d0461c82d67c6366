"""Files hold every bit, are read without running anything, and are never half-written.

Networks, runs and results go through one writer and one reader: what a file must bear is tried
with all three kinds.
"""

import errno
import json
import os
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_parts import (
    ACTIVATIONS,
    Signs,
    assert_identical,
    assert_same_bits,
    own_net,
    small_net,
    untouched,
)

import tinynet as tn
from tinynet import saving, studies
from tinynet._internal.npz import read_npz, write_npz
from tinynet._internal.progress import Silent

DATA = Path(__file__).parent / "data"
SIZES = (3, 4, 2)


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
    assert_same_bits(tn.load(path), net)
    return net.named_parameters()


def run(path, updates=5):
    """Train, or go on with, the run that a file keeps; the first save is that of 5 updates."""
    net, source = small_net(sizes=SIZES), Signs()
    sgd = tn.SGD(net, 0.1)
    try:
        tn.train(
            net, tn.SoftmaxCrossEntropy(), sgd, source, updates,
            checkpoint=path, save_every=5, progress=Silent,
        )  # fmt: skip
    except (OSError, ValueError):
        assert_same_bits(net, small_net(sizes=SIZES))
        assert source.state == Signs().state
        assert sgd.t == 0
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


@settings(max_examples=20, deadline=None)
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


def test_layers_of_ones_own_are_loaded_into_the_memory_of_a_network_that_has_them(path):
    net, other = own_net(), own_net()
    tn.save(net, path)
    with pytest.raises(ValueError, match=r"some\.npz: .*'Gain'.*into=net"):
        tn.load(path)
    arrays = other.named_parameters()
    for array in arrays.values():
        array += 1
    assert tn.load(path, into=other) is other
    assert_same_bits(other, net)
    assert all(other.named_parameters()[name] is array for name, array in arrays.items())


def test_an_own_class_with_the_name_of_one_of_tinynets_is_not_taken_for_it(path):
    class Tanh(tn.Activation):
        f = staticmethod(np.arctan)
        slope = staticmethod(lambda s: 1 / (1 + s**2))

    tn.save(tn.Network([tn.Linear(2, 2, rng=0), Tanh()]), path)
    with pytest.raises(ValueError, match="'Tanh' that is not tinynet's"):
        tn.load(path)


@pytest.mark.parametrize(
    "other",
    [
        small_net(tn.Sigmoid, SIZES),
        small_net(sizes=(3, 5, 2)),
        small_net(sizes=(3, 4, 4, 2)),
        small_net(sizes=SIZES, dtype=np.float32),
        own_net(),
    ],
)
def test_a_network_of_other_layers_shapes_or_dtype_is_refused_and_stays_as_it_was(path, other):
    KINDS["network"].save(path)
    with untouched(other), pytest.raises(ValueError, match=r"some\.npz"):
        tn.load(path, into=other)


W, B = np.ones((2, 3)), np.zeros(3)


@pytest.mark.parametrize(
    ("layers", "arrays"),
    [
        (None, {"0.W": W, "0.b": B}),
        ("Linear", {"0.W": W, "0.b": B}),
        ([], {}),
        ([1], {"0.W": W, "0.b": B}),
        (["Linear"], {}),
        (["Linear"], {"0.W": W}),
        (["Linear"], {"0.W": W, "0.b": B, "1.W": W}),
        (["Linear"], {"0.W": W[0], "0.b": B}),
        (["Linear"], {"0.W": W[:0], "0.b": B}),
        (["Linear"], {"0.W": W, "0.b": np.zeros(4)}),
        (["Linear"], {"0.W": W, "0.b": B.astype(np.float32)}),
        (["Linear"], {"0.W": W.astype(int), "0.b": B.astype(int)}),
        (["Linear", "Linear"], {"0.W": W, "0.b": B, "1.W": W, "1.b": B}),
        (["Linear", "np"], {"0.W": W, "0.b": B}),
        (["Linear", "Activation"], {"0.W": W, "0.b": B}),
        (["Linear", "__name__"], {"0.W": W, "0.b": B}),
    ],
)
def test_a_record_that_does_not_fit_its_arrays_is_refused_by_name(path, layers, arrays):
    record = {"format": saving.FORMAT, "layers": layers}
    write_npz(path, arrays, {k: v for k, v in record.items() if v is not None})
    with pytest.raises(ValueError, match=r"some\.npz"):
        tn.load(path)


# ---------------------------------------------------------------------------- arrays and a record


def test_arrays_and_a_record_come_back(path):
    arrays = {"a": np.arange(3), "b.c": np.eye(2, dtype=np.float32), "text": np.array(["x", "yz"])}
    record = {"seed": 1, "names": ["ä", "b"], "state": {"big": 2**100, "none": None}}
    write_npz(path, arrays, record)
    found, again = read_npz(path)
    assert again == record
    assert_identical(found, arrays)


@pytest.mark.parametrize(("entry", "error"), [(np.nan, ValueError), ({1}, TypeError)])
def test_a_record_that_json_cannot_hold_is_refused_before_anything_is_written(path, entry, error):
    with pytest.raises(error):
        write_npz(path, {}, {"x": entry})
    assert os.listdir(path.parent) == []


def test_a_parameter_of_objects_is_refused_by_name(path):
    net = own_net()
    net.layers[1].gamma = np.array([1.0, None, 2.0, 3.0])
    with pytest.raises(TypeError, match=r"layers\[1\]\.gamma"):
        tn.save(net, path)
    assert os.listdir(path.parent) == []


def test_savez_of_the_oldest_numpy_will_do(path, monkeypatch):
    """In NumPy 2.0 it takes no keywords but arrays."""
    savez = np.savez

    def oldest(file, **arrays):
        assert not [name for name, array in arrays.items() if not isinstance(array, np.ndarray)]
        savez(file, **arrays)

    monkeypatch.setattr(np, "savez", oldest)
    write_npz(path, {"a": np.arange(3)}, {})


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


def test_a_flipped_bit_of_a_number_or_of_the_record_is_refused(kind, saved):
    whole = saved.read_bytes()
    arrays, _ = read_npz(saved)
    with np.load(saved) as file:
        record = str(file["record.json"])
    for part in (*(a.tobytes() for a in arrays.values()), record.encode("utf-32-le")):
        damaged = bytearray(whole)
        damaged[whole.index(part) + len(part) // 2] ^= 1
        saved.write_bytes(damaged)
        refused(kind, saved, "damaged")


class Bomb:
    """Would be noticed if anything unpickled it."""

    def __reduce__(self):
        return (pytest.fail, ("something from the file was run",))


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", bytes(1000), b"PK\x03\x04", b"\x93NUMPY", pickle.dumps(Bomb())],
)
def test_what_is_no_npz_is_refused(kind, path, content):
    path.write_bytes(content)
    refused(kind, path)


def test_arrays_that_tinynet_did_not_write_are_refused_unopened(kind, path):
    for arrays in ({"W": W}, {"0.W": np.array([Bomb()], object)}, {"record.json": np.array("[1]")}):
        np.savez(path, **arrays)
        refused(kind, path, "expected a file that tinynet saved")
    with open(path, "wb") as file:
        np.save(file, W)
    refused(kind, path)


def test_a_file_of_another_kind_is_refused(kind, path):
    for other in KINDS.values():
        if other is not kind:
            path.unlink(missing_ok=True)
            other.save(path)
            refused(kind, path, "expected .*, got ")


def test_a_file_without_one_of_its_arrays_or_of_another_format_is_refused(kind, saved):
    arrays, record = read_npz(saved)
    if kind is not KINDS["result"]:  # which may have any arrays
        write_npz(saved, {k: a for k, a in arrays.items() if "0.W" not in k}, record)
        refused(kind, saved, "expected parameters .*, got ")
    changed = f"{record.get('format')}9"
    write_npz(saved, arrays, {**record, "format": changed})
    refused(kind, saved, f"expected .*, got .*({changed}|format)")


@pytest.mark.parametrize("kind", ["network", "result"])
def test_a_file_that_is_not_there_is_an_oserror_that_names_it(path, kind):
    with pytest.raises(FileNotFoundError, match=r"some\.npz"):
        KINDS[kind].load(path)


# ---------------------------------------------------------------------------- writing that fails


def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


def interrupted(*_, **__):
    raise KeyboardInterrupt


def half(file, **_):
    file.write(b"half of it")
    full()


NOT_WRITTEN = (OSError, UserWarning)  # a run warns, and goes on


@pytest.mark.parametrize(
    ("module", "name", "failure", "error"),
    [
        (os, "replace", full, NOT_WRITTEN),
        (os, "fsync", full, NOT_WRITTEN),
        (os, "fsync", interrupted, KeyboardInterrupt),
        (np, "savez", half, NOT_WRITTEN),
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


@pytest.mark.parametrize("place", ["nowhere/new.npz", "some.npz/new.npz"])
def test_a_place_without_a_folder_is_an_oserror_that_names_it(kind, saved, place):
    earlier = saved.read_bytes()
    with pytest.raises(OSError, match=place.removesuffix("/new.npz")):
        kind.save(saved.parent / place)
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


@pytest.mark.parametrize("name", KINDS)
def test_a_disk_that_is_full_half_way_keeps_the_earlier_file(name, path):
    pytest.importorskip("resource")
    KINDS[name].save(path)
    earlier = path.read_bytes()
    bytes_of_a_file = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))"
    with child(name, path, bytes_of_a_file) as process:
        said = process.communicate(timeout=60)[1]
    assert "File too large" in said
    assert path.read_bytes() == earlier
    assert os.listdir(path.parent) == ["some.npz"]


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


@pytest.mark.skipif(sys.platform == "win32", reason="a killed process is different there")
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
