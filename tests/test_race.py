"""The race: rates chosen by validation, runs that go on, results small enough to keep."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from data_files import real
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from tinynet import plots
from tinynet.__main__ import main
from tinynet._internal.progress import Silent
from tinynet.studies import figure11, figure12, race, tables
from tinynet.studies.comparison import Settings
from tinynet.studies.figure11 import SIZES
from tinynet.studies.race import GRID, ROWS, Race, Size, best_rate, kept
from tinynet.studies.watched import Run, watch
from tinynet.training import checkpoint

TINY = Size("tiny", width=4, updates=40, search=10, step=10)
ROW = {"tanh_n": ROWS["tanh_n"]}


def study(folder, **keywords):
    return Race("shapeset", TINY, folder, ROW, workers=2, **keywords)


def all_of_it(figure):
    grids = figure.choose_rates(Silent)
    figure.learn({row: best_rate(row, grid) for row, grid in grids.items()}, Silent)
    return figure.results()


def without_time(results):
    return {
        row: {name: value for name, value in result.items() if "seconds" not in name}
        for row, result in results.items()
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("figure11")


@pytest.fixture(scope="module")
def results(folder):
    return all_of_it(study(folder))


# ---------------------------------------------------------------------------- what comes out


def test_a_result_records_settings_and_measurements(results):
    result = results["tanh_n"]
    assert result["finished"]
    assert result["updates_done"] == result["settings"]["updates"] == 40
    assert result["updates"] == [10, 20, 30, 40]
    assert len(result["test_error"]) == len(result["test_cost"]) == 4
    assert np.shape(result["layers"]["z_p98"]) == (4, 5)
    assert np.shape(result["layers"]["dW_std"]) == (4, 6)
    assert result["settings"]["init"] == "normalized"
    assert result["settings"]["depth"] == 5
    assert result["command"] == "python -m tinynet figure11 --size tiny --row tanh_n"
    assert len(json.dumps(result, allow_nan=False)) < 20_000


def test_the_rate_is_the_one_with_the_lowest_validation_cost_after_the_search(results):
    result = results["tanh_n"]
    assert [trial["lr"] for trial in result["grid"]] == list(GRID)
    assert {trial["updates"] for trial in result["grid"]} == {10}
    best = min(result["grid"], key=lambda trial: trial["validation_cost"])
    assert result["settings"]["lr"] == best["lr"]
    assert result["test_error"][0] == best["test_error"]  # the curve goes on from its trial


def test_a_second_call_finds_everything_done(results, folder):
    before = {file: file.stat().st_mtime_ns for file in folder.iterdir()}
    again = all_of_it(study(folder))
    assert again == results
    written = {file: file.stat().st_mtime_ns for file in folder.iterdir()}
    assert written == before


def test_a_stopped_run_is_marked_and_goes_on_to_the_same_bits(results, tmp_path):
    figure = study(tmp_path)
    assert figure.results() == {}
    grids = figure.choose_rates(Silent)
    stopped = figure.results()["tanh_n"]
    assert not stopped["finished"]
    assert stopped["updates_done"] == 10
    assert figure.seconds_left() > 0
    figure.learn({"tanh_n": best_rate("tanh_n", grids["tanh_n"])}, Silent)
    assert without_time(figure.results()) == without_time(results)
    assert figure.seconds_left() == 0


def test_a_given_rate_replaces_the_grid(results, tmp_path):
    result = all_of_it(study(tmp_path, rates=(0.02,)))["tanh_n"]
    assert result["finished"]
    assert [trial["lr"] for trial in result["grid"]] == [result["settings"]["lr"]] == [0.02]
    assert result["command"].endswith("--size tiny --row tanh_n --lr 0.02")
    assert result["test_cost"] != results["tanh_n"]["test_cost"]
    line = tables.trials({"tanh_n": result["grid"]}, {"tanh_n": 0.02}).splitlines()
    assert line[2].split() == ["lr", "0.01", "lr", "0.02", "lr", "0.03", "lr", "0.1", "chosen"]


def test_a_stopped_grid_gives_the_results_so_far(results, folder, tmp_path):
    for file in folder.glob("*lr-0.01*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    partial = study(tmp_path).results()["tanh_n"]
    assert [trial["lr"] for trial in partial["grid"]] == [0.01]
    assert partial["settings"]["lr"] == 0.01
    assert not partial["finished"]
    line = tables.trials({"tanh_n": partial["grid"]}, {"tanh_n": 0.01}).splitlines()[-1]
    assert line.split()[2:] == ["-", "-", "0.01"]


def test_if_no_trial_has_ended_the_farthest_is_given(folder, results, tmp_path):
    for lr in (0.01, 0.03):
        name = f"shapeset-tiny-tanh_n-lr-{lr}.npz"
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    longest = results["tanh_n"]["settings"]["lr"]
    partial = study(tmp_path).results()["tanh_n"]
    assert partial["grid"] == []
    assert not partial["finished"]
    assert partial["settings"]["lr"] == (longest if longest in (0.01, 0.03) else 0.01)


def test_another_seed_is_another_run_and_is_refused_in_the_same_folder(results, folder, tmp_path):
    other = all_of_it(study(tmp_path, seed=1))["tanh_n"]
    assert other["test_cost"] != results["tanh_n"]["test_cost"]
    assert other["command"].endswith("--seed 1")
    with pytest.raises(ValueError, match=r"settings.*\(seed\).*another folder"):
        study(folder, seed=1).choose_rates(Silent)


# In float32 a step of 1e14 leaves weights that are finite, of which no cost is.
@pytest.mark.parametrize(("lr", "updates"), [(1e14, 1), (1e14, 2), (1e200, 1), (1e200, 50)])
def test_a_rate_too_large_has_no_cost_even_if_only_the_last_update_breaks(lr, updates):
    run = Run(activation="relu", lr=lr, depth=2, width=20, updates=updates, every=(updates,))
    trial = race._try(run, None, Silent)
    assert trial == {"lr": lr, "updates": updates, "validation_cost": None, "test_error": None}


@pytest.mark.parametrize(
    ("costs", "best"),
    [([2.0, 1.0, 1.5], 0.03), ([1.0, 1.1, 0.9], 0.1), ([None, 2.0, None], 0.03)],
)
def test_the_best_rate_has_the_lowest_cost_of_the_trials_that_ended(costs, best):
    grid = [{"lr": lr, "validation_cost": c} for lr, c in zip(GRID, costs, strict=True)]
    assert best_rate("tanh", grid) == best


def test_if_every_rate_is_too_large_the_row_is_named():
    with pytest.raises(ValueError, match=r"lr: .*\(0.5, 9\).*too large for tanh"):
        best_rate("tanh", [{"lr": lr, "validation_cost": None} for lr in (0.5, 9)])


# ---------------------------------------------------------------------------- without a folder


def test_a_race_without_a_folder_finds_the_same_and_keeps_nothing(results, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    figure, kept = study(None), results["tanh_n"]
    grid = figure.choose_rates(Silent)["tanh_n"]
    assert grid == kept["grid"]
    seen = figure.learn({"tanh_n": best_rate("tanh_n", grid)}, Silent)["tanh_n"]
    assert seen["updates"].tolist() == kept["updates"]
    assert seen["test_error"].tolist() == kept["test_error"]
    assert seen.settings["versions"] == kept["versions"]
    assert figure.results() == {}
    assert not list(tmp_path.iterdir())


def test_the_main_job_is_a_race():
    main_job = Settings("relu", depth=2, width_in_training=7, updates=9, seed=3).race
    assert (main_job.folder, main_job.rates) == (None, GRID)
    assert list(main_job.rows) == ["standard", "normalized"]
    kinds = {"activation": "relu", "init": "normalized", "data": "shapeset"}
    sizes = {"depth": 2, "width": 7, "test_images": 10_000, "jacobians": 0}
    run = Run(**kinds, **sizes, lr=0.1, seed=3, updates=9, every=tuple(range(10)))
    assert main_job._run("normalized", 0.1) == run
    assert Settings("all").race.rows == ROWS


@given(updates=st.integers(1, 100_000))
def test_the_main_job_looks_about_40_times_from_before_the_first_update_to_the_last(updates):
    looks = Settings(updates=updates).race.size.looks
    assert (looks[0], looks[-1]) == (0, updates)
    assert min(updates + 1, 21) <= len(looks) <= 42
    assert (np.diff(looks) > 0).all()


@pytest.mark.parametrize(("updates", "tried"), [(80_000, 20_000), (100, 25), (3, 1), (1, 1)])
def test_the_main_job_tries_each_rate_for_a_quarter_of_the_updates(updates, tried):
    assert Settings(updates=updates).race.size.search == tried


# ---------------------------------------------------------------------------- sizes


def test_every_size_looks_at_the_end_of_its_search_and_at_its_end():
    for size in SIZES.values():
        assert size.search in size.looks
        assert size.looks[-1] == size.updates
        assert list(size.looks) == sorted(set(size.looks))


def test_the_sizes_are_those_of_the_paper_and_smaller():
    assert (SIZES["medium"].width, 10 * SIZES["medium"].updates) == (1000, 2_000_000)
    assert (SIZES["paper"].width, 10 * SIZES["paper"].updates) == (1000, 25_000_000)


def test_updates_are_shared_out_among_the_workers():
    assert race._rounds([10, 10, 10], 2) == 15
    assert race._rounds([10], 2) == 10
    assert race._rounds([], 2) == 0


# ---------------------------------------------------------------------------- kept results


MEDIUM = {"shapeset": SIZES["medium"]}
MEDIUM.update({data: sizes["medium"] for data, sizes in figure12.SIZES.items()})
KEPT = [(data, row) for data in MEDIUM for row in kept(data)]


def test_tinynet_comes_with_results():
    assert ("shapeset", "tanh_n") in KEPT


@pytest.mark.parametrize(("data", "row"), KEPT)
def test_a_kept_result_is_of_the_medium_size_as_long_as_it_says_and_has_the_rate_of_its_trials(
    data, row
):
    result, size = kept(data)[row], MEDIUM[data]
    settings = result["settings"]
    assert (result["data"], result["row"], result["size"]) == (data, row, "medium")
    assert settings["data"] == data
    assert (settings["width"], settings["updates"]) == (size.width, size.updates)
    assert (settings["depth"], settings["batch"], settings["seed"]) == (5, 10, 0)
    assert settings["test_images"] == 10_000
    assert (settings["activation"], settings["init"]) == ROWS[row]
    command = f"python -m tinynet {race.COMMANDS[data]} --size medium --row {row}"
    with_rate = f"{command} --lr {settings['lr']:g}"
    assert result["command"] in (command, with_rate)
    grid, done = result["grid"], result["updates_done"]
    rates = 1 if " --lr " in result["command"] else len(GRID)
    assert result["finished"] == (len(grid) == rates and done == size.updates)
    assert result["updates"] == [k for k in size.looks if k <= done]
    curves = ["test_error", "test_cost"]
    curves += [] if data == "shapeset" else ["valid_error", "valid_cost"]
    for name in curves:
        assert len(result[name]) == len(result["updates"])
    assert all(trial["updates"] == size.search for trial in grid)
    if grid:
        assert result["settings"]["lr"] == best_rate(row, grid)
        trial = next(trial for trial in grid if trial["lr"] == result["settings"]["lr"])
        if done >= size.search:  # the curve goes on from its trial
            k = result["updates"].index(size.search)
            assert result["test_error"][k] == trial["test_error"]


def long_run(row):
    return kept("shapeset", "long")[row]


LONG = kept("shapeset", "long")
MADE_AGAIN = [row for row, result in LONG.items() if "again" in result]


@pytest.mark.parametrize("row", LONG)
def test_a_long_result_is_of_the_papers_25_million_images_at_a_rate_that_was_given(row):
    result, size = long_run(row), SIZES["long"]
    settings, done = result["settings"], result["updates_done"]
    assert settings["updates"] * settings["batch"] == 25_000_000
    assert (settings["width"], settings["depth"], settings["seed"]) == (300, 5, 0)
    assert (settings["activation"], settings["init"]) == ROWS[row]
    assert {trial["lr"] for trial in result["grid"]} <= {settings["lr"]}  # not searched
    rate = f"--lr {settings['lr']:g}"
    assert result["command"] == f"python -m tinynet figure11 --size long --row {row} {rate}"
    assert result["finished"] == (done == settings["updates"])
    assert result["updates"] == [k for k in size.looks if k <= done]
    assert len(result["test_error"]) == len(result["test_cost"]) == len(result["updates"])


@pytest.mark.parametrize("row", MADE_AGAIN)
def test_the_first_looks_of_a_long_result_were_made_again(row):
    """To the printed digits, until rounding, which differs from machine to machine, has grown."""
    result = long_run(row)
    again = dict(zip(*result["again"].values(), strict=True))
    was = dict(zip(result["updates"], result["test_error"], strict=True))
    assert again[1000] == was[1000]
    assert abs(again[25_000] - was[25_000]) < 0.005
    assert (again[25_000] == was[25_000]) == (row == "tanh")


@pytest.mark.parametrize("data", MEDIUM)
def test_trials_of_kept_results_are_a_table_with_dashes_for_rates_that_were_not_tried(data):
    results = kept(data)
    rates = {row: result["settings"]["lr"] for row, result in results.items()}
    grids = {row: result["grid"] for row, result in results.items()}
    lines = tables.trials(grids, rates).splitlines()[-len(results) :]
    tried = {*GRID} | {trial["lr"] for grid in grids.values() for trial in grid}
    for line, (row, grid) in zip(lines, grids.items(), strict=True):
        name, *costs, rate = line.split()
        assert (name, float(rate)) == (row, rates[row])
        assert len(costs) - costs.count("-") == len(grid)
        assert len(costs) == len(tried)


@pytest.mark.long
@pytest.mark.parametrize("data", MEDIUM)
def test_the_first_1000_updates_of_the_kept_results_are_reproduced(data, tmp_path, monkeypatch):
    if data != "shapeset":
        monkeypatch.setenv("TINYNET_DATA", real(data))
    results = {row: kept(data)[row] for row in ("tanh_n", "softsign")}  # each takes its time
    if data == "shapeset":
        results["long"] = long_run("tanh_n")
    runs = {}
    for row, result in results.items():
        names = ("activation", "init", "lr", "depth", "width", "seed", "test_images", "data")
        settings = {name: result["settings"][name] for name in names}
        runs[row] = Run(**settings, updates=1000, every=(1000,))
        assert result["updates"][0] == 1000
    again = watch(runs, folder=tmp_path, progress=Silent)
    for row, result in results.items():
        assert again[row]["test_error"][0] == pytest.approx(result["test_error"][0], abs=0.02)


# ---------------------------------------------------------------------------- shown


def test_the_papers_numbers_are_printed_beside_ours(results):
    result = {**results["tanh_n"], "updates": [25_000, 50_000], "test_error": [0.7, 0.6]}
    text = tables.figure11({"tanh_n": result}, figure11.PAPER)
    assert "60.0" in text
    assert "the paper" in text
    assert "69.0" in text
    assert "the paper" not in tables.figure11(results, figure11.PAPER)


def test_each_row_is_a_line_and_the_papers_points_have_its_colour(results):
    long = {**results["tanh_n"], "updates": [100, 100_000], "test_error": [0.8, 0.5]}
    ax = plots.figure11({"tanh_n": long}, figure11.PAPER, ax=Figure().subplots())
    ours, points, _ = ax.lines
    np.testing.assert_array_equal(ours.get_xdata(), [1000, 1_000_000])
    np.testing.assert_allclose(ours.get_ydata(), [80, 50])
    np.testing.assert_array_equal(points.get_xdata(), [500_000, 1_000_000])
    np.testing.assert_array_equal(points.get_ydata(), [69, 55])
    assert points.get_color() == ours.get_color()


def test_the_papers_table_is_complete():
    assert figure11.PAPER.keys() == {"images", *ROWS}
    assert {len(column) for column in figure11.PAPER.values()} == {7}


# ---------------------------------------------------------------------------- the command


def test_the_command_says_how_long_and_writes_a_file_per_row_and_a_picture(
    monkeypatch, tmp_path, capsys
):
    monkeypatch.setitem(SIZES, "quick", TINY)
    assert main(["figure11", "--row", "tanh_n", "--row", "sigmoid", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "to go on this machine" in said
    assert "chosen" in said
    assert "sigmoid: width 4" in said
    assert said.count("_n: normalized weights") == 1
    assert (tmp_path / "shapeset-tiny.png").stat().st_size > 5000
    result = json.loads((tmp_path / "shapeset-tiny-sigmoid.json").read_text())
    assert result["finished"]


def test_ctrl_c_keeps_the_runs_and_says_how_to_go_on(tmp_path):
    command = [sys.executable, "-m", "tinynet", "figure11", "--row", "tanh", "--out", "out"]
    child = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    run = tmp_path / "out" / "shapeset-quick-tanh-lr-0.01.npz"
    until = time.monotonic() + 60
    while not run.exists() and time.monotonic() < until:
        time.sleep(0.1)
    os.kill(child.pid, signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    assert "the same command goes on from there" in out
    assert checkpoint.read(run)[1]["updates"] >= 1000
