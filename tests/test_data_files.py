"""Files of data sets: found where they are, fetched whole and unchanged, or not at all."""

import contextlib
import gzip
import hashlib
import http.server
import os
import re
import threading
from pathlib import Path

import pytest
from data_files import (
    MNIST_NAMES,
    PUBLISHED,
    TINYNET_DATA,
    cifar10,
    cifar10_files,
    everything_in,
    mnist,
    mnist_arrays,
    small_cifar10,
    small_mnist,
    write_mnist,
)
from PIL import Image

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


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers as the first part of the address says."""

    def do_GET(self):  # noqa: N802
        how = self.path.split("/")[1]
        self.server.asked.append(how)
        status, length, body = {
            "good": (200, len(CONTENT), CONTENT),
            "without-length": (200, None, CONTENT),
            "cut-off": (200, len(CONTENT), CONTENT[:70_000]),
            "cut-off-at-once": (200, len(CONTENT), b""),
            "says-less": (200, 1000, CONTENT),
            "says-more": (200, len(CONTENT) + 1000, CONTENT),
            "sends-less": (200, len(CONTENT) - 1, CONTENT[:-1]),
            "sends-more": (200, len(CONTENT) + 1, CONTENT + b"!"),
            "endless": (200, None, None),
            "changed": (200, len(CONTENT), CONTENT[:-1] + b"!"),
            "empty": (200, 0, b""),
            "404": (404, 9, b"not found"),
            "500": (500, 0, b""),
            "page": (200, 15, b"<html>Log in!</"),
            "to-a-file": (302, 0, b""),
            "hangs-up": (None, None, None),
            "nonsense": (None, None, b"nonsense\r\n\r\n"),
        }[how]
        if status is None:
            self.wfile.write(body or b"")
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


def test_a_file_is_fetched_from_an_address_into_a_folder_that_is_made(mirror, tmp_path):
    folder = tmp_path / "new" / "folder"
    assert fetch(published(mirror), folder) == {NAME: folder / NAME}
    assert everything_in(folder) == {NAME: CONTENT}


@pytest.mark.parametrize("how", ["good", "without-length"])
def test_a_file_is_fetched_from_a_server(server, tmp_path, how):
    fetch(published(address(server, how)), tmp_path / "here")
    assert everything_in(tmp_path / "here") == {NAME: CONTENT}
    assert server.asked == [how]


BAD = {
    "cut-off": "expected 256,000 bytes, got 70,000|IncompleteRead",
    "cut-off-at-once": "expected 256,000 bytes, got 0|IncompleteRead",
    "says-less": "expected 256,000 bytes, got 1,000",
    "says-more": "expected 256,000 bytes|SHA-256|IncompleteRead",
    "sends-less": "expected 256,000 bytes, got 255,999",
    "sends-more": "expected 256,000 bytes, got more",
    "endless": "expected 256,000 bytes, got more",
    "changed": "expected SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}",
    "empty": "expected 256,000 bytes, got 0",
    "404": "HTTP Error 404: Not Found",
    "500": "HTTP Error 500",
    "page": "expected 256,000 bytes, got 15",
    "to-a-file": "redirection|Found",
    "hangs-up": "closed connection",
    "nonsense": "nonsense",
}


@pytest.mark.parametrize(("how", "why"), [(h, w) for h, w in BAD.items() if h != "says-more"])
def test_a_server_that_does_not_give_the_file_leaves_nothing_behind(server, tmp_path, how, why):
    folder = tmp_path / "here"
    with pytest.raises(FileNotFoundError, match=why):
        fetch(published(address(server, how)), folder)
    assert everything_in(folder) == {}
    assert server.asked == [how]
    assert server.sent < 20_000_000


def test_a_length_that_is_too_large_does_no_harm(server, tmp_path):
    """What came is whole and unchanged, or it is refused: both are right."""
    folder = tmp_path / "here"
    with contextlib.suppress(FileNotFoundError):
        fetch(published(address(server, "says-more")), folder)
    assert everything_in(folder) in ({}, {NAME: CONTENT})


@pytest.mark.parametrize("how", BAD)
def test_the_next_mirror_is_asked_where_one_fails(server, tmp_path, how):
    fetch(published(address(server, how), address(server, "good")), tmp_path / "here")
    assert everything_in(tmp_path / "here") == {NAME: CONTENT}
    assert server.asked[0] == how


def test_a_server_that_is_silent_is_given_up(server, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "TIMEOUT", 0.2)
    waiting = threading.Event()
    monkeypatch.setattr(Handler, "do_GET", lambda handler: waiting.wait(20))
    with pytest.raises(FileNotFoundError, match="timed out"):
        fetch(published(address(server, "good")), tmp_path / "here")
    waiting.set()
    assert everything_in(tmp_path / "here") == {}


def test_where_nobody_listens_it_says_so(tmp_path):
    with pytest.raises(FileNotFoundError, match="refused"):
        fetch(published("http://127.0.0.1:9/"), tmp_path / "here")


def test_a_file_in_the_place_of_the_folder_is_left_alone(mirror, tmp_path):
    (tmp_path / "here").write_text("mine")
    with pytest.raises(FileNotFoundError, match="here"):
        fetch(published(mirror), tmp_path / "here")
    assert (tmp_path / "here").read_text() == "mine"


def test_ctrl_c_leaves_nothing_behind(mirror, tmp_path):
    class Interrupted(Silent):
        def update(self, n=1):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(published(mirror), tmp_path / "here", Interrupted)
    assert everything_in(tmp_path / "here") == {}


def test_progress_counts_the_bytes(mirror, tmp_path):
    made = []

    class Bar(Silent):
        def __init__(self, **keywords):
            made.append(keywords)

        def update(self, n=1):
            made.append(n)

    fetch(published(mirror), tmp_path / "here", Bar)
    assert made[0] == {"total": len(CONTENT), "desc": NAME, "unit": "bytes"}
    assert sum(made[1:]) == len(CONTENT)
    assert len(made) > 3


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


def test_cifar10_names_its_archive(tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        tn.cifar10(tmp_path, download=False)
    assert "cifar-10-binary.tar.gz  170,052,171 bytes" in str(error.value)
    assert "https://www.cs.toronto.edu/~kriz/" in str(error.value)
    assert everything_in(tmp_path) == {"home": None}


def test_what_is_missing_is_downloaded_and_read_and_not_downloaded_again(tmp_path, monkeypatch):
    mirror = write_mnist(tmp_path / "mirror")
    content = {name: (mirror / name).read_bytes() for name in MNIST_NAMES}
    made = tuple(
        published(mirror.as_uri() + "/", content=content[name], name=name) for name in MNIST_NAMES
    )
    monkeypatch.setattr(mnist, "PUBLISHED", made)
    here = tmp_path / "here"
    here.mkdir()
    unpacked = gzip.decompress(content[MNIST_NAMES[0]])
    (here / MNIST_NAMES[0].removesuffix(".gz")).write_bytes(unpacked)
    with small_mnist():
        first = tn.mnist(here, progress=Silent)
        assert sorted(os.listdir(here)) == sorted(
            [MNIST_NAMES[0].removesuffix(".gz"), *MNIST_NAMES[1:]]
        )
        for name in MNIST_NAMES:
            (mirror / name).unlink()
        assert tn.mnist(here, progress=Silent).train[0].tobytes() == first.train[0].tobytes()


# ---------------------------------------------------------------------------- where


def test_places_are_looked_into_in_the_stated_order(tmp_path, monkeypatch, no_places):
    monkeypatch.setenv("TINYNET_DATA", str(tmp_path / "shared"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert files.folders("mnist", tmp_path / "named") == [
        tmp_path / "named",
        tmp_path / "named" / "mnist",
        tmp_path / "shared" / "mnist",
        tmp_path / "shared",
        tmp_path / "cache" / "tinynet" / "mnist",
        tmp_path / "cache" / "tinynet",
        no_places / ".cache" / "tinynet" / "mnist",
        no_places / ".cache" / "tinynet",
    ]


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


def test_the_first_place_that_has_the_file_gives_it(tmp_path, monkeypatch):
    places = [tmp_path / name for name in ("named", "shared/mnist", "cache/tinynet")]
    monkeypatch.setenv("TINYNET_DATA", str(tmp_path / "shared"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for place in places:
        write_mnist(place, zipped=False)
    for place in places:
        found = mnist.locate(tmp_path / "named")
        assert set(found.values()) == {place / name for name in MNIST_NAMES}
        for name in MNIST_NAMES:
            (place / name).unlink()
    assert set(mnist.locate(tmp_path / "named").values()) == {None}


def test_a_folder_must_be_a_path():
    with pytest.raises(TypeError, match="^folder: expected a path, got 3$"):
        tn.mnist(3)


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
    write_mnist(tmp_path, mnist_arrays())
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
    (tmp_path / "cifar-10-batches-bin").mkdir()
    for name, content in cifar10_files().items():
        (tmp_path / "cifar-10-batches-bin" / name).write_bytes(content)
    for name in "ab":
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for k in range(3):
            Image.new("L", (9, 9), 9).save(tmp_path / "pictures" / name / f"{k}.png")
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


def test_real_files_are_left_out_only_where_there_are_none():
    if not TINYNET_DATA:
        pytest.skip("TINYNET_DATA does not point at real files")
    found = [*mnist.locate(TINYNET_DATA).values(), *cifar10.locate(TINYNET_DATA).values()]
    assert any(found), "TINYNET_DATA holds neither MNIST nor CIFAR-10"
