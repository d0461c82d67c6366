"""What tests of several files are set up with."""

import signal
import urllib.request

import pytest
from hypothesis import settings

settings.register_profile("busy", deadline=None)  # on a busy machine a right test may take long
settings.load_profile("busy")


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
