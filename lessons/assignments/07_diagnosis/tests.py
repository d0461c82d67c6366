"""Tests of assignment 7: five sick networks.

A task is two functions: one that calls your code, and one that draws what it is called with.
"""

import numpy as np

FLOAT32 = 1e-4  # allowed where float32 takes part
EXAMPLES = 30
CLASSES = 5


def sizes(rng):
    """Layers, examples and units, all different."""
    return rng.choice(np.arange(4, 12), size=3, replace=False)


def slopes(rng, shape, saturated_at, dtype=np.float64):
    """Slopes about the threshold, some at it; some units are always flat, one but once."""
    steepness = rng.uniform(0.5, 3, (shape[0], 1, 1))
    flat = saturated_at * rng.uniform(0, 1, shape)
    found = np.where(rng.random(shape) < steepness / 5, flat, rng.uniform(saturated_at, 1, shape))
    found = np.where(rng.random((shape[0], 1, shape[2])) < 0.3, flat, found)
    found[:, ::3, ::2] = np.where(found[:, ::3, ::2] <= saturated_at, saturated_at, 1)
    found[0, :, 1] = 0
    found[0, -1, 1] = 1.5 * saturated_at
    return {"slopes": found.astype(dtype), "saturated_at": np.array(saturated_at).astype(dtype)}


def scaled(rng, name, factor, shape, dtype=np.float64):
    """Layers of arrays that grow or shrink by a factor, about, and have means."""
    scales = 3 * factor ** np.arange(shape[0]) * rng.uniform(0.7, 1.4, shape[0])
    values = rng.normal(rng.uniform(0.3, 0.8, (shape[0], 1, 1)), 1, shape)
    return {name: (scales[:, None, None] * values).astype(dtype)}


def task7_1(student, slopes, saturated_at):
    return {"shares": student.saturated(slopes, float(saturated_at))}


def task7_2(student, slopes, saturated_at):
    return {"shares": student.dead(slopes, float(saturated_at))}


def cases7_1(rng):
    layers, m, n = sizes(rng)
    return [
        ("a network", 1, slopes(rng, (layers, m, n), 0.0625)),
        ("one example", 1, slopes(rng, (layers, 1, n), 0.0625)),
        ("relu, saturated at 0, float32", 1, slopes(rng, (n, n, n), 0.0, np.float32), FLOAT32),
    ]


cases7_2 = cases7_1


def task7_3(student, z):
    return {"factor": student.growth(z)}


def task7_4(student, ds):
    return {"ratio": student.gradient_ratio(ds)}


def cases_of(name):
    def cases(rng):
        layers, m, n = sizes(rng)
        grows, shrinks = rng.uniform(1.6, 3), rng.uniform(0.3, 0.6)
        same = scaled(rng, name, grows, (n, n, n), np.float32)
        return [
            ("a network", 1, scaled(rng, name, shrinks, (layers, m, n))),
            ("two layers, one example", 1, scaled(rng, name, grows, (2, 1, n))),
            ("all sizes alike, float32", 1, same, FLOAT32),
        ]

    return cases


cases7_3, cases7_4 = cases_of("z"), cases_of("ds")


def task7_5(student, outputs, labels):
    return {"share": student.contradicted(outputs, labels)}


def cases7_5(rng):
    def case(m, classes, share, shift=0.0, dtype=np.float64):
        outputs = rng.normal(shift, 1, (m, classes)).astype(dtype)
        answers = outputs.argmax(axis=1)
        others = (answers + rng.integers(1, classes, m)) % classes
        contradicted = rng.permutation(m) < round(share * m)
        return {"outputs": outputs, "labels": np.where(contradicted, others, answers)}

    # Odd numbers of examples: no share of theirs is a half, or anything else that one would guess.
    few, (some, many) = rng.choice([7, 11, 13]), rng.choice(np.arange(31, 60, 2), 2, replace=False)
    same = case(few, few, rng.uniform(0.3, 0.7), dtype=np.float32)
    return [
        ("a batch", 2, case(some, few, rng.uniform(0.2, 0.4))),
        ("all outputs negative", 1, case(many, few, rng.uniform(0.6, 0.8), shift=-9)),
        ("m = classes, float32", 1, same, FLOAT32),
    ]


def task7_6(student, z, ds, slopes, outputs, labels, error, **seen):
    seen["error"] = float(error)
    return {"word": student.diagnose(z, ds, slopes, outputs, labels, seen)}


def cases7_6(rng):
    words = ["saturated", "vanishing", "exploding", "dead", "mislabelled"]
    draw, good = a_problem(rng)
    networks = [sick(word, draw, good, rng) for word in rng.permutation(words * 2)]
    return [(f"network {letter}", 1, n) for letter, n in zip("ABCDEFGHIJ", networks, strict=True)]


def a_problem(rng):
    """A source of examples with true labels, and a network that has learnt them."""
    import tinynet as tn

    centres = rng.normal(size=(CLASSES, 20))

    def draw(m):
        labels = rng.integers(CLASSES, size=m)
        return centres[labels] + 0.5 * rng.normal(size=(m, 20)), labels

    good = tn.mlp([20, 20, CLASSES], activation="tanh", init="normalized", rng=rng)
    loss, sgd = tn.SoftmaxCrossEntropy(), tn.SGD(good, lr=0.2)
    for _ in range(200):
        x, labels = draw(20)
        loss.forward(good.forward(x), labels)
        good.backward(loss.backward())
        sgd.step()
    return draw, good


def sick(word, draw, good, rng):
    """What a network shows that has this sickness clearly; one near a border is drawn again."""
    while True:
        arrays = tried(word, draw, good, rng)
        if is_clear(word, arrays):
            return arrays


def is_clear(word, seen):
    """Whether a network is far on its own side of every border."""
    grows = (seen["z_std"][-1] / seen["z_std"][0]) ** (1 / (len(seen["z"]) - 1))
    down = seen["ds_std"][0] / seen["ds_std"][-1]
    sides = [
        (word == "exploding", grows, 1.3, 1.7),
        (word == "mislabelled", seen["error"], 0.1, 0.6),
        (word == "dead", seen["z_dead"].mean(), 0.4, 0.55),
    ]
    if word != "dead":
        sides += [(word == "saturated", seen["z_saturated"].mean(), 0.6, 0.7)]
        sides += [(word != "vanishing", down, 0.08, 0.2)]
    return all(x > high if on else x < low for on, x, low, high in sides)


def tried(word, draw, good, rng):
    """What a network drawn for this sickness shows, in one pass forward and back."""
    import tinynet as tn

    kinds = {
        "saturated": [("tanh", tn.normalized, 8, 12), ("sigmoid", tn.normalized, 25, 40)],
        "vanishing": [(f, tn.normalized, 0.3, 0.5) for f in ("tanh", "softsign", "relu")],
        "exploding": [("relu", tn.he, 2, 4), ("identity", tn.lecun, 2, 4)],
        "dead": [("relu", tn.he, 1, 1.5)],
        "mislabelled": [("tanh", tn.normalized, 1, 1.1), ("tanh", tn.orthogonal, 1, 1.1)]
        + [("relu", tn.he, 1, 1.1)],
    }
    activation, init, *gains = kinds[word][rng.integers(len(kinds[word]))]
    gain = rng.uniform(*gains)
    hidden = [int(rng.integers(25, 41))] * int(rng.integers(5, 8))
    net = tn.mlp(
        [20, *hidden, CLASSES],
        activation=activation,
        init=lambda *layer: gain * init(*layer),
        rng=rng,
        dtype=rng.choice([np.float32, np.float64]),
    )
    linears, bends = net.layers[:-1:2], net.layers[1::2]
    if word == "dead":
        share = rng.uniform(0.6, 0.75)
        for linear in linears:  # as after a step that was far too long
            linear.b[:] = np.where(rng.permutation(linear.n_out) < share * linear.n_out, -1e4, 0.5)
    x, labels = draw(EXAMPLES)
    x = x.astype(net.dtype)
    if word == "mislabelled":
        others = (labels + rng.integers(1, CLASSES, EXAMPLES)) % CLASSES
        labels = np.where(rng.random(EXAMPLES) < rng.uniform(0.7, 1), others, labels)

    loss = tn.SoftmaxCrossEntropy()
    loss.forward(net.forward(x), labels)
    net.backward(loss.backward())
    monitor = tn.Monitor(net, x, labels)
    monitor(0)
    return {
        "z": np.array([bend.y for bend in bends]),
        "ds": np.array([EXAMPLES * linear.dy for linear in linears]),
        "slopes": np.array([bend.slope(bend.x) for bend in bends]),
        "outputs": good.forward(x.astype(float)),
        "labels": labels,
        "z_std": monitor["z_std"][0],
        "z_saturated": monitor["z_saturated"][0],
        "z_dead": monitor["z_dead"][0],
        "ds_std": monitor["ds_std"][0, :-1],
        "error": np.array(tn.error_rate(good, x.astype(float), labels)),
    }
