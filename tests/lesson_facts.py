"""What the tests know of each lesson."""

# Those that train networks: they run for up to a minute or more, so only with pytest -m long.
TRAINS = {
    "10_your_turn",
    "11_the_sigmoid_plateau",
    "12_layer_by_layer",
    "13_gradients_while_learning",
    "14_the_race",
}

# Those that train only where the files of a data set are, and the call that fetches them.
READS_FILES = {"15_real_digits": "tn.mnist()", "16_photographs": "tn.cifar10()"}

# Right answers to the exercises, as text to put where the None is.
ANSWERS = {
    "01_one_neuron": {
        "answer_1": "-0.104",
        "answer_2": "0.2913",
        "answer_3": "0.0001816",
    },
    "02_a_layer": {
        "answer_1": "2.5",
        "answer_2": "((x @ layer.W) * dy).sum(axis=0)",
        "answer_3": "2",
    },
    "03_a_deep_network": {
        "answer_1": "1",
        "answer_2": "first.W @ second.W @ last.W",
        "answer_3": "4",
    },
    "07_what_random_weights_do": {
        "answer_1": "[0.0866, 0.1732, 0.1095]",
        "answer_2": "0.8165",
        "answer_3": "0.65",
    },
    "08_the_way_back": {
        "answer_1": "9",
        "answer_2": "0.7071",
        "answer_3": "0.25",
    },
    "05_the_data": {
        "answer_1": "1.417",
        "answer_2": "0.3428",
    },
    "06_costs_and_plateaus": {
        "answer_1": "1.218",
        "answer_2": "7.39",
    },
    "09_jacobians": {
        "answer_1": "1.388",
        "answer_2": "0.0642",
    },
    "10_your_turn": {
        "answer_1": "34000",
        "answer_2": "1.8",
    },
    "11_the_sigmoid_plateau": {
        "answer_1": "28.03",
        "answer_2": "2.197",
    },
    "12_layer_by_layer": {
        "answer_1": "[0.577, 0.98]",
        "answer_2": "0.776",
        "answer_3": "0.753",
    },
    "13_gradients_while_learning": {
        "answer_1": "17.3",
        "answer_2": "[333, 111000]",
        "answer_3": "0.707",
    },
    "14_the_race": {
        "answer_1": "800_000",
        "answer_2": "28.94",
    },
    "04_stepping_through_backprop": {
        "answer_1": "tanh.dy * (1 - tanh.y**2)",
        "answer_2": "linear.dy @ linear.W.T",
    },
    "15_real_digits": {
        "answer_1": "12",
        "answer_2": "0.183",
    },
    "16_photographs": {
        "answer_1": "177.2",
        "answer_2": "80",
    },
}

# Numbers in the prose that no script can print: they stand in the paper or its figures.
OF_THE_PAPER: dict[str, set[str]] = {
    "09_jacobians": {"0.5", "0.8"},
    "05_the_data": {"82.61"},
    "12_layer_by_layer": {"27"},
    "14_the_race": {"17", "27", "83.5"},
    "11_the_sigmoid_plateau": {".5", ".6", ".8", ".01", ".02", ".05", ".07", ".43"},
}
