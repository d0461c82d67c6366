"""What tests of several files are set up with."""

import pytest


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
