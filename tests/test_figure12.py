"""Figure 12: the race on finite data, its two columns of Table 1, and the command.

Children are processes of their own, which know nothing of small data sets: here the calls are
made one after another in this process, but for one race on the real files, where these are.
"""

import contextlib
import json

import numpy as np
import pytest
from data_files import everything_in, real, small_cifar10, small_mnist, write_cifar10, write_mnist
from matplotlib.figure import Figure

import tinynet as tn
from tinynet import plots
from tinynet.__main__ import main
from tinynet._internal.progress import Silent
from tinynet.studies import figure12, race, seeded, tables
from tinynet.studies.race import GRID, ROWS, Race, Size, best_look, best_rate
from tinynet.training import sweep

TINY = Size("tiny", width=4, updates=40, search=10, step=10)
EPOCHS = {"mnist": 5, "cifar10": 12}  # updates, on the small sets


@pytest.fixture(params=["mnist", "cifar10"])
def data(request, tmp_path, monkeypatch):
    """The name of a data set, of which a small one is in TINYNET_DATA."""
    monkeypatch.setattr(sweep, "Processes", lambda *_, **__: contextlib.nullcontext())
    monkeypatch.setenv("TINYNET_DATA", str(tmp_path / "data"))
    with small_mnist(), small_cifar10(30):
        write_mnist(tmp_path / "data" / "mnist")
        write_cifar10(tmp_path / "data" / "cifar10")
        yield request.param


def race_of(data, folder, row="tanh_n", size=TINY, **keywords):
    return Race(data, size, folder, {row: ROWS[row]}, **keywords)


def all_of_it(figure):
    grids = figure.choose_rates(Silent)
    figure.learn({row: best_rate(row, grid) for row, grid in grids.items()}, Silent)
    return figure.results()


# ---------------------------------------------------------------------------- the race


def test_a_race_on_finite_data_records_validation_errors_and_its_command(data, tmp_path):
    found = all_of_it(race_of(data, tmp_path))
    result = found["tanh_n"]
    assert result["finished"]
    assert result["data"] == result["settings"]["data"] == data
    assert result["command"] == f"python -m tinynet figure12 --data {data} --size tiny --row tanh_n"
    assert result["updates"] == [10, 20, 30, 40]
    assert len(result["valid_error"]) == len(result["valid_cost"]) == 4
    trials = {trial["lr"]: trial for trial in result["grid"]}
    assert list(trials) == list(GRID)
    chosen = trials[result["settings"]["lr"]]
    assert chosen["validation_cost"] == min(trial["validation_cost"] for trial in trials.values())
    assert chosen["validation_cost"] == pytest.approx(result["valid_cost"][0], rel=1e-3)
    assert chosen["test_error"] == result["test_error"][0]
    assert len(json.dumps(result, allow_nan=False)) < 20_000


def test_runs_of_two_data_sets_share_a_folder(tmp_path, data):
    both = [race_of(name, tmp_path, "tanh") for name in EPOCHS]
    first, second = (all_of_it(figure)["tanh"] for figure in both)
    assert first["test_cost"] != second["test_cost"]
    assert both[0].results()["tanh"] == first


def test_the_time_is_estimated_for_finite_data_too(data, tmp_path):
    assert race_of(data, tmp_path, workers=1).seconds_left() > 0


def test_a_race_without_the_files_says_which_before_it_begins(no_places, tmp_path):
    with pytest.raises(FileNotFoundError, match="CIFAR-10: not found"):
        race_of("cifar10", tmp_path / "runs", workers=1).seconds_left()
    assert not (tmp_path / "runs").exists()


def test_a_race_on_the_real_mnist_in_children(monkeypatch, tmp_path):
    monkeypatch.setenv("TINYNET_DATA", real("mnist"))
    size = Size("tiny", width=10, updates=200, search=100, step=100)
    result = all_of_it(race_of("mnist", tmp_path, "softsign", size, workers=2))["softsign"]
    assert result["finished"]
    assert result["test_error"][-1] < 0.85  # ten classes, about alike
    assert 0 < abs(result["valid_error"][-1] - result["test_error"][-1]) < 0.1


@pytest.mark.long
def test_three_epochs_at_width_300_on_the_real_mnist_end_below_4_percent(monkeypatch):
    monkeypatch.setenv("TINYNET_DATA", real("mnist"))
    digits = tn.mnist(download=False)
    net = seeded.network("tanh", "normalized", 300, 5, seed=0, data="mnist")
    sgd, source = tn.SGD(net, lr=0.03), tn.Shuffled(*digits.train, rng=[0, seeded.TRAINING])
    tn.train(net, tn.SoftmaxCrossEntropy(), sgd, source, 15_000, progress=Silent)
    assert tn.error_rate(net, *digits.test) < 0.04


# ---------------------------------------------------------------------------- sizes, the paper


def test_an_epoch_goes_once_through_the_training_images(data, monkeypatch):
    images = {"mnist": 50_000, "cifar10": 40_000}
    assert {name: 10 * updates for name, updates in figure12.EPOCH.items()} == images
    small = seeded.examples(data, seed=0).training
    assert len(small.x) == pytest.approx(10 * EPOCHS[data])


def test_sizes_are_whole_epochs_and_are_looked_at_after_each():
    for data, sizes in figure12.SIZES.items():
        epoch = figure12.EPOCH[data]
        medium = (1000, {"mnist": 20, "cifar10": 10}[data], 2)
        for name, (width, epochs, tried) in {"quick": (100, 5, 1), "medium": medium}.items():
            size = sizes[name]
            assert (size.name, size.width, size.updates) == (name, width, epochs * epoch)
            assert size.search == tried * epoch
            assert size.search in size.looks
            after = [k for k in size.looks if k >= epoch]
            assert after == list(range(epoch, size.updates + 1, epoch))


def test_the_columns_of_the_papers_table_are_complete():
    assert figure12.PAPER.keys() == figure12.SIZES.keys() == figure12.EPOCH.keys()
    for data, ends in {"mnist": (1.64, 2.21), "cifar10": (52.92, 57.28)}.items():
        column = figure12.PAPER[data]
        assert column.keys() == ROWS.keys()
        assert (column["tanh_n"], column["sigmoid"]) == ends == (min(column.values()), ends[1])
        assert max(column, key=column.get) == "sigmoid"


# ---------------------------------------------------------------------------- shown


def result(**changes):
    """Two epochs of 10 updates, a look before the first is over, and one in the second."""
    return {
        "updates": [5, 10, 15, 20],
        "test_error": [0.5, 0.0312, 0.0401, 0.041],
        "valid_error": [0.5, 0.03, 0.03, 0.035],
        "settings": {"lr": 0.03, "width": 7, "seed": 0},
        "seconds": 90,
        "finished": True,
        "updates_done": 20,
        **changes,
    }


def test_the_best_look_is_the_first_of_the_lowest_validation_error():
    assert best_look(result()) == 1
    assert best_look(result(valid_error=[0.1, 0.2, 0.3, 0.05])) == 3


def test_the_table_of_curves_has_whole_epochs():
    lines = tables.figure12({"tanh": result()}, 10).splitlines()
    assert lines[1] == "tanh: width 7, lr 0.03, seed 0, 1.5 minutes"
    assert lines[2].split() == ["epochs", "1", "2"]
    assert lines[3].split() == ["test", "error", "(%)", "3.1", "4.1"]


def test_a_run_stopped_in_its_first_epoch_is_shown_as_far_as_it_got():
    short = {"updates": [5], "test_error": [0.5], "finished": False, "updates_done": 8}
    lines = tables.figure12({"tanh": result(**short)}, 10).splitlines()
    assert lines[1].endswith("unfinished: 8 updates")
    assert lines[2].split() == ["epochs", "0.5"]
    assert lines[3].split()[-1] == "50.0"


def test_table_1_has_the_best_and_the_last_error_beside_the_papers():
    paper = {"tanh": 1.76, "sigmoid": 2.21}
    other = result(valid_error=[0.4, 0.3, 0.2, 0.1])
    text = tables.table1({"tanh": result(), "sigmoid": other}, paper, 10)
    tanh, sigmoid = (line.split() for line in text.splitlines()[-2:])
    assert tanh == ["tanh", "0.03", "1", "3.12", "2", "4.10", "1.76"]
    assert sigmoid == ["sigmoid", "0.03", "2", "4.10", "2", "4.10", "2.21"]


def test_each_curve_has_the_papers_number_in_its_colour_at_the_right():
    results = {"tanh": result(), "sigmoid": result(finished=False, settings={"lr": 0.1})}
    paper = {"tanh": 1.76, "sigmoid": 2.21}
    ax = plots.figure12(results, paper, 10, ax=Figure().subplots())
    tanh, of_tanh, sigmoid, of_sigmoid, _ = ax.lines
    np.testing.assert_allclose(tanh.get_xdata(), [0.5, 1, 1.5, 2])
    np.testing.assert_allclose(tanh.get_ydata(), [50, 3.12, 4.01, 4.1])
    for curve, point, error in ((tanh, of_tanh, 1.76), (sigmoid, of_sigmoid, 2.21)):
        np.testing.assert_array_equal(point.get_ydata(), [error])
        assert point.get_xdata()[0] > 2
        assert point.get_color() == curve.get_color()
        assert point.get_marker() == curve.get_marker()
        assert point.get_fillstyle() == "none"
    assert tanh.get_color() != sigmoid.get_color()
    shown = [text.get_text() for text in ax.get_legend().get_texts()]
    assert shown == [
        "tanh, lr 0.03",
        "sigmoid, lr 0.1 (unfinished)",
        "the paper's Table 1, side by side",
    ]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epochs", "test error (%)")


# ---------------------------------------------------------------------------- the command


def test_the_command_writes_a_file_per_row_and_a_picture(data, monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(figure12.SIZES[data], "quick", TINY)
    monkeypatch.setitem(figure12.EPOCH, data, EPOCHS[data])
    out = tmp_path / "out"
    rows = ["--row", "tanh_n", "--row", "sigmoid"]
    assert main(["figure12", "--data", data, *rows, "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "tanh_n, sigmoid: width 4, 40 updates of 10 images; about" in said
    assert "epochs" in said
    last = said.splitlines()[-1].split()
    assert last[0] == "sigmoid"
    assert last[-1] == f"{figure12.PAPER[data]['sigmoid']:.2f}"
    assert (out / f"{data}-tiny.png").stat().st_size > 5000
    written = json.loads((out / f"{data}-tiny-sigmoid.json").read_text())
    assert written["finished"]
    assert written["valid_error"]
    again = everything_in(out)
    assert main(["figure12", "--data", data, *rows, "--out", str(out)]) == 0  # nothing to do
    assert everything_in(out).keys() == again.keys()
    runs = [name for name in again if name.endswith(".npz")]
    assert len(runs) == 6
    assert all(again[name] == everything_in(out)[name] for name in runs)


def test_without_data_and_network_the_command_says_which_files_it_needs_where(
    no_places, no_network, tmp_path, capsys
):
    out = tmp_path / "out"
    assert main(["figure12", "--data", "mnist", "--out", str(out)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("tinynet: error: MNIST: not found, and not downloaded:\n")
    assert "t10k-labels-idx1-ubyte.gz  4,542 bytes" in captured.err
    assert "no network" in captured.err
    for folder in (out, no_places):
        assert not [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("arguments", [[], ["--data", "shapeset"], ["--data", "imagenet"]])
def test_the_command_takes_one_of_the_two_finite_data_sets(arguments, capsys):
    with pytest.raises(SystemExit):
        main(["figure12", *arguments])
    assert "--data" in capsys.readouterr().err


def test_every_data_set_has_a_command():
    assert race.COMMANDS.keys() == seeded.INPUTS.keys() == {"shapeset", *figure12.SIZES}
