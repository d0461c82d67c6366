"""Runs side by side: what they record, where they are kept, and that they are not done twice."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from data_files import small_cifar10, small_mnist, write_cifar10, write_mnist
from own_parts import assert_same_bits

import tinynet as tn
from tinynet._internal.progress import Silent
from tinynet.studies import Run, runs_folder, seeded, watch
from tinynet.studies.watched import prepared, watch_one
from tinynet.training import sweep

SMALL = Run(width=4, depth=2, updates=30, every=10, test_images=300, lr=0.1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def found(folder):
    runs = {"tanh": SMALL, "deeper": Run(**{**vars(SMALL), "depth": 3, "jacobians": 2})}
    return watch(runs, folder=folder, progress=Silent)


# ---------------------------------------------------------------------------- from one seed


def test_each_stream_has_its_own_draws_from_the_seed():
    streams = seeded.TEST, seeded.VALIDATION, seeded.TRAINING
    assert len({seeded.WEIGHTS, *streams}) == 4
    drawn = [seeded.stream(seed, which).draw(3)[0] for seed in (0, 1) for which in streams]
    assert len({x.tobytes() for x in drawn}) == 6
    np.testing.assert_array_equal(seeded.stream(0, seeded.TEST).draw(3)[0], drawn[0])
    first, other = (seeded.network("tanh", "standard", 5, 1, seed) for seed in (0, 1))
    assert (first.layers[0].W != other.layers[0].W).all()


# ---------------------------------------------------------------------------- runs


def by_hand(run, source=None, ends=(1024, 9)):
    """The same run as four lines, in float32, from the same seeds."""
    n_in, n_out = ends
    sizes = [n_in] + [run.width] * run.depth + [n_out]
    net = tn.mlp(sizes, activation="tanh", init="standard", rng=[0, 0], dtype=np.float32)
    loss, sgd, source = tn.SoftmaxCrossEntropy(), tn.SGD(net, run.lr), source or tn.Shapeset([0, 3])
    for _ in range(run.updates):
        x, labels = source.draw(10)
        loss.forward(net.forward(x), labels)
        net.backward(loss.backward())
        sgd.step()
    return net


def test_a_run_is_plain_gradient_descent_on_shapeset():
    net, _, train_on, _ = prepared(SMALL)
    train_on(SMALL.updates, progress=Silent)
    assert_same_bits(net, by_hand(SMALL))


def finite(data):
    """MNIST or CIFAR-10 with few images, in TINYNET_DATA."""
    return small_mnist() if data == "mnist" else small_cifar10(30)


@pytest.mark.parametrize(("data", "ends"), [("mnist", (784, 10)), ("cifar10", (3072, 10))])
def test_a_run_on_a_finite_set_goes_through_it_in_epochs(data, ends, tmp_path, monkeypatch):
    monkeypatch.setenv("TINYNET_DATA", str(tmp_path))
    run = Run(**{**vars(SMALL), "data": data, "updates": 25})  # several epochs
    with finite(data):
        write_mnist(tmp_path / "mnist")
        write_cifar10(tmp_path / "cifar10")
        found = {"mnist": tn.mnist, "cifar10": tn.cifar10}[data]()
        net, monitor, train_on, valid = prepared(run)
        result = watch_one(run, tmp_path / "run.npz", Silent)
    assert len(found.train[1]) < 10 * run.updates
    train_on(run.updates, progress=Silent)
    hand = by_hand(run, tn.Shuffled(*found.train, rng=[0, 3]), ends)
    assert_same_bits(net, hand)
    for part, scored in ((valid, "valid"), (monitor.test, "test")):
        for array, wanted in zip(part, getattr(found, scored), strict=True):
            np.testing.assert_array_equal(array, wanted)
        assert result[f"{scored}_error"][-1] == tn.error_rate(hand, *part)
    assert result["valid_cost"][-1] == pytest.approx(float(result["validation_cost"]))
    assert result.settings["data"] == data


def test_shapeset_has_no_validation_errors_because_its_images_never_repeat(found):
    assert not {name for name in found["tanh"].arrays if name.startswith("valid_")}


def test_files_that_are_not_here_are_asked_for_and_never_downloaded(no_places, no_network):
    with pytest.raises(FileNotFoundError, match=r"MNIST: not found, and download=False") as error:
        prepared(Run(data="mnist"))
    assert "train-images-idx3-ubyte.gz  9,912,422 bytes" in str(error.value)
    assert not list(no_places.iterdir())


def test_the_monitor_looks_at_the_first_300_test_images(found):
    net = by_hand(SMALL)
    x, labels = tn.Shapeset(rng=[0, 1]).draw(300)
    z = net.view()
    z.forward(x)
    stds = [layer.y.std(dtype=float) for layer in z.layers[1::2]]
    np.testing.assert_allclose(found["tanh"]["z_std"][-1], stds, rtol=1e-4)
    assert found["tanh"]["test_error"][-1] == pytest.approx(tn.error_rate(net, x, labels), abs=0.01)
    np.testing.assert_array_equal(found["tanh"]["updates"], [0, 10, 20, 30])
    assert found["deeper"]["z_p98"].shape == (4, 3)
    assert found["deeper"]["singular_values"].shape == (4, 2, 4)


def test_the_result_has_the_settings_and_the_seconds_of_the_run(found):
    settings = found["tanh"].settings
    assert settings["lr"] == 0.1
    assert settings["batch"] == 10
    assert settings["seconds"] > 0
    assert settings["versions"]["numpy"] == np.__version__
    cost = found["tanh"]["validation_cost"]
    validation = tn.Shapeset(rng=[0, 2]).draw(seeded.IMAGES)
    by_formula = tn.mean_cost(by_hand(SMALL), tn.SoftmaxCrossEntropy(), *validation)
    assert cost == pytest.approx(by_formula, rel=1e-4)


def test_a_second_call_trains_nothing_and_finds_the_same(found, folder):
    before = (folder / "tanh.npz").read_bytes()
    again = watch_one(SMALL, folder / "tanh.npz", Silent)
    for name, array in found["tanh"].arrays.items():
        if name != "validation_cost":  # of a matrix product whose rounding follows the threads
            np.testing.assert_array_equal(again[name], array)
    assert (folder / "tanh.npz").read_bytes() == before


def test_another_run_under_the_same_name_is_refused(found, folder):
    with pytest.raises(ValueError, match=r"the learning rate \(0.1 there, 0.2 here\)"):
        watch_one(Run(**{**vars(SMALL), "lr": 0.2}), folder / "tanh.npz", Silent)


def test_runs_are_kept_where_the_user_says_otherwise_in_the_cache(monkeypatch, tmp_path, no_places):
    monkeypatch.delenv("TINYNET_RUNS", raising=False)
    (tmp_path / "now").mkdir()
    monkeypatch.chdir(tmp_path / "now")
    assert runs_folder() == no_places / ".cache" / "tinynet" / "runs"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert runs_folder() == tmp_path / "cache" / "tinynet" / "runs"
    monkeypatch.setenv("TINYNET_RUNS", str(tmp_path / "elsewhere"))
    assert runs_folder() == tmp_path / "elsewhere"
    assert runs_folder(tmp_path / "here") == tmp_path / "here"
    assert list(Path().iterdir()) == []


def test_a_script_that_calls_it_needs_no_guard_and_is_not_run_by_the_children(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from tinynet import studies\n"
        "print('once')\n"
        "run = studies.Run(width=2, depth=1, updates=2, test_images=300)\n"
        "found = studies.watch({'a': run, 'b': run}, workers=2, folder='runs')\n"
        "print(found['b']['updates'])\n"
    )
    command = [sys.executable, str(script)]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == ["once", "[0 2]"]


def test_the_main_module_is_restored():
    before = sys.modules["__main__"]
    with sweep._without_the_script():
        assert sys.modules["__main__"] is not before
    assert sys.modules["__main__"] is before
