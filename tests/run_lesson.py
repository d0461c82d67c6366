"""Run a lesson in a process of its own and look at its pictures as a reader would.

    python tests/run_lesson.py LESSON.py [--small-files]
    python tests/run_lesson.py LESSON.ipynb

Prints a line for each thing that is wrong with a picture. With ``--small-files`` MNIST and CIFAR-10
are as small as the files that ``data_files`` writes, and little time is spent on learning them. A
notebook gets its output, and what it prints is printed here, too.
"""

import itertools
import runpy
import sys
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.text import Text

import tinynet as tn
from tinynet import plots

# The first cell of a notebook. The kernel itself warns when it shuts down.
STRICTLY = """import warnings, run_lesson
warnings.simplefilter("error")
warnings.filterwarnings("ignore", module="ipykernel")
run_lesson.watch()
"""


def main(path, *options):
    if options == ("--small-files",):
        from data_files import small_cifar10, small_mnist  # takes longer than some lessons

        tn.train = briefly(tn.train)
        with small_mnist(), small_cifar10(30):
            run(path)
    else:
        run(path)


def briefly(train):
    """Return a ``tn.train`` that takes a tenth of the updates where there is next to no data."""

    def fewer(net, loss, optimizer, source, updates, **options):
        few = isinstance(source, tn.Shuffled) and len(source.x) < 200
        return train(net, loss, optimizer, source, updates // 10 if few else updates, **options)

    return fewer


def run(path):
    if Path(path).suffix == ".ipynb":
        run_cells(Path(path))
    else:
        watch()
        runpy.run_path(path, run_name="__main__")


def run_cells(path):
    """Run a notebook in its kernel, one cell after the other, and save it."""
    import nbclient  # of the extra web
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(STRICTLY))
    folder = {"metadata": {"path": str(path.parent)}}
    nbclient.NotebookClient(notebook, timeout=None, resources=folder).execute()
    nbformat.write(notebook, path)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stdout":
                print(output["text"], end="")


def watch():
    """Look at each picture before it is shown."""
    show = plots.show

    def look_and_show(name):
        for problem in problems(plt.gcf()):
            print("PICTURE:", problem)
        show(name)

    plots.show = look_and_show


def problems(figure):
    """Find axes that are empty or unlabelled, and texts that lie over each other."""
    figure.canvas.draw()
    for number, ax in enumerate(figure.axes):
        name = f"figure {figure.number}, axes {number}"
        if ax.get_label() == "<colorbar>":
            if not (ax.get_ylabel() or ax.get_xlabel()):
                yield f"{name}: a colour scale without a label"
            continue
        if not (ax.lines or ax.collections or ax.images or ax.patches):
            yield f"{name}: empty"
        if not ax.axison:  # a drawing
            continue
        if not ax.get_xlabel():
            yield f"{name}: no label on x"
        if not ax.get_ylabel() and len(ax.get_yticks()):
            yield f"{name}: no label on y"
    texts = [
        text
        for text in figure.findobj(Text)
        if text.get_text().strip() and text.get_visible() and text.get_window_extent().width > 0
    ]
    boxes = [(text.get_text(), text.get_window_extent()) for text in shown(texts, figure)]
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        width = min(a.x1, b.x1) - max(a.x0, b.x0)
        height = min(a.y1, b.y1) - max(a.y0, b.y0)
        if width > 1 and height > 1:
            yield f"figure {figure.number}: {one!r} lies over {other!r}"


def shown(texts, figure):
    """Leave out the labels of ticks beyond the ends of an axis, which are never drawn."""
    hidden = set()
    for ax in figure.axes:
        for axis, (low, high) in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
            low, high = min(low, high), max(low, high)
            slack = 1e-9 * (high - low)
            for tick in axis.get_major_ticks() + axis.get_minor_ticks():
                if not low - slack <= tick.get_loc() <= high + slack:
                    hidden |= {id(tick.label1), id(tick.label2)}
    return [text for text in texts if id(text) not in hidden]


if __name__ == "__main__":
    main(*sys.argv[1:])
