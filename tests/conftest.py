"""What tests of several files are set up with."""

import os
import shutil
import signal
import subprocess
import sys
import urllib.request

import pytest
from hypothesis import settings
from lesson_facts import LESSONS

settings.register_profile("busy", deadline=None)  # on a busy machine a right test may take long
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "busy"))


@pytest.fixture(scope="session", autouse=True)
def hears_ctrl_c():
    """Tests press Ctrl-C, which a shell that starts them in the background has switched off."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def no_places(monkeypatch, tmp_path):
    """No TINYNET_DATA, and an empty home: nothing of this machine's is found or changed."""
    monkeypatch.delenv("TINYNET_DATA", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    return home


@pytest.fixture
def no_network(monkeypatch):
    """Whoever asks for an address hears that there is no network."""

    def refused(*_, **__):
        raise OSError("no network")

    monkeypatch.setattr(urllib.request, "urlopen", refused)


@pytest.fixture(scope="session")
def kept(tmp_path_factory):
    """Make a folder in which lessons keep their training runs, for others and for their pages."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="session")
def notebooks(tmp_path_factory):
    """Make a notebook of each lesson, as lessons/README.md says."""
    pytest.importorskip("jupytext", reason='needs pip install ".[web]"')
    folder = tmp_path_factory.mktemp("notebooks")
    made = [shutil.copy(path, folder) for path in LESSONS.values()]
    words = ["--quiet", "--to", "notebook", "--set-kernel", "python3"]
    command = [sys.executable, "-m", "jupytext", *words, *map(str, made)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return folder
