"""CIFAR-10: the binary version, from the folder or the archive; whatever else comes is refused."""

import gzip
import io
import tarfile
import time

import numpy as np
import pytest
from data_files import (
    MIB,
    bomb,
    cifar10,
    cifar10_entries,
    cifar10_files,
    everything_in,
    folder_entry,
    harmed,
    little_memory,
    real,
    small_cifar10,
    tar,
)
from hypothesis import given, settings
from hypothesis import strategies as st

import tinynet as tn

REAL = {name: getattr(cifar10, name) for name in ("RECORDS", "SIZE")}  # outside the tests
ARCHIVE = "cifar-10-binary.tar.gz"
pytestmark = pytest.mark.usefixtures("no_places")


@pytest.fixture(autouse=True, scope="module")
def small():
    with small_cifar10():
        yield


def write_folder(folder, contents=None):
    folder = folder / "cifar-10-batches-bin"
    folder.mkdir()
    for name, content in (contents or cifar10_files()).items():
        (folder / name).write_bytes(content)
    return folder


def read(folder):
    return tn.cifar10(folder, download=False)


def refused(folder, match, name=ARCHIVE):
    """The set is refused by a ValueError that names the file, and nothing is written."""
    before = everything_in(folder.parents[1])
    with pytest.raises(ValueError, match=match) as error:
        read(folder)
    assert name in str(error.value)
    assert str(folder) in str(error.value)
    assert everything_in(folder.parents[1]) == before


@pytest.fixture
def deep(tmp_path):
    """A folder above which there is room to climb."""
    folder = tmp_path / "some" / "where"
    folder.mkdir(parents=True)
    return folder


# ---------------------------------------------------------------------------- as it should be


def test_the_sizes_are_the_papers():
    assert REAL == {"RECORDS": 10_000, "SIZE": 30_730_000}
    assert len(cifar10.BATCHES) == 6


def write_archive(folder, zipped=True):
    (folder / ARCHIVE).write_bytes(tar(cifar10_entries(), zipped))


def write_archive_from_elsewhere(folder):
    """With other names in front, in another order, and with headers of another format."""
    files = list(cifar10_files().items())[::-1]
    with tarfile.open(folder / ARCHIVE, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for name, content in files:
            entry = tarfile.TarInfo(f"./{name}")
            entry.size = len(content)
            entry.pax_headers = {"comment": "é" * 500}
            archive.addfile(entry, io.BytesIO(content))


@pytest.mark.parametrize(
    "write",
    [
        write_folder,
        write_archive,
        lambda folder: write_archive(folder, zipped=False),
        write_archive_from_elsewhere,
    ],
    ids=["folder", "archive", "archive unzipped", "archive from elsewhere"],
)
def test_pixels_and_labels_are_those_of_the_files(tmp_path, write):
    write(tmp_path)
    data = read(tmp_path)
    records = np.frombuffer(b"".join(cifar10_files().values()), np.uint8).reshape(24, 3073)
    for (images, labels), rows in (
        (data.train, slice(16)),
        (data.valid, slice(16, 20)),
        (data.test, slice(20, 24)),
    ):
        assert images.dtype == np.float32
        np.testing.assert_allclose(images, records[rows, 1:] / 255, rtol=1e-6, atol=0)
        np.testing.assert_array_equal(labels, records[rows, 0].astype(np.int64), strict=True)
    assert repr(data) == (
        "Dataset(CIFAR-10: 16 train, 4 valid, 4 test, 3 x 32 x 32 inputs, 10 classes)"
    )
    assert data.class_names[3] == "cat"


def test_the_folder_itself_can_be_named(tmp_path):
    assert len(read(write_folder(tmp_path)).test[1]) == 4


def test_a_folder_that_lacks_a_file_is_passed_over(tmp_path):
    (write_folder(tmp_path) / "test_batch.bin").unlink()
    with pytest.raises(FileNotFoundError, match=ARCHIVE):
        read(tmp_path)
    write_archive(tmp_path)
    assert len(read(tmp_path).test[1]) == 4


def test_nothing_is_unpacked_to_disk(deep):
    write_archive(deep)
    before = everything_in(deep.parents[1])
    read(deep)
    assert everything_in(deep.parents[1]) == before


# ---------------------------------------------------------------------------- hostile folders


@pytest.mark.parametrize("name", ["data_batch_1.bin", "test_batch.bin"])
@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda content: content[:-1], "cut short: expected 12,292 bytes of data, got 12,291"),
        (lambda content: content[:3073], "cut short: expected 12,292 bytes of data, got 3,073"),
        (lambda content: b"", "cut short: expected 12,292 bytes of data, got 0"),
        (lambda content: content + b"\0", "too long"),
        (lambda content: b"\x0a" + content[1:], "expected labels 0 to 9, got 10 in record 0"),
        (
            lambda content: content[: 3 * 3073] + b"\xff" + content[3 * 3073 + 1 :],
            "expected labels 0 to 9, got 255 in record 3",
        ),
    ],
)
def test_a_file_that_is_not_right_is_refused(deep, name, change, match):
    contents = cifar10_files()
    contents[name] = change(contents[name])
    write_folder(deep, contents)
    refused(deep, match, name)
    (deep / ARCHIVE).write_bytes(tar(cifar10_entries(contents)))
    for file in (deep / "cifar-10-batches-bin").iterdir():
        file.unlink()
    refused(deep, f"{ARCHIVE}: .*({match}|of 12,293 bytes)", name)


# ---------------------------------------------------------------------------- hostile archives


def entry(name, kind, link=""):
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, link
    return made


HOSTILE = {
    "climbs": (("../../climbed.bin", b"x"), "'../../climbed.bin', which climbs out"),
    "climbs later": (("cifar-10-batches-bin/../../up", b"x"), "which climbs out"),
    "absolute": (("/tmp/climbed.bin", b"x"), "'/tmp/climbed.bin', which climbs out"),
    "climbing folder": ((folder_entry("../up"), b""), "which climbs out"),
    "link": ((entry("data_batch_1.bin", tarfile.SYMTYPE, "/etc/passwd"), b""), "a link"),
    "hard link": ((entry("data_batch_1.bin", tarfile.LNKTYPE, "../../x"), b""), "a link"),
    "link elsewhere": ((entry("a", tarfile.SYMTYPE, "b"), b""), "'a', a link"),
    "device": ((entry("data_batch_1.bin", tarfile.CHRTYPE), b""), "special file"),
    "pipe": ((entry("data_batch_1.bin", tarfile.FIFOTYPE), b""), "special file"),
    "twice": (("x/test_batch.bin", cifar10_files()["test_batch.bin"]), "test_batch.bin twice"),
    "large": (("readme.html", bytes(12_293)), "of 12,293 bytes; expected at most 12,292"),
}


@pytest.mark.parametrize("where", ["first", "last"])
@pytest.mark.parametrize(("added", "match"), HOSTILE.values(), ids=HOSTILE)
def test_an_archive_with_something_else_in_it_is_refused(deep, added, match, where):
    entries = cifar10_entries()
    if "twice" in match:
        entries = [*entries, added] if where == "last" else [added, *entries]
    else:
        entries.insert(len(entries) if where == "last" else 0, added)
    (deep / ARCHIVE).write_bytes(tar(entries))
    refused(deep, match)


def test_an_archive_that_lacks_files_names_them(deep):
    contents = cifar10_files()
    del contents["data_batch_3.bin"], contents["test_batch.bin"]
    (deep / ARCHIVE).write_bytes(tar(cifar10_entries(contents)))
    refused(deep, "lacks data_batch_3.bin, test_batch.bin")


def test_an_archive_cut_short_anywhere_is_refused(deep):
    zipped, plain = tar(cifar10_entries()), tar(cifar10_entries(), zipped=False)
    for content in (zipped, plain):
        at = (0, 1, 5, 15, 300, 512, 700, 2000, len(content) // 2, len(zipped) - 9, len(zipped) - 1)
        for length in at:
            (deep / ARCHIVE).write_bytes(content[:length])
            refused(deep, ARCHIVE)


def test_gzip_checks_the_bytes(deep):
    content = bytearray(tar(cifar10_entries()))
    content[-8] ^= 1
    (deep / ARCHIVE).write_bytes(content)
    refused(deep, "CRC")


def test_the_pickled_version_is_refused(deep):
    entries = [("cifar-10-batches-py/data_batch_1", b"\x80\x04."), ("batches.meta", b"\x80\x04.")]
    (deep / ARCHIVE).write_bytes(tar(entries))
    refused(deep, "lacks data_batch_1.bin, ")


def header(size, kind, name=b"x"):
    """A tar header with any size, also beyond what octal digits can say."""
    made = bytearray(tarfile.TarInfo(name.decode()).tobuf(tarfile.GNU_FORMAT))
    made[124:136] = tarfile.itn(size, 12, tarfile.GNU_FORMAT)
    made[156:157] = kind
    made[148:156] = b" " * 8
    made[148:156] = b"%06o\0 " % sum(made)
    return bytes(made)


KINDS = [
    *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
    *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
]


@pytest.mark.parametrize("size", [200 * MIB, 2**40, 2**62])
@pytest.mark.parametrize("kind", KINDS)
def test_a_header_of_gigabytes_is_refused_and_not_read(deep, kind, size):
    (deep / ARCHIVE).write_bytes(bomb(header(size, kind), 64 * MIB))
    with little_memory():
        refused(deep, "bytes between two files")


@pytest.mark.parametrize("size", [2**40, -1, -(2**40)])
@pytest.mark.parametrize("name", [b"data_batch_1.bin", b"readme.html"])
def test_a_file_of_gigabytes_is_refused_and_not_read(deep, name, size):
    (deep / ARCHIVE).write_bytes(bomb(header(size, tarfile.REGTYPE, name), 64 * MIB))
    with little_memory():
        refused(deep, "expected at most 12,292|invalid header")


def test_a_sparse_file_of_gigabytes_is_refused(deep):
    sparse = header(2**40, tarfile.GNUTYPE_SPARSE, b"data_batch_1.bin")
    (deep / ARCHIVE).write_bytes(bomb(sparse, 64 * MIB))
    with little_memory():
        refused(deep, ARCHIVE)


def test_very_many_files_are_refused_and_not_counted(deep):
    entries = [*cifar10_entries()[:-1], *[(f"{k}", b"") for k in range(5000)]]
    (deep / ARCHIVE).write_bytes(tar(entries))
    refused(deep, "more than 100 files")


def test_what_comes_after_the_end_is_not_read(deep):
    plain = tar(cifar10_entries(), zipped=False)
    (deep / ARCHIVE).write_bytes(bomb(plain))
    started = time.process_time()
    with little_memory():
        refused(deep, "bytes between two files")
    assert time.process_time() - started < 0.5  # 300 MiB take longer


CONTENT = {}


def archive(zipped):
    """The archive to be harmed, made once."""
    if zipped not in CONTENT:
        CONTENT[zipped] = tar(cifar10_entries(), zipped)
    return CONTENT[zipped]


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "zipped"])
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_harmed_archive_gives_the_right_shapes_or_a_value_error(tmp_path_factory, zipped, data):
    folder = tmp_path_factory.getbasetemp() / "harmed-archive"
    folder.mkdir(exist_ok=True)
    (folder / ARCHIVE).write_bytes(data.draw(harmed(archive(zipped))))
    try:
        found = read(folder)
    except ValueError as error:
        assert str(error).startswith(f"{folder / ARCHIVE}: ")  # noqa: PT017
    else:
        assert (found.train[0].shape, found.test[0].shape) == ((16, 3072), (4, 3072))
        assert 0 <= found.train[1].min() <= found.train[1].max() <= 9
    assert [path.name for path in folder.iterdir()] == [ARCHIVE]


@settings(max_examples=100, deadline=None)
@given(
    headers=st.lists(st.binary(max_size=512), max_size=4), kind=st.binary(min_size=1, max_size=1)
)
def test_headers_of_any_bytes_with_a_right_checksum_are_refused(tmp_path_factory, headers, kind):
    folder = tmp_path_factory.getbasetemp() / "any-headers"
    folder.mkdir(exist_ok=True)
    content = b""
    for text in headers:
        made = bytearray(text.ljust(512, b"\0"))
        made[156:157] = kind
        made[148:156] = b" " * 8
        made[148:156] = b"%06o\0 " % sum(made)
        content += made
    (folder / ARCHIVE).write_bytes(gzip.compress(content + bytes(1024)))
    with little_memory(), pytest.raises(ValueError, match=ARCHIVE):
        read(folder)


# ---------------------------------------------------------------------------- the real files


def test_the_real_cifar10_is_balanced(monkeypatch):
    for name, value in REAL.items():
        monkeypatch.setattr(cifar10, name, value)
    data = tn.cifar10(real("cifar10"), download=False)
    assert repr(data) == (
        "Dataset(CIFAR-10: 40,000 train, 10,000 valid, 10,000 test, 3 x 32 x 32 inputs, 10 classes)"
    )
    assert np.bincount(data.test[1]).tolist() == [1000] * 10
    learnt = np.bincount(data.train[1]) + np.bincount(data.valid[1])
    assert learnt.tolist() == [5000] * 10
    # The means of red, green and blue in the 50,000 training images, as everybody quotes them;
    # copies that were compressed again differ in the fourth digit.
    means = data.train[0].reshape(-1, 3, 1024).mean(axis=(0, 2), dtype=np.float64)
    np.testing.assert_allclose(means, [0.4914, 0.4822, 0.4465], atol=2e-3)
