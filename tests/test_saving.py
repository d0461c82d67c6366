"""Files hold every bit, are read without running anything, and are never half-written."""

import errno
import os
import pickle
import signal
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_parts import (
    ACTIVATIONS,
    assert_same_bits,
    batch_for,
    one_pass,
    own_net,
    parameters,
    small_net,
    untouched,
)

import tinynet as tn
from tinynet import saving as storage


@pytest.fixture
def path(tmp_path):
    return tmp_path / "net.npz"


@pytest.fixture
def saved(path):
    """A file with a small network in it."""
    tn.save(small_net(sizes=(2, 3, 2)), path)
    return path


# ---------------------------------------------------------------------------- round trip


@settings(max_examples=20, deadline=None)
@given(
    activation=st.sampled_from(ACTIVATIONS),
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=4),
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_what_was_saved_is_loaded_to_the_bit(tmp_path_factory, activation, sizes, dtype):
    path = tmp_path_factory.mktemp("storage") / "net.npz"
    net = small_net(activation, sizes, dtype)
    tn.save(net, path)
    loaded = tn.load(path)
    assert repr(loaded) == repr(net)
    assert_same_bits(loaded, net)
    x, _ = batch_for(net)
    np.testing.assert_array_equal(loaded.forward(x), net.forward(x), strict=True)


def test_layers_of_ones_own_are_loaded_into_a_network_that_has_them(path):
    net, other = own_net(), own_net()
    tn.save(net, path)
    for array in parameters(other).values():
        array += 1
    assert tn.load(path, into=other) is other
    assert_same_bits(other, net)


def test_loading_writes_into_the_memory_that_is_there(saved):
    net = small_net(sizes=(2, 3, 2), rng=7)
    W = net.layers[0].W
    tn.load(saved, into=net)
    assert net.layers[0].W is W
    assert_same_bits(net, small_net(sizes=(2, 3, 2)))


def test_layers_of_ones_own_cannot_be_made_from_a_file(path):
    tn.save(own_net(), path)
    with pytest.raises(ValueError, match=r"net\.npz: .*'Gain'.*into=net"):
        tn.load(path)


def test_infinite_and_missing_numbers_and_negative_zero_come_back(path):
    net = small_net()
    net.layers[0].W[0, :4] = [np.inf, -np.inf, np.nan, -0.0]
    tn.save(net, path)
    assert tn.load(path).layers[0].W.tobytes() == net.layers[0].W.tobytes()


def test_a_name_without_npz_is_taken_literally(tmp_path):
    tn.save(small_net(), tmp_path / "weights")
    assert os.listdir(tmp_path) == ["weights"]
    assert_same_bits(tn.load(str(tmp_path / "weights")), small_net())


def test_saving_replaces_an_earlier_file_and_leaves_nothing_else(saved):
    tn.save(small_net(rng=5), saved)
    assert_same_bits(tn.load(saved), small_net(rng=5))
    assert os.listdir(saved.parent) == ["net.npz"]


def test_saving_leaves_the_network_as_it_was(path):
    net = small_net()
    one_pass(net, *batch_for(net))
    with untouched(net):
        tn.save(net, path)


def test_training_goes_on_from_a_file_as_if_nothing_had_happened(path):
    def steps(net):
        sgd = tn.SGD(net, lr=0.1)
        for seed in range(3):
            one_pass(net, *batch_for(net, rng=seed))
            sgd.step()

    net = small_net(dtype=np.float32)
    steps(net)
    tn.save(net, path)
    loaded = tn.load(path)
    steps(net)
    steps(loaded)
    assert_same_bits(loaded, net)


# ---------------------------------------------------------------------------- no pickle


class Bomb:
    """Would be noticed if anything unpickled it."""

    def __reduce__(self):
        return (pytest.fail, ("something from the file was run",))


def test_a_pickled_array_in_the_file_is_refused_unopened(path):
    np.savez(path, **{"0.W": np.array([Bomb()], object)}, allow_pickle=True)
    with pytest.raises(ValueError, match=r"net\.npz"):
        tn.load(path)


def test_a_pickle_is_refused_unopened(path):
    path.write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(ValueError, match=r"net\.npz"):
        tn.load(path)


def test_an_array_of_objects_is_not_written(path):
    net = own_net()
    net.layers[1].gamma = np.array([1.0, None, 2.0, 3.0])
    with pytest.raises(TypeError, match=r"layers\[1\]\.gamma"):
        tn.save(net, path)
    assert os.listdir(path.parent) == []


def test_a_file_needs_nothing_but_numpy_to_be_read(saved):
    with np.load(saved, allow_pickle=False) as file:
        np.testing.assert_array_equal(file["0.W"], small_net(sizes=(2, 3, 2)).layers[0].W)


# ---------------------------------------------------------------------------- bad files


def test_a_file_cut_short_anywhere_is_refused_by_name(saved):
    whole = saved.read_bytes()
    for length in range(0, len(whole), 13):
        saved.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"net\.npz"):
            tn.load(saved)


def test_a_flipped_bit_is_refused_by_name_or_changes_nothing(saved):
    """Some bytes, such as the time of day, mean nothing."""
    whole, net = saved.read_bytes(), tn.load(saved)
    refused = []
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        saved.write_bytes(damaged)
        try:
            found = tn.load(saved)
        except ValueError as error:
            refused.append(str(error))
        else:
            assert_same_bits(found, net)
    assert len(refused) > len(whole) / 2
    assert [message for message in refused if "net.npz" not in message] == []


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00" * 1000, b"PK\x03\x04", b"\x93NUMPY"])
def test_what_is_no_npz_at_all_is_refused_by_name(path, content):
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"net\.npz"):
        tn.load(path)


def test_a_single_array_is_refused_by_name(path):
    with open(path, "wb") as file:
        np.save(file, np.ones(3))
    with pytest.raises(ValueError, match=r"net\.npz"):
        tn.load(path)


def test_an_npz_that_tinynet_did_not_write_is_refused_by_name(path):
    np.savez(path, W=np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"net\.npz: expected a file that tinynet saved"):
        tn.load(path)


def test_a_file_that_is_not_there_is_an_oserror_that_names_it(path):
    with pytest.raises(FileNotFoundError, match=r"net\.npz"):
        tn.load(path)


def test_another_format_is_refused_by_name(path):
    storage.write_npz(path, {}, {"format": "tinynet network 99", "layers": []})
    with pytest.raises(ValueError, match=r"net\.npz: expected format .*got 'tinynet network 99'"):
        tn.load(path)


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
    record = {"format": storage.FORMAT, "layers": layers}
    storage.write_npz(path, arrays, {k: v for k, v in record.items() if v is not None})
    with pytest.raises(ValueError, match=r"net\.npz"):
        tn.load(path)


@pytest.mark.parametrize(
    "other",
    [
        small_net(tn.Sigmoid, (2, 3, 2)),
        small_net(sizes=(2, 4, 2)),
        small_net(sizes=(2, 3, 3, 2)),
        small_net(sizes=(2, 3, 2), dtype=np.float32),
        own_net(),
    ],
)
def test_a_network_of_other_layers_shapes_or_dtype_is_refused_and_stays_as_it_was(saved, other):
    with untouched(other), pytest.raises(ValueError, match=r"net\.npz"):
        tn.load(saved, into=other)


# ---------------------------------------------------------------------------- writing that fails


def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


def interrupted(*_, **__):
    raise KeyboardInterrupt


def half(file, **_):
    file.write(b"half of it")
    full()


@pytest.mark.parametrize(
    ("module", "name", "failure", "error"),
    [
        (os, "replace", full, OSError),
        (os, "fsync", full, OSError),
        (os, "fsync", interrupted, KeyboardInterrupt),
        (np, "savez", half, OSError),
        (np, "savez", interrupted, KeyboardInterrupt),
    ],
)
def test_a_write_that_fails_keeps_the_earlier_file(
    saved, monkeypatch, module, name, failure, error
):
    earlier = saved.read_bytes()
    monkeypatch.setattr(module, name, failure)
    with pytest.raises(error):
        tn.save(small_net(rng=5), saved)
    assert saved.read_bytes() == earlier
    assert os.listdir(saved.parent) == ["net.npz"]


@pytest.mark.parametrize("folder", ["missing", "net.npz"])
def test_a_folder_that_is_not_there_is_an_oserror(saved, folder):
    earlier = saved.read_bytes()
    with pytest.raises(OSError, match=folder):
        tn.save(small_net(), saved.parent / folder / "net.npz")
    assert saved.read_bytes() == earlier


def test_a_folder_in_the_place_of_the_file_stays(path):
    path.mkdir()
    with pytest.raises(OSError, match=r"net\.npz"):
        tn.save(small_net(), path)
    assert os.listdir(path.parent) == ["net.npz"]


def child(code, *arguments):
    """A Python process of its own."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


FULL_DISK = """
import resource, sys
import tinynet as tn
net = tn.mlp([50, 50, 50], rng=1)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))  # bytes that a file may have
try:
    tn.save(net, sys.argv[1])
except OSError as error:
    print("refused")
"""


def test_a_disk_that_is_full_half_way_keeps_the_earlier_file(saved):
    pytest.importorskip("resource")
    earlier = saved.read_bytes()
    with child(FULL_DISK, saved) as process:
        assert process.communicate(timeout=60)[0] == "refused\n"
    assert saved.read_bytes() == earlier
    assert os.listdir(saved.parent) == ["net.npz"]


KILLED = """
import sys, time
import numpy as np
import tinynet as tn

write = np.lib.format.write_array
def stall(file, *arguments, **keywords):
    write(file, *arguments, **keywords)
    print("in the middle", flush=True)
    time.sleep(60)
np.lib.format.write_array = stall
tn.save(tn.mlp([50, 50, 50], rng=1), sys.argv[1])
"""

KILLED_AT_THE_END = """
import os, sys, time
import tinynet as tn

def stall(_):
    print("in the middle", flush=True)
    time.sleep(60)
os.fsync = stall
tn.save(tn.mlp([50, 50, 50], rng=1), sys.argv[1])
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
@pytest.mark.parametrize("code", [KILLED, KILLED_AT_THE_END])
def test_a_process_killed_while_it_saves_leaves_the_earlier_file(saved, code):
    earlier = saved.read_bytes()
    with child(code, saved) as process:
        assert process.stdout.readline() == "in the middle\n"
        process.kill()
    assert saved.read_bytes() == earlier
    assert_same_bits(tn.load(saved), small_net(sizes=(2, 3, 2)))
    tn.save(small_net(), saved)  # what the dead process left does not stand in the way
    assert_same_bits(tn.load(saved), small_net())


# ---------------------------------------------------------------------------- arrays and a record


def test_arrays_and_a_record_come_back(path):
    arrays = {"a": np.arange(3), "b.c": np.eye(2, dtype=np.float32), "text": np.array(["x", "yz"])}
    record = {"seed": 1, "names": ["ä", "b"], "state": {"big": 2**100, "none": None}}
    storage.write_npz(path, arrays, record)
    found, again = storage.read_npz(path)
    assert again == record
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array, strict=True)


@pytest.mark.parametrize(
    ("record", "error"), [({"x": np.nan}, ValueError), ({"x": {1}}, TypeError)]
)
def test_a_record_that_json_cannot_hold_is_refused_before_anything_is_written(path, record, error):
    with pytest.raises(error):
        storage.write_npz(path, {}, record)
    assert os.listdir(path.parent) == []


def test_a_file_is_an_ordinary_zip(saved):
    with zipfile.ZipFile(saved) as file:
        assert file.testzip() is None
        assert "0.W.npy" in file.namelist()


def test_an_own_class_with_the_name_of_one_of_tinynets_is_not_taken_for_it(tmp_path):
    class Tanh(tn.Activation):
        f = staticmethod(np.arctan)
        slope = staticmethod(lambda s: 1 / (1 + s**2))

    net = tn.Network([tn.Linear(2, 2, rng=0), Tanh()])
    tn.save(net, tmp_path / "net.npz")
    with pytest.raises(ValueError, match="'Tanh' that is not tinynet's"):
        tn.load(tmp_path / "net.npz")
    other = tn.Network([tn.Linear(2, 2, rng=1), Tanh()])
    tn.load(tmp_path / "net.npz", into=other)
    np.testing.assert_array_equal(other.layers[0].W, net.layers[0].W)
