"""Files that tinynet 0.1 wrote before layers had buffers: they load, or are refused by format."""

from pathlib import Path

import numpy as np
import pytest

import tinynet as tn
from tinynet import studies
from tinynet._internal.progress import Silent

DATA = Path(__file__).parent / "data"


def test_a_network_loads_and_gives_the_same_output():
    with np.load(DATA / "network_1_says.npz") as says:
        x, output = says["x"], says["output"]
    for into in (None, tn.mlp([3, 5, 4, 2], activation="softsign", dtype=np.float32)):
        net = tn.load(DATA / "network_1.npz", into)
        np.testing.assert_allclose(net.forward(x), output, rtol=1e-5)


def test_a_kept_result_loads():
    x = np.random.default_rng(1).normal(size=(4, 6))
    result, again = (
        studies.Result.load(DATA / "result_1.npz"),
        studies.jacobian_spectra([6, 5, 3], x, seed=3),
    )
    assert (result.study, result.settings) == (again.study, again.settings)
    assert result.arrays.keys() == again.arrays.keys()
    for name in result.arrays:
        np.testing.assert_allclose(result[name], again[name], rtol=1e-9, atol=1e-12)


def test_a_run_is_refused_by_its_format(tmp_path):
    path = tmp_path / "run.npz"
    path.write_bytes((DATA / "run_1.npz").read_bytes())
    net, x = tn.mlp([3, 2], rng=0), np.random.default_rng(1).normal(size=(20, 3))
    source = tn.Shuffled(x, np.arange(20) % 2, rng=0)
    with pytest.raises(ValueError, match="run.npz: .*'tinynet run 2', got format 'tinynet run 1'"):
        tn.train(
            net, tn.SoftmaxCrossEntropy(), tn.SGD(net, 0.1), source, 9,
            checkpoint=path, progress=Silent,
        )  # fmt: skip
    assert path.read_bytes() == (DATA / "run_1.npz").read_bytes()
