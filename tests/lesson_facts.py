"""What the tests know of each lesson."""

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "lessons"
COURSE = {path.stem: path for path in sorted(FOLDER.glob("[0-9][0-9]_*.py"))}
LATER = {path.stem: path for path in sorted((FOLDER / "later").glob("[0-9][0-9]_*.py"))}
LESSONS = COURSE | LATER

# Those that train networks: they run for up to a minute or more, so only with pytest -m long.
TRAINS = {
    "11_the_sigmoid_plateau",
    "12_layer_by_layer",
    "13_gradients_while_learning",
    "14_the_race",
    "17_table_1",
    "02_normalization_without_a_batch",
    "03_representation_alignment",
    "04_gradient_starvation",
    "08_the_edge_of_chaos",
    "10_pre_training",
    "07_one_examples_gradient",
}

# Those that train only where the files of a data set are, and the call that fetches them.
READS_FILES = {
    "15_real_digits": "tn.mnist()",
    "16_photographs": "tn.cifar10()",
    "01_batch_normalization": "tn.mnist()",
    "02_normalization_without_a_batch": "tn.mnist()",
    "03_representation_alignment": "tn.mnist()",
    "04_gradient_starvation": "tn.mnist()",
    "05_rectifiers_and_dropout": "tn.mnist()",
    "08_the_edge_of_chaos": "tn.mnist()",
    "11_ways_off_the_plateau": "tn.mnist()",
    "07_one_examples_gradient": "tn.mnist()",
    "12_what_would_you_do_today": "tn.mnist()",
}

# Numbers in the prose that no script can print: they stand in the paper or its figures.
OF_THE_PAPER: dict[str, set[str]] = {
    "09_jacobians": {"0.5", "0.8"},
    "05_the_data": {"82.61"},
    "12_layer_by_layer": {"27"},
    "14_the_race": {"17", "27", "83.5"},
    "10_pre_training": {"11.3", "16.2", "28.1"},
    "11_the_sigmoid_plateau": {".5", ".6", ".8", ".01", ".02", ".05", ".07", ".43"},
}
