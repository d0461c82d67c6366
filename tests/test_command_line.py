"""``python -m tinynet`` in real processes: what it prints, writes and refuses, and how it ends."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

import tinynet as tn
from tinynet import __main__ as command_line
from tinynet.commands import outputs, study
from tinynet.studies import comparison, seeded

HERE = str(Path(tn.__file__).parents[1])
SMALL = ["--updates", "100", "--width", "12", "--depth", "2"]
SMALLEST = ["--updates", "2", "--width", "3", "--depth", "2", "--lr", "0.1"]


def start(*arguments, **keywords):
    """The command in a process of its own; warnings are errors there too."""
    environment = {**os.environ, "PYTHONPATH": HERE, "PYTHONWARNINGS": "error"}
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "tinynet", *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **keywords,
    )


def compare(*arguments):
    """Exit code, what was printed, and what was complained of."""
    with start("compare", *arguments) as process:
        out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def said(capsys, *words):
    """Exit code, what was printed and what was complained of, in this process."""
    try:
        code = command_line.main([*map(str, words)])
    except SystemExit as end:
        code = end.code
    return code, *capsys.readouterr()


def read(folder):
    """The JSON, in which no NaN may be."""

    def refuse(text):
        raise AssertionError(f"{text} in the JSON")

    return json.loads((folder / "compare.json").read_text(), parse_constant=refuse)


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A small comparison: its folder, and what was printed."""
    folder = tmp_path_factory.mktemp("compare") / "new" / "folder"
    code, out, err = compare(*SMALL, "--out", folder)
    assert code == 0, err
    return folder, out


@pytest.fixture(scope="module")
def table_1(tmp_path_factory):
    """The five rows, at a given rate."""
    folder = tmp_path_factory.mktemp("compare")
    code, out, err = compare("--activation", "all", *SMALLEST, "--out", folder)
    assert code == 0, err
    return folder, out


# ---------------------------------------------------------------------------- what is written


def test_a_picture_and_a_file_are_written_and_nothing_else(run):
    folder, _ = run
    assert files(folder).keys() == {"compare.json", "compare.png"}
    picture = matplotlib.image.imread(folder / "compare.png")
    assert picture.ndim == 3
    assert picture.std() > 0.01


def test_settings_and_versions_say_all_that_numbers_depend_on(run):
    found = read(run[0])
    assert found["settings"] == {
        "activation": "tanh",
        "row": None,
        "depth": 2,
        "width_at_initialization": 12,
        "width_in_training": 12,
        "updates": 100,
        "lr": None,
        "seed": 0,
        "grid": [0.01, 0.03, 0.1],
        "batch": 10,
        "test_images": 10_000,
        "validation_images": 10_000,
        "images_at_initialization": 300,
        "jacobians": 20,
    }
    assert found["versions"].keys() == {"tinynet", "python", "numpy", "machine"}
    assert found["versions"]["numpy"] == np.__version__
    assert 0 < found["seconds"] < 120


def test_every_run_has_the_documented_fields_of_the_documented_lengths(run):
    runs = read(run[0])["runs"]
    assert list(runs) == ["standard", "normalized"]
    for found in runs.values():
        lengths = {
            "activation_std": 2,
            "gradient_std": 2,
            "weight_gradient_std": 2,
            "weight_gradient_rms_example": 2,
            "mean_singular_value": 1,
        }
        for key, length in lengths.items():
            assert len(found[key]) == length
            assert all(value > 0 for value in found[key])
        predicted = {key: len(values) for key, values in found["predicted"].items()}
        assert predicted == {k: v for k, v in lengths.items() if k != "weight_gradient_std"}
        assert found["histograms"].keys() == {"activation", "gradient", "singular_value"}
        assert len(found["updates"]) == len(found["test_error"]) == 35  # every third, and the last
        assert (found["updates"][0], found["updates"][-1]) == (0, 100)
        assert all(0 <= error <= 1 for error in found["test_error"])


def test_chance_is_that_of_the_test_images(run):
    _, labels = seeded.stream(0, seeded.TEST).draw(10_000)
    assert read(run[0])["chance"] == tn.chance(labels, 9)._asdict()


COLUMNS = ["activation_std", "gradient_std", "weight_gradient_rms_example", "mean_singular_value"]


def test_the_tables_show_what_the_file_holds(run):
    folder, out = run
    found = read(folder)
    for name, numbers in found["runs"].items():
        block = out.split(
            f"{name}, at initialization: 2 hidden layers of 12 tanh units, {name} weights"
        )[1]
        (second,) = re.findall(r"^2 +(.*)$", block.split("\n\n")[0], re.MULTILINE)
        predicted = numbers["predicted"]
        pairs = [x[name][-1] for name in COLUMNS for x in (numbers, predicted)]
        shown = [float(cell) for cell in second.split()]
        assert shown == pytest.approx([*pairs, numbers["weight_gradient_std"][1]], rel=6e-3)
        (errors,) = re.findall(rf"^{name}, lr {numbers['lr']:g} +(.*)$", out, re.MULTILINE)
        *_, last, mean = map(float, errors.split())
        assert last == pytest.approx(100 * numbers["test_error"][-1], abs=0.051)
        half = [
            e for k, e in zip(numbers["updates"], numbers["test_error"], strict=True) if k <= 50
        ]
        assert mean == pytest.approx(100 * np.mean(half), abs=0.051)
    assert f"{found['chance']['cost']:.3f} nats" in out
    assert str(folder / "compare.json") in out


# ---------------------------------------------------------------------------- again


def without_seconds(folder):
    found = read(folder)
    del found["seconds"]
    return found


@pytest.mark.long
def test_the_same_seed_gives_the_same_numbers_to_the_bit(run, tmp_path):
    code, _, err = compare(*SMALL, "--out", tmp_path)
    assert code == 0, err
    assert without_seconds(tmp_path) == without_seconds(run[0])


def test_an_earlier_result_is_kept(run):
    folder, _ = run
    before = files(folder)
    code, out, err = compare(*SMALLEST, "--out", folder)
    assert code != 0
    assert out == ""
    assert len(err.splitlines()) == 1
    assert str(folder) in err
    assert "--overwrite" in err
    assert files(folder) == before


def test_half_of_an_earlier_result_is_kept_too(tmp_path, capsys):
    (tmp_path / "compare.png").write_text("mine")
    code, _, err = said(capsys, "compare", "--out", tmp_path)
    assert code == 1
    assert "compare.png" in err
    assert files(tmp_path) == {"compare.png": b"mine"}


def test_an_earlier_result_is_replaced_when_asked_and_another_seed_gives_another(table_1, tmp_path):
    before = files(table_1[0])
    for name, content in {**before, "notes.txt": b"mine"}.items():
        (tmp_path / name).write_bytes(content)
    code, _, err = compare(*SMALLEST, "--seed", "7", "--out", tmp_path, "--overwrite")
    assert code == 0, err
    after = files(tmp_path)
    assert after.pop("notes.txt") == b"mine"
    assert after.keys() == before.keys()
    found, other = read(table_1[0]), read(tmp_path)
    assert (found["settings"]["seed"], other["settings"]["seed"]) == (0, 7)
    assert found["chance"] != other["chance"]
    for key in ("activation_std", "gradient_std", "mean_singular_value", "histograms"):
        assert found["runs"]["tanh"][key] != other["runs"]["standard"][key]


# ---------------------------------------------------------------------------- options


def test_all_is_the_five_rows_of_table_1(table_1):
    folder, out = table_1
    runs = read(folder)["runs"]
    assert list(runs) == ["softsign", "softsign_n", "tanh", "tanh_n", "sigmoid"]
    assert runs["sigmoid"]["predicted"]["activation_std"] is None
    for name in runs:
        assert f"\n{name}, at initialization" in out
        assert f"\n{name}, lr 0.1" in out


def test_rows_can_be_chosen_relu_among_them_and_layers_of_one_unit(tmp_path):
    rows = ["--row", "tanh_n", "--row", "relu_he", "--depth", "3", "--width", "1"]
    code, out, err = compare(*SMALLEST, *rows, "--out", tmp_path)
    assert code == 0, err
    found = read(tmp_path)
    assert found["settings"]["row"] == list(found["runs"]) == ["tanh_n", "relu_he"]
    relu = found["runs"]["relu_he"]
    assert (relu["activation"], relu["init"]) == ("relu", "he")
    assert "relu_he, at initialization: 3 hidden layers of 1 relu units, he weights" in out


def test_a_given_rate_is_taken_without_a_search(table_1):
    folder, out = table_1
    assert "Learning rates" not in out
    for found in read(folder)["runs"].values():
        assert (found["lr"], found["grid"], found["validation_cost"]) == (0.1, [], [])


REFUSED = {  # what is typed after compare, and the words of the last line
    **{f"{option}={value}": [f"argument {option}: "]
       for option in ("--depth", "--width", "--updates") for value in ("0", "-3", "abc")},
    **{f"--lr={value}": ["argument --lr: "] for value in ("abc", "0", "-1", "nan", "inf", "")},
    **{f"--updates={value}": ["argument --updates: "] for value in ("1.5", "nan", "inf", "1e3")},
    **{f"--seed={value}": ["argument --seed: "] for value in ("abc", "-1")},
    "--activation=sofsign": ["sigmoid", "tanh", "softsign", "relu", "identity", "'sofsign'"],
    "--row=tanh --activation=relu": ["--row", "--activation"],
    "--out=": ["--out", "folder"],
}  # fmt: skip


@pytest.mark.parametrize(("typed", "words"), REFUSED.items())
def test_an_option_that_cannot_be_used_is_refused_by_name(
    tmp_path, monkeypatch, capsys, typed, words
):
    monkeypatch.chdir(tmp_path)
    code, out, err = said(capsys, "compare", *typed.split(" "))
    assert code == 2
    assert out == ""
    assert err.startswith("usage: ")
    for word in words:
        assert word in err.splitlines()[-1]
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("below", [".", "deeper"])
def test_a_folder_that_cannot_be_made_is_refused_before_anything_is_computed(tmp_path, below):
    file = tmp_path / "file"
    file.write_text("mine")
    code, out, err = compare("--out", file / below)
    assert code == 1
    assert out == ""
    assert len(err.splitlines()) == 1
    assert "file" in err
    assert files(tmp_path) == {"file": b"mine"}


def test_a_folder_that_cannot_be_written_in_is_refused_before_anything_is_computed(
    tmp_path, monkeypatch, capsys
):
    def read_only(**_):
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr(outputs.tempfile, "TemporaryFile", read_only)
    monkeypatch.setattr(comparison, "initialize", lambda *_: pytest.fail("something was computed"))
    code, out, err = said(capsys, "compare", "--out", tmp_path)
    assert (code, out) == (1, "")
    assert err.startswith("tinynet: error: ")
    assert str(tmp_path) in err


def test_a_rate_that_is_much_too_large_ends_with_a_clear_error_and_no_file(tmp_path):
    options = ["--activation", "relu", "--lr", "1e30", "--updates", "20", "--width", "12"]
    code, _, err = compare(*options, "--depth", "2", "--out", tmp_path)
    assert code == 1
    assert "Traceback" not in err
    assert "Warning" not in err
    last = err.splitlines()[-1]
    assert last.startswith("tinynet: error: cost: expected a finite number")
    assert "1e+30" in last
    assert os.listdir(tmp_path) == []


def test_an_unknown_command_lists_the_known_ones(capsys):
    code, _, err = said(capsys, "comparison")
    assert code == 2
    for name in ("'comparison'", "compare", "figure11", "figure12", "picture", "live", "data"):
        assert name in err.splitlines()[-1]


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_without_a_command_the_help_leads_to_the_lessons(capsys, arguments):
    code, out, err = said(capsys, *arguments)
    assert (code, err) == (0, "")
    assert out.startswith("usage: python -m tinynet")
    (first, *_) = re.findall(r"^ *python (.*)$", out, re.MULTILINE)
    assert first == "lessons/01_one_neuron.py"
    assert (Path(HERE) / first).is_file()


def test_help_names_every_option_and_every_command_of_assignment(capsys):
    code, out, _ = said(capsys, "compare", "--help")
    assert code == 0
    options = ["activation", "row", "depth", "width", "updates", "lr", "seed", "out", "overwrite"]
    assert re.findall(r"^  --(\w+)", out, re.MULTILINE) == options
    code, out, _ = said(capsys, "assignment")
    assert code == 0
    assert "autograder" in out


def test_the_help_of_study_says_what_each_study_does(capsys):
    code, out, _ = said(capsys, "study", "--help")
    assert code == 0
    assert re.search(r"^  curvature +Train networks on MNIST by .* K-FAC", out, re.MULTILINE)
    listed = re.findall(r"^  (\w+)  +[A-Z].*[.?]$", out.partition("studies:")[2], re.MULTILINE)
    assert listed == list(study.STUDIES)


@pytest.mark.parametrize("command", ["study", "table1", "exercise"])
def test_no_line_of_a_help_is_too_long_for_a_page(capsys, command):
    _, out, _ = said(capsys, command, "--help")
    assert max(map(len, out.splitlines())) <= 110


# ---------------------------------------------------------------------------- how it ends


POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes are different there")


@POSIX
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_comparison_that_is_stopped_ends_soon_and_leaves_nothing(tmp_path, number, status):
    """The signal goes to all processes; the pipes end when the last of them has."""
    options = ["--width", "12", "--depth", "2", "--lr", "0.1", "--updates", "100_000_000"]
    out = tmp_path / "new" / "folder"
    process = start("compare", *options, "--out", out, start_new_session=True)
    for line in process.stdout:
        if "Theory: " in line:  # the last paragraph before the training
            break
    assert out.is_dir()
    time.sleep(1.5)  # so that the children learn, or at least start to
    os.killpg(process.pid, number)
    try:
        _, err = process.communicate(timeout=20)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == status
    assert "Traceback" not in err
    last = err.splitlines()[-1]
    assert last.startswith("interrupted: nothing was kept")
    assert "50 to 90 seconds" in last
    assert os.listdir(tmp_path) == []


def test_a_folder_that_was_there_stays_and_so_does_one_with_a_result(tmp_path):
    new = tmp_path / "new" / "folder"
    for folder, kept in ((tmp_path / "there", None), (new, "file")):
        (tmp_path / "there").mkdir(exist_ok=True)
        with contextlib.suppress(KeyboardInterrupt), outputs.folder(folder):
            if kept:
                (folder / kept).touch()
            raise KeyboardInterrupt
    assert sorted(tmp_path.rglob("*")) == [
        *(tmp_path / "new", new, new / "file"),
        tmp_path / "there",
    ]


# Every command that takes seconds.
COMMANDS = """
import sys
from tinynet.commands.main import main

for words in (
    "",
    "compare --updates 2 --width 3 --depth 2 --lr 0.1 --out é",
    "picture --out é.html",
    "live --out é-live.html",
    "assignment list",
    "assignment release 1 é1",
    "data --folder é2",
):
    code = main(words.split())
    if code:
        sys.exit(f"{words}: {code}")
"""


def test_every_command_works_without_docstrings_and_in_ascii(tmp_path):
    run = subprocess.run(
        [sys.executable, "-W", "error", "-OO", "-c", COMMANDS],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": HERE, "PYTHONIOENCODING": "ascii:strict"},
        capture_output=True,
        encoding="ascii",
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert r"Written: \xe9.html" in run.stdout
    assert {path.name for path in tmp_path.iterdir()} == {"é", "é.html", "é-live.html", "é1"}


@POSIX
def test_without_stdin_stdout_and_stderr_a_network_of_one_layer_is_compared_in_silence(tmp_path):
    options = [*SMALLEST, "--depth", "1", "--activation", "softsign", "--updates", "1"]
    command = [sys.executable, "-W", "error", "-m", "tinynet", "compare", *options]
    run = subprocess.run(
        ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *command],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": HERE},
        capture_output=True,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, b"", b"")
    read(tmp_path / "tinynet-compare")


@POSIX
@pytest.mark.parametrize(
    ("arguments", "unbuffered"), [(["data"], "1"), (["--help"], ""), (["compare", *SMALLEST], "1")]
)
def test_a_pipe_that_nobody_reads_ends_a_command_with_one_line(tmp_path, arguments, unbuffered):
    read, write = os.pipe()
    os.close(read)
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tinynet", *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": HERE, "PYTHONUNBUFFERED": unbuffered},
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(write)
    assert run.returncode == 1
    assert run.stderr == "tinynet: stopped: its output is no longer read\n"
    assert os.listdir(tmp_path) == []
