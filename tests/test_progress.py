"""A line every two seconds that says how much is done and how long the rest will take."""

import io
import sys
import types

import pytest

from tinynet._internal import progress


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until a test moves it: clock.now."""
    clock = types.SimpleNamespace(now=1000.0)
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock.now)
    return clock


@pytest.fixture
def file():
    return io.StringIO()


def test_at_most_one_line_every_two_seconds_is_printed(clock, file):
    lines = progress.Lines(1000, file=file)
    for _ in range(100):
        clock.now += 0.1
        lines.update(1)
    assert 4 <= len(file.getvalue().splitlines()) <= 5


def test_nothing_is_printed_in_the_first_two_seconds(clock, file):
    lines = progress.Lines(10, file=file)
    clock.now += 1.9
    lines.update(5)
    assert file.getvalue() == ""


def test_a_line_has_count_total_unit_share_rate_and_time_left(clock, file):
    lines = progress.Lines(20_000, "training", "updates", file=file)
    clock.now += 4
    lines.update(5_000)
    assert file.getvalue() == (
        "training: 5,000 of 20,000 updates (25%), 1,250 a second, 12 s left\n"
    )


def test_a_word_can_stand_at_the_end(clock, file):
    lines = progress.Lines(2, file=file)
    lines.set_postfix_str("cost 2.1")
    clock.now += 2
    lines.update()
    assert file.getvalue().endswith(", cost 2.1\n")


def test_the_last_line_says_how_long_it_took(clock, file):
    with progress.Lines(3, "x", file=file) as lines:
        lines.update(3)
        clock.now += 7
    assert file.getvalue() == "x: 3 of 3 it (100%), 0 a second, done in 7 s\n"


def test_work_that_ends_early_is_not_called_done(clock, file):
    def work():
        with progress.Lines(4, file=file) as lines:
            lines.update(1)
            clock.now += 1
            raise KeyError

    with pytest.raises(KeyError):
        work()
    assert "1 of 4" in file.getvalue()
    assert "3 s left" in file.getvalue()


def test_before_anything_is_done_the_time_left_is_not_known(clock, file):
    lines = progress.Lines(4, file=file)
    clock.now += 3
    lines.update(0)
    assert file.getvalue().endswith("? s left\n")


def test_work_of_no_steps_is_done_at_once(clock, file):
    with progress.Lines(0, "x", file=file):
        pass
    assert "0 of 0" in file.getvalue()


def test_silent_says_nothing(capsys):
    with progress.Silent(total=3, desc="x", unit="y") as bar:
        bar.update()
        bar.set_postfix_str("z")
    assert capsys.readouterr() == ("", "")


# ---------------------------------------------------------------------------- which bar


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def tqdm(monkeypatch):
    """A module of that name, whose bars are the arguments they were made of."""
    monkeypatch.setitem(sys.modules, "tqdm", types.SimpleNamespace(tqdm=dict))


@pytest.mark.usefixtures("tqdm")
def test_tqdm_is_taken_at_a_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert progress.bar(3, "training", "updates") == {
        "total": 3,
        "desc": "training",
        "unit": " updates",
        "initial": 0,
    }


@pytest.mark.usefixtures("tqdm")
def test_lines_are_printed_where_nobody_looks(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert isinstance(progress.bar(3), progress.Lines)


def test_lines_are_printed_at_a_terminal_without_tqdm(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setattr(sys, "stderr", Terminal())
    bar = progress.bar(3, "training", "updates")
    assert isinstance(bar, progress.Lines)
    assert (bar.total, bar.desc, bar.unit) == (3, "training", "updates")


def test_lines_go_to_stderr(capsys):
    with progress.bar(1) as bar:
        bar.update()
    out, err = capsys.readouterr()
    assert out == ""
    assert "1 of 1" in err
