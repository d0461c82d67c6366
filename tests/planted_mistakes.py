"""Mistakes that students make, planted one at a time in tinynet.

A table has three levels. First a file of tests. Under it a function, class or module of tinynet,
and those of the tests that can see it, as ``pytest -k`` takes them. Under that a mistake: what
somebody may have thought who wrote it so, the right text, and after the arrow what takes its
place. The text stands exactly once in that function; spaces and line breaks do not matter. Of a
dotted name only as much is needed as no other has.

``test_planted_mistakes.py`` shows that a test fails for each of them. Whoever changes an equation
changes its line here; whoever adds an equation adds a line.
"""

THE_CORE = """
core/test_layers.py
  Linear.__init__
    biases of 1 keep units alive: np.zeros(n_out, dtype) -> np.ones(n_out, dtype)
    the initializer's array will do: (n_in, n_out)).astype(dtype) -> (n_in, n_out))

core/test_gradients.py
  Linear.forward
    the biases are 0 anyway: x @ self.W + self.b -> x @ self.W
  Linear.backward
    1 percent is near enough: self.dx = dy @ -> self.dx = 1.01 * dy @
    reshape turns W round: dy @ self.W.T -> dy @ self.W.reshape(self.n_out, self.n_in)
    dx comes with the mean over the batch: dy @ self.W.T -> dy @ self.W.T / len(dy)
    a gradient of 0 is near enough: np.matmul(self.x.T, dy, out=self.dW) -> self.dW[:] = 0
    dW is a mean over the batch: np.matmul(self.x.T, dy, -> np.matmul(self.x.T, dy / len(dy),
    db is a mean over the batch: dy.sum(axis=0 -> dy.mean(axis=0
  Linear.backward -k backward_twice
    gradients add up until I set them to zero: np.matmul(self.x.T, dy, out=self.dW) ->
      self.sum = self.dW[:] = self.x.T @ dy + getattr(self, "sum", 0)
  Activation.backward
    the gradient is the slope: dy * slope -> slope
    the slope is that at y: self.slope(self.x) -> self.slope(self.y)

core/test_activations.py
  Sigmoid.f -k formulas or far_out
    sigmoid as the textbook has it: np.where(s >= 0, 1, e) / (1 + e) -> 1 / (1 + np.exp(-s))
    the halves of sigmoid the other way: s >= 0 -> s < 0
    exp(-s), why the modulus: np.exp(-np.abs(s)) -> np.exp(-s)
  Sigmoid.slope -k formulas or far_out or exact
    exp(-s) in sigmoid's slope: np.exp(-np.abs(s)) -> np.exp(-s)
    the square is forgotten in sigmoid's slope: (1 + e) ** 2 -> (1 + e)
    y (1 - y), which is 0 in the right tail: e / (1 + e) ** 2 -> self.f(s) * (1 - self.f(s))
  Tanh.f -k formulas
    tanh is a sigmoid of s: np.tanh(s) -> 2 / (1 + np.exp(-s)) - 1
  Tanh.slope -k formulas
    tanh' = 1 - tanh: np.tanh(s) ** 2 -> np.tanh(s)
    slope is given y: np.tanh(s) ** 2 -> s**2
  Softsign.f -k formulas
    softsign without the modulus: np.abs(s) -> s
  Softsign.slope -k formulas
    softsign's slope without the square: (1 + np.abs(s)) ** 2 -> (1 + np.abs(s))
  ReLU.f -k formulas or pure
    the rectifier folds: np.maximum(s, 0) -> np.abs(s)
    s is not needed any more: np.maximum(s, 0) -> np.maximum(s, 0, out=s)
  ReLU.slope -k formulas or pure
    the rectifier's slope at 0 is 1: s > 0 -> s >= 0
    a slope is a float: astype(s.dtype) -> astype(float)
  Identity.slope -k formulas or pure
    the slope of s is s: np.ones_like(s) -> s
    ones are float64 and that is fine: np.ones_like(s) -> np.ones(s.shape)
  Sigmoid -k saturation
    a twentieth of 1 for sigmoid too: saturated_at = 0.05 / 4 -> saturated_at = 0.05
  Tanh -k saturation
    tanh saturates like softsign: saturated_at = 0.05 -> saturated_at = 0.01
  Softsign -k saturation
    softsign saturates like tanh: saturated_at = 0.01 -> saturated_at = 0.05

core/test_losses.py
  SoftmaxCrossEntropy.forward
    the last example is one too many: m = len(labels) -> m = len(labels) - 1
    a colon takes every row: shifted[np.arange(m), labels] -> shifted[:, labels]
    exp of the output as it is: output - output.max(axis=1, keepdims=True) -> output
    one maximum for the whole batch: output.max(axis=1, keepdims=True) -> output.max()
    powers of two do as well: np.exp(shifted) -> np.exp2(shifted)
    probabilities sum to 1 over the batch: exps.sum(axis=1 -> 0 * exps[:, :1] + exps.sum(axis=None
    the cost in bits: np.log(total -> np.log2(total
    log likelihood is to be made large: costs.sum() / m -> -costs.sum() / m
    p without its normalization: exps / total -> exps
    the cost is a sum over the batch: costs.sum() / m -> costs.sum()
    1 percent more or less: costs.sum() / m -> 1.01 * costs.sum() / m
    a NumPy scalar is a float: float(costs.sum() / m) -> costs.sum() / m
  SoftmaxCrossEntropy.backward
    the optimizer takes the mean: m = len(self.labels) -> m = 1
    one-hot is 0 or 1 in any dtype: np.zeros_like(self.p) -> np.zeros(self.p.shape)
    a colon takes every row here too: one_hot[np.arange(m), -> one_hot[:,
    the gradient points downhill: self.p - one_hot -> one_hot - self.p
    p is not needed any more: (self.p - one_hot) -> np.subtract(self.p, one_hot, out=self.p)
  SoftmaxCrossEntropy.chance
    one chance for each class: return_counts=True)[1] -> return_counts=True)[1] ** 0
    frequencies are counts: counts / len(self.labels) -> counts
    chance in bits: entropy(p) -> entropy(p) / np.log(2)
  losses.entropy
    the rare says most: -(seen * np.log(seen)) -> -(1 - seen) * np.log(seen)
  Quadratic.forward
    m counts every number: m = len(output) -> m = output.size
    an error is a sum: output - targets -> output + targets
    mean squared error has no half: / (2 * m) -> / m
  Quadratic.backward
    m counts every number in the gradient: m = len(self.output) -> m = self.output.size
    the 2 of the square comes down: (self.output - self.targets) -> 2 * (self.output - self.targets)
    what is wanted minus what came: self.output - self.targets -> self.targets - self.output
  Quadratic.chance
    what costs nothing is predicted: var(axis=0) -> std(axis=0)
    the mean over the outputs too: variances.sum() -> variances.mean()

core/test_initializers.py
  initializers.standard
    any draws will do for eq 1: _uniform( -> _gaussian(
    n is what leaves: np.sqrt(n_in) -> np.sqrt(n_out)
    a is the variance: 1 / np.sqrt(n_in) -> 1 / n_in
    dividing is the same as multiplying: a * u -> u / a
  initializers.normalized
    the other way round, and turned: _uniform(n_in, n_out, rng) -> _uniform(n_out, n_in, rng).T
    eq 12 is the bound: np.sqrt(6 / -> np.sqrt(2 /
    Xavier as Caffe has it: np.sqrt(6 / (n_in + n_out)) -> np.sqrt(3 / n_in)
    1 percent hardly matters: np.sqrt(6 / -> np.sqrt(6.12 /
    modulus, weights are lengths: a * u -> a * abs(u)
  lecun
    uniform draws for lecun: _gaussian(n_in, n_out, rng) -> np.sqrt(3) * _uniform(n_in, n_out, rng)
    the variance is the scale: np.sqrt(1 / n_in) -> 1 / n_in
    lecun with n_out: np.sqrt(1 / n_in) -> np.sqrt(1 / n_out)
    lecun's variance, a second time: std * g -> std**2 * g
  initializers.he
    uniform draws for he: _gaussian(n_in, n_out, rng) -> np.sqrt(3) * _uniform(n_in, n_out, rng)
    a mean of both sizes for he: np.sqrt(2 / n_in) -> np.sqrt(4 / (n_in + n_out))
    cut off what is far out: std * g -> std * np.clip(g, -2, 2)
  orthogonal
    any random matrix to begin with: _gaussian( -> _uniform(
    QR takes any shape: g if n_in >= n_out else g.T -> g
    R is not needed: np.linalg.qr(tall) -> np.linalg.qr(tall)[0], tall[:1]
    Q of QR is random enough: q * np.sign(np.diag(r)) -> q * 1
    the shape will come right: return q if n_in >= n_out else q.T -> return q
  initializers._uniform
    random numbers are between 0 and 1: uniform(-1, 1, shape) -> uniform(0, 1, shape)
    one source of draws is enough for all: checks.generator("rng", rng) -> np.random
  initializers._gaussian
    a fixed seed, so that it can be had again: "rng", rng -> "rng", 0

core/test_network.py
  Network.forward
    first comes a Linear: getattr(self.layers[0], "n_in", None) -> self.layers[0].n_in
    the softmax is the last layer: in self.layers: -> in self.layers[:-1]:
  Network.backward
    backward in the same order: reversed(self.layers) -> self.layers
    every layer gets the loss's gradient: dy = layer.backward(dy) -> layer.backward(dy)
  Network._named
    every layer has W and b: in layer.parameters -> in ("W", "b")
  Network.dtype
    a network is float64: return array.dtype -> return np.dtype(float)
    float32 is what one has: np.float64 -> np.float32
  Network.view
    the same layers, only listed again: contracts.copied(self) -> Network(self.layers)
    the copies were only for the gradients: return view -> return self
  contracts.copied
    a deep copy is the safest: {id(array): array for array in shared} -> {}
    dW of a view is the view's own already: np.zeros(g.shape, g.dtype) -> g
  mlp
    each layer has the seed: rng = checks.generator("rng", rng) -> pass
    the list of sizes is the list of layers: sizes[1:] -> sizes
    one Tanh can serve for all: new_activation() -> (layers[1:] or [new_activation()])[0]
    the output bends too: return Network(layers) -> return Network([*layers, new_activation()])
    one initializer is enough: init=last_init -> init=hidden_init
    output_init is for all: init=hidden_init, rng -> init=last_init, rng

core/test_optimizers.py
  SGD.change
    up the gradient: -self.lr -> self.lr
    a little weight decay does no harm: -self.lr * gradient ->
      -self.lr * (gradient + 1e-4 * self.net.named_parameters()[name])
    the mean over the batch is taken at the step: -self.lr * gradient ->
      -self.lr * gradient / len(self.net.layers[0].x)
  SGD.changes
    biases stay 0: in gradients.items() -> in gradients.items() if name.endswith("W")
    only hidden layers learn: in gradients.items() -> in list(gradients.items())[:-2]
  SGD.step
    step on a copy: self.net.named_parameters() ->
      {name: array.copy() for name, array in self.net.named_parameters().items()}
    None minus nothing: contracts.gradients(parameters, -> dict(
  contracts.gradients
    the first layer speaks for all: in parameters.items() -> in list(parameters.items())[:1]
  checks.positive
    a NumPy scalar is a number: return number -> return value
    np.float64 is a float: type(value) is float -> isinstance(value, float)

core/test_array_rules.py
  Linear.__init__ -k float32
    zeros are float64 and that is fine: np.zeros(n_out, dtype) -> np.zeros(n_out)
  Linear.forward -k very_array
    keep a copy of x, to be safe: self.x = x -> self.x = x.copy()
  Network.forward -k very_array
    a copy for each layer, to be safe: layer.forward(x) -> layer.forward(x.copy())
  Linear.backward -k writes_into or dtype
    new memory for dW is cleaner: if self.dW is None: -> if True:
    dW as np.empty gives it: np.empty_like(self.W) -> np.empty(self.W.shape)
    db as np.empty gives it: np.empty_like(self.b) -> np.empty(self.b.shape)
  Activation.forward -k within_a_pass
    y can go where x was: self.y = self.f(x) -> x[:] = self.y = self.f(x)
  Activation.backward -k within_a_pass or upstream
    dy can be multiplied in place: self.dx = dy * slope -> dy *= slope; self.dx = dy
    dy need not be kept: self.dy = dy -> pass
  SoftmaxCrossEntropy.forward -k within_a_pass
    the output can be shifted in place: shifted = output - -> shifted = output; shifted -=
  mlp -k dtype
    the last layer in full precision: last_init, rng=rng, dtype=dtype -> last_init, rng=rng
  SGD.step -k a_step_changes
    minus and then is: parameters[name] += -> parameters[name] = parameters[name] +
    a new W for each step: parameters[name] += contracts.change(name, change, parameters) ->
      place, _, last = name.rpartition(".");
      setattr(self.net.named_layers()[place], last, parameters[name] + change)
  SGD.change -k a_step_changes
    the gradient can be scaled in place: return -self.lr * -> gradient *= -self.lr; return
  checks.batch -k dtype or float32
    float64 input is more exact: return found.astype(dtype) -> return found
  same_shape -k upstream
    what comes back is of any dtype: else found.astype(like.dtype) -> else found

core/test_bad_input.py
  initializers._uniform
    NumPy will see bad sizes by itself: checks.size("n_in", n_in) -> n_in
  initializers._gaussian
    0 units are an empty matrix: checks.size("n_out", n_out) -> n_out
  Network.forward
    NaN will be seen in the cost: checks.finite("x", -> (
  SGD.__init__
    any lr is the user's business: checks.positive("lr", lr) -> lr
  SGD.step
    lr was right once: self.lr = checks.positive("lr", self.lr) -> pass
  checks.size
    0 units are allowed: least=1 -> least=0
  checks._integer
    a bool is an int: (bool, np.bool_, np.ndarray) -> np.ndarray
  checks.sizes
    one size makes a network: len(values) < least -> len(values) < least - 1
  checks.positive
    lr = 0 is a rate: and number > 0 -> and number >= 0
    0.0 is a rate, at least: 0 < value < math.inf -> 0 <= value < math.inf
    infinity is positive: math.isfinite(number) and -> True and
  float_dtype
    half precision is a float: (np.float32, np.float64) -> (np.float16, np.float32, np.float64)
    no dtype is any dtype: if value is not None: -> if True:
  checks.floats
    integers become floats by themselves: if found.dtype.kind == "f" -> if found.dtype.kind in "fiu"
  checks.batch
    one example is a batch of one: len(shape) == 2 and -> True and
    matmul sees the width: width in (None, shape[1]) -> True
    an empty batch has mean 0: and found.size and width in -> and width in
  checks.finite
    NaN is what goes wrong: not np.isfinite(array).all() -> np.isnan(array).any()
  checks.gradient
    None has no shape anyway: if like is None: -> if False:
    NumPy broadcasts a gradient: same_shape(name, value, "y", like) -> floats(name, value)
  same_shape
    NumPy broadcasts targets: if found.shape != like.shape: -> if False:
  checks.labels
    float labels are numbers too: kind not in "iu" -> kind not in "iuf"
    labels in a column are labels: len(shape) != 1 or -> False or
    one label for all examples: count not in (None, len(found)) -> count < len(found)
    -1 is the last class: low < 0 or high -> high
    classes are counted from 1: high >= classes -> high > classes
  checks.weights
    the initializer knows the shape: if array.shape != shape: -> if False:
  defined_in
    what begins with _ has a name too: not key.startswith("_") -> True
    what a module imports is its own: == module.__name__ -> is not None
  checks.elementwise
    NumPy broadcasts a slope: if getattr(value, "shape", None) != like.shape: -> if False:
  checks.generator
    NumPy says what is wrong with a seed: except (TypeError, ValueError) -> except OSError
  cost_was_computed
    the cost of nothing: if cost is None: -> if False:
  is_layer
    a class is a layer: not isinstance(value, type) and -> True and
  contracts.layers
    widths come right by themselves: width is not None and -> False and
    what keeps the width has none: getattr(layer, "n_out", width) -> getattr(layer, "n_out", None)
    a layer can serve twice: id(layer) in seen -> False
  _names_arrays
    a text is a tuple of names: if isinstance(names, str): -> if False:
    a number is a parameter: not isinstance(value, np.ndarray) or -> False or
  maker
    np.tanh is an activation: except TypeError as -> except OSError as
  contracts.network
    a list of layers is a network: hasattr(value, "named_layers") or not is_layer(value) -> True
  contracts.gradients
    NumPy broadcasts a step: getattr(found[name], "shape", None) == parameter.shape ->
      found[name] is not None
"""

THE_CONTRACTS = """
test_contracts.py
  Linear.forward -k every_jacobian and bias
    without a bias 1 percent is near enough: else: self.y = x -> else: self.y = 1.01 * x
  Linear.__init__ -k comes_back_so
    b has a name, so it is learnt: if not bias: -> if False:
  Network.named_layers -k any_tree
    blocks have no layers: isinstance(layer, Network) -> False
    inside a block one counts anew: f"{k}.{place}" -> place
  Network.named_parameters -k names_are_not_kept
    a name is found once: return self._named("") ->
      self.kept = vars(self).get("kept") or self._named(""); return self.kept
  Network.named_gradients -k any_tree
    a gradient is found under its parameter: self._named("d") -> self._named("")
  Network._named -k any_tree
    what is on the layers is all: self.named_layers().items() -> enumerate(self.layers)
  Network.dtype -k saved_and_loaded and auto
    every layer has a W: array = getattr(layer, name) -> array = layer.W
  Network.view -k view_tells or training_pass
    a look is known to whoever looks: layer.training = training -> pass
    layers in blocks hear of it: (view, *view.named_layers().values()) -> (view, *view.layers)
  Network.view -k every_jacobian and norm
    every pass is training: training: bool = False -> training: bool = True
  contracts.copied -k view_shares or cannot_copy
    gradients are assigned, so they can be shared: np.zeros(g.shape, g.dtype) -> g
    arrays can be shared: known) -> known | {id(v): v for owner in owners.values()
      for v in vars(owner).values() if isinstance(v, np.ndarray)})
    a Generator is no array: known) -> known | {id(v): v for owner in owners.values()
      for v in vars(owner).values() if isinstance(v, np.random.Generator)})
    a list is no array: known) -> known | {id(net.layers): net.layers})
  deep_copy -k cannot_copy
    an error of Python's says enough: except Exception as error: -> except OSError as error:
    what is outside comes first: reversed(owners.items()) -> owners.items()
  Network.cost -k cost_of_a_network
    the last layer knows the cost: sum(cost for cost in costs if cost is not None) -> costs[-1] or 0
    layers inside have costs: in self.layers] -> in self.named_layers().values()]
  train -k loss_alone
    the loss is the cost: + net.cost -> + 0
  first_broken -k cost_that_is_not_finite
    every cost is in the loss: "y", "cost") -> "y")
  SGD.step -k step_added or is_carried or counts_its_steps or plain_sgd
    nobody counts: self.t += 1 -> pass
    what was kept once is the last: self.last = {} -> pass
    what a step added is always of use: if self.keep: -> if True:
    a change is a gradient: self.last[name] = change -> self.last[name] = gradients[name]
    momentum goes by name: contracts.same_places(self._shapes, shapes, self) -> pass
    shapes are as they were at first: self._shapes = shapes -> pass
    two axes are two axes: name: array.shape -> name: array.ndim
    plain SGD carries shapes: if self.buffers: -> if True:
  same_places -k is_carried
    the names are enough: before != now -> before.keys() != now.keys()
  SGD.state -k stopped_and_resumed and (Adam or momentum)
    a step is like another: "t": self.t, -> "t": 0,
    lr is all that a step depends on: **states.of_optimizer(self)} -> }
    the count begins anew: self.lr, self.t = lr, t -> self.lr = lr
    what it carried comes again by itself: in state.items() -> in self.state.items()
  Buffers.places -k stopped_and_resumed and nested
    blocks have no buffers: self.net.named_layers().items() -> enumerate(self.net.layers)
  Checkpoint.save -k stopped_and_resumed and dropout
    a Generator is not learnt, so not kept: "buffers": numbers, -> "buffers": {},
  Checkpoint.resume -k stopped_and_resumed
    the network is as it was: fill() -> pass
  Checkpoint._set -k stopped_and_resumed
    the source goes on somewhere: part.state = states[name] -> _ = states[name]
  filling.fill -k stopped_and_resumed or saved_and_loaded
    parameters are all that a file holds: for put in ready: put() -> pass
    the weights are the run: parameter[...] = arrays[key] -> parameter = arrays[key]
  put_back -k saved_and_loaded and (norm or dropout)
    a new buffer does as well: if array and there and now.shape == value.shape: -> if False:
    a new Generator does as well: now = getattr(owner, attribute) ->
      import copy; now = copy.deepcopy(getattr(owner, attribute)); setattr(owner, attribute, now)
  saving.save -k saved_and_loaded and (norm or dropout)
    the parameters are the network: net.named_parameters() | arrays -> net.named_parameters()
    arrays are all that there is: "buffers": rest -> "buffers": {}
  frozen -k saved_and_loaded and dropout
    a buffer is a frozen array: name in contracts.of_class(layer) -> True
  restore -k generator_that_the_source_shares
    a source has its own Generator: rng.bit_generator.state = ->
      rng = np.random.default_rng(); rng.bit_generator.state =
  saving.save -k no_file_keeps or comes_back_so
    what is frozen is among the arrays: frozen(net), -> [],
    no bias is a bias of 0: without_bias(net) -> []
    half a layer is better than none: contracts.keeps_all("net", net) -> pass
  _build -k comes_back_so
    every Linear has a bias: f"{k}" not in unbiased -> True
    what is loaded is learnt on: if still: -> if False:
  Checkpoint.__init__ -k would_lose and half
    half a layer can go on: contracts.keeps_all("net", net) -> pass
  keeps_all -k no_file_keeps
    a class need not say what it keeps: if lost: -> if False:
  train -k would_lose
    whoever writes a layer names its buffers: if file and run.k == done: -> if False:
  Checkpoint.tries -k would_lose
    a pass depends on x and parameters alone: found = unnamed_in_layers(self.net, x) -> found = None
    a loss depends on the output alone: found = found or unnamed_in_loss -> _ = unnamed_in_loss
    a step depends on gradients alone: found = unnamed_in_optimizer -> unnamed_in_optimizer
  unnamed_in_layers -k would_lose
    what does not show in training does no harm: (True, False) -> (True,)
    a second pass is as the first: Buffers(fresh).state = Buffers(used).state -> fresh = used
    the same x shows all: x / 2) for each -> x) for each
  trainable -k twice_is_refused or of_its_own_is_put or array_of_floats or holds
    a block may have the same layer: before != place -> False
    the outermost has none anyway: if getattr(net, kind, ()): -> if False:
    what was an array is one: _names_arrays(f"layers[{place}]", layer) -> pass
    a layer hands out what it holds: if lost: -> if False:
    nobody need tell a layer inside: lost += [n for n in -> lost += [n for n in () and
  _held -k holds_layers
    dicts hold no layers: (list, tuple, dict) -> (list, tuple)
    lists hold no layers: (list, tuple, dict) -> dict
    what they hold is theirs: if not hasattr(entry, "named_layers"): -> if False:
  maker -k mlp
    one layer can stand everywhere: copy.deepcopy(value) -> value
    what can be called makes a layer: if not is_layer(layer): -> if False:
  _said -k sign
    the class is the largest of the outputs, of one too: if output.shape[1] == 1: -> if False:
    an output is a probability: output[:, 0] > 0) -> output[:, 0] > 0.5)
  losses.softmax -k softmax
    exp of the output, as it is: output - output.max(axis=1, keepdims=True) -> output
    probabilities sum to 1 in all: exps.sum(axis=1, keepdims=True) -> exps.sum()
  _own_jacobian -k every_jacobian and cost
    backward gives the Jacobian: - of_own_cost -> - 0
  _with_another -k every_jacobian and cost
    what comes of a cost of its own is mixed: - of_own_cost -> - 0
  _block_and_input -k mixes_examples or as_one_layer or counts_the_linears
    each row is an example: _keeps_examples_apart(block, x) -> pass
    a network is its layers: one_by_one(net.view()).layers -> net.view().layers
    Linears in blocks count: one_by_one(net.view()).layers -> [*net.view().named_layers().values()]
  scores._outputs -k a_look_changes
    scores are asked after training: contracts.network("net", net).view() -> net
  walking.activations -k go_through_the_layers
    blocks have no activations: net.named_layers().items() -> enumerate(net.layers)
  walking.linears -k go_through_the_layers
    blocks have no weights: net.named_layers().items() -> enumerate(net.layers)
  looking.summaries.summary -k go_through_the_layers
    a block is a line: contracts.network("net", net).named_layers() -> dict(enumerate(net.layers))
  traces.trace -k go_through_the_layers or training_pass
    a block is a layer: named = view.named_layers() -> named = dict(enumerate(view.layers))
    to trace is to look: view(training=True) -> view()
  statistics.update_ratio -k update_ratio
    a change is lr times the gradient: getattr(optimizer, "last", {}).get(name) ->
      optimizer.lr * net.named_gradients().get(name)
  train -k update_ratio
    whoever looks keeps: optimizer.keep = run.keep or looks.due(run.k + 1) -> pass

test_gradcheck.py
  gradient_check -k refuses_one_example
    one example is like several: others = _rows(net, few, 1, rng) -> others = []
  gradcheck._fewest -k refuses_one_example
    every layer takes one example: for n in (1, 2) -> for n in (1,)
  _in_float64 -k float32_network
    float32 is exact enough: entry.astype(np.float64) -> entry
  gradcheck._one_pass -k shows_in_its_rows and getattr
    one backward pass shows all: layer.backward(dy) dx = -> dx =
  gradcheck._rows -k right_parts and cost
    every parameter is moved by the whole cost: if array in getattr(layer, "own", ()): -> if False:
  _shared_cost -k right_parts and cost
    every cost reaches every gradient: 0.0 if getattr(layer, "own", ()) else -> 0.0 if False else
  _Cost.terms -k right_parts and cost
    the output is the cost: _shared_cost(view) -> 0.0
  must_be_the_same -k breaks_the_contract
    a pass is a pass: != {self.here.tobytes()} -> == set()
  gradcheck._compare -k no_right_network and 100
    a computer does not round: limit = rounding + -> limit =
  gradcheck._compare -k is_not_finite
    NaN is larger than any bound: if not np.isfinite(slopes).all() -> if False
  gradcheck._compare -k kinks
    kinks are mistakes: smooth = (apart -> smooth = True | (apart
    no entry is no error: if not smooth.any(): -> if False:
  gradcheck._compare -k nothing_can_be_seen
    a gradient that cannot be seen is wrong: if bound < 1 else 0.0 -> if True else 0.0
"""

THE_OTHERS = """
test_monitor.py
  Monitor._look
    the percentile of z will do: np.percentile(np.abs(layer.y), 98) -> np.percentile(layer.y, 98)
    dy is ds: m * std(layer.dy) -> std(layer.dy)
    a unit that is ever saturated is dead: units.all(axis=0) -> units.any(axis=0)
    why make a view: self.net.view() -> self.net
    the loss is mine too: copy.copy(self.loss) -> self.loss
    validation is a test too: self._error(*self.valid) -> self._error(*self.test)
  Monitor.__init__
    the examples stay as they are: map(np.array, self._checked( -> (self._checked(
  Monitor.state
    records of another kind will do: (self.valid is not None) != ("valid_error" in records) -> False
  statistics.histogram
    what lies beyond is not there: array.clip(edges[0], edges[-1]) -> array
  statistics.saturated
    steep units are saturated: <= layer.saturated_at -> >= layer.saturated_at

test_scores.py
  confusion
    rows are what is said: (true[finite], said[finite]) -> (said[finite], true[finite])
    fancy indexing counts: np.add.at(counts, (true[finite], said[finite]), 1) ->
      counts[true[finite], said[finite]] += 1
  error_rate
    what is not finite has a largest entry: & np.isfinite(output).all(axis=1) -> & True
  losses.entropy
    0 log 0 is 0: p[p > 0] -> p
  mean_cost
    all blocks are as long: * len(part) -> * BLOCK

test_jacobians.py
  jacobians._jacobian
    the slope of what leaves: layer.slope(x).T -> layer.slope(layer.f(x)).T
    the last layer is all that counts: _own_jacobian(layer, x) @ J -> _own_jacobian(layer, x)
  _own_jacobian
    a subclass of Linear is one: type(layer) is Linear -> isinstance(layer, Linear)
  singular_values
    eigenvalues are singular values: np.sqrt(squares.clip(min=0)) -> squares.clip(min=0)
    eigenvalues fall: [::-1] -> [:]
  mean_square_singular_value
    slopes are 0 or 1: slopes**2 @ -> slopes @
  _block_and_input
    Jacobians are asked after training: one_by_one(net.view()) -> one_by_one(net)

test_traces.py
  traces.trace
    arrays stay as they are: np.array(array) -> array
  differences._compare
    NaN is like nothing: | ((a != a) & (b != b)) -> | False

test_summaries.py
  summaries._row
    n is what leaves: len(W) * -> W.shape[1] *
  statistics.update_ratio
    what does not vary has a ratio, too: if spread > 0 -> if True

test_training.py
  _Run.check -k rate_too_large
    numbers break now and then: if not math.isfinite(cost): -> if False:
  _Run._broken -k never_broken or already_broken
    at first it must be the weights: if self.k == 0 and is_finite(self.net): -> if False:
    at first it is never the weights: if self.k == 0 and is_finite(self.net): -> if self.k == 0:
  train -k watch_is_called
    watching begins with the first update: if done == 0: -> if False:
  knows_chance -k chance_level_stands
    chance is inherited with the rest: if "forward" in vars(cls): -> if False:
    None is a chance, too: loss.chance is not None -> True
  _Words._text -k chance_level_stands
    whoever has a chance knows it: checks.knows_chance(self.loss) -> hasattr(self.loss, "chance")
  _Words._chance -k beside_its_chance
    the last batch says all: np.concatenate(self.targets) -> self.targets[-1]

test_broken.py
  loop._Run.going -k inside_a_block
    a block has said it already: if self.k > 0 and first_broken(self.net)[0]: -> if False:
  first_broken
    backward is forward, too: backward.reverse() -> pass

test_checkpoint.py
  Checkpoint._is_this_run -k another_run
    any run will do: if record.get(moment) == self.start: -> if True:
  checkpoint._fingerprints -k another_run
    weights of the same sizes are the same: weights.update( -> str(
  StopRequest.ask -k ctrl_c_saves
    Ctrl-C is for others: self.asked = kind -> self.asked = None

test_saving.py
  checks.file_name -k leads_out
    .. is the only way out: set(found) & -> set() &
  replacing.replacing -k a_write_that_fails
    straight into the file: part = _part(target) -> part = target

test_sources.py
  Shuffled._shuffle -k goes_on_from_wherever and shuffled
    the state after the order: self._start = self._rng.bit_generator.state -> pass

test_shuffled.py
  Shuffled._shuffle
    one order is enough: self._rng.permutation( -> np.random.default_rng(0).permutation(
  Shuffled.draw
    the short batch is lost: (n if self.drop_last else 1) -> n

test_watched.py
  seeded.examples -k finite_set and mnist
    all that there is to learn from: Shuffled(*found.train, -> Shuffled(*found.test,
  seeded.examples -k never_downloaded
    what is missing is fetched: [data](download=False) -> [data]()

test_race.py
  race._try -k rate_too_large_has_no_cost
    a network that came to its end has a cost: if np.isfinite(result["validation_cost"]) -> if True
  Race._file -k finds_the_same
    no folder is the folder here: if self.folder else None -> if self.folder else Path(name)
  comparison.Settings.race -k looks_about_40_times
    before the first update nothing is learnt: early=(0,) -> early=()

test_significance.py
  sign_test
    one side is enough: 2 * (ways / 2**n) * tail -> ways / 2**n * tail
    what is seen itself is not more extreme: term, tail = 1.0, 0.0 -> term, tail = 1.0, -1.0
    a fair coin has no order: k / (n - k + 1) -> 1 / (n - k + 1)
    what is small adds up to nothing: 1e-18 * tail -> 1e-2 * tail
  mcnemar
    all that is wrong counts: (a & ~b).sum()) -> a.sum())
    as chi squared has it: sign_test(only_a, only_b) ->
      float(np.exp(-((only_a - only_b) ** 2) / 2 / max(only_a + only_b, 1)))
  holm
    Bonferroni does as well: (len(found) - rank) * float -> len(found) * float
    each has its own p: max(before, min(1.0, (len(found) - rank) * float(found[k]))) ->
      min(1.0, (len(found) - rank) * float(found[k]))
    the largest comes first: np.argsort(found, kind="stable") -> np.argsort(-found, kind="stable")
  seeds_needed
    one side is enough: 2.0 ** (1 - n) -> 2.0**-n
  significance.interval
    the spread is that of these seeds: ddof=1 -> ddof=0
    the normal curve's 1.96: _student(len(found) - 1) -> 1.96
  significance._within
    the number of seeds: math.atan(t / math.sqrt(freedom)) -> math.atan(t / math.sqrt(freedom + 1))

test_sweep.py
  _Work.elsewhere -k order_of_the_jobs or bar
    the first to end is the first: futures[executor.submit(do, *call)] = k ->
      futures[executor.submit(do, *call)] = len(futures) - k
  _Kept.file -k named_by or checkpoint_of
    the order of the settings matters: dict(sorted(self.settings[k].items())) -> self.settings[k]
    every function gives the same: [self.function, settings] -> [settings]
  _Kept.found -k cut_in_half
    what is there is whole: except (ValueError, KeyError, TypeError, RecursionError) as error ->
      except ZeroDivisionError as error
  sweep.sweep -k script_itself
    children find all: function.__module__ == "__main__" -> False
  _Work.raise_failures -k fails
    what failed is None: raise first -> return
  sweep._own -k checkpoint_of_its_own
    nobody else is here: yield file if is_alone else None -> yield file

test_table1.py
  table1.summary -k bold or chosen
    bold is what differs: not in differ -> in differ
    the paper's p is each pair's: pair["holm"] if by_seeds -> pair["sign_test"] if by_seeds
    so it is within a seed: pair["mcnemar"][0]["holm"] -> pair["mcnemar"][0]["p"]
    the best has the highest mean: best = min( -> best = max(
  table1._chosen -k chosen
    the test images know best: run["valid_error"] for run in group] ->
      run["test_error"] for run in group]
    one seed is enough: np.mean([run["valid_error"] for run in group]) -> group[0]["valid_error"]
    what has diverged does not count: run["valid_error"] is not None for run in group) ->
      True for run in group)
  table1._pairs -k pairs or win
    a tie is a win: ours["test_error"] < theirs -> ours["test_error"] <= theirs
    the better has more errors: ours["test_error"] < theirs["test_error"] for ->
      ours["test_error"] > theirs["test_error"] for

test_figure12.py
  best_look -k best_look
    the best is where the test error is lowest: result["valid_error"]._ -> result["test_error"]._
  tables.table1 -k table_1
    the last epoch is the best: for k in (best, -1)] errors -> for k in (-1, best)]; errors
  studies.figure12 -k epoch_goes_once
    an epoch has 50,000 images: "cifar10": 4_000 -> "cifar10": 5_000

test_data_files.py
  mnist.locate -k torchvision
    everybody has the files where we have them: ("", *TORCHVISION) -> ("",)
  mnist._other -k not_called_mnist
    what is not MNIST is Fashion-MNIST: == FASHION_LABELS -> is not None
  mnist._read -k damaged
    a warning is enough: others.append(name) -> pass
  reading.unzipped -k page
    a page begins with its doctype: start.strip().lower() -> start
  _refuse_others -k another_version
    each place is mine: places if folder is None else places[:2] -> places
    the archive is what people have: (place / name).exists() -> (place / name).is_file()
  files.complete -k no_is_not
    what is not empty is true: checks.flag("download", download) -> bool(download)
  small_imagenet._listed -k other_kinds
    nobody has pictures of other kinds: if skipped: -> if False:
  plots.images -k black_is_0
    all images go from -1 to 1: 0 if x.min() >= 0 else -1 -> -1

test_plots.py
  plots.densities -k looks_the_same
    the first line is layer 1: strict=True), first) -> strict=True), 1)
  plots.over_time -k looks_the_same
    the first line is layer 1: _layer(first + k) -> _layer(1 + k)
  plots.over_time -k band
    a std is the width of the band: values[:, k] + spread[:, k] -> values[:, k] + spread[:, k] / 2
  plots.matrix -k in_the_middle
    blue is above 0: "RdBu_r" -> "RdBu"
  plots.figure12 -k above_the_picture
    every row is in view: in_view = 100 * min(result["test_error"]) <= top -> in_view = True
  plots.show -k gets_the_picture
    who has a screen looks at it: if named is None and mpl. -> if mpl.
  plots.show -k notebook
    what is shown is a window: plt.gcf().canvas.required_interactive_framework and -> True and
  plots.comparison -k panels_of_a_row
    each panel fills its height: sharey="row" -> sharey=False
  diagram.draw -k names_of_its_arrays
    s is counted from 1: f"s{k}" -> f"s{k + 1}"
  diagram._layer -k arrows
    data flows forward: (ends, ends[::-1]) -> (ends, ends)

test_picture.py
  page._scale -k have_no_colour
    a cost is above or below 0: or array.ndim == 0 -> or False
    a probability is a number like others: if name == "p" -> if False
  page._can_be_computed -k what_the_page_can_compute
    float32 is as good: trace.output.dtype == np.float64 -> True
    what the page does not know is like the rest: kind in COMPUTED -> kind

test_live.py
  live.runs -k runs_are_the_pixels
    the last run ends before the last pixel: append=len(pixels) -> append=len(pixels) - 1
    the first pixel begins no run: prepend=-1 -> prepend=pixels[0]

test_wrong_calls.py
  loop._drawn -k what_to_write
    a triple is a pair and more: len(drawn) == 2 -> len(drawn) >= 2
    the network will see what x is: checks.batch("source.draw(n)[0]", x) -> x
  _Looks.look -k what_to_write
    what watch returns does no harm: if given is not None: -> if False:
  checks.whole -k what_to_write
    NumPy knows how much is too much: if number > most: -> if False:
  checks._integer -k what_to_write
    an array of one number is a number: (bool, np.bool_, np.ndarray) -> (bool, np.bool_)
  checks.called -k left_as_it_is
    each TypeError is about the arguments: if error.__traceback__.tb_next is not None: -> if False:
  Monitor._checked -k what_to_write
    the loss will see the labels: np.resize(output, (len(x), output.shape[1])), targets) ->
      np.resize(output, (len(x), output.shape[1])), targets * 0)
"""

WHAT_CAME_AFTER = """
later/test_later.py
  later.normalization.through_norm -k differences
    the mean is a constant: shifts = dx_hat.mean(axis=axis, keepdims=True) -> shifts = 0
    the std is a constant: x_hat * (dx_hat * x_hat).mean(axis=axis, keepdims=True) -> 0
    it was multiplied by std: - stretches) / std -> - stretches) * std
  Norm.forward -k mean_beta or differences
    beta is added for the optimizer alone: self.gamma * self.x_hat + self.beta ->
      self.gamma * self.x_hat
    gamma starts at 1 and may stay there: self.gamma * self.x_hat -> self.x_hat
  Norm.backward -k differences
    dgamma is that of x: (dy * self.x_hat).sum -> (dy * self.x).sum
    dgamma is a mean: (dy * self.x_hat).sum -> (dy * self.x_hat).mean
    dbeta is a mean: dy.sum(axis=0) -> dy.mean(axis=0)
    gamma is on the way up only: self.dx_hat = dy * self.gamma -> self.dx_hat = dy * 1
  later.normalization.by_row -k by_itself or rows_is
    the mean of the batch: x.mean(axis=1, keepdims=True) -> x.mean(axis=0, keepdims=True)
    the spread of the batch: x.var(axis=1, keepdims=True) -> x.var(axis=0, keepdims=True)
  LayerNorm.through -k rows_is or differences
    over the rows, like the other: axis=1 -> axis=0
  BatchNorm.normalize -k mean_beta or running or refused
    a variance is a std: np.sqrt(var + EPS) -> (var + EPS)
    nothing has to be taken off: (x - mean) / self.std -> x / self.std
    looking is like training: if self.training: -> if True:
    a sample is the whole: var * len(x) / (len(x) - 1) -> var
    one row is a batch: checks.more_than_one("x", x, "later.LayerNorm") -> pass
  BatchNorm.through -k running or differences
    running statistics move with x too: if self.of_batch: -> if True:
    a batch's own are constants: if self.of_batch: -> if False:
  BatchNorm.follow -k running
    the first batch is like the others: share = self.share if self.batches else 1.0 ->
      share = self.share
    the share is what stays: (1 - share) * self.running_mean + share * mean ->
      share * self.running_mean + (1 - share) * mean
    the variance stays 1: (1 - share) * self.running_var + share * var -> self.running_var
  BatchLayerNorm.normalize -k mixes
    the larger the batch the less it counts: self.w = 1 - 1 / len(x) -> self.w = 1 / len(x)
    looking is a batch too: if self.training: -> if True:
    both count alike: self.w * self.x_hat_batch + (1 - self.w) -> self.x_hat_batch / 2 + 0.5
  BatchLayerNorm.through -k mixes
    the weights are for the way up: self.w * by_batch + (1 - self.w) * by_layer ->
      by_batch + by_layer
  WeightNorm.forward -k length_g or direction
    V is as long as it should be: self.V * (self.g / np.linalg.norm(self.V, axis=0)) ->
      self.V * self.g
    a length a row: np.linalg.norm(self.V, axis=0)) -> np.linalg.norm(self.V))
  WeightNorm.backward -k right_angle or differences
    dg is that of V: (self.dW * direction).sum(axis=0) -> (self.dW * self.V).sum(axis=0)
    the length of V has a gradient: self.dW - direction * self.dg -> self.dW
    dV does not know g: self.g / length * ( -> 1 / length * (
  WeightNorm.start_from -k starts_from
    b was 0: (self.b - y.mean(axis=0)) / std -> self.b
    the std is for g to keep: self.g /= std -> self.g /= 1
  Batchless.normalize -k own_cost or natural or single_rows
    sigma needs no floor: np.exp(self.log_sigma) + self.floor -> np.exp(self.log_sigma)
    the log of sigma is a constant: np.log(self.std) + x_hat**2 / 2 -> x_hat**2 / 2
    a mean over the units: each.sum(axis=1).mean() -> each.mean()
  Batchless.through -k own_cost or differences or natural
    mu follows the sum: self.x_hat.mean(axis=0) / self.std -> self.x_hat.sum(axis=0) / self.std
    mu goes away from the mean: -self.weight * self.x_hat -> self.weight * self.x_hat
    the floor moves too: (self.std - self.floor) / self.std -> 1.0
    dx needs the whole projection: return dx_hat / self.std ->
      return through_norm(dx_hat, self.x_hat, self.std, 0)
  Batchless.natural -k natural
    the metric is sigma: sigma**2 -> sigma
  Batchless.start_from -k own_cost
    a Gaussian around 0: self.mu[:] = x.mean(axis=0) -> pass
  Dropout.forward -k dropout
    p is what is kept: >= self.p -> < self.p
    what is left need not grow: astype(x.dtype) / (1 - self.p) -> astype(x.dtype)
    looking drops too: if self.training: -> if True:
  Dropout.backward -k dropout
    every gradient comes back: self.mask * dy -> dy
  later.optimizers.Momentum.change -k momentum
    only the last gradient counts: self.momentum * self.v.get(name, 0) + gradient -> gradient
    a step goes up: -self.lr * self.v -> self.lr * self.v
  later.optimizers.Adam.change -k adam
    the first steps may be small: self.m[name] / (1 - self.mean**self.t) -> self.m[name]
    v is large enough: self.v[name] / (1 - self.square**self.t) -> self.v[name]
    the root can wait: np.sqrt(v) + self.eps -> v + self.eps
    a gradient is a square: gradient**2 -> np.abs(gradient)
  Natural.change -k natural
    all layers are alike: layer.natural(parameter) if hasattr(layer, "natural") else 1.0 -> 1.0
  OfMargin.forward -k logistic or hinge or refused
    labels are signs: (2 * labels - 1) -> (labels)
    the labels are 0 and 1 anyway: checks.two_classes("labels", labels, len(output)) ->
      np.asarray(labels)
  OfMargin.backward -k logistic or hinge
    the sign is in the slope: self.t * self.slope -> self.slope
    the mean is for later: / len(self.t) -> / 1
  Logistic.f -k logistic
    as the textbook has it: np.logaddexp(0, -margin) -> np.log(1 + np.exp(-margin))
    the other way round: np.logaddexp(0, -margin) -> np.logaddexp(0, margin)
  Logistic.slope -k logistic
    the probability of being right: np.where(margin >= 0, e, 1) -> np.where(margin >= 0, 1, e)
  Hinge.f -k hinge
    a margin of 0 will do: np.maximum(1 - margin, 0) -> np.maximum(-margin, 0)
  Hinge.slope -k hinge
    it pulls for ever: (margin < 1) -> (margin < np.inf)
  Hinge.chance -k hinge
    a half is lost: float(2 * min(p, 1 - p)) -> float(min(p, 1 - p))
  ELU.f -k elu
    exp, and not exp - 1: np.expm1(np.minimum(s, 0)) -> np.exp(np.minimum(s, 0))
    NumPy takes only what is asked for: np.minimum(s, 0) -> s
  ELU.slope -k elu
    the slope is 1 everywhere: np.exp(np.minimum(s, 0)) -> np.exp(0 * s)
  alignment._aligned -k alignment or descent
    a linear model needs no bias: np.column_stack([z, np.ones(len(z))]) ->
      np.column_stack([z, np.zeros(len(z))])
    all rows are alike: np.linalg.norm(phi, axis=1, keepdims=True) -> 1.0
    a length and no square: (U.T @ targets) ** 2 -> np.abs(U.T @ targets)

later/test_edge_of_chaos.py
  starts.lsuv -k lsuv
    a variance is a std: std = y.std(dtype=float) -> std = y.var(dtype=float)
    the next layer sees what this one saw: z = layer.forward(z) -> z
    the biases may stay: layer.b[:] = 0 -> pass
    as long is as good: orthogonal(layer.n_in, layer.n_out, rng) -> rng.normal(size=layer.W.shape)
  starts.gradinit -k gradinit
    a step goes up: P -= lr * gradients[name] -> P += lr * gradients[name]
    whoever steps may judge: view.forward(x[half:]), labels[half:] ->
      view.forward(x[:half]), labels[:half]
    any gradient will do: max(length - LONGEST, 0) -> 0.0
    the biases are 0 anyway: None if b is None else b.copy() -> b
    the factors say it all: layer.W *= layer.W.dtype.type(a) -> pass
  starts.gradmax -k gradmax
    left is right: np.linalg.svd(M, full_matrices=False)[2] -> np.linalg.svd(M)[0].T
    the last are the best: V[:units] -> V[-units:]
later/test_autoencoders.py
  BitCrossEntropy.forward -k bit
    an output is a probability: np.logaddexp(0, output) -> np.log1p(np.abs(output))
    a target is 1: targets * output -> output
    the mean over all numbers: each.sum() / m -> each.mean()
  BitCrossEntropy.backward -k cross_entropy or differences
    the slope of the sigmoid is missing: (self.p - self.targets) / m ->
      (self.p - self.targets) * self.p * (1 - self.p) / m
    the mean is for later: (self.p - self.targets) / m -> (self.p - self.targets) / 1
  BitCrossEntropy.chance -k chance
    a bit is a 1: entropy(p) + entropy(1 - p) -> entropy(p)
  pretrain -k by_hand or descent
    what is seen is wanted: loss.forward(coder.forward(seen), clean) ->
      loss.forward(coder.forward(seen), seen)
    noise is what is kept: >= noise -> < noise
    what is left has to grow: rng.random(clean.shape) >= noise) ->
      rng.random(clean.shape) >= noise) / (1 - noise)
    each layer sees the images: below += [linear, activation] -> below += []
    all costs are those of bits: not below or isinstance(below[-1], Sigmoid) -> True
    the steps are the network's: SGD(coder, lr) -> SGD(Network([linear]), lr)
later/test_ways_off.py
  ways_off.apart -k apart
    the network is only looked at: view(training=True) -> view()
    units differ, too: z.std(axis=0).mean() -> z.std()
  four_times_normalized -k rate
    the slope counts both ways: 4 * normalized -> 16 * normalized
later/test_curvature.py
  KFAC.changes -k kronecker or minus_lr or short or less_often
    a step goes up: (name, -lr * step) -> (name, lr * step)
    the factors are the curvature: self.A_inverse[place] @ both -> self.A[place] @ both
    one factor is enough: @ both @ self.G_inverse[place] -> @ both
    trust is for the step, not its square: (self.trust / slope) ** 0.5 -> self.trust / slope
    every step is as long as it may be: if lr**2 * slope > self.trust: -> if True:
    factors cost next to nothing: if self.t <= OFTEN or self.t % FACTORS == 0: -> if True:
    the first inverses will do for long: or self.t in (1, 2, 4, 8, 16) -> or self.t == 1
  KFAC.follow -k means or arrays_of_the_pass or less_often
    the true labels are at hand: p - drawn(p, self.rng) -> len(p) * top.dy
    the mean was taken in the loss: view.backward(p - drawn(p, self.rng)) ->
      view.backward((p - drawn(p, self.rng)) / len(p))
    one backward pass more does no harm: view = self.net.view(training=True) -> view = self.net
    the first batches count like the last: min(1 - 1 / self.seen, self.decay) -> self.decay
  curvature.factors -k means
    the bias is a parameter like others: if bias: -> if False:
    a mean over what: x.T @ x / len(x) -> x.T @ x
    the gradients were divided before: ds.T @ ds / len(ds) -> ds.T @ ds
  curvature.damped_inverses -k kronecker
    both get the same: A + pi * r * np.eye -> A + r * np.eye
    pi is a ratio of variances: (sizes[0] / sizes[1]) ** 0.5 -> sizes[0] / sizes[1]
    the other way round: G + r / pi * np.eye -> G + r * pi * np.eye
    damping is damping: r = damping**0.5 -> r = damping
  curvature.drawn -k drawn
    the likeliest label: (p.cumsum(axis=1)[:, :-1] <= u).sum(axis=1) -> p.argmax(axis=1)
    a label a batch: rng.random((len(p), 1)) -> rng.random((1, 1))
  curvature.of_softmax -k refused
    every cost is a softmax: if not np.allclose( -> if not len(
  curvature.linears -k refused
    a Linear is a Linear: (type(layer).forward, type(layer).backward) == PLAIN ->
      isinstance(layer, Linear)
    whatever gives the logits: if not isinstance(net.layers[-1], Linear): -> if False:
    a cost is a cost: refuse_own_cost(place, layer, "KFAC") -> pass

later/test_examples_gradient.py
  examples.outer_products -k one_pass
    the loss has the mean in it: own, ones = m * layer.dy, -> own, ones = layer.dy,
    gamma is multiplied by x: own * layer.x_hat -> own * layer.x
    only W counts: "b": (ones, own) -> "b": (0 * ones, own)
  examples.outer_products -k refused
    all that have W are alike: (type(layer).forward, type(layer).backward) == PLAIN ->
      isinstance(layer, Linear)
    rows are rows: refuse_mixed_rows(net) -> pass
  examples._lengths -k one_pass
    the squares are lengths: np.sqrt(sum(squares)) -> sum(squares)
    lengths add up: (left**2).sum(axis=1) * (right**2).sum(axis=1) ->
      (left**2).sum(axis=1) + (right**2).sum(axis=1)
  examples.gram -k one_pass
    the inputs say it all: (left @ left.T) * (right @ right.T) -> left @ left.T
    a matrix product: (left @ left.T) * (right @ right.T) -> (left @ left.T) @ (right @ right.T)
  examples._weighed -k one_pass
    a sum over the batch: right) / m -> right)
    the weights are for x as well: left.T @ ( -> (f.astype(left.dtype) * left).T @ (
  later.examples.Private.changes -k private
    the short ones are made longer: self.clip / np.maximum(_lengths(products), self.clip) ->
      self.clip / _lengths(products)
    nobody is too long: np.maximum(_lengths(products), self.clip) ->
      np.maximum(0 * _lengths(products), self.clip)
    the noise is that of a sum: self.noise * self.clip / len(self.f) -> self.noise * self.clip
    noise as large as the gradient may be: self.noise * self.clip -> self.noise
    a step goes up: -self.lr * (gradient -> self.lr * (gradient
  examples.refuse_mixed_rows -k refused
    tinynet has all layers there are: if may_mix(layer) -> if isinstance(layer, BatchNorm)
  examples.may_mix -k refused or apart
    batch norm is one of ours: return layer.of_batch -> return False
later/test_maximal_update.py
  MaximalUpdate.__init__ -k factors or plain
    a bias is not a weight: if name.endswith(".b") -> if False
    the input is as wide as all else: f"{first}.W": m, -> f"{first}.W": 1.0,
    a root, as in the start: f"{last}.W": 1 / m -> f"{last}.W": m**-0.5
    the last bias is like the others: self.factors[f"{last}.b"] = 1.0 -> pass
  MaximalUpdate.change -k factors
    a factor is a rate: -self.lr * self.factors[name] -> -self.factors[name]
  coordinates.coordinate_check -k wrong_rate or nothing_is_wrong
    the last network stands for all: np.sqrt(np.mean(squares)) -> np.sqrt(squares[-1] * 0 + 1)
    at any width: moves("tuned", tuned, widths[0]) -> moves("tuned", tuned, widths[-1])
  coordinates._row -k powers or nothing_is_wrong
    a power is a slope: np.log(widths), np.log(moves) -> widths, moves
    what it moves is a share: abs(moves[0] / tuned - 1) -> abs(moves[0] / tuned)
  coordinates._squares -k powers
    all of W has moved: layer.x @ (layer.W - start[f"{place}.W"]) -> layer.x @ layer.W
    a step is a step: layer.b - start[f"{place}.b"] -> layer.b - start[f"{place}.b"] + 1
  Coordinate.wrong -k wrong_rate or another_base or does_not_move
    shrinking does no harm: not abs(self.power) <= FLAT -> not self.power <= FLAT
    NaN is flat: not abs(self.power) <= FLAT -> abs(self.power) > FLAT
    one width says nothing: or self.off > SAME -> or False

test_exercises.py
  comparing._looks -k function_gets
    a batch is nobody's guess: np.isclose(size, m) for m in rows - {1} -> False for m in ()
    a factor of 1 is a factor: if factor == 0 or not same(factor * right): -> if False:
  Number._close -k number_gets or margin
    NaN is not too far off: (np.abs(given - wanted) <= self.within ->
      ~(np.abs(given - wanted) > self.within
  Code._called -k function_gets
    a student's code is careful: raise ValueError(f"{name} was changed in place: work on a copy")
      -> pass
"""
