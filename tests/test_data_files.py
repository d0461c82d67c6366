"""Files of data sets: found where they are, fetched whole and unchanged, or not at all."""

import contextlib
import gzip
import hashlib
import http.server
import os
import re
import threading
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
    little_memory,
    mnist,
    picture,
    real,
    small_cifar10,
    small_mnist,
    write_cifar10,
    write_mnist,
)
from own_parts import telling_bar

import tinynet as tn
from tinynet import __main__ as command_line
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


# What a server does: status, length and body of its answer; and what is said where that is wrong.
ANSWERS = {
    "good": (200, len(CONTENT), CONTENT, None),
    "without-length": (200, None, CONTENT, None),
    "cut-off": (200, len(CONTENT), CONTENT[:70_000], "256,000 bytes, got 70,000|IncompleteRead"),
    "says-less": (200, 1000, CONTENT, "expected 256,000 bytes, got 1,000"),
    "sends-less": (200, len(CONTENT) - 1, CONTENT[:-1], "expected 256,000 bytes, got 255,999"),
    "sends-more": (200, len(CONTENT) + 1, CONTENT + b"!", "expected 256,000 bytes, got more"),
    "endless": (200, None, None, "expected 256,000 bytes, got more"),
    "changed": (200, len(CONTENT), CONTENT[:-1] + b"!", "SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}"),
    "empty": (200, 0, b"", "expected 256,000 bytes, got 0"),
    "404": (404, 9, b"not found", "HTTP Error 404: Not Found"),
    "500": (500, 0, b"", "HTTP Error 500"),
    "page": (200, 15, b"<html>Log in!</", "expected 256,000 bytes, got 15"),
    "to-a-file": (302, 0, b"", "redirection|Found"),
    "hangs-up": (None, None, b"", "closed connection"),
    "nonsense": (None, None, b"nonsense\r\n\r\n", "nonsense"),
    # What came is whole and unchanged, or it is refused: both are right.
    "says-more": (200, len(CONTENT) + 1000, CONTENT, ""),
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
    assert server.asked == [how]


@pytest.mark.parametrize("how", [how for how, (*_, why) in ANSWERS.items() if why])
def test_a_server_that_does_not_give_the_file_leaves_nothing_and_the_next_is_asked(
    server, tmp_path, how
):
    folder, bad = tmp_path / "here", address(server, how)
    with pytest.raises(FileNotFoundError, match=ANSWERS[how][-1]):
        fetch(published(bad), folder)
    assert everything_in(folder) == {}
    assert server.asked == [how]
    assert server.sent < 20_000_000
    fetch(published(bad, address(server, "good")), folder)
    assert everything_in(folder) == {NAME: CONTENT}
    assert server.asked == [how, how, "good"]


def test_a_length_that_is_too_large_does_no_harm(server, tmp_path):
    with contextlib.suppress(FileNotFoundError):
        fetch(published(address(server, "says-more")), tmp_path / "here")
    assert everything_in(tmp_path / "here") in ({}, {NAME: CONTENT})


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


WRITERS = {"mnist": (mnist, write_mnist), "cifar10": (cifar10, write_cifar10)}


@pytest.mark.parametrize("data", WRITERS)
def test_the_first_place_that_has_the_files_gives_them(tmp_path, monkeypatch, data):
    module, write = WRITERS[data]
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


# ---------------------------------------------------------------------------- the command


def said(capsys, *arguments):
    assert command_line.main(["data", *map(str, arguments)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def test_data_says_what_is_missing_and_where_it_would_be(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("TINYNET_DATA", str(tmp_path / "shared"))
    out = said(capsys)
    for file in (*mnist.PUBLISHED, cifar10.ARCHIVE):
        assert f"  missing  {file.name}, {file.size:,} bytes\n" in out
        assert all(mirror in out for mirror in file.mirrors)
    assert f"  into     {tmp_path / 'shared' / 'mnist'} " in out
    assert f"  into     {tmp_path / 'shared' / 'cifar10'} " in out
    assert str(tmp_path / "home" / ".cache" / "tinynet" / "mnist") in out
    assert "  here" not in out
    assert sorted(os.listdir(tmp_path)) == ["home"]
    assert os.listdir(tmp_path / "home") == []


def test_data_says_what_is_here(tmp_path, capsys):
    write_mnist(tmp_path)
    (tmp_path / MNIST_NAMES[3]).unlink()
    unpacked = tmp_path / "cifar-10-batches-bin"
    unpacked.mkdir()
    for name in cifar10.BATCHES:
        (unpacked / name).write_bytes(b"")
    out = said(capsys, "--folder", tmp_path)
    for name in MNIST_NAMES[:3]:
        path = tmp_path / name
        assert f"  here     {path}, {path.stat().st_size:,} bytes\n" in out
    assert out.count("  missing  ") == 1
    assert f"  missing  {MNIST_NAMES[3]}" in out
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
