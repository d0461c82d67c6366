"""Table 1 over several seeds: what is chosen, what is tested, what is bold; the command."""

import contextlib
import json
import time
from concurrent.futures.process import BrokenProcessPool
from importlib import resources
from itertools import product

import numpy as np
import pytest
from data_files import small_cifar10, small_mnist, write_cifar10, write_mnist
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from matplotlib.figure import Figure

from tinynet import plots
from tinynet.__main__ import main
from tinynet.commands import table1 as command
from tinynet.commands.main import parser
from tinynet.studies import figure11, seeded, table1
from tinynet.studies.race import ROWS, Size
from tinynet.studies.significance import mcnemar, sign_test
from tinynet.studies.table1 import BOLD, PAPER, Table1, packed, summary, unpacked
from tinynet.training import sweep

TINY = Size("tiny", width=4, updates=20, search=10, step=10)
IMAGES = 1000


def run(row, lr, seed, valid, test, depth=5):
    """A run that got the share ``test`` of the images wrong, others with each seed and row."""
    wrong = np.zeros(IMAGES, bool)
    wrong[: round(IMAGES * test)] = True
    wrong = np.roll(wrong, 7 * seed)
    return {
        **{"row": row, "depth": depth, "lr": lr, "seed": seed, "valid_error": valid},
        **{"test_error": float(wrong.mean()), "wrong": packed(wrong)},
    }


def diverged(row, lr, seed):
    return run(row, lr, seed, 0, 0) | dict.fromkeys(("valid_error", "test_error", "wrong"))


def three_rows(seeds):
    """a is the best; b is a little worse, and better at each third seed; c is much worse."""
    test = {"a": lambda s: 0.2, "b": lambda s: 0.19 if s % 3 == 2 else 0.21, "c": lambda s: 0.6}
    return [run(row, 0.1, s, test[row](s), test[row](s)) for s in range(seeds) for row in test]


# ---------------------------------------------------------------------------- packed bits


@given(arrays(bool, st.integers(1, 50)))
def test_bits_are_unpacked_as_they_were_packed(wrong):
    found = unpacked(packed(wrong))
    np.testing.assert_array_equal(found[: len(wrong)], wrong)
    assert not found[len(wrong) :].any()
    assert len(found) - len(wrong) < 8


def test_ten_thousand_images_are_less_than_two_thousand_characters():
    assert len(packed(np.ones(10_000, bool))) < 2000
    with pytest.raises(ValueError, match="text: expected booleans, packed as text, got 'é'"):
        unpacked("é")


# ---------------------------------------------------------------------------- the summary


def test_the_rate_and_depth_are_chosen_by_the_mean_validation_error():
    errors = {  # rate, depth: validation and test error of two seeds
        (0.01, 5): [(0.30, 0.10), (0.30, 0.10)],  # the best on the test images, and not chosen
        (0.03, 5): [(0.10, 0.30), (0.40, 0.40)],  # the best with one seed
        (0.03, 3): [(0.22, 0.24), (0.20, 0.26)],  # chosen
    }
    runs = [
        run("tanh", lr, seed, *errors[lr, depth][seed], depth)
        for (lr, depth), seed in product(errors, range(2))
    ]
    row = summary(runs)["rows"]["tanh"]
    assert (row["lr"], row["depth"]) == (0.03, 3)
    assert row["valid_error"] == pytest.approx(0.21)
    assert row["test_errors"] == [0.24, 0.26]
    assert row["mean"] == pytest.approx(0.25)
    assert row["by_test_error"] == pytest.approx(0.1)
    low, high = row["interval"]
    assert (low + high) / 2 == pytest.approx(0.25)
    assert high - low == pytest.approx(12.706 * np.std([0.24, 0.26], ddof=1) * 2 / np.sqrt(2), 1e-4)


def test_a_rate_that_is_too_large_with_one_seed_is_not_chosen():
    runs = [run("tanh", 0.1, 0, 0.1, 0.1), diverged("tanh", 0.1, 1)]
    with pytest.raises(ValueError, match=r"a rate at which tanh ends, got \[0.1\], all too large"):
        summary(runs)
    runs += [run("tanh", 0.03, seed, 0.3, 0.3) for seed in (0, 1)]
    assert summary(runs)["rows"]["tanh"]["lr"] == 0.03


def test_pairs_are_tested_across_seeds_and_within_each():
    found = summary(three_rows(12))
    assert [pair["rows"] for pair in found["pairs"]] == [("a", "b"), ("a", "c"), ("b", "c")]
    ab, ac, bc = found["pairs"]
    assert (ab["wins"], ab["losses"]) == (8, 4)
    assert ab["sign_test"] == sign_test(8, 4)
    assert ac["sign_test"] == bc["sign_test"] == sign_test(12, 0)
    assert ac["holm"] == 3 * sign_test(12, 0)
    assert ab["holm"] == sign_test(8, 4)  # the largest p is tested last
    assert len(ab["mcnemar"]) == 12
    runs = {run["row"]: unpacked(run["wrong"]) for run in three_rows(3) if run["seed"] == 2}
    only_a, only_b, p = mcnemar(runs["a"], runs["b"])
    assert ab["mcnemar"][2] == {"only_a": only_a, "only_b": only_b, "p": p, "holm": p}
    assert (only_a, only_b) == (10, 0)


def test_an_equal_error_is_no_win():
    runs = [run(row, 0.1, seed, 0.2, 0.2) for row in "ab" for seed in range(3)]
    (pair,) = summary(runs)["pairs"]
    assert (pair["wins"], pair["losses"], pair["sign_test"]) == (0, 0, 1)


@pytest.mark.parametrize(("seeds", "by_seeds"), [(1, False), (10, False), (11, True), (12, True)])
def test_bold_is_what_does_not_differ_from_the_best(seeds, by_seeds):
    """Of three pairs: with 11 seeds the sign test can find a difference."""
    found = summary(three_rows(seeds))
    assert (found["best"], found["seeds"], found["needed"]) == ("a", seeds, 11)
    assert found["by_seeds"] == by_seeds
    bold = {row: one["bold"] for row, one in found["rows"].items()}
    # At seed 0, a and b differ in 10 images, all of them wrong for b: p = 2 / 2^10 < .005.
    assert bold == {"a": True, "b": by_seeds, "c": False}


@pytest.mark.parametrize(("seeds", "p"), [(1, 2 / 2**9), (14, sign_test(13, 1))])
def test_bold_is_corrected_for_the_number_of_pairs(seeds, p):
    """Here b differs from a, and from c, with a p below .005 but not below a third of that."""
    test = {
        "a": lambda s: 0.2,
        "b": lambda s: 0.199 if s == 13 else 0.209,
        "c": lambda s: 0.2 if seeds == 1 else 0.199 + 0.003 * (s % 2),
    }
    found = summary([run(row, 0.1, s, 0.5, test[row](s)) for s in range(seeds) for row in test])
    first = found["pairs"][0]
    assert found["by_seeds"] == (seeds == 14)
    assert (first["sign_test"] if seeds == 14 else first["mcnemar"][0]["p"]) == p < 0.005 < 3 * p
    assert all(row["bold"] for row in found["rows"].values())


def test_one_row_has_no_pairs():
    found = summary([run("tanh", 0.1, 0, 0.2, 0.2)])
    assert found["pairs"] == []
    assert found["rows"]["tanh"]["bold"]
    assert "one seed" in table1.markdown(found, "mnist")


# ---------------------------------------------------------------------------- shown


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def markdown(seeds):
    names = dict(zip("abc", ("tanh_n", "tanh", "sigmoid"), strict=True))
    runs = [run | {"row": names[run["row"]]} for run in three_rows(seeds)]
    return summary(runs), table1.markdown(summary(runs), "cifar10").splitlines()


def test_the_table_has_the_papers_numbers_beside_ours_and_the_papers_bold():
    found, lines = markdown(12)
    low, high = found["rows"]["tanh"]["interval"]
    assert cells(lines[2]) == ["tanh_n", "0.1", "5", "**20.00**", "20.00 to 20.00", "**52.92**"]
    interval = f"{100 * low:.2f} to {100 * high:.2f}"
    assert cells(lines[3]) == ["tanh", "0.1", "5", "**20.33**", interval, "55.90"]
    assert cells(lines[4])[3:] == ["60.00", "60.00 to 60.00", "57.28"]
    text = "\n".join(lines)
    assert "the means of 12 seeds" in text
    assert "the sign test over 12 seeds (of two methods)" in text
    tanh = next(line for line in lines if line.startswith("| tanh_n, tanh "))
    assert cells(tanh)[1:4] == ["8 to 4", "0.39", "0.39"]
    assert "Too few" not in text
    assert text.count("_n: normalized weights") == 1


def test_too_few_seeds_are_told_and_what_is_compared():
    _, lines = markdown(3)
    text = "\n".join(lines)
    assert "McNemar's test at seed 0 (of two trained networks, not of two methods)" in text
    assert "Too few seeds to compare methods: 11 are needed" in text
    tanh = next(line for line in lines if line.startswith("| tanh_n, tanh "))
    assert cells(tanh)[1:4] == ["2 to 1", "1", "too few seeds"]


def test_the_picture_has_every_seed_the_mean_and_its_interval():
    rows = summary(three_rows(4))["rows"]
    paper = {"a": 16.0, "b": 17.0, "c": 82.0}
    ax = plots.table1(rows, paper, ax=Figure().subplots())
    for k, name in enumerate("abc"):
        interval, mean, seeds, published = ax.lines[4 * k : 4 * k + 4]
        np.testing.assert_allclose(interval.get_xdata(), 100 * np.array(rows[name]["interval"]))
        np.testing.assert_allclose(mean.get_xdata(), [100 * rows[name]["mean"]])
        np.testing.assert_allclose(seeds.get_xdata(), 100 * np.array(rows[name]["test_errors"]))
        np.testing.assert_allclose(published.get_xdata(), [paper[name]])
        assert {*interval.get_ydata(), *mean.get_ydata(), *published.get_ydata()} == {k}
    assert ax.get_xlabel() == "test error (%)"


def test_the_papers_table_is_complete():
    assert PAPER.keys() == BOLD.keys() == seeded.INPUTS.keys()
    for data, column in PAPER.items():
        assert column.keys() == ROWS.keys()
        worst_bold = max(column[row] for row in BOLD[data])
        assert all(column[row] > worst_bold for row in column if row not in BOLD[data])
    assert PAPER["shapeset"]["tanh"] == 27.15
    assert BOLD["mnist"] == ("softsign", "softsign_n", "tanh", "tanh_n")


# ---------------------------------------------------------------------------- runs


@pytest.fixture
def few_images(monkeypatch):
    """Small sets of images, and runs in this process."""
    monkeypatch.setattr(seeded, "IMAGES", 2000)
    monkeypatch.setattr(command, "Processes", lambda *_: contextlib.nullcontext())


def test_runs_differ_in_nothing_but_what_they_are_said_to(few_images, tmp_path):
    rows = {"relu": ("relu", "standard"), "relu_he": ("relu", "he")}
    table = Table1("shapeset", TINY, 2, (1, 2), rows, (0.1, 1e30))
    runs = table.run(tmp_path, progress=None)
    keys = [(run["row"], run["depth"], run["lr"], run["seed"]) for run in runs]
    assert sorted(keys) == sorted(product(rows, (1, 2), (0.1, 1e30), (0, 1)))
    for one in runs:
        assert (one["valid_error"] is None) == (one["lr"] == 1e30)
        if one["lr"] < 1:
            assert unpacked(one["wrong"]).mean() == one["test_error"]
    assert len(list(tmp_path.iterdir())) == 16
    again = Table1("shapeset", TINY, 1, (2,), rows, (0.1,)).run(progress=None)
    assert again == [run for run in runs if (run["seed"], run["depth"], run["lr"]) == (0, 2, 0.1)]


def test_what_stands_for_a_table_has_the_images_of_the_chosen_runs_alone():
    table = Table1("shapeset", TINY, 2, rates=(0.1, 0.2))
    runs = [run("tanh", lr, seed, lr, lr) for lr in (0.1, 0.2) for seed in range(2)]
    record = json.loads(json.dumps(table.record(runs, "the command")))
    assert ["wrong" in one for one in record["runs"]] == [True, True, False, False]
    assert summary(record["runs"]) == summary(runs)
    assert record["command"] == "the command"
    assert record["settings"]["width"] == 4


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"seeds": 0}, "seeds: expected at least 1, got 0"),
        ({"depths": (3, 3)}, r"depths: expected different ones, at least one, got \(3, 3\)"),
        ({"rates": (0.1, 0.1)}, "rates: expected different ones"),
        ({"depths": (0,)}, r"depths\[0\]: expected at least 1"),
        ({"data": "imagenet"}, "data: expected one of"),
    ],
)
def test_a_wrong_table_is_refused(given, said):
    with pytest.raises((TypeError, ValueError), match=said):
        Table1(**{"data": "shapeset", "size": TINY} | given)


@pytest.mark.long
def test_ten_thousand_results_are_read_and_summed_within_ten_seconds(tmp_path):
    """Of networks that err on half of the images, not on the same: there is most to count."""
    table = Table1("shapeset", figure11.SIZES["quick"], seeds=667)
    rows, jobs = zip(*table.jobs(), strict=True)
    files = sweep._Kept(table1.train_one, jobs, tmp_path)
    record = {"function": files.function, "counted": 20_000, "seconds": 9.5, "machine": "0123"}
    rng = np.random.default_rng(0)
    for k, job in enumerate(jobs):
        wrong = rng.uniform(size=10_000) < 0.5 + 0.02 * list(ROWS).index(rows[k])
        error = float(wrong.mean())
        result = {"valid_error": error, "test_error": error, "wrong": packed(wrong)}
        text = json.dumps(record | {"settings": job, "result": result})
        files.file(k).write_text(text, encoding="utf-8")
    began = time.process_time()  # of this process alone, whatever else the cores do
    runs = table.run(tmp_path, progress=None)
    text = table1.markdown(summary(runs), "shapeset")
    table.record(runs, "the command")
    assert time.process_time() - began < 10
    assert len(runs) == 10_005
    assert "the means of 667 seeds" in text


# ---------------------------------------------------------------------------- kept

FOLDER = resources.files("tinynet.studies") / "kept"
NAMES = sorted(
    tuple(file.name.removesuffix(".json").split("-")[1:])
    for file in FOLDER.iterdir()
    if file.name.startswith("table1-")
)
KEPT = table1.kept("shapeset")


def test_the_quick_table_comes_with_tinynet():
    assert ("shapeset", "quick") in NAMES


@pytest.mark.parametrize(("data", "name"), NAMES)
def test_a_kept_table_is_what_its_command_makes(data, name):
    """Named by its size, or by its width if that is not the size's."""
    record = table1.kept(data, name)
    command_line, settings = record["command"], record["settings"]
    words = command_line.removeprefix("python -m tinynet ").split()
    options = parser().parse_args(words)
    assert command._command(options) == command_line
    table = command._study(options)
    size = table.size
    assert name == (f"{size.width}" if "--width" in words else size.name)
    made = table.record(record["runs"], command_line)["settings"]
    assert made == settings
    jobs = table.jobs()
    asked = [(row, job["depth"], job["lr"], job["seed"]) for row, job in jobs]
    assert asked == [(r["row"], r["depth"], r["lr"], r["seed"]) for r in record["runs"]]
    assert {"python", "numpy", "tinynet"} <= record["versions"].keys()
    found = summary(record["runs"])
    chosen = [run for run in record["runs"] if "wrong" in run and run["wrong"] is not None]
    assert [(run["row"], run["depth"], run["lr"]) for run in chosen] == [
        (row, found["rows"][row]["depth"], found["rows"][row]["lr"])
        for _ in range(settings["seeds"])
        for row in table.rows
    ]
    for one in chosen:
        wrong = unpacked(one["wrong"])
        assert len(wrong) == seeded.IMAGES
        assert wrong.mean() == one["test_error"]


@pytest.mark.parametrize(("data", "name"), NAMES)
def test_a_kept_table_can_be_printed_and_drawn(data, name):
    found = summary(table1.kept(data, name)["runs"])
    text = table1.markdown(found, data)
    for row, one in found["rows"].items():
        line = next(line for line in text.splitlines() if line.startswith(f"| {row} |"))
        assert f"{100 * one['mean']:.2f}" in line
        assert f"{PAPER[data][row]:.2f}" in line
    assert ("Too few seeds" in text) == (found["seeds"] < found["needed"])
    ax = plots.table1(found["rows"], PAPER[data], ax=Figure().subplots())
    assert len(ax.get_yticks()) == len(found["rows"])


def test_a_table_that_is_not_kept_is_told():
    with pytest.raises(FileNotFoundError, match="one whose table is kept, got mnist's 'quick'"):
        table1.kept("mnist")


@pytest.mark.long
def test_a_run_of_the_kept_table_is_made_again():
    """The last bits differ from machine to machine, and their share of the error with them."""
    (row, job) = Table1("shapeset", figure11.SIZES["quick"], 1, rates=(0.03,)).jobs()[3]
    was = next(r for r in KEPT["runs"] if (r["row"], r["lr"], r["seed"]) == (row, 0.03, 0))
    found = table1.train_one(**job, progress=None)
    assert row == "tanh_n"
    assert found["test_error"] == pytest.approx(was["test_error"], abs=0.03)
    assert found["valid_error"] == pytest.approx(was["valid_error"], abs=0.03)


# ---------------------------------------------------------------------------- the command

SMALL = ["--width", "4", "--updates", "20", "--row", "tanh", "--row", "tanh_n"]


def typed(out, *more):
    return main(["table1", *SMALL, "--out", str(out), *more])


def test_the_command_prints_and_writes_the_table_and_goes_on(few_images, tmp_path, capsys):
    out = tmp_path / "out"
    assert typed(out, "--seeds", "2", "--depth", "1,2") == 0
    said = capsys.readouterr().out
    assert "| tanh |" in said
    assert (out / "table1.md").read_text() in said
    assert (out / "table1.png").stat().st_size > 5000
    record = json.loads((out / "table1.json").read_text())
    assert record["command"] == (
        "python -m tinynet table1 --data shapeset --size quick --seeds 2 --width 4 --updates 20"
        " --depth 1,2 --row tanh --row tanh_n"
    )
    assert len(record["runs"]) == 2 * 2 * 2 * 3
    files = {file: file.stat().st_mtime_ns for file in (out / "runs").iterdir()}
    assert len(files) == 24
    assert typed(out, "--seeds", "3", "--depth", "1") == 0
    now = {file: file.stat().st_mtime_ns for file in (out / "runs").iterdir()}
    assert len(now) == 24 + 6
    assert files.items() <= now.items()


@pytest.mark.parametrize("data", ["mnist", "cifar10"])
def test_the_command_takes_finite_data(data, few_images, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TINYNET_DATA", str(tmp_path / "data"))
    with small_mnist(), small_cifar10(30):
        write_mnist(tmp_path / "data" / "mnist")
        write_cifar10(tmp_path / "data" / "cifar10")
        assert typed(tmp_path / "out", "--data", data) == 0
    assert f"| {data}, test error (%) |" in capsys.readouterr().out


@pytest.mark.parametrize(("stop", "status"), [(KeyboardInterrupt, 130), (BrokenProcessPool, 1)])
def test_what_stops_the_command_says_what_is_kept(
    stop, status, few_images, tmp_path, monkeypatch, capsys
):
    class Stops:
        def submit(self, *_):
            raise stop

    monkeypatch.setattr(command, "Processes", lambda *_: contextlib.nullcontext(Stops()))
    assert typed(tmp_path / "out") == status
    said = "".join(capsys.readouterr())
    assert "0 of 6 results; start again" in said
    assert str(tmp_path / "out" / "runs") in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--seeds", "0"], "--seeds: expected at least 1, got 0"),
        (["--depth", "3,3"], "--depth: expected each depth once, got 3,3"),
        (["--depth", "3,x"], "--depth: expected a whole number, got 'x'"),
        (["--row", "relu"], "--row: invalid choice: 'relu'"),
        (["--dask", "tcp://127.0.0.1:1", "--workers", "2"], "not allowed with"),
    ],
)
def test_what_is_typed_wrong_is_refused(options, said, tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        typed(tmp_path / "out", *options)
    assert stop.value.code == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--row", "tanh"], "--row: expected each row once, got tanh twice"),
        (["--data", "mnist", "--size", "paper"], "--size: expected one of quick, medium, got"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_runs(options, said, tmp_path, capsys):
    assert typed(tmp_path / "out", *options) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_of_other_settings_is_refused_before_anything_runs(few_images, tmp_path, capsys):
    assert typed(tmp_path) == 0
    before = (tmp_path / "table1.json").read_bytes(), len(list((tmp_path / "runs").iterdir()))
    capsys.readouterr()
    assert typed(tmp_path, "--width", "5") == 1
    said = capsys.readouterr().err
    assert "table1.json is of other settings (width 4 there, 5 here): name another folder" in said
    (tmp_path / "table1.json").write_text("[]")
    assert typed(tmp_path) == 1
    assert "is no table" in capsys.readouterr().err
    assert before[1] == len(list((tmp_path / "runs").iterdir()))


def test_without_dask_the_command_says_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    assert typed(tmp_path / "out", "--dask", "tcp://127.0.0.1:8786") == 1
    assert 'pip install -e ".[cluster]"' in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_help_tells_how_to_start_a_cluster(capsys):
    with pytest.raises(SystemExit):
        main(["table1", "--help"])
    said = capsys.readouterr().out
    for line in ("dask scheduler", "dask worker tcp://127.0.0.1:8786 --nthreads 1", "SLURMCluster"):
        assert line in said
