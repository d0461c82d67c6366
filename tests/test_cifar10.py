"""The archive of CIFAR-10: nothing but what has business there, whatever its headers promise."""

import gzip
import tarfile

import pytest
from data_files import (
    ARCHIVE,
    MIB,
    bomb,
    cifar10,
    cifar10_entries,
    cifar10_files,
    folder_entry,
    little_memory,
    small_cifar10,
    tar,
)
from data_files import refused as refused_below
from hypothesis import given, settings
from hypothesis import strategies as st

import tinynet as tn

pytestmark = pytest.mark.usefixtures("no_places")


@pytest.fixture(autouse=True, scope="module")
def small():
    with small_cifar10():
        yield


@pytest.fixture
def deep(tmp_path):
    """A folder above which there is room to climb."""
    folder = tmp_path / "some" / "where"
    folder.mkdir(parents=True)
    return folder


def refused(folder, content, match):
    """An archive is refused by its name, in little memory, and nothing is written even above it."""
    (folder / ARCHIVE).write_bytes(content)

    def load(above):
        tn.cifar10(folder, download=False)

    with little_memory():
        refused_below(load, folder.parents[1], folder / ARCHIVE, match)


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
    entries.insert(len(entries) if where == "last" else 0, added)
    refused(deep, tar(entries), match)


def test_an_archive_that_lacks_files_names_them_as_the_pickled_version_does(deep):
    contents = cifar10_files()
    del contents["data_batch_3.bin"], contents["test_batch.bin"]
    refused(deep, tar(cifar10_entries(contents)), "lacks data_batch_3.bin, test_batch.bin")
    entries = [("cifar-10-batches-py/data_batch_1", b"\x80\x04."), ("batches.meta", b"\x80\x04.")]
    refused(deep, tar(entries), "lacks data_batch_1.bin, ")


def test_very_many_files_are_refused_and_not_counted(deep):
    entries = [*cifar10_entries()[:-1], *[(f"{k}", b"") for k in range(cifar10.MEMBERS)]]
    refused(deep, tar(entries), "more than 100 files")


def header(size, kind, name=b"x"):
    """A tar header with any size, also beyond what octal digits can say."""
    made = bytearray(tarfile.TarInfo(name.decode()).tobuf(tarfile.GNU_FORMAT))
    made[124:136] = tarfile.itn(size, 12, tarfile.GNU_FORMAT)
    return with_checksum(made, kind)


def with_checksum(made, kind):
    made[156:157] = kind
    made[148:156] = b" " * 8
    made[148:156] = b"%06o\0 " % sum(made)
    return bytes(made)


LONG_HEADERS = [
    *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
    *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
]
GIGABYTES = [
    *[
        (header(size, kind), "bytes between two files")
        for kind in LONG_HEADERS
        for size in (200 * MIB, 2**40, 2**62)
    ],
    *[
        (header(size, tarfile.REGTYPE, name), "expected at most 12,292|invalid header")
        for name in (b"data_batch_1.bin", b"readme.html")
        for size in (2**40, -1, -(2**40))
    ],
    (header(2**40, tarfile.GNUTYPE_SPARSE, b"data_batch_1.bin"), None),
]


@pytest.mark.parametrize(("start", "match"), GIGABYTES)
def test_gigabytes_that_a_header_promises_are_refused_and_not_read(deep, start, match):
    refused(deep, bomb(start, 16 * MIB), match)


@settings(max_examples=100)
@given(
    headers=st.lists(st.binary(max_size=512), max_size=4), kind=st.binary(min_size=1, max_size=1)
)
def test_headers_of_any_bytes_with_a_right_checksum_are_refused(tmp_path_factory, headers, kind):
    folder = tmp_path_factory.getbasetemp() / "any" / "headers" / "here"
    folder.mkdir(exist_ok=True, parents=True)
    made = [with_checksum(bytearray(text.ljust(512, b"\0")), kind) for text in headers]
    refused(folder, gzip.compress(b"".join(made) + bytes(1024)), None)
