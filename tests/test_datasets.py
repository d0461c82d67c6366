"""What holds for every finite data set: what its files hold is what is read, or is refused."""

import gzip
import io
import struct
import tarfile

import numpy as np
import pytest
from data_files import (
    ARCHIVE,
    MIB,
    MNIST_NAMES,
    bomb,
    cifar10,
    cifar10_entries,
    cifar10_files,
    everything_in,
    harmed,
    idx,
    little_memory,
    mnist_arrays,
    picture,
    refused,
    small_cifar10,
    small_imagenet,
    small_mnist,
    tar,
)
from hypothesis import given, settings
from hypothesis import strategies as st

import tinynet as tn
from tinynet.datasets.idx import read_idx

IMAGES, LABELS, TEST_IMAGES, TEST_LABELS = MNIST_NAMES
FILES = {
    "mnist": {name: idx(array) for name, array in mnist_arrays().items()},
    "cifar10": cifar10_files(),
}
pytestmark = pytest.mark.usefixtures("no_places")


@pytest.fixture(autouse=True, scope="module")
def small():
    with small_mnist(), small_cifar10():
        yield


def load(data):
    return lambda folder: getattr(tn, data)(folder, download=False)


def lay(folder, data, packed, **changed):
    """Write the files of a set, some of them changed: gzipped or in the archive, or plain.

    Returns the path by which a file is called when it is refused.
    """
    contents = FILES[data] | changed
    if data == "cifar10" and packed:
        (folder / ARCHIVE).write_bytes(tar(cifar10_entries(contents)))
        return {name: folder / ARCHIVE for name in contents}
    place = folder if data == "mnist" else folder / cifar10.UNPACKED
    place.mkdir(exist_ok=True)
    for name, content in contents.items():
        (place / name).write_bytes(gzip.compress(content, mtime=0) if packed else content)
    return {name: place / name for name in contents}


# ---------------------------------------------------------------------------- as it should be


def spelt_otherwise(folder, old="-images-idx3-ubyte.gz", new="-images.idx3-ubyte"):
    """Plain files under the names that programs give them."""
    for path in lay(folder, "mnist", packed=False).values():
        path.rename(path.with_name(path.name.replace(old, new)))


def archive_from_elsewhere(folder):
    """With other names in front, in another order, and with headers of another format."""
    with tarfile.open(folder / ARCHIVE, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for name, content in reversed(FILES["cifar10"].items()):
            entry = tarfile.TarInfo(f"./{name}")
            entry.size = len(content)
            entry.pax_headers = {"comment": "é" * 500}
            archive.addfile(entry, io.BytesIO(content))


WAYS = {
    "gzipped": ("mnist", lambda folder: lay(folder, "mnist", packed=True)),
    "plain": ("mnist", lambda folder: lay(folder, "mnist", packed=False)),
    "with a dot": ("mnist", spelt_otherwise),
    "without an ending": ("mnist", lambda folder: spelt_otherwise(folder, ".gz", "")),
    "folder": ("cifar10", lambda folder: lay(folder, "cifar10", packed=False)),
    "archive": ("cifar10", lambda folder: lay(folder, "cifar10", packed=True)),
    "unzipped archive": (
        *("cifar10", lambda folder: (folder / ARCHIVE).write_bytes(tar(cifar10_entries(), False))),
    ),
    "archive from elsewhere": ("cifar10", archive_from_elsewhere),
}
SAID = {
    "mnist": "Dataset(MNIST: 50 train, 10 valid, 10 test, 28 x 28 inputs, 10 classes)",
    "cifar10": "Dataset(CIFAR-10: 16 train, 4 valid, 4 test, 3 x 32 x 32 inputs, 10 classes)",
}


def of_the_files(data):
    """Pixels and labels, the three parts one after the other."""
    if data == "mnist":
        images, labels, test_images, test_labels = mnist_arrays().values()
        pixels = np.concatenate([images, test_images])
        return pixels.reshape(70, 784), np.concatenate([labels, test_labels])
    records = np.frombuffer(b"".join(FILES[data].values()), np.uint8).reshape(24, 3073)
    return records[:, 1:], records[:, 0]


@pytest.mark.parametrize(("data", "write"), WAYS.values(), ids=WAYS)
def test_pixels_and_labels_are_those_of_the_files_and_nothing_is_written(tmp_path, data, write):
    write(tmp_path)
    before = everything_in(tmp_path)
    found = load(data)(tmp_path)
    assert everything_in(tmp_path) == before
    assert repr(found) == SAID[data]
    parts = zip(found.train, found.valid, found.test, strict=True)
    images, labels = (np.concatenate(arrays) for arrays in parts)
    pixels, classes = of_the_files(data)
    np.testing.assert_allclose(images, pixels / 255, rtol=1e-6, atol=0)
    np.testing.assert_array_equal(labels, classes.astype(np.int64), strict=True)
    assert (images.dtype, images.min(), images.max()) == (np.float32, 0, 1)
    assert found.class_names == {"mnist": tuple("0123456789"), "cifar10": cifar10.CLASS_NAMES}[data]
    assert found.test[0][0].reshape(found.shape).shape == found.shape
    with pytest.raises(AttributeError):
        found.train = found.test


def test_the_folder_of_cifar10_can_be_named_and_is_passed_over_where_a_file_is_missing(tmp_path):
    folder = lay(tmp_path, "cifar10", packed=False)["test_batch.bin"].parent
    assert len(tn.cifar10(folder).test[1]) == 4
    (folder / "test_batch.bin").unlink()
    with pytest.raises(FileNotFoundError, match=ARCHIVE):
        tn.cifar10(tmp_path, download=False)
    lay(tmp_path, "cifar10", packed=True)
    assert len(tn.cifar10(tmp_path).test[1]) == 4


def test_another_set_of_the_form_of_mnist_is_read_with_a_warning_that_names_the_file(tmp_path):
    array = mnist_arrays(rng=1)[TEST_IMAGES]
    path = lay(tmp_path, "mnist", packed=True, **{TEST_IMAGES: idx(array)})[TEST_IMAGES]
    with pytest.warns(UserWarning, match="not that of MNIST's t10k-images") as record:
        data = tn.mnist(tmp_path, download=False)
    np.testing.assert_allclose(data.test[0], array.reshape(10, 784) / 255, rtol=1e-6)
    assert [str(path) in str(w.message) for w in record] == [True]
    assert record[0].filename == __file__


# ---------------------------------------------------------------------------- other contents


def goes_on(content):
    return content + b"\0"


def patched(at, new):
    return lambda content: content[:at] + new + content[at + len(new) :]


BATCHES = ["data_batch_1.bin", "test_batch.bin"]
WRONG = [
    *[(name, goes_on, "too long|of 12,293 bytes") for name in [*MNIST_NAMES, *BATCHES]],
    *[(name, lambda c: c[:-1], "cut short: expected 12,292 bytes.*12,291") for name in BATCHES],
    *[(name, lambda c: c[:3073], "cut short: expected 12,292 bytes.*3,073") for name in BATCHES],
    *[(name, lambda c: b"", "cut short: expected 12,292 bytes of data, got 0") for name in BATCHES],
    *[(name, patched(0, b"\x0a"), "labels 0 to 9, got 10 in record 0") for name in BATCHES],
    *[(name, patched(9219, b"\xff"), "labels 0 to 9, got 255 in record 3") for name in BATCHES],
    (LABELS, patched(8, b"\x0a"), "labels 0 to 9, got 10 at position 0"),
    (LABELS, patched(8 + 59, b"\xff"), "labels 0 to 9, got 255 at position 59"),
    (IMAGES, lambda content: FILES["mnist"][LABELS], "begins with 00 00 08 03, got 00 00 08 01"),
    (LABELS, lambda content: FILES["mnist"][IMAGES], "begins with 00 00 08 01, got 00 00 08 03"),
    (IMAGES, patched(0, b"\x01"), "begins with 00 00 08 03, got 01 00 08 03"),
    (IMAGES, patched(2, b"\x09"), "begins with 00 00 08 03, got 00 00 09 03"),
    (IMAGES, patched(0, b"\x89PNG"), "begins with 00 00 08 03, got 89 50 4e 47"),
    (IMAGES, patched(4, struct.pack(">I", 2**31)), r"\(2147483648, 28, 28\)"),
    (IMAGES, patched(4, b"\xff" * 12), r"\(4294967295, 4294967295, 4294967295\)"),
    (IMAGES, patched(4, struct.pack(">I", 0)), r"\(0, 28, 28\)"),
    (IMAGES, patched(4, struct.pack(">I", 61)), r"\(61, 28, 28\)"),
    (IMAGES, patched(8, struct.pack(">II", 14, 56)), r"\(60, 14, 56\)"),
]


@pytest.mark.filterwarnings("ignore:.*its content is not that of MNIST")
@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(("name", "change", "match"), WRONG)
def test_what_is_not_right_is_refused_by_name_before_memory_is_taken(
    tmp_path, packed, name, change, match
):
    data = "mnist" if name in MNIST_NAMES else "cifar10"
    paths = lay(tmp_path, data, packed, **{name: change(FILES[data][name])})
    with little_memory():
        refused(load(data), tmp_path, paths[name], f"({name}.*)?({match})")


# ---------------------------------------------------------------------------- damaged files

# The files as they are on the disk.
WHOLE = {
    **{name: ("mnist", name, gzip.compress(FILES["mnist"][name])) for name in MNIST_NAMES},
    **{f"plain {name}": ("mnist", name, FILES["mnist"][name]) for name in MNIST_NAMES},
    "archive": ("cifar10", ARCHIVE, tar(cifar10_entries())),
    "plain archive": ("cifar10", ARCHIVE, tar(cifar10_entries(), zipped=False).rstrip(b"\0")),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_cut_short_anywhere_is_refused(tmp_path, name):
    data, file, whole = WHOLE[name]
    lay(tmp_path, data, packed=True)
    # Before, in and after gzip's header, the magic number, sizes and tar headers; at the end.
    places = {*range(18), 300, 512, 700, 2000, len(whole) // 2}
    for length in {length for length in places if length < len(whole)} | {-1, -4, -9}:
        (tmp_path / file).write_bytes(whole[:length])
        refused(load(data), tmp_path, tmp_path / file)


@pytest.mark.parametrize("name", [*MNIST_NAMES, "archive"])
def test_gzip_checks_the_bytes(tmp_path, name):
    data, file, whole = WHOLE[name]
    lay(tmp_path, data, packed=True)
    (tmp_path / file).write_bytes(patched(len(whole) - 8, bytes([whole[-8] ^ 1]))(whole))
    refused(load(data), tmp_path, tmp_path / file, "CRC")


BOMBS = {
    "more images": ("mnist", IMAGES, FILES["mnist"][IMAGES], "too long"),
    "zeros": ("mnist", LABELS, b"", "got 00 00 00 00"),
    "after the archive": (
        *("cifar10", ARCHIVE, tar(cifar10_entries(), zipped=False), "bytes between two files"),
    ),
}


@pytest.mark.parametrize(("data", "file", "start", "match"), BOMBS.values(), ids=BOMBS)
def test_gzip_that_unpacks_to_much_more_is_refused_and_not_unpacked(
    tmp_path, data, file, start, match
):
    """Its end is cut off: whoever unpacked it all would say so."""
    lay(tmp_path, data, packed=True)
    (tmp_path / file).write_bytes(bomb(start, 50 * MIB)[:-20])
    with little_memory():
        refused(load(data), tmp_path, tmp_path / file, match)


def read_small_idx(path):
    array = read_idx(path, (3, 5, 4))
    assert (array.shape, array.dtype) == ((3, 5, 4), np.uint8)


def read_archive(path):
    found = tn.cifar10(path.parent, download=False)
    assert (found.train[0].shape, found.test[0].shape) == ((16, 3072), (4, 3072))
    assert 0 <= found.train[1].min() <= found.train[1].max() <= 9


def read_picture(path):
    found = small_imagenet._small(path)
    assert (found.shape, found.dtype) == ((37, 37), np.uint8)


SMALL_IDX = idx(mnist_arrays(train=3)[IMAGES][:, :5, :4])
READERS = {
    "idx": (read_small_idx, "idx", SMALL_IDX),
    "gzipped idx": (read_small_idx, "idx", gzip.compress(SMALL_IDX, mtime=0)),
    "archive": (read_archive, ARCHIVE, tar(cifar10_entries())),
    "plain archive": (read_archive, ARCHIVE, tar(cifar10_entries(), zipped=False)),
    "JPEG": (read_picture, "x.jpg", picture(ending="JPEG")),
    "PNG": (read_picture, "x.png", picture()),
}


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=100)
@given(data=st.data())
def test_a_harmed_file_gives_arrays_of_the_right_shapes_or_a_value_error(
    tmp_path_factory, name, data
):
    read, file, content = READERS[name]
    folder = tmp_path_factory.getbasetemp() / f"harmed {name}"
    folder.mkdir(exist_ok=True)
    (folder / file).write_bytes(data.draw(harmed(content)))
    try:
        read(folder / file)
    except ValueError as error:
        assert str(error).startswith(f"{folder / file}: ")  # noqa: PT017
    assert [path.name for path in folder.iterdir()] == [file]


def test_a_file_that_cannot_be_opened_is_an_oserror(tmp_path):
    with pytest.raises(OSError, match="nothing"):
        read_idx(tmp_path / "nothing", (1,))
