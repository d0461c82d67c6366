"""Files of data sets: found where they are, fetched whole and unchanged, or not at all.

And what else people have in their folders: other sets, other versions, pages in place of files.
"""

import contextlib
import gzip
import hashlib
import http.server
import os
import re
import threading
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from data_files import (
    MIB,
    MNIST_NAMES,
    PUBLISHED,
    TINYNET_DATA,
    cifar10,
    everything_in,
    idx,
    little_memory,
    mnist,
    mnist_arrays,
    picture,
    real,
    refused,
    small_cifar10,
    small_mnist,
    write_cifar10,
    write_mnist,
)
from matplotlib.figure import Figure
from own_parts import telling_bar

import tinynet as tn
from tinynet import __main__ as command_line
from tinynet import plots
from tinynet._internal.progress import Silent
from tinynet.datasets import files

CONTENT = bytes(range(256)) * 1000
NAME = "some.gz"


def published(*mirrors, content=CONTENT, name=NAME):
    return PUBLISHED(name, len(content), hashlib.sha256(content).hexdigest(), mirrors)


def fetch(file, folder, progress=Silent):
    return files.complete("SOME", [file], {file.name: None}, folder, True, progress)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch, no_places):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def mirror(tmp_path):
    """A folder with the file, by its address."""
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / NAME).write_bytes(CONTENT)
    return (tmp_path / "mirror").as_uri() + "/"


# ---------------------------------------------------------------------------- a server that lies


# What a server sends, status, length and body; and what is said where that is wrong.
ANSWERS = {
    "good": (200, len(CONTENT), CONTENT, None),
    "without-length": (200, None, CONTENT, None),
    "cut-off": (200, len(CONTENT), CONTENT[:70_000], "256,000 bytes, got 70,000|IncompleteRead"),
    "sends-less": (200, len(CONTENT) - 1, CONTENT[:-1], "expected 256,000 bytes, got 255,999"),
    "endless": (200, None, None, "expected 256,000 bytes, got more"),
    "changed": (200, len(CONTENT), CONTENT[:-1] + b"!", "SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}"),
    "404": (404, 9, b"not found", "HTTP Error 404: Not Found"),
    "to-a-file": (302, 0, b"", "redirection|Found"),
    "hangs-up": (None, None, b"", "closed connection"),
    "nonsense": (None, None, b"nonsense\r\n\r\n", "nonsense"),
}


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers as the first part of the address says."""

    def do_GET(self):  # noqa: N802
        how = self.path.split("/")[1]
        self.server.asked.append(how)
        status, length, body, _ = ANSWERS[how]
        if status is None:
            self.wfile.write(body)
            self.close_connection = True
            return
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        if how == "to-a-file":
            self.send_header("Location", self.server.elsewhere)
        self.end_headers()
        with contextlib.suppress(OSError):  # who asked may have gone
            while body is None:
                self.wfile.write(bytes(1 << 16))
                self.server.sent += 1 << 16
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server(mirror):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked, server.sent, server.elsewhere = [], 0, mirror + NAME
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def address(server, how):
    return f"http://127.0.0.1:{server.server_port}/{how}/"


# ---------------------------------------------------------------------------- fetching


def test_a_file_is_fetched_into_a_folder_that_is_made_and_progress_counts_its_bytes(
    mirror, tmp_path
):
    bar, told = telling_bar()
    folder = tmp_path / "new" / "folder"
    assert fetch(published(mirror), folder, bar) == {NAME: folder / NAME}
    assert everything_in(folder) == {NAME: CONTENT}
    assert told[0] == {"total": len(CONTENT), "desc": NAME, "unit": "bytes"}
    assert sum(told[1:]) == len(CONTENT)
    assert len(told) > 3


@pytest.mark.parametrize("how", ["good", "without-length"])
def test_a_file_is_fetched_from_a_server(server, tmp_path, how):
    fetch(published(address(server, how)), tmp_path / "here")
    assert everything_in(tmp_path / "here") == {NAME: CONTENT}


@pytest.mark.parametrize("how", [how for how, (*_, why) in ANSWERS.items() if why])
def test_a_server_that_does_not_give_the_file_leaves_nothing_and_the_next_is_asked(
    server, tmp_path, how
):
    folder, bad = tmp_path / "here", address(server, how)
    with pytest.raises(FileNotFoundError, match=ANSWERS[how][-1]):
        fetch(published(bad), folder)
    assert everything_in(folder) == {}
    assert server.sent < 20_000_000
    fetch(published(bad, address(server, "good")), folder)
    assert everything_in(folder) == {NAME: CONTENT}
    assert server.asked == [how, how, "good"]


def test_a_server_that_is_silent_is_given_up(server, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "TIMEOUT", 0.2)
    waiting = threading.Event()
    monkeypatch.setattr(Handler, "do_GET", lambda handler: waiting.wait(20))
    with pytest.raises(FileNotFoundError, match="timed out"):
        fetch(published(address(server, "good")), tmp_path / "here")
    waiting.set()
    assert everything_in(tmp_path / "here") == {}


def test_where_nobody_listens_or_no_folder_can_be_it_says_so(mirror, tmp_path):
    with pytest.raises(FileNotFoundError, match="refused"):
        fetch(published("http://127.0.0.1:9/"), tmp_path / "here")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(FileNotFoundError, match="file"):
        fetch(published(mirror), tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


def test_ctrl_c_leaves_nothing_behind(mirror, tmp_path):
    class Interrupted(Silent):
        def update(self, n=1):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(published(mirror), tmp_path / "here", Interrupted)
    assert everything_in(tmp_path / "here") == {}


# ---------------------------------------------------------------------------- what is said


def test_the_error_says_what_is_missing_how_large_it_is_and_where_to_put_it(tmp_path):
    write_mnist(tmp_path)
    for name in MNIST_NAMES[1:3]:
        (tmp_path / name).unlink()
    before = everything_in(tmp_path)
    with pytest.raises(FileNotFoundError) as error:
        tn.mnist(tmp_path, download=False)
    lines = str(error.value).splitlines()
    assert lines[0].startswith("MNIST: not found, and download=False")
    assert lines[1].split() == ["train-labels-idx1-ubyte.gz", "28,881", "bytes"]
    assert lines[2].split() == ["t10k-images-idx3-ubyte.gz", "1,648,877", "bytes"]
    assert repr(str(tmp_path)) in lines[3]
    assert [line.strip() for line in lines[4:]] == list(mnist.MIRRORS)
    assert everything_in(tmp_path) == before


def test_where_one_file_cannot_be_had_the_others_are_not_asked_for(tmp_path, monkeypatch, server):
    mirrors = (address(server, "404"), address(server, "changed"))
    changed = tuple(
        PUBLISHED(file.name, file.size, file.sha256, mirrors) for file in mnist.PUBLISHED
    )
    monkeypatch.setattr(mnist, "PUBLISHED", changed)
    with pytest.raises(FileNotFoundError) as error:
        tn.mnist(tmp_path / "here", progress=Silent)
    assert server.asked == ["404", "changed"]
    text = str(error.value)
    for file in mnist.PUBLISHED:
        assert f"{file.name}  {file.size:,} bytes" in text
    assert f"{mirrors[0]}{MNIST_NAMES[0]}: HTTP Error 404" in text
    assert f"{mirrors[1]}{MNIST_NAMES[0]}: expected 9,912,422 bytes, got 256,000" in text
    assert everything_in(tmp_path / "here") == {}


def test_what_is_missing_is_downloaded_and_read_and_not_downloaded_again(tmp_path, monkeypatch):
    mirror = write_mnist(tmp_path / "mirror")
    content = {name: (mirror / name).read_bytes() for name in MNIST_NAMES}
    made = tuple(
        published(mirror.as_uri() + "/", content=content[name], name=name) for name in MNIST_NAMES
    )
    monkeypatch.setattr(mnist, "PUBLISHED", made)
    here = tmp_path / "here"
    here.mkdir()
    plain = MNIST_NAMES[0].removesuffix(".gz")
    (here / plain).write_bytes(gzip.decompress(content[MNIST_NAMES[0]]))
    with small_mnist():
        first = tn.mnist(here, progress=Silent)
        assert sorted(os.listdir(here)) == sorted([plain, *MNIST_NAMES[1:]])
        for name in MNIST_NAMES:
            (mirror / name).unlink()
        assert tn.mnist(here, progress=Silent).train[0].tobytes() == first.train[0].tobytes()


# ---------------------------------------------------------------------------- where


def test_places_are_looked_into_in_the_stated_order(tmp_path, monkeypatch):
    monkeypatch.setenv("TINYNET_DATA", str(tmp_path / "shared"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    places = ["named", "named/mnist", "shared/mnist", "shared"]
    for cache in ("cache/tinynet", "home/.cache/tinynet"):
        places += [f"{cache}/mnist", cache]
    assert files.folders("mnist", tmp_path / "named") == [tmp_path / place for place in places]


def test_without_a_home_a_folder_can_be_named(tmp_path, monkeypatch):
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as where nobody knows the user
    assert files.folders("mnist", tmp_path) == [tmp_path, tmp_path / "mnist"]
    with pytest.raises(FileNotFoundError, match="no home"):
        tn.mnist()


@pytest.mark.parametrize("cache", ["", "relative"])
def test_empty_variables_and_a_relative_cache_count_as_not_set(monkeypatch, no_places, cache):
    monkeypatch.setenv("TINYNET_DATA", "")
    monkeypatch.setenv("XDG_CACHE_HOME", cache)
    home = no_places / ".cache" / "tinynet"
    assert files.folders("mnist") == [home / "mnist", home]


@pytest.mark.parametrize("data", ["mnist", "cifar10"])
def test_the_first_place_that_has_the_files_gives_them(tmp_path, monkeypatch, data):
    module, write = {"mnist": (mnist, write_mnist), "cifar10": (cifar10, write_cifar10)}[data]
    places = [tmp_path / name for name in ("named", f"shared/{data}", "cache/tinynet")]
    monkeypatch.setenv("TINYNET_DATA", str(tmp_path / "shared"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with small_cifar10():
        for place in places:
            write(place)
    for place in places:
        found = set(module.locate(tmp_path / "named").values())
        assert {path.parent for path in found} == {place} or found == {place}
        for path in place.iterdir():
            path.unlink()
    assert set(module.locate(tmp_path / "named").values()) == {None}


# ---------------------------------------------------------------------------- other sets


@pytest.fixture
def small_sets(no_network):
    with small_mnist(), small_cifar10():
        yield


@pytest.mark.parametrize("page", [b"\n<!DOCTYPE html>", b"<!doctype html>", b"<html>", b"<?xml "])
@pytest.mark.parametrize("name", [*mnist.MD5, cifar10.ARCHIVE.name])
def test_a_page_in_place_of_a_file_is_called_one(small_sets, tmp_path, name, page):
    write_mnist(tmp_path)
    (tmp_path / name).write_bytes(page)
    read = tn.cifar10 if name == cifar10.ARCHIVE.name else tn.mnist
    refused(read, tmp_path, tmp_path / name, "expected data, got an HTML page.*; delete it")


def unpacked(folder, arrays):
    """The four files in a folder, not compressed."""
    folder.mkdir(parents=True)
    for name, array in arrays.items():
        (folder / name.removesuffix(".gz")).write_bytes(idx(array))
    return folder


@pytest.mark.parametrize("named", ["", "MNIST", "MNIST/raw"])
def test_files_of_torchvision_are_found(small_sets, tmp_path, named):
    unpacked(tmp_path / "MNIST" / "raw", mnist_arrays())
    found = tn.mnist(tmp_path / named, download=False)
    assert found.name == "MNIST"
    assert found.class_names == tuple("0123456789")
    np.testing.assert_array_equal(found.train[1], mnist_arrays()["train-labels-idx1-ubyte.gz"][:50])


@pytest.fixture
def asked(monkeypatch):
    """The addresses that are asked for; none answers."""
    asked = []

    def refuse(address, **_):
        asked.append(address)
        raise OSError("no network")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    return asked


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
def test_another_set_of_the_same_form_is_not_called_mnist(small_sets, tmp_path, name, of):
    firsts, class_names = of
    folder = unpacked(tmp_path / "data", labelled(*firsts))
    with pytest.warns(UserWarning, match="not that of MNIST's") as warned:
        found = tn.mnist(folder, download=False)
    assert len(warned) == 4
    assert (found.name, found.class_names) == (name, class_names)


def test_one_damaged_file_makes_it_another_set(small_sets, tmp_path):
    arrays = mnist_arrays()
    arrays["t10k-images-idx3-ubyte.gz"][3, 4, 5] ^= 1
    folder = unpacked(tmp_path / "data", arrays)
    with pytest.warns(UserWarning, match="not that of MNIST's t10k-images"):
        assert tn.mnist(folder, download=False).name == "not MNIST"


def test_trousers_have_label_1_and_ankle_boots_9():
    assert [mnist.FASHION[k] for k in (1, 9)] == ["Trouser", "Ankle boot"]


@pytest.mark.parametrize("name", cifar10.OTHERS)
@pytest.mark.parametrize("place", ["named", "named below", "TINYNET_DATA", "cache"])
def test_another_version_is_named_before_anything_is_asked_for(
    tmp_path, monkeypatch, no_places, asked, name, place
):
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


def test_the_binary_version_is_read_whatever_is_beside_it(small_sets, tmp_path):
    write_cifar10(tmp_path / "cifar-10-batches-bin")
    (tmp_path / "cifar-10-batches-py").mkdir()
    assert tn.cifar10(tmp_path, download=False).name == "CIFAR-10"


def test_another_version_elsewhere_does_not_keep_a_named_folder_from_its_download(
    tmp_path, monkeypatch, asked
):
    (tmp_path / "shared" / "cifar-10-batches-py").mkdir(parents=True)
    monkeypatch.setenv("TINYNET_DATA", str(tmp_path / "shared"))
    with pytest.raises(FileNotFoundError, match="not downloaded"):
        tn.cifar10(tmp_path / "cifar10")
    assert len(asked) == 1


@pytest.mark.parametrize("read", [tn.mnist, tn.cifar10])
def test_no_is_not_taken_for_yes(tmp_path, asked, read):
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


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0.2, 0.3), (-1, 1), (-0.1, 0.3)])
def test_black_is_0_where_nothing_is_below_it(low, high):
    x = np.linspace(low, high, 12)[None]
    black = 0 if low >= 0 else -1
    (grey,) = plots.images(x[:, :9], ax=Figure().subplots()).images
    assert grey.get_clim() == (black, 1)
    (image,) = plots.images(x, colour=True, ax=Figure().subplots()).images
    levels = ((x - black) / (1 - black)).reshape(3, 2, 2).transpose(1, 2, 0)
    np.testing.assert_allclose(image.get_array(), levels)


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (np.full((2, 4), 255), "from 0 to 1, got .*255 to 255"),
        (np.array([[-1.5, 0, 0, 1]]), "from -1 to 1, or from 0 to 1, got -1.5 to 1"),
        (np.zeros((2, 5)), r"side \* side in a row.*\(2, 5\)"),
    ],
)
def test_what_is_no_square_image_is_not_drawn(x, expected):
    with pytest.raises(ValueError, match=f"^x: .*{expected}"):
        plots.images(x, ax=Figure().subplots())


# ---------------------------------------------------------------------------- the command


def said(capsys, *arguments):
    assert command_line.main(["data", *map(str, arguments)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def test_data_says_what_is_here_what_is_missing_and_where_it_would_be(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.setenv("TINYNET_DATA", str(tmp_path / "shared"))
    out = said(capsys)
    for file in (*mnist.PUBLISHED, cifar10.ARCHIVE):
        assert f"  missing  {file.name}, {file.size:,} bytes\n" in out
        assert all(mirror in out for mirror in file.mirrors)
    for place in ("shared/mnist", "shared/cifar10"):
        assert f"  into     {tmp_path / place} " in out
    assert str(tmp_path / "home" / ".cache" / "tinynet" / "mnist") in out
    assert "  here" not in out
    assert everything_in(tmp_path) == {"home": None}
    write_mnist(tmp_path)
    (tmp_path / MNIST_NAMES[3]).unlink()
    unpacked = tmp_path / "cifar-10-batches-bin"
    with small_cifar10():
        write_cifar10(unpacked)
    out = said(capsys, "--folder", tmp_path)
    for name in MNIST_NAMES[:3]:
        path = tmp_path / name
        assert f"  here     {path}, {path.stat().st_size:,} bytes\n" in out
    assert f"  missing  {MNIST_NAMES[3]}" in out
    assert out.count("  missing  ") == 1
    assert f"(tn.mnist({str(tmp_path)!r}) downloads them)" in out
    assert f"): here\n  here     {unpacked}{os.sep}\n" in out


def test_the_lines_in_readme_run_and_say_the_truth(tmp_path, monkeypatch, capsys):
    write_mnist(tmp_path / "mnist")
    with small_cifar10():
        write_cifar10(tmp_path / "cifar-10-batches-bin")
    for name in ("a/0", "a/1", "a/2", "b/0", "b/1", "b/2"):
        path = tmp_path / "pictures" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TINYNET_DATA", str(tmp_path))
    text = (Path(tn.__file__).parents[1] / "lessons/README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```py\n(.*?)```", text, re.DOTALL)
    names = {"tn": tn}
    with small_mnist(), small_cifar10():
        exec(block, names)
    assert repr(names["data"]) in capsys.readouterr().out
    assert (names["x"].shape, names["labels"].dtype) == ((2, 1369), "int64")
    assert 11 < sum(file.size for file in mnist.PUBLISHED) / 1e6 < 12


# ---------------------------------------------------------------------------- the real files


def test_real_files_are_left_out_only_where_there_are_none():
    if not TINYNET_DATA:
        pytest.skip("TINYNET_DATA does not point at real files")
    found = [*mnist.locate(TINYNET_DATA).values(), *cifar10.locate(TINYNET_DATA).values()]
    assert any(found), "TINYNET_DATA holds neither MNIST nor CIFAR-10"


def test_the_sizes_are_the_papers():
    assert (mnist.TRAIN - mnist.VALID, mnist.VALID, mnist.TEST) == (50_000, 10_000, 10_000)
    assert (cifar10.RECORDS, len(cifar10.BATCHES), cifar10.CLASS_NAMES[3]) == (10_000, 6, "cat")
    assert cifar10.SIZE == 30_730_000


def test_the_real_mnist_has_the_digits_it_is_known_to_have():
    arrays, file = 70_000 * (784 * 4 + 8), 60_000 * 784 + 16
    with little_memory(arrays + file + 2 * MIB):
        data = tn.mnist(real("mnist"), download=False)
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


def test_the_real_cifar10_is_balanced():
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
