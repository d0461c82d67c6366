"""MNIST: read as its makers wrote it, split as in the paper; whatever else comes is refused."""

import gzip
import struct
import time

import numpy as np
import pytest
from data_files import (
    MIB,
    MNIST_NAMES,
    bomb,
    everything_in,
    harmed,
    idx,
    little_memory,
    mnist,
    mnist_arrays,
    real,
    small_mnist,
    write_mnist,
)
from hypothesis import given, settings
from hypothesis import strategies as st

import tinynet as tn
from tinynet.datasets.idx import read_idx

# As they are outside the tests.
REAL = {name: getattr(mnist, name) for name in ("TRAIN", "VALID", "TEST", "MD5")}
pytestmark = pytest.mark.usefixtures("no_places")


@pytest.fixture(autouse=True, scope="module")
def small():
    with small_mnist():
        yield


def read(folder):
    return tn.mnist(folder, download=False)


def refused(folder, name, match):
    """The set is refused by a ValueError that names the file."""
    before = everything_in(folder)
    with pytest.raises(ValueError, match=match) as error:
        read(folder)
    assert str(folder / name) in str(error.value)
    assert everything_in(folder) == before


# ---------------------------------------------------------------------------- as it should be


def test_the_sizes_are_the_papers():
    train, valid, test, _ = REAL.values()
    assert (train - valid, valid, test) == (50_000, 10_000, 10_000)


@pytest.mark.parametrize("zipped", [True, False])
def test_pixels_and_labels_are_those_of_the_files(tmp_path, zipped):
    arrays = mnist_arrays()
    data = read(write_mnist(tmp_path, arrays, zipped))
    train_images, train_labels, test_images, test_labels = arrays.values()
    for (images, labels), pixels, classes in (
        (data.train, train_images[:50], train_labels[:50]),
        (data.valid, train_images[50:], train_labels[50:]),
        (data.test, test_images, test_labels),
    ):
        assert images.dtype == np.float32
        expected = pixels.reshape(-1, 784) / 255
        np.testing.assert_allclose(images, expected, rtol=1e-6, atol=0)
        np.testing.assert_array_equal(labels, classes.astype(np.int64), strict=True)
    assert data.class_names == tuple("0123456789")
    np.testing.assert_allclose(
        255 * data.test[0][0].reshape(data.shape), test_images[0], rtol=1e-6, atol=0
    )


def test_black_is_0_and_white_is_1(tmp_path):
    data = read(write_mnist(tmp_path))
    assert (data.train[0].min(), data.train[0].max()) == (0, 1)


def test_the_record_is_one_line_and_cannot_be_changed(tmp_path):
    data = read(write_mnist(tmp_path))
    line = "Dataset(MNIST: 50 train, 10 valid, 10 test, 28 x 28 inputs, 10 classes)"
    assert repr(data) == line
    with pytest.raises(AttributeError):
        data.train = data.test


def test_its_parts_can_be_trained_on(tmp_path):
    data = read(write_mnist(tmp_path))
    x, labels = tn.Shuffled(*data.train, rng=0).draw(50)
    np.testing.assert_array_equal(np.sort(labels), np.sort(data.train[1]))
    net = tn.mlp([784, 5, 10], rng=0, dtype=np.float32)
    assert net.forward(x).shape == (50, 10)


@pytest.mark.parametrize("spelling", ["-images.idx3-ubyte", "-images-idx3-ubyte"])
def test_files_are_found_by_the_names_that_programs_give_them(tmp_path, spelling):
    write_mnist(tmp_path, zipped=False)
    (tmp_path / MNIST_NAMES[0]).rename(tmp_path / f"train{spelling}")
    assert len(read(tmp_path).train[1]) == 50


def test_another_set_of_the_same_form_is_read_with_a_warning_that_names_the_file(tmp_path):
    write_mnist(tmp_path)
    array = mnist_arrays(rng=1)[MNIST_NAMES[2]]
    (tmp_path / MNIST_NAMES[2]).write_bytes(idx(array))
    with pytest.warns(UserWarning, match="not that of MNIST's t10k-images") as record:
        data = read(tmp_path)
    np.testing.assert_allclose(data.test[0], array.reshape(10, 784) / 255, rtol=1e-6)
    assert [str(tmp_path) in str(w.message) for w in record] == [True]
    assert record[0].filename == __file__


# ---------------------------------------------------------------------------- hostile files


@pytest.mark.parametrize("name", MNIST_NAMES)
@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_cut_short_anywhere_is_refused(tmp_path, name, zipped):
    write_mnist(tmp_path, zipped=zipped)
    content = (tmp_path / name).read_bytes()
    header = 16 if "images" in name else 8
    # Before, in and after gzip's header, in the magic number, the sizes, the data, gzip's end.
    for length in (0, 1, 2, 3, 4, 7, header - 1, header, header + 1, 11, len(content) - 4, -1):
        (tmp_path / name).write_bytes(content[:length])
        refused(tmp_path, name, "cut short|IDX|ended before|end of file|end-of-stream")


@pytest.mark.parametrize("name", MNIST_NAMES)
def test_gzip_checks_the_bytes(tmp_path, name):
    write_mnist(tmp_path)
    content = bytearray((tmp_path / name).read_bytes())
    content[-8] ^= 1  # of the checksum
    (tmp_path / name).write_bytes(content)
    refused(tmp_path, name, "CRC")


def patched(name, at, new):
    content = bytearray(idx(mnist_arrays()[name]))
    content[at : at + len(new)] = new
    return bytes(content)


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize(
    ("at", "new", "match"),
    [
        (0, b"\x01", "begins with 00 00 08 03, got 01 00 08 03"),
        (2, b"\x09", "begins with 00 00 08 03, got 00 00 09 03"),
        (3, b"\x01", "begins with 00 00 08 03, got 00 00 08 01"),
        (0, b"\x89PNG", "begins with 00 00 08 03, got 89 50 4e 47"),
        (4, struct.pack(">I", 2**31), r"\(2147483648, 28, 28\)"),
        (4, b"\xff" * 12, r"\(4294967295, 4294967295, 4294967295\)"),
        (4, struct.pack(">I", 0), r"\(0, 28, 28\)"),
        (4, struct.pack(">I", 61), r"\(61, 28, 28\)"),
        (8, struct.pack(">II", 14, 56), r"\(60, 14, 56\)"),
    ],
)
def test_a_header_that_says_something_else_is_refused_before_memory_is_taken(
    tmp_path, at, new, match, zipped
):
    write_mnist(tmp_path)
    content = patched(MNIST_NAMES[0], at, new)
    (tmp_path / MNIST_NAMES[0]).write_bytes(gzip.compress(content) if zipped else content)
    with little_memory():
        refused(tmp_path, MNIST_NAMES[0], match)


def test_labels_and_images_in_each_others_place_are_refused(tmp_path):
    write_mnist(tmp_path)
    images, labels = (tmp_path / name for name in MNIST_NAMES[:2])
    content = images.read_bytes()
    images.write_bytes(labels.read_bytes())
    labels.write_bytes(content)
    refused(tmp_path, MNIST_NAMES[0], "00 00 08 01")


@pytest.mark.parametrize(("label", "at"), [(10, 0), (255, 59)])
def test_a_label_above_9_is_refused_with_its_place(tmp_path, label, at):
    arrays = mnist_arrays()
    arrays[MNIST_NAMES[1]][at] = label
    write_mnist(tmp_path, arrays)
    with pytest.warns(UserWarning, match="content"):
        refused(tmp_path, MNIST_NAMES[1], f"labels 0 to 9, got {label} at position {at}")


@pytest.mark.parametrize("name", MNIST_NAMES)
def test_a_file_that_goes_on_is_refused(tmp_path, name):
    write_mnist(tmp_path, zipped=False)
    with (tmp_path / name).open("ab") as file:
        file.write(b"\0")
    refused(tmp_path, name, "too long")


def test_gzip_that_unpacks_to_much_more_is_refused_and_not_unpacked(tmp_path):
    write_mnist(tmp_path)
    name = MNIST_NAMES[0]
    (tmp_path / name).write_bytes(bomb(idx(mnist_arrays()[name])))
    started = time.process_time()
    with little_memory():
        refused(tmp_path, name, "too long")
    assert time.process_time() - started < 0.5  # 300 MiB take longer


def test_gzip_of_zeros_alone_is_refused(tmp_path):
    write_mnist(tmp_path)
    (tmp_path / MNIST_NAMES[1]).write_bytes(bomb(b"", 50 * MIB))
    with little_memory():
        refused(tmp_path, MNIST_NAMES[1], "got 00 00 00 00")


CONTENT = idx(mnist_arrays(train=3)[MNIST_NAMES[0]][:, :5, :4])
ZIPPED = gzip.compress(CONTENT, mtime=0)


@pytest.mark.parametrize("content", [CONTENT, ZIPPED], ids=["plain", "zipped"])
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_harmed_file_gives_an_array_of_the_right_shape_or_a_value_error(
    tmp_path_factory, content, data
):
    path = tmp_path_factory.getbasetemp() / "harmed-idx"
    path.write_bytes(data.draw(harmed(content)))
    try:
        array = read_idx(path, (3, 5, 4))
    except ValueError as error:
        assert str(error).startswith(f"{path}: ")  # noqa: PT017
    else:
        assert (array.shape, array.dtype) == ((3, 5, 4), np.uint8)


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=200) | st.binary(max_size=60).map(gzip.compress))
def test_any_bytes_are_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any-bytes"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="any-bytes: "):
        read_idx(path, (3, 5, 4))


def test_a_file_that_cannot_be_opened_is_an_oserror(tmp_path):
    with pytest.raises(OSError, match="nothing"):
        read_idx(tmp_path / "nothing", (1,))


# ---------------------------------------------------------------------------- the real files


@pytest.fixture
def real_mnist(monkeypatch):
    """The folder of the real files, and the sizes that go with them."""
    for name, value in REAL.items():
        monkeypatch.setattr(mnist, name, value)
    return real("mnist")


def test_the_real_mnist_has_the_digits_it_is_known_to_have(real_mnist):
    data = tn.mnist(real_mnist, download=False)
    assert repr(data) == (
        "Dataset(MNIST: 50,000 train, 10,000 valid, 10,000 test, 28 x 28 inputs, 10 classes)"
    )
    assert np.bincount(data.test[1]).tolist() == [
        *(980, 1135, 1032, 1010, 982),
        *(892, 958, 1028, 974, 1009),
    ]
    # Mean and standard deviation of the 60,000, as everybody quotes them.
    pixels = np.concatenate([data.train[0], data.valid[0]])
    assert pixels.mean(dtype=np.float64) == pytest.approx(0.1307, abs=5e-5)
    assert pixels.std(dtype=np.float64) == pytest.approx(0.3081, abs=5e-5)
    assert data.train[1][:5].tolist() == [5, 0, 4, 1, 9]


def test_reading_the_real_mnist_takes_little_more_memory_than_its_arrays(real_mnist):
    arrays, file = 70_000 * (784 * 4 + 8), 60_000 * 784 + 16
    with little_memory(arrays + file + 2 * MIB):
        tn.mnist(real_mnist, download=False)
