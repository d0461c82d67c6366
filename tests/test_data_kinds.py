"""What else people have in their folders: other sets, other versions, pages in place of files."""

import urllib.request

import numpy as np
import pytest
from data_files import (
    cifar10,
    everything_in,
    idx,
    mnist,
    mnist_arrays,
    picture,
    small_cifar10,
    small_mnist,
    write_cifar10,
    write_mnist,
)
from matplotlib.figure import Figure

import tinynet as tn
from tinynet import plots
from tinynet._internal.progress import Silent

PAGE = b"\n<!DOCTYPE html><html><title>403 Forbidden</title></html>"


@pytest.fixture(autouse=True)
def alone(no_places, no_network):
    """Nothing of this machine's is read, and nothing is downloaded."""
    with small_mnist(), small_cifar10():
        yield


def is_asked(monkeypatch):
    """The addresses that are asked for; none answers."""
    asked = []

    def refuse(address, **_):
        asked.append(address)
        raise OSError("no network")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    return asked


# ---------------------------------------------------------------------------- pages


@pytest.mark.parametrize("page", [PAGE, PAGE.lower(), b"<html>", b'<?xml version="1.0"?><Error/>'])
@pytest.mark.parametrize("name", [*mnist.MD5, cifar10.ARCHIVE.name])
def test_a_page_in_place_of_a_file_is_called_one(tmp_path, name, page):
    write_mnist(tmp_path)
    (tmp_path / name).write_bytes(page)
    before = everything_in(tmp_path)
    read = tn.cifar10 if name == cifar10.ARCHIVE.name else tn.mnist
    with pytest.raises(ValueError, match=r"expected data, got an HTML page.*; delete it") as error:
        read(tmp_path)
    assert str(error.value).startswith(f"{tmp_path / name}: ")
    assert everything_in(tmp_path) == before


# ---------------------------------------------------------------------------- MNIST and its like


def unpacked(folder, arrays):
    """The four files in a folder, not compressed."""
    folder.mkdir(parents=True)
    for name, array in arrays.items():
        (folder / name.removesuffix(".gz")).write_bytes(idx(array))
    return folder


@pytest.mark.parametrize("named", ["", "MNIST", "MNIST/raw"])
def test_files_of_torchvision_are_found(tmp_path, named):
    unpacked(tmp_path / "MNIST" / "raw", mnist_arrays())
    found = tn.mnist(tmp_path / named, download=False)
    assert found.name == "MNIST"
    assert found.class_names == tuple("0123456789")
    np.testing.assert_array_equal(found.train[1], mnist_arrays()["train-labels-idx1-ubyte.gz"][:50])


def labelled(train, test):
    """Arrays of MNIST's form whose labels begin so."""
    arrays = mnist_arrays(rng=1)
    arrays["train-labels-idx1-ubyte.gz"][:10] = list(train)
    arrays["t10k-labels-idx1-ubyte.gz"][:10] = list(test)
    return arrays


OTHER_SETS = {
    "Fashion-MNIST": (mnist.FASHION_LABELS, mnist.FASHION),
    "not MNIST": ((range(10), range(10)), tuple(f"class {k}" for k in range(10))),
}


@pytest.mark.parametrize(("name", "of"), OTHER_SETS.items(), ids=OTHER_SETS)
def test_another_set_of_the_same_form_is_not_called_mnist(tmp_path, name, of):
    firsts, class_names = of
    folder = unpacked(tmp_path / "data", labelled(*firsts))
    with pytest.warns(UserWarning, match="not that of MNIST's") as warned:
        found = tn.mnist(folder, download=False)
    assert len(warned) == 4
    assert (found.name, found.class_names) == (name, class_names)


def test_one_damaged_file_makes_it_another_set(tmp_path):
    arrays = mnist_arrays()
    arrays["t10k-images-idx3-ubyte.gz"][3, 4, 5] ^= 1
    folder = unpacked(tmp_path / "data", arrays)
    with pytest.warns(UserWarning, match="not that of MNIST's t10k-images"):
        assert tn.mnist(folder, download=False).name == "not MNIST"


def test_trousers_have_label_1_and_ankle_boots_9():
    assert [mnist.FASHION[k] for k in (1, 9)] == ["Trouser", "Ankle boot"]


# ---------------------------------------------------------------------------- versions of CIFAR


@pytest.mark.parametrize("name", cifar10.OTHERS)
@pytest.mark.parametrize("place", ["named", "named below", "TINYNET_DATA", "cache"])
def test_another_version_is_named_before_anything_is_asked_for(
    tmp_path, monkeypatch, no_places, name, place
):
    asked = is_asked(monkeypatch)
    folder = {
        "named": tmp_path / "data",
        "named below": tmp_path / "data" / "cifar10",
        "TINYNET_DATA": tmp_path / "shared",
        "cache": no_places / ".cache" / "tinynet" / "cifar10",
    }[place]
    monkeypatch.setenv("TINYNET_DATA", str(tmp_path / "shared"))
    folder.mkdir(parents=True)
    other = folder / name
    other.write_bytes(b"x") if name.endswith(".gz") else other.mkdir()
    named = tmp_path / "data" if place.startswith("named") else None
    with pytest.raises(FileNotFoundError, match="expected the binary version of CIFAR-10") as error:
        tn.cifar10(named)
    assert str(other) in str(error.value)
    assert cifar10.ARCHIVE.name in str(error.value)
    assert asked == []


def test_the_binary_version_is_read_whatever_is_beside_it(tmp_path):
    write_cifar10(tmp_path / "cifar-10-batches-bin")
    (tmp_path / "cifar-10-batches-py").mkdir()
    assert tn.cifar10(tmp_path, download=False).name == "CIFAR-10"


def test_another_version_elsewhere_does_not_keep_a_named_folder_from_its_download(
    tmp_path, monkeypatch
):
    asked = is_asked(monkeypatch)
    (tmp_path / "shared" / "cifar-10-batches-py").mkdir(parents=True)
    monkeypatch.setenv("TINYNET_DATA", str(tmp_path / "shared"))
    with pytest.raises(FileNotFoundError, match="not downloaded"):
        tn.cifar10(tmp_path / "cifar10")
    assert len(asked) == 1


@pytest.mark.parametrize("read", [tn.mnist, tn.cifar10])
def test_no_is_not_taken_for_yes(tmp_path, monkeypatch, read):
    asked = is_asked(monkeypatch)
    with pytest.raises(TypeError, match="download: expected True or False, got 'no'"):
        read(tmp_path, download="no")
    assert asked == []


# ---------------------------------------------------------------------------- pictures


def pictures(folder, count=3, ending=".png"):
    folder.mkdir(parents=True, exist_ok=True)
    for k in range(count):
        (folder / f"{k}{ending}").write_bytes(picture())


@pytest.mark.parametrize(("parts", "named"), [("train test", "train"), ("one two", "one")])
def test_a_folder_above_those_of_the_classes_is_pointed_down(tmp_path, parts, named):
    folder = tmp_path / "data"
    for part in parts.split():
        for name in ("cat", "dog"):
            pictures(folder / part / name)
    with pytest.raises(ValueError, match="expected at least three pictures") as error:
        tn.small_imagenet(folder, progress=Silent)
    said = f"; if the classes are folders in it, write small_imagenet({str(folder / named)!r})"
    assert str(error.value).endswith(said)
    assert len(tn.small_imagenet(folder / named, progress=None).train[1]) == 2


def test_too_few_pictures_and_no_folders_are_just_too_few(tmp_path):
    folder = tmp_path / "data"
    pictures(folder / "cat", count=2)
    with pytest.raises(ValueError, match="got 2$"):
        tn.small_imagenet(folder, progress=Silent)


def test_pictures_of_other_kinds_are_counted_and_one_is_named(tmp_path):
    folder = tmp_path / "data"
    for name in ("cat", "dog"):
        pictures(folder / name)
    pictures(folder / "dog", 2, ".bmp")
    (folder / "dog" / "3.WEBP").write_bytes(b"")
    (folder / "dog" / ".hidden.bmp").write_bytes(b"")
    (folder / "dog" / "notes.txt").write_bytes(b"")
    with pytest.warns(UserWarning, match="skipped 3 pictures") as warned:
        found = tn.small_imagenet(folder, progress=Silent)
    assert str(folder / "dog" / "0.bmp") in str(warned[0].message)
    assert warned[0].filename == __file__
    assert sum(len(part[1]) for part in (found.train, found.valid, found.test)) == 6


@pytest.mark.parametrize("name", ["nowhere", "file"])
def test_a_folder_that_is_not_there_is_said_so(tmp_path, name):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match=rf"^folder: expected .*, got .*{name}"):
        tn.small_imagenet(tmp_path / name)


# ---------------------------------------------------------------------------- drawn


def drawn(x, **keywords):
    """The picture of images, and the limits of its scale."""
    (image,) = plots.images(x, ax=Figure().subplots(), **keywords).images
    return np.asarray(image.get_array()), image.get_clim()


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0.2, 0.3), (-1, 1), (-0.1, 0.3)])
def test_black_is_0_where_nothing_is_below_it(low, high):
    x = np.linspace(low, high, 12)[None]
    black = 0 if low >= 0 else -1
    assert drawn(x[:, :9])[1] == (black, 1)
    np.testing.assert_allclose(
        drawn(x, colour=True)[0],
        ((x - black) / (1 - black)).reshape(3, 2, 2).transpose(1, 2, 0),
    )


@pytest.mark.parametrize(
    ("x", "expected", "got"),
    [
        (np.full((2, 4), 255), "from 0 to 1", "255 to 255"),
        (np.array([[-1.5, 0, 0, 1]]), "from -1 to 1", "-1.5 to 1"),
        (np.full((2, 4), np.nan), "from -1 to 1", "nan"),
        (np.zeros((2, 5)), "side * side in a row", "(2, 5)"),
        (np.zeros((2, 2, 2)), "shape (any, any)", "(2, 2, 2)"),
    ],
)
def test_what_is_no_square_image_is_not_drawn(x, expected, got):
    with pytest.raises(ValueError, match="^x: ") as error:
        plots.images(x, ax=Figure().subplots())
    assert expected in str(error.value)
    assert got in str(error.value)
