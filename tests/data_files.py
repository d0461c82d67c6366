"""Small files in the formats of the data sets, and ways to harm them."""

import contextlib
import gzip
import hashlib
import importlib
import io
import os
import struct
import tarfile
import tracemalloc

import numpy as np
import pytest
from hypothesis import strategies as st
from PIL import Image

from tinynet.datasets import files

# The functions of these names stand in front of the modules.
mnist = importlib.import_module("tinynet.datasets.mnist")
cifar10 = importlib.import_module("tinynet.datasets.cifar10")
small_imagenet = importlib.import_module("tinynet.datasets.small_imagenet")

MNIST_NAMES = [file.name for file in mnist.PUBLISHED]
ARCHIVE = cifar10.ARCHIVE.name
MIB = 1 << 20


def idx(array):
    """An IDX file of bytes."""
    shape = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + shape + array.astype(np.uint8).tobytes()


def mnist_arrays(train=60, test=10, rng=0):
    """Images and labels by the names of the four files."""
    rng = np.random.default_rng(rng)
    arrays = []
    for n in (train, test):
        arrays += [rng.integers(256, size=(n, 28, 28)), rng.integers(10, size=n)]
    return dict(zip(MNIST_NAMES, arrays, strict=True))


def write_mnist(folder):
    """The four files in a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in mnist_arrays().items():
        (folder / name).write_bytes(gzip.compress(idx(array), mtime=0))
    return folder


@contextlib.contextmanager
def small_mnist():
    """MNIST has 60 images to learn from, the last 10 for validation, and 10 for the test."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("TRAIN", 60), ("TEST", 10), ("VALID", 10)):
            patch.setattr(mnist, name, value)
        md5 = {name: hashlib.md5(idx(array)).hexdigest() for name, array in mnist_arrays().items()}
        patch.setattr(mnist, "MD5", md5)
        yield


def cifar10_files(records=4, rng=0):
    """The six files of the binary version, by name."""
    rng = np.random.default_rng(rng)
    made = {}
    for name in cifar10.BATCHES:
        batch = rng.integers(256, size=(records, 3073)).astype(np.uint8)
        batch[:, 0] = rng.integers(10, size=records)
        made[name] = batch.tobytes()
    return made


def write_cifar10(folder):
    """The six files in a folder, which is made; as many records as CIFAR-10 has just then."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in cifar10_files(cifar10.RECORDS).items():
        (folder / name).write_bytes(content)
    return folder


@contextlib.contextmanager
def small_cifar10(records=4):
    """A file of CIFAR-10 has four records."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cifar10, "RECORDS", records)
        patch.setattr(cifar10, "SIZE", records * 3073)
        yield


def tar(entries, zipped=True):
    """An archive of ``(name or TarInfo, content)``, in the oldest common format."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for member, data in entries:
            if isinstance(member, str):
                member = tarfile.TarInfo(member)
            if member.isreg():
                member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(content.getvalue(), mtime=0) if zipped else content.getvalue()


def folder_entry(name="cifar-10-batches-bin"):
    entry = tarfile.TarInfo(name)
    entry.type = tarfile.DIRTYPE
    return entry


def cifar10_entries(contents=None):
    """What is in the archive: a folder and files."""
    entries = [(folder_entry(), b""), ("cifar-10-batches-bin/readme.html", b"<html>")]
    contents = cifar10_files() if contents is None else contents
    return entries + [(f"cifar-10-batches-bin/{name}", data) for name, data in contents.items()]


def bomb(start, zeros=300 * MIB):
    """Gzip of ``start`` and then very many zeros, in a thousandth of the space."""
    content = io.BytesIO()
    with gzip.GzipFile(fileobj=content, mode="wb", compresslevel=1, mtime=0) as file:
        file.write(start)
        for _ in range(zeros // MIB):
            file.write(bytes(MIB))
    return content.getvalue()


@contextlib.contextmanager
def little_memory(most=8 * MIB):
    """Python and NumPy must not take more memory than this at any moment."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < most, f"{peak / MIB:.1f} MiB"


def picture(level=128, size=(40, 40), mode="RGB", ending="PNG", **keywords):
    """A flat picture as a file."""
    content = io.BytesIO()
    image = Image.new(mode, size, level if mode == "L" else (level,) * len(mode))
    image.save(content, ending, **keywords)
    return content.getvalue()


def refused(load, folder, path, match=None):
    """A data set is refused by a ValueError that begins with a path, and nothing is written."""
    before = everything_in(folder)
    with pytest.raises(ValueError, match=match) as error:
        load(folder)
    assert str(error.value).startswith(f"{path}: ")
    assert everything_in(folder) == before


@st.composite
def harmed(draw, content):
    """A few bytes changed, cut out, put in, or the end cut off."""
    content = bytearray(content)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(content)) | st.integers(0, min(600, len(content))))
        how = draw(st.sampled_from(["cut short", "change", "put in", "take out"]))
        some = draw(st.binary(min_size=1, max_size=8))
        if how == "cut short":
            del content[at:]
        elif how == "change":
            content[at : at + len(some)] = some
        elif how == "put in":
            content[at:at] = some
        else:
            del content[at : at + len(some)]
    return bytes(content)


def everything_in(folder):
    """Every path below a folder, and the content of the files."""
    paths = sorted(folder.rglob("*"))
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in paths
    }


def real(name):
    """The folder of a real data set, below TINYNET_DATA as it was when the tests began; or skip."""
    if not TINYNET_DATA:
        pytest.skip("TINYNET_DATA does not point at real files")
    locate = {"mnist": mnist, "cifar10": cifar10}[name].locate
    if None in locate(TINYNET_DATA).values():
        pytest.skip(f"TINYNET_DATA has no {name}")
    return TINYNET_DATA


TINYNET_DATA = os.environ.get("TINYNET_DATA")
PUBLISHED = files.Published
