"""Mistakes that students make, planted one at a time in the source of tinynet's core.

In each record ``right`` is source text that occurs exactly once in its file, ``wrong`` is what
takes its place, and ``thought`` is what somebody may have thought who wrote it so. The test
``test_planted_mistakes.py`` shows that a test in ``tests`` falls for each of them. Whoever
changes an equation changes its record here; whoever adds an equation adds a record.
"""

from typing import NamedTuple


class Mistake(NamedTuple):
    file: str
    thought: str
    right: str
    wrong: str
    tests: str = "core"  # the folder or the file in which one must fall


LAYERS = [
    ("the biases are 0 anyway", "x @ self.W + self.b", "x @ self.W"),
    (
        "keep a copy of x, to be safe",
        "self.x = x\n        self.y = x @",
        "self.x = x.copy()\n        self.y = x @",
    ),
    ("zeros are float64 and that is fine", "np.zeros(n_out, dtype)", "np.zeros(n_out)"),
    ("biases of 1 keep units alive", "np.zeros(n_out, dtype)", "np.ones(n_out, dtype)"),
    ("the initializer's array will do", "W.astype(dtype)", "W"),
    ("new memory for dW is cleaner", "if self.dW is None:", "if True:"),
    ("dW as np.empty gives it", "np.empty_like(self.W)", "np.empty(self.W.shape)"),
    ("db as np.empty gives it", "np.empty_like(self.b)", "np.empty(self.b.shape)"),
    (
        "gradients add up until I set them to zero",
        "np.empty_like(self.W)\n"
        "            self.db = np.empty_like(self.b)\n"
        "        self.dy = dy\n"
        "        np.matmul(self.x.T, dy, out=self.dW)",
        "np.zeros_like(self.W)\n"
        "            self.db = np.empty_like(self.b)\n"
        "        self.dy = dy\n"
        "        self.dW += self.x.T @ dy",
    ),
    (
        "dW is a mean over the batch",
        "np.matmul(self.x.T, dy, out=self.dW)",
        "np.matmul(self.x.T, dy / len(dy), out=self.dW)",
    ),
    ("db is a mean over the batch", "dy.sum(axis=0", "dy.mean(axis=0"),
    (
        "reshape turns W round",
        "(self.W @ dy.T).T",
        "dy @ self.W.reshape(self.n_out, self.n_in)",
    ),
    ("1 percent is near enough", "(self.W @ dy.T).T", "1.01 * (self.W @ dy.T).T"),
    ("a gradient of 0 is near enough", "np.matmul(self.x.T, dy, out=self.dW)", "self.dW[:] = 0"),
    (
        "dx comes with the mean over the batch",
        "(self.W @ dy.T).T",
        "(self.W @ dy.T).T / len(dy)",
    ),
    (
        "y can go where x was",
        "self.x = x\n        self.y = self.f(x)",
        "self.x = x\n        x[:] = self.y = self.f(x)",
    ),
    ("the slope is that at y", "self.slope(self.x)", "self.slope(self.y)"),
    ("the gradient is the slope", "self.dx = dy * slope", "self.dx = slope"),
    (
        "dy can be multiplied in place",
        "self.dx = dy * slope",
        "dy *= slope\n        self.dx = dy",
    ),
    (
        "dy need not be kept",
        "self.dy = dy\n        slope =",
        "slope =",
    ),
]

ACTIVATIONS = [
    (
        "sigmoid as the textbook has it",
        "return np.where(s >= 0, 1, e) / (1 + e)",
        "return 1 / (1 + np.exp(-s))",
    ),
    ("the halves of sigmoid the other way", "np.where(s >= 0, 1, e)", "np.where(s < 0, 1, e)"),
    ("exp(-s), why the modulus", "e = np.exp(-np.abs(s))  #", "e = np.exp(-s)  #"),
    (
        "exp(-s) in sigmoid's slope",
        "e = np.exp(-np.abs(s))\n        return e",
        "e = np.exp(-s)\n        return e",
    ),
    ("the square is forgotten in sigmoid's slope", "e / (1 + e) ** 2", "e / (1 + e)"),
    (
        "y (1 - y), which is 0 in the right tail",
        "return e / (1 + e) ** 2",
        "return self.f(s) * (1 - self.f(s))",
    ),
    ("a twentieth of 1 for sigmoid too", "saturated_at = 0.05 / 4", "saturated_at = 0.05"),
    ("tanh is a sigmoid of s", "return np.tanh(s)\n", "return 2 / (1 + np.exp(-s)) - 1\n"),
    ("tanh' = 1 - tanh", "1 - np.tanh(s) ** 2", "1 - np.tanh(s)"),
    ("slope is given y", "1 - np.tanh(s) ** 2", "1 - s**2"),
    ("tanh saturates like softsign", "saturated_at = 0.05\n", "saturated_at = 0.01\n"),
    ("softsign without the modulus", "s / (1 + np.abs(s))", "s / (1 + s)"),
    ("softsign's slope without the square", "1 / (1 + np.abs(s)) ** 2", "1 / (1 + np.abs(s))"),
    ("softsign saturates like tanh", "saturated_at = 0.01\n", "saturated_at = 0.05\n"),
    ("the rectifier folds", "np.maximum(s, 0)", "np.abs(s)"),
    ("s is not needed any more", "np.maximum(s, 0)", "np.maximum(s, 0, out=s)"),
    ("the rectifier's slope at 0 is 1", "(s > 0).astype(s.dtype)", "(s >= 0).astype(s.dtype)"),
    ("a slope is a float", "(s > 0).astype(s.dtype)", "(s > 0).astype(float)"),
    ("the slope of s is s", "np.ones_like(s)", "s"),
    ("ones are float64 and that is fine", "np.ones_like(s)", "np.ones(s.shape)"),
]

LOSSES = [
    ("the last example is one too many", "m = len(labels)\n", "m = len(labels) - 1\n"),
    ("a colon takes every row", "shifted[np.arange(m), labels]", "shifted[:, labels]"),
    (
        "exp of the output as it is",
        "output - output.max(axis=1, keepdims=True)",
        "output",
    ),
    (
        "one maximum for the whole batch",
        "output - output.max(axis=1, keepdims=True)",
        "output - output.max()",
    ),
    (
        "the output can be shifted in place",
        "shifted = output - output.max(axis=1, keepdims=True)",
        "shifted = output\n        shifted -= output.max(axis=1, keepdims=True)",
    ),
    ("powers of two do as well", "np.exp(shifted)", "np.exp2(shifted)"),
    (
        "probabilities sum to 1 over the batch",
        "exps.sum(axis=1, keepdims=True)",
        "exps.sum(axis=0, keepdims=True) * np.ones((len(labels), 1))",
    ),
    ("the cost in bits", "np.log(total[:, 0])", "np.log2(total[:, 0])"),
    (
        "log likelihood is to be made large",
        "np.log(total[:, 0]) - shifted[np.arange(m), labels]",
        "shifted[np.arange(m), labels] - np.log(total[:, 0])",
    ),
    ("p without its normalization", "exps / total", "exps"),
    ("the cost is a sum over the batch", "float(costs.sum() / m)", "float(costs.sum())"),
    ("1 percent more or less", "float(costs.sum() / m)", "float(1.01 * costs.sum() / m)"),
    ("a NumPy scalar is a float", "float(costs.sum() / m)", "costs.sum() / m"),
    ("the optimizer takes the mean", "m = len(self.labels)", "m = 1"),
    (
        "one-hot is 0 or 1 in any dtype",
        "np.zeros_like(self.p)",
        "np.zeros(self.p.shape)",
    ),
    (
        "a colon takes every row here too",
        "one_hot[np.arange(m), self.labels] = 1",
        "one_hot[:, self.labels] = 1",
    ),
    ("the gradient points downhill", "(self.p - one_hot) / m", "(one_hot - self.p) / m"),
    (
        "p is not needed any more",
        "self.doutput = (self.p - one_hot) / m",
        "self.p -= one_hot\n        self.doutput = self.p / m",
    ),
    ("m counts every number", "m = len(output)", "m = output.size"),
    ("an error is a sum", "error = output - targets", "error = output + targets"),
    ("mean squared error has no half", "/ (2 * m)", "/ m"),
    ("m counts every number in the gradient", "m = len(self.output)", "m = self.output.size"),
    (
        "the 2 of the square comes down",
        "(self.output - self.targets) / m",
        "2 * (self.output - self.targets) / m",
    ),
    (
        "what is wanted minus what came",
        "(self.output - self.targets) / m",
        "(self.targets - self.output) / m",
    ),
    (
        "one chance for each class",
        "counts = np.unique(self.labels, return_counts=True)[1]",
        "counts = np.ones(len(np.unique(self.labels)))",
    ),
    ("frequencies are counts", "p = counts / len(self.labels)", "p = counts"),
    ("chance in bits", "-(p * np.log(p)).sum()", "-(p * np.log2(p)).sum()"),
    ("what costs nothing is predicted", "self.targets.var(axis=0)", "self.targets.std(axis=0)"),
    ("the mean over the outputs too", "variances.sum() / 2", "variances.mean() / 2"),
]

INITIALIZERS = [
    (
        "any draws will do for eq 1",
        "u = _uniform(n_in, n_out, rng)\n    a = 1 /",
        "u = _gaussian(n_in, n_out, rng)\n    a = 1 /",
    ),
    ("n is what leaves", "a = 1 / np.sqrt(n_in)", "a = 1 / np.sqrt(n_out)"),
    ("a is the variance", "a = 1 / np.sqrt(n_in)", "a = 1 / n_in"),
    (
        "dividing is the same as multiplying",
        "np.sqrt(n_in)\n    return a * u",
        "np.sqrt(n_in)\n    return u / a",
    ),
    (
        "the other way round, and turned",
        "u = _uniform(n_in, n_out, rng)\n    a = np.sqrt(6",
        "u = _uniform(n_out, n_in, rng).T\n    a = np.sqrt(6",
    ),
    ("eq 12 is the bound", "np.sqrt(6 / (n_in + n_out))", "np.sqrt(2 / (n_in + n_out))"),
    ("Xavier as Caffe has it", "np.sqrt(6 / (n_in + n_out))", "np.sqrt(3 / n_in)"),
    ("1 percent hardly matters", "np.sqrt(6 / (n_in + n_out))", "np.sqrt(6.12 / (n_in + n_out))"),
    (
        "modulus, weights are lengths",
        "(n_in + n_out))\n    return a * u",
        "(n_in + n_out))\n    return a * abs(u)",
    ),
    (
        "uniform draws for lecun",
        "g = _gaussian(n_in, n_out, rng)\n    std = np.sqrt(1",
        "g = _uniform(n_in, n_out, rng)\n    std = np.sqrt(3",
    ),
    ("the variance is the scale", "std = np.sqrt(1 / n_in)", "std = 1 / n_in"),
    ("lecun with n_out", "std = np.sqrt(1 / n_in)", "std = np.sqrt(1 / n_out)"),
    (
        "lecun's variance, a second time",
        "np.sqrt(1 / n_in)\n    return std * g",
        "np.sqrt(1 / n_in)\n    return std**2 * g",
    ),
    (
        "uniform draws for he",
        "g = _gaussian(n_in, n_out, rng)\n    std = np.sqrt(2",
        "g = _uniform(n_in, n_out, rng)\n    std = np.sqrt(6",
    ),
    ("a mean of both sizes for he", "np.sqrt(2 / n_in)", "np.sqrt(4 / (n_in + n_out))"),
    (
        "cut off what is far out",
        "np.sqrt(2 / n_in)\n    return std * g",
        "np.sqrt(2 / n_in)\n    return std * np.clip(g, -2, 2)",
    ),
    (
        "any random matrix to begin with",
        "g = _gaussian(n_in, n_out, rng)\n    tall",
        "g = _uniform(n_in, n_out, rng)\n    tall",
    ),
    ("QR takes any shape", "tall = g if n_in >= n_out else g.T", "tall = g"),
    ("R is not needed", "q, r = np.linalg.qr(tall)", "q, r = np.linalg.qr(tall)[0], tall[:1]"),
    ("Q of QR is random enough", "q = q * np.sign(np.diag(r))", "q = q * 1"),
    ("the shape will come right", "return q if n_in >= n_out else q.T", "return q"),
    (
        "random numbers are between 0 and 1",
        "uniform(-1, 1, shape)",
        "uniform(0, 1, shape)",
    ),
    (
        "one source of draws is enough for all",
        'checks.generator("rng", rng).uniform(-1, 1, shape)',
        "np.random.uniform(-1, 1, shape)",
    ),
    (
        "a fixed seed, so that it can be had again",
        'checks.generator("rng", rng).standard_normal(shape)',
        "np.random.default_rng(0).standard_normal(shape)",
    ),
    (
        "NumPy will see bad sizes by itself",
        'shape = checks.size("n_in", n_in), checks.size("n_out", n_out)\n'
        '    return checks.generator("rng", rng).uniform',
        'shape = n_in, n_out\n    return checks.generator("rng", rng).uniform',
    ),
    (
        "0 units are an empty matrix",
        'shape = checks.size("n_in", n_in), checks.size("n_out", n_out)\n'
        '    return checks.generator("rng", rng).standard',
        'shape = n_in, n_out\n    return checks.generator("rng", rng).standard',
    ),
]

NETWORK = [
    (
        "NaN will be seen in the cost",
        'checks.finite("x", checks.batch("x", x, width, self.dtype))',
        'checks.batch("x", x, width, self.dtype)',
    ),
    (
        "the softmax is the last layer",
        "for layer in self.layers:\n            x",
        "for layer in self.layers[:-1]:\n            x",
    ),
    ("a copy for each layer, to be safe", "x = layer.forward(x)", "x = layer.forward(x.copy())"),
    ("backward in the same order", "in reversed(self.layers)", "in self.layers"),
    ("every layer gets the loss's gradient", "dy = layer.backward(dy)", "layer.backward(dy)"),
    ("a network is float64", "return getattr(layer, name).dtype", "return np.dtype(float)"),
    ("float32 is what one has", "return np.dtype(np.float64)", "return np.dtype(np.float32)"),
    ("first comes a Linear", 'getattr(self.layers[0], "n_in", None)', "self.layers[0].n_in"),
    ("the same layers, only listed again", "copy.copy(layer)", "layer"),
    ("a deep copy is the safest", "copy.copy(layer)", "copy.deepcopy(layer)"),
    (
        "the copies were only for the gradients",
        "return Network(layers)\n\n    def __repr__",
        "return Network(self.layers)\n\n    def __repr__",
    ),
    (
        "dW of a view is the view's own already",
        'setattr(layer, "d" + name, None)',
        "pass",
    ),
    ("each layer has the seed", 'rng = checks.generator("rng", rng)\n', ""),
    ("the list of sizes is the list of layers", "= sizes[1:]", "= sizes"),
    (
        "one Tanh can serve for all",
        "layers.append(new_activation())",
        "layers.append(layers[1] if len(layers) > 1 else new_activation())",
    ),
    (
        "the output bends too",
        "dtype=dtype))\n    return Network(layers)",
        "dtype=dtype))\n    return Network([*layers, new_activation()])",
    ),
    ("one initializer is enough", "init=last_init", "init=hidden_init"),
    ("output_init is for all", "init=hidden_init", "init=last_init"),
    (
        "the last layer in full precision",
        "init=last_init, rng=rng, dtype=dtype",
        "init=last_init, rng=rng",
    ),
]

OPTIMIZERS = [
    ("up the gradient", "parameter -= lr * gradient", "parameter += lr * gradient"),
    (
        "minus and then is",
        "parameter -= lr * gradient",
        "parameter = parameter - lr * gradient",
    ),
    (
        "a new W for each step",
        "parameter -= lr * gradient",
        "setattr(layer, name, parameter - lr * gradient)",
    ),
    (
        "the gradient can be scaled in place",
        "parameter -= lr * gradient",
        "gradient *= lr\n                parameter -= gradient",
    ),
    (
        "a little weight decay does no harm",
        "parameter -= lr * gradient",
        "parameter -= lr * (gradient + 1e-4 * parameter)",
    ),
    ("step on a copy", "getattr(layer, name)\n", "getattr(layer, name).copy()\n"),
    (
        "the mean over the batch is taken at the step",
        'gradient = getattr(layer, "d" + name)',
        'gradient = getattr(layer, "d" + name) / len(layer.x)',
    ),
    ("biases stay 0", "for name in layer.parameters:", "for name in layer.parameters[:1]:"),
    ("every layer has W and b", "for name in layer.parameters:", 'for name in ("W", "b"):'),
    (
        "only hidden layers learn",
        "for layer in self.net.layers:",
        "for layer in self.net.layers[:-1]:",
    ),
    ("lr was right once", 'lr = checks.positive("lr", self.lr)', "lr = self.lr"),
    ("any lr is the user's business", 'self.lr = checks.positive("lr", lr)', "self.lr = lr"),
    ("None minus nothing", "checks.has_gradients(self.net.layers)", "pass"),
]

CHECKS = [
    (
        "a bool is an int",
        'if isinstance(value, (bool, np.bool_)) or not hasattr(value, "__index__"):\n'
        '        raise TypeError(f"{name}: expected a whole number, got',
        'if not hasattr(value, "__index__"):\n'
        '        raise TypeError(f"{name}: expected a whole number, got',
    ),
    ("0 units are allowed", "value, least=1)", "value, least=0)"),
    ("one size makes a network", "if len(values) < 2:", "if len(values) < 1:"),
    (
        "lr = 0 is a rate",
        "math.isfinite(number) and number > 0",
        "math.isfinite(number) and number >= 0",
    ),
    ("infinity is positive", "math.isfinite(number) and number > 0", "number > 0"),
    (
        "a NumPy scalar is a number",
        "return number\n\n\ndef float_dtype",
        "return value\n\n\ndef float_dtype",
    ),
    (
        "half precision is a float",
        "not in (np.float32, np.float64)",
        "not in (np.float16, np.float32, np.float64)",
    ),
    (
        "integers become floats by themselves",
        'array.dtype.kind != "f"',
        'array.dtype.kind not in "fiu"',
    ),
    ("one example is a batch of one", "if array.ndim == 2 and array.size", "if array.size"),
    ("matmul sees the width", " and width in (None, array.shape[1])", ""),
    ("an empty batch has mean 0", "array.ndim == 2 and array.size and", "array.ndim == 2 and"),
    ("float64 input is more exact", "return array.astype(dtype)", "return array"),
    ("NaN is what goes wrong", "if not np.isfinite(array).all():", "if np.isnan(array).any():"),
    ("None has no shape anyway", "if like is None:", "if False:"),
    (
        "NumPy broadcasts a gradient",
        'return same_shape(name, value, "y", like)',
        "return floats(name, value).astype(like.dtype)",
    ),
    (
        "NumPy broadcasts targets",
        "if array.shape != like.shape:",
        "if False:",
    ),
    (
        "float labels are numbers too",
        'array.dtype.kind not in "iu"',
        'array.dtype.kind not in "iuf"',
    ),
    (
        "labels in a column are labels",
        "if array.ndim != 1 or len(array) == 0",
        "if len(array) == 0",
    ),
    ("one label for all examples", "count not in (None, len(array))", "count < len(array)"),
    ("-1 is the last class", "if low < 0 or high >= classes:", "if high >= classes:"),
    ("classes are counted from 1", "high >= classes", "high > classes"),
    ("the initializer knows the shape", "if array.shape != shape:", "if False:"),
    ("what begins with _ has a name too", ' and not key.startswith("_")', ""),
    ("what a module imports is its own", "== module.__name__ and", "is not None and"),
    (
        "widths come right by themselves",
        "if width is not None and getattr(layer",
        "if False and getattr(layer",
    ),
    ("NumPy broadcasts a slope", 'if getattr(value, "shape", None) != like.shape:', "if False:"),
    ("a text is a tuple of names", "if isinstance(layer.parameters, str):", "if False:"),
    ("NumPy broadcasts a step", "if got != shape:", "if False:"),
    ("a class is a layer", "if isinstance(layer, type) or not is_layer(layer):", "if False:"),
    ("a layer can serve twice", "if any(layer is other for other in values[:k]):", "if False:"),
    ("a number is a parameter", "if not isinstance(value, np.ndarray):", "if False:"),
    ("np.tanh is an activation", "isinstance(value, type) and is_layer(value)", "True"),
    (
        "NumPy says what is wrong with a seed",
        "except (TypeError, ValueError) as error",
        "except OSError as error",
    ),
    ("no dtype is any dtype", "if value is not None:", "if True:"),
    ("a list of layers is a network", 'if not hasattr(value, "layers"):', "if False:"),
    (
        "the first layer speaks for all",
        "for k, layer in enumerate(layers):",
        "for k, layer in enumerate(layers[:1]):",
    ),
    ("the cost of nothing", "if cost is None:", "if False:"),
]

# Beyond the core: a mistake in each of the other rooms that train, watch and keep.
OTHERS = [
    Mistake(file, thought, right, wrong, tests)
    for tests, file, thought, right, wrong in [
        (
            *("test_monitor.py", "monitor.py", "the percentile of z will do"),
            *("np.percentile(np.abs(layer.y), 98)", "np.percentile(layer.y, 98)"),
        ),
        (
            *("test_monitor.py", "monitor.py", "dy is ds"),
            *("[m * std(layer.dy) for layer in weighted]", "[std(layer.dy) for layer in weighted]"),
        ),
        (
            *("test_monitor.py", "monitor.py", "a unit that is ever saturated is dead"),
            *("units.all(axis=0).mean()", "units.any(axis=0).mean()"),
        ),
        (
            *("test_monitor.py", "monitor.py", "why make a view"),
            *("self.net.view(), copy.copy(self.loss), len(self.x)",)
            + ("self.net, copy.copy(self.loss), len(self.x)",),
        ),
        (
            *("test_monitor.py", "monitor.py", "the loss is mine too"),
            *("copy.copy(self.loss)", "self.loss"),
        ),
        (
            *("test_monitor.py", "monitor.py", "the examples stay as they are"),
            *('self.x = np.array(checks.batch("x", x))', 'self.x = checks.batch("x", x)'),
        ),
        (
            *("test_monitor.py", "monitor.py", "validation is a test too"),
            *('seen["valid_error"] = self._error(*self.valid)',)
            + ('seen["valid_error"] = self._error(*self.test)',),
        ),
        (
            *("test_monitor.py", "monitor.py", "records of another kind will do"),
            *('(self.valid is not None) != ("valid_error" in records)', "False"),
        ),
        (
            *("test_scores.py", "looking/scores.py", "rows are what is said"),
            *("(true[finite], said[finite])", "(said[finite], true[finite])"),
        ),
        (
            *("test_scores.py", "looking/scores.py", "fancy indexing counts"),
            *("np.add.at(counts, (true[finite], said[finite]), 1)",)
            + ("counts[true[finite], said[finite]] += 1",),
        ),
        (
            *("test_watched.py", "studies/seeded.py", "all that there is to learn from"),
            *("Shuffled(*found.train, rng=", "Shuffled(*found.test, rng="),
        ),
        (
            *("test_watched.py", "studies/seeded.py", "what is missing is fetched"),
            *("[data](download=False)", "[data]()"),
        ),
        (
            *("test_figure12.py", "studies/race.py", "the best is where the test error is lowest"),
            *('key=result["valid_error"].__getitem__', 'key=result["test_error"].__getitem__'),
        ),
        (
            *("test_race.py", "studies/race.py", "a network that came to its end has a cost"),
            *('if np.isfinite(result["validation_cost"]):', "if True:"),
        ),
        (
            *("test_race.py", "studies/race.py", "no folder is the folder here"),
            *("if self.folder else None", "if self.folder else Path(name)"),
        ),
        (
            *("test_race.py", "studies/comparison.py", "before the first update nothing is learnt"),
            *("early=(0,)", "early=()"),
        ),
        (
            *("test_figure12.py", "studies/tables.py", "the last epoch is the best"),
            *("for k in (best, -1)]\n        errors", "for k in (-1, best)]\n        errors"),
        ),
        (
            *("test_figure12.py", "studies/figure12.py", "an epoch has 50,000 images"),
            *('"cifar10": 4_000', '"cifar10": 5_000'),
        ),
        (
            *("test_monitor.py", "looking/statistics.py", "what lies beyond is not there"),
            *("array.clip(edges[0], edges[-1])", "array"),
        ),
        (
            *("test_monitor.py", "looking/statistics.py", "steep units are saturated"),
            *("layer.slope(layer.x) <= layer.saturated_at",)
            + ("layer.slope(layer.x) >= layer.saturated_at",),
        ),
        (
            *("test_shuffled.py", "datasets/shuffled.py", "one order is enough"),
            *("self._order = self._rng.permutation(len(self.x))",)
            + ("self._order = np.random.default_rng(0).permutation(len(self.x))",),
        ),
        (
            *("test_shuffled.py", "datasets/shuffled.py", "the short batch is lost"),
            *("(n if self.drop_last else 1)", "n"),
        ),
        (
            *("test_shuffled.py", "datasets/shuffled.py", "the state after the order"),
            *("self._start = self._rng.bit_generator.state\n        self._order =",)
            + ("self._order =",),
        ),
        (
            *("test_checkpoint.py", "checkpoint.py", "the weights are the run"),
            *("parameter[...] = arrays", "parameter = arrays"),
        ),
        (
            *("test_checkpoint.py", "checkpoint.py", "the source goes on somewhere"),
            *("part.state = {", "_ = {"),
        ),
        (
            *("test_checkpoint.py", "checkpoint.py", "any run will do"),
            *("if record.get(moment) == self.start:", "if True:"),
        ),
        (
            *("test_checkpoint.py", "replacing.py", "straight into the file"),
            *('with open(part, "wb") as file:', 'with open(path, "wb") as file:'),
        ),
        (
            *("test_checkpoint.py", "interrupts.py", "Ctrl-C is for others"),
            *("self.asked = True", "self.asked = False"),
        ),
        (
            *("test_training.py", "training.py", "numbers break now and then"),
            *("if not math.isfinite(cost):", "if False:"),
        ),
        (
            *("test_training.py", "training.py", "watching begins with the first update"),
            *("if done == 0:", "if False:"),
        ),
        (
            *("test_broken.py", "looking/broken.py", "backward is forward, too"),
            *("reversed(list(enumerate(net.layers)))", "enumerate(net.layers)"),
        ),
    ]
]

MISTAKES = [
    Mistake(file, *record)
    for file, records in [
        ("layers.py", LAYERS),
        ("activations.py", ACTIVATIONS),
        ("losses.py", LOSSES),
        ("initializers.py", INITIALIZERS),
        ("network.py", NETWORK),
        ("optimizers.py", OPTIMIZERS),
        ("_checks.py", CHECKS),
    ]
    for record in records
]
