"""``python -m tinynet table1``: Table 1 of the paper, over several seeds, here or on a cluster."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

from tinynet._internal import checks
from tinynet._internal.replacing import replacing, write_json
from tinynet._internal.versions import versions
from tinynet.commands import outputs, shared, typed
from tinynet.studies import figure11, figure12, race, seeded, table1
from tinynet.studies.race import Size
from tinynet.training.interrupts import exit_status
from tinynet.training.sweep import Processes

SIZES: dict[str, dict[str, Size]] = {"shapeset": figure11.SIZES, **figure12.SIZES}
WAIT = 10  # seconds, for a scheduler to answer
WHAT = """\
Trains every row of Table 1 at each of three learning rates with each of N seeds, chooses the rate
of each row on validation images, and tests which rows differ: prints the table with the paper's
beside, and writes table1.md, .json and .png. One seed of the quick size takes about two minutes on
an idle core. Ctrl-C keeps what is done; the same command, also with more seeds, goes on from there.
"""
CLUSTER = """\
A cluster of this machine, in three terminals (the extra cluster is Dask):
  python -m pip install -e ".[cluster]"     (in the clone)
  dask scheduler --port 8786
  dask worker tcp://127.0.0.1:8786 --nthreads 1     (twice: in two terminals)
and in a fourth:
  python -m tinynet table1 --seeds 12 --dask tcp://127.0.0.1:8786
On a cluster with SLURM, the scheduler and 100 workers from Python (pip install dask-jobqueue):
  cluster = dask_jobqueue.SLURMCluster(cores=1, processes=1, memory="2GB", walltime="12:00:00")
  cluster.scale(100); print(cluster.scheduler_address)
The workers need tinynet (for mnist and cifar10 the files too: TINYNET_DATA), with the same versions
of Python, NumPy and Dask as here. They need no shared disk; where they see the folder --out, a run
is saved there as it goes on.
"""


def add(commands: Any) -> None:
    """Add the command."""
    p = commands.add_parser(
        "table1",
        help="the paper's Table 1: test errors over several seeds, and which differ",
        description=WHAT,
        epilog=CLUSTER,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    p.set_defaults(command=table, interrupted="the runs that have ended are kept")
    p.add_argument("--data", choices=SIZES, default="shapeset", help="(default: %(default)s)")
    p.add_argument(
        "--size",
        choices=dict.fromkeys(name for sizes in SIZES.values() for name in sizes),
        default="quick",
        help="as those of figure11 and figure12 (default: %(default)s)",
    )
    p.add_argument("--width", type=typed.size, help="units in a hidden layer (default: the size's)")
    p.add_argument("--updates", type=typed.size, help="of 10 images each (default: the size's)")
    p.add_argument(
        "--seeds",
        type=typed.size,
        default=1,
        help="0 to N - 1; with 12 the five rows can be told apart (default: %(default)s)",
    )
    p.add_argument(
        "--depth",
        type=_depths,
        default=(5,),
        help="hidden layers; of several, such as 1,3,5, each row has its best (default: 5)",
    )
    shared.rows(p, race.ROWS, "all five")
    where = p.add_mutually_exclusive_group()
    where.add_argument(
        "--workers", type=typed.size, help="processes at a time (default: one a core)"
    )
    where.add_argument("--dask", metavar="ADDRESS", help="of a scheduler: run there; see below")
    shared.out(p, "folder for the runs and the table", "tinynet-table1")


def table(options: argparse.Namespace) -> int:
    """Do the runs, print the table, write it."""
    from matplotlib.figure import Figure  # here, because other commands do without

    from tinynet import plots

    study = _study(options)
    file = options.out / "table1.json"
    with outputs.folder(options.out):
        _same(file, study)
        if study.data != "shapeset":
            seeded.FINITE[study.data]()  # downloads what is missing
        with _executor(options, len(study.jobs())) as executor:
            try:
                runs = study.run(options.out / "runs", executor)
            except KeyboardInterrupt as stop:
                print(stop)
                return exit_status(stop)
        found = table1.summary(runs)
        text = table1.markdown(found, study.data)
        drawn = io.BytesIO()
        figure = Figure(figsize=(plots.NARROW, 4), layout="constrained")
        plots.table1(found["rows"], table1.PAPER[study.data], ax=figure.subplots())
        figure.savefig(drawn, format="png", dpi=150)
        print(text)
        write_json(file, study.record(runs, _command(options)))
        for ending, content in (("md", f"{text}\n".encode()), ("png", drawn.getvalue())):
            with replacing(file.with_suffix(f".{ending}")) as out:
                out.write(content)
    print(f"\nWritten: {file}, .md and .png")
    return 0


def _study(options: argparse.Namespace) -> table1.Table1:
    """Make the table that was asked for."""
    sizes = SIZES[options.data]
    if options.size not in sizes:
        raise ValueError(f"--size: expected one of {', '.join(sizes)}, got {options.size}")
    own = {"width": options.width, "updates": options.updates}
    given = {name: value for name, value in own.items() if value is not None}
    size = replace(sizes[options.size], **given)
    rows = options.row or list(race.ROWS)
    twice = [row for row in dict.fromkeys(rows) if rows.count(row) > 1]
    if twice:
        raise ValueError(f"--row: expected each row once, got {', '.join(twice)} twice")
    return table1.Table1(
        options.data, size, options.seeds, options.depth, {row: race.ROWS[row] for row in rows}
    )


def _same(file: Path, study: table1.Table1) -> None:
    """Refuse a folder with the table of other networks: it would be replaced."""
    if not file.exists():
        return
    try:
        known = json.loads(file.read_text(encoding="utf-8"))["settings"]
        theirs = {key: known[key] for key in ("data", "width", "updates")}
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"--out: {file} is no table ({error!r}): name another folder") from None
    ours = {"data": study.data, "width": study.size.width, "updates": study.size.updates}
    differ = [
        f"{key} {theirs[key]} there, {ours[key]} here" for key in ours if ours[key] != theirs[key]
    ]
    if differ:
        raise ValueError(
            f"--out: {file} is of other settings ({'; '.join(differ)}): name another folder"
        )


def _command(options: argparse.Namespace) -> str:
    """Write the command that makes this table."""
    words = [f"--data {options.data} --size {options.size} --seeds {options.seeds}"]
    words += [f"--{key} {value}" for key in ("width", "updates") if (value := vars(options)[key])]
    words += [f"--depth {','.join(map(str, options.depth))}"] if options.depth != (5,) else []
    words += [f"--row {row}" for row in options.row or ()]
    return "python -m tinynet table1 " + " ".join(words)


@contextlib.contextmanager
def _executor(options: argparse.Namespace, jobs: int) -> Iterator[Executor]:
    """Open what the runs go to: processes here, or a cluster."""
    if options.dask is None:
        with Processes(options.workers, jobs) as pool:
            yield pool
        return
    try:
        from distributed import Client
        from distributed.comm import get_address_host_port
    except ImportError:
        raise RuntimeError('--dask: expected Dask: python -m pip install -e ".[cluster]"') from None
    try:
        get_address_host_port(options.dask)  # or Client leaves threads behind what is no address
        client = Client(options.dask, timeout=WAIT, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:  # a TimeoutError is an OSError
        told = f"--dask: nobody answers at {options.dask!r}: is it what `dask scheduler` printed?"
        raise ConnectionError(f"{told} ({error})") from None
    with client:
        _has_workers(client, options.dask)
        yield client.get_executor(pure=False)


def _has_workers(client: Any, address: str) -> None:
    """Refuse a cluster that cannot do the runs; say so where it may do them otherwise."""
    if not client.scheduler_info()["workers"]:
        start = f"start one: dask worker {address} --nthreads 1"
        raise ConnectionError(f"--dask: the scheduler at {address} has no workers: {start}")
    found = client.run(versions, on_error="return")
    for worker, theirs in found.items():
        if isinstance(theirs, BaseException):
            raise ConnectionError(f"--dask: the worker {worker} cannot use tinynet: {theirs!r}")
        if theirs != versions():
            print(f"the worker {worker} has {theirs}, and not {versions()}: bits may differ")


@typed.option
def _depths(text: str) -> tuple[int, ...]:
    depths = tuple(checks.size("value", typed.whole(part)) for part in text.split(","))
    if len(set(depths)) < len(depths):
        raise ValueError(f"expected each depth once, got {text}")
    return depths
