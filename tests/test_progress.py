"""One line at a terminal, a line every 10 seconds in a log, a bar in a notebook."""

import io
import sys
import types

import pytest

import tinynet as tn
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


# ---------------------------------------------------------------------------- in a log


def test_a_log_gets_at_most_a_line_every_ten_seconds(clock, file):
    lines = progress.Lines(1000, file=file)
    for _ in range(1000):
        clock.now += 0.1
        lines.update(1)
    lines.close()
    assert len(file.getvalue().splitlines()) == 10
    assert "\r" not in file.getvalue()


def test_short_work_leaves_no_line_in_a_log(clock, file):
    with progress.Lines(10, file=file) as lines:
        lines.update(10)
        clock.now += 9.9
    assert file.getvalue() == ""


def test_a_line_has_count_total_unit_share_time_left_a_text_and_rate(clock, file):
    lines = progress.Lines(20_000, "training", "updates", file=file)
    clock.now += 40
    lines.update(5_000)
    lines.set_postfix_str("cost 2.1")
    clock.now += 10
    lines.update(5_000)
    assert file.getvalue().splitlines() == [
        "training: 5,000 of 20,000 updates (25%), 2 min left, 125/s",
        "training: 10,000 of 20,000 updates (50%), 50 s left, cost 2.1, 200/s",
    ]


@pytest.mark.parametrize(
    ("total", "seconds", "line"),
    [(3, 70, "x: 3 of 3 it (100%), done in 70 s, 0.043/s"), (0, 10, "x: 0 of 0 it (100%)")],
)
def test_the_last_line_says_how_long_it_took(clock, file, total, seconds, line):
    with progress.Lines(total, "x", file=file) as lines:
        lines.update(total)
        clock.now += seconds
    assert file.getvalue().startswith(line)


def test_work_that_ends_early_is_not_called_done(clock, file):
    def work():
        with progress.Lines(4, file=file) as lines:
            lines.update(1)
            clock.now += 10
            raise KeyError

    with pytest.raises(KeyError):
        work()
    assert "1 of 4 it (25%), 30 s left" in file.getvalue()


def test_before_anything_is_done_the_time_left_is_not_known(clock, file):
    lines = progress.Lines(4, file=file)
    clock.now += 10
    lines.update(0)
    assert "? left" in file.getvalue()


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.4, "0 s"), (89, "89 s"), (91, "2 min"), (7000, "117 min")]
)
def test_a_time_has_the_unit_that_a_person_plans_with(seconds, said):
    assert progress.duration(seconds) == said
    assert progress.duration(9000) == "2.5 h"


def test_silent_says_nothing(capsys):
    with progress.Silent(total=3, desc="x", unit="y") as bar:
        bar.update()
        bar.set_postfix_str("z")
    assert capsys.readouterr() == ("", "")


def test_none_trains_in_silence(capsys):
    net = tn.mlp([2, 2], rng=0)
    source = tn.Shuffled([[0.0, 1.0], [1.0, 0.0]], [0, 1], rng=0)
    tn.train(net, tn.SoftmaxCrossEntropy(), tn.SGD(net, 0.1), source, 1, batch=1, progress=None)
    assert capsys.readouterr() == ("", "")


# ---------------------------------------------------------------------------- at a terminal


class Terminal(io.StringIO):
    def isatty(self):
        return True

    @property
    def screen(self):
        """The lines as a person sees them: a carriage return goes back, and what follows covers."""
        lines, column = [""], 0
        for letter in self.getvalue():
            if letter == "\n":
                lines, column = [*lines, ""], 0
            elif letter == "\r":
                column = 0
            else:
                lines[-1] = lines[-1][:column].ljust(column) + letter + lines[-1][column + 1 :]
                column += 1
        assert max(map(len, lines)) < 80  # none wraps
        return [line.rstrip() for line in lines]


def at_terminal(monkeypatch):
    """Let stdout and stderr be a terminal, which is returned."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", "80")
    return terminal


def test_a_terminal_has_one_line_which_goes_at_the_end(clock, monkeypatch):
    terminal = at_terminal(monkeypatch)
    with progress.bar(50, "training", "updates") as bar:
        for k in range(1, 50):
            clock.now += 1
            bar.update()
            assert terminal.screen == [
                f"training: {k} of 50 updates ({2 * k}%), {50 - k} s left, 1/s"
            ]
        bar.update()
    assert terminal.screen == [""]


def test_a_shorter_line_covers_a_longer_one_and_a_long_one_is_cut(clock, monkeypatch):
    terminal = at_terminal(monkeypatch)
    with progress.bar(100) as bar:
        for text in ("long " * 30, "short"):
            clock.now += 1
            bar.set_postfix_str(text)
            bar.update()
    assert terminal.screen == [""]
    assert terminal.getvalue().count("\r") == 4  # two lines, and the clearing


def test_the_line_is_redrawn_at_most_five_times_a_second(clock, monkeypatch):
    terminal = at_terminal(monkeypatch)
    with progress.bar(10_000) as bar:
        for _ in range(1000):
            clock.now += 0.001
            bar.update()
    assert 4 <= terminal.getvalue().count(" of 10,000") <= 5


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_table_that_is_printed_meanwhile_is_whole_and_the_line_goes_on_below(
    clock, monkeypatch, stream
):
    terminal = at_terminal(monkeypatch)
    with progress.bar(4, "x") as bar:
        for k in range(2):
            clock.now += 1
            bar.update()
            print(f"layer  {k}", 0.5, file=getattr(sys, stream))
            print("ok", file=getattr(sys, stream))
        clock.now += 1
        bar.update()
        shown = ["layer  0 0.5", "ok", "layer  1 0.5", "ok"]
        assert terminal.screen == [*shown, "x: 3 of 4 it (75%), 1 s left, 1/s"]
    assert terminal.screen == [*shown, ""]
    assert sys.stdout is sys.stderr is terminal


def test_the_line_waits_for_the_end_of_a_line_that_others_print(clock, monkeypatch):
    terminal = at_terminal(monkeypatch)
    with progress.bar(9, "x") as bar:
        for _ in range(3):
            print(".", end="")
            clock.now += 1
            bar.update()
        assert terminal.screen == ["..."]
        print()
        clock.now += 1
        bar.update()
        assert terminal.screen == ["...", "x: 4 of 9 it (44%), 5 s left, 1/s"]


def test_a_bar_within_a_bar_takes_its_place(clock, monkeypatch):
    terminal = at_terminal(monkeypatch)
    with progress.bar(4, "outer") as outer:
        clock.now += 1
        outer.update()
        with progress.bar(4, "inner") as inner:
            clock.now += 1
            inner.update()
            assert terminal.screen == ["inner: 1 of 4 it (25%), 3 s left, 1/s"]
        clock.now += 1
        outer.update()
        assert terminal.screen == ["outer: 2 of 4 it (50%), 3 s left, 0.67/s"]
    assert terminal.screen == [""]
    assert sys.stdout is sys.stderr is terminal


def test_what_is_printed_into_a_file_is_no_concern_of_the_line(clock, monkeypatch, file):
    terminal = at_terminal(monkeypatch)
    monkeypatch.setattr(sys, "stdout", file)
    with progress.bar(4, "x") as bar:
        clock.now += 1
        bar.update()
        assert sys.stdout is file
        print("layer")
        assert terminal.screen == ["x: 1 of 4 it (25%), 3 s left, 1/s"]


# ---------------------------------------------------------------------------- which of them


def in_notebook(monkeypatch):
    """Stderr as a notebook has it."""
    stream = type("OutStream", (io.StringIO,), {"__module__": "ipykernel.iostream"})()
    monkeypatch.setattr(sys, "stderr", stream)


def test_a_notebook_has_a_bar_of_tqdm(monkeypatch):
    auto = types.SimpleNamespace(tqdm=dict)  # whose bars are the arguments they were made of
    monkeypatch.setitem(sys.modules, "tqdm", types.SimpleNamespace(auto=auto))
    monkeypatch.setitem(sys.modules, "tqdm.auto", auto)
    in_notebook(monkeypatch)
    keywords = {"total": 3, "desc": "training", "unit": " updates", "initial": 0}
    assert progress.bar(3, "training", "updates") == keywords


def test_a_notebook_without_tqdm_has_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    in_notebook(monkeypatch)
    bar = progress.bar(3, "training", "updates")
    assert isinstance(bar, progress.OneLine)
    assert (bar.total, bar.desc, bar.unit) == (3, "training", "updates")


def test_lines_are_printed_where_nobody_looks(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert type(progress.bar(3)) is progress.Lines


def closed():
    stream = io.StringIO()
    stream.close()
    return stream


@pytest.mark.parametrize("stream", [None, closed()], ids=["none", "closed"])
def test_without_stderr_nothing_is_shown(monkeypatch, stream, capsys):
    monkeypatch.setattr(sys, "stderr", stream)
    with progress.bar(1) as bar:
        bar.update()
    assert capsys.readouterr().out == ""


def test_a_stream_that_can_only_write_is_enough(monkeypatch, clock):
    written = []
    stream = types.SimpleNamespace(write=written.append, flush=lambda: None)
    monkeypatch.setattr(sys, "stderr", stream)
    with progress.bar(1):
        clock.now += 10
    assert len(written) == 1


@pytest.mark.parametrize("error", [BrokenPipeError, ValueError])  # not read, closed
def test_a_stream_that_breaks_meanwhile_does_not_stop_the_work(clock, error):
    tried = []

    class Broken:
        def write(self, text):
            tried.append(text)
            raise error

    with progress.Lines(3, file=Broken()) as lines:
        clock.now += 10
        lines.update()
    assert len(tried) == 2
