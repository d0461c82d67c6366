"""Mistakes planted in the references of the assignments, a task at a time.

A line is what somebody may have thought, the text of the task's solution that stands there
exactly once, and after the arrow what takes its place. Spaces and line breaks do not matter.
"""

MISTAKES = """
1.1
  overflow at -1000: return np.where(s >= 0, 1, e) / (1 + e) -> return 1 / (1 + np.exp(-s))
  overflow at 1000: np.where(s >= 0, 1, e) / (1 + e) -> np.exp(s) / (1 + np.exp(s))
  no absolute value: np.abs(s) -> s
  right for negative s only: np.where(s >= 0, 1, e) -> e
  tanh of s, not of s/2: np.where(s >= 0, 1, e) / (1 + e) -> (1 + np.tanh(s)) / 2
  a batch of one loses its axis: e = np.exp -> s = s.squeeze(); e = np.exp
  s is clipped in place: e = np.exp -> np.clip(s, -30, 30, out=s); e = np.exp
  clipped so much that it shows: e = np.exp -> s = np.clip(s, -3, 3); e = np.exp
1.2
  overflow at -1000: np.abs(s) -> s
  not squared: (1 + e) ** 2 -> (1 + e)
  the slope at y = sigmoid(s): e = np.exp -> s = (1 + np.tanh(s / 2)) / 2; e = np.exp
  s is taken for y: e / (1 + e) ** 2 -> s * (1 - s)
  a batch of one loses its axis: e = np.exp -> s = s.squeeze(); e = np.exp
  s loses its sign in place: np.abs(s) -> np.abs(s, out=s)
1.3
  s is taken for y: np.tanh(s) ** 2 -> s**2
  the slope at y = tanh(s): np.tanh(s) -> np.tanh(np.tanh(s))
  not squared: np.tanh(s) ** 2 -> np.tanh(s)
  overflow of cosh: 1 - np.tanh(s) ** 2 -> 1 / np.cosh(s) ** 2
  s becomes y in place: np.tanh(s) -> np.tanh(s, out=s)
  a batch of one loses its axis: np.tanh(s) -> np.tanh(s).squeeze()
1.4
  no absolute value: np.abs(s) -> s
  the square, not the size: np.abs(s) -> s**2
  the largest size in the batch: np.abs(s) -> np.abs(s).max(axis=0)
  s is divided in place: return s / (1 + np.abs(s)) -> s /= 1 + np.abs(s); return s
  a batch of one loses its axis: return s -> s = s.squeeze(); return s
1.5
  not squared: (1 + np.abs(s)) ** 2 -> (1 + np.abs(s))
  no absolute value: np.abs(s) -> s
  it changes sign with s: return 1 -> return np.sign(s)
  divides by s: 1 / (1 + np.abs(s)) ** 2 -> (s / (1 + np.abs(s)) / s) ** 2
  the slope at y = softsign(s): return 1 -> s = s / (1 + np.abs(s)); return 1
  s loses its sign in place: return 1 -> s[s < 0] *= -1; return 1
1.6
  the wrong side: np.maximum -> np.minimum
  leaky: np.maximum(s, 0) -> np.maximum(s, 0.01 * s)
  the slope: np.maximum(s, 0) -> (s > 0) * 1.0
  s is cut in place: np.maximum(s, 0) -> np.maximum(s, 0, out=s)
  a batch of one loses its axis: np.maximum(s, 0) -> np.maximum(s, 0).squeeze()
1.7
  the function: (s > 0).astype(s.dtype) -> np.maximum(s, 0)
  1 where s is 0: s > 0 -> s >= 0
  divides by s: (s > 0).astype(s.dtype) -> np.maximum(s, 0) / s
  -1 where s is negative: (s > 0).astype(s.dtype) -> np.sign(s)
  s is overwritten: return (s > 0).astype(s.dtype) -> s[:] = s > 0; return s
1.8
  the slope at y: slope(x) -> slope(y)
  no dy: dy * slope(x) -> slope(x)
  a mean over the batch: dy * slope(x) -> dy * slope(x) / len(x)
  a mean at the slope: slope(x) -> slope(x).mean(axis=0)
  dy is overwritten: return dy * slope(x) -> dy *= slope(x); return dy
2.1
  no bias: x @ W + b -> x @ W
  W is transposed where it is square: x @ W -> x @ (W.T if len(W) == len(b) else W)
  biases are for examples: + b -> + b[: len(x), None]
  b takes all in, in place: return x @ W + b -> y = x @ W + b; b += y[0]; return y
  a batch of one loses its axis: x @ W -> (x @ W).squeeze()
2.2
  a mean over the batch, again: dy.sum -> dy.mean
  the wrong axis where it is square: axis=0 -> axis=int(len(dy) == len(dy.T))
  no axis: axis=0 -> axis=None
  an axis too many: axis=0 -> axis=0, keepdims=True
  the first example only: dy.sum(axis=0) -> dy[0]
  wrong in a batch of one: dy.sum -> dy.squeeze().sum
  added up in place: return dy.sum(axis=0) -> dy[0] += dy[1:].sum(axis=0); return dy[0]
2.3
  a mean over the batch, again: x.T @ dy -> x.T @ dy / len(x)
  transposed where it is square: x.T @ dy -> x.T @ dy if x.shape != dy.shape else dy.T @ x
  x is not transposed where it fits: x.T -> (x if len(x) == len(x.T) else x.T)
  the outer product of sums: x.T @ dy -> np.outer(x.sum(axis=0), dy.sum(axis=0))
  wrong in a batch of one: x.T @ dy -> x.squeeze().T @ dy.squeeze()
  dy is divided in place: return x.T @ dy -> dW = x.T @ dy; dy /= len(dy) + 1; return dW
2.4
  a mean over the batch, again: dy @ W.T -> dy @ W.T / len(dy)
  W is not transposed where it is square: W.T -> (W if len(W) == len(W.T) else W.T)
  transposed where it is square: dy @ W.T -> W @ dy.T if dy.size == W.size else dy @ W.T
  of the sum over the batch: return dy -> return np.zeros((len(dy), 1)) + dy.sum(axis=0)
  wrong in a batch of one: return dy -> return dy.squeeze()
  W is changed in place: return dy @ W.T -> dx = dy @ W.T; W *= 2; return dx
2.5
  each transposed where it is square:
    "el,ek->elk" -> "el,ek->ekl" if x.shape == dy.shape else "el,ek->elk"
  added up: "el,ek->elk" -> "el,ek->lk"
  a mean over the batch, again: x, dy -> x / len(x), dy
  every pair of examples: "el,ek->elk" -> "el,fk->elk"
  a batch of one loses its axis: x, dy) -> x, dy).squeeze()
  dy is overwritten: return np.einsum("el,ek->elk", x, dy) ->
    dWs = np.einsum("el,ek->elk", x, dy); dy[:] = 0; return dWs
3.1
  overflow: output - output.max(axis=1, keepdims=True) -> output
  one number off all rows: output.max(axis=1, keepdims=True) -> output.max()
  the mean off, not the largest: output.max -> output.mean
  the largest by class where it is square: output.max(axis=1, keepdims=True) ->
    (output.max(axis=1) if len(output) == len(output.T) else output.max(axis=1)[:, None])
  to the base 2: np.exp(shifted) -> 2**shifted
  a sum over all: exps.sum(axis=1, keepdims=True) -> exps.sum()
  a batch of one loses its axis: return exps -> exps = exps.squeeze(); return exps
  in place: shifted = output - -> shifted = output; shifted -=
3.2
  a mean over the classes: len(labels) -> output.shape[1]
  overflow: output - output.max(axis=1, keepdims=True) -> output
  one number off all rows: output.max(axis=1, keepdims=True) -> output.max()
  the mean off, not the largest: output.max -> output.mean
  the shift is not in the picked logit: above[np.arange(m), labels] -> output[np.arange(m), labels]
  a sum over the examples where it is square: .sum(axis=1) ->
    .sum(axis=0 if above.shape[0] == above.shape[1] else 1)
  every pair of labels: above[np.arange(m), labels] -> above[:, labels].sum(axis=1)
  log of a p that is 0: np.log(total) - above[np.arange(m), labels] ->
    -np.log((np.exp(above) / total[:, None])[np.arange(m), labels])
  log of p + 1e-15: np.log(total) - above[np.arange(m), labels] ->
    -np.log((np.exp(above) / total[:, None])[np.arange(m), labels] + 1e-15)
  no mean: costs.sum() / m -> costs.sum()
  a cost for each example: costs.sum() / m -> costs
  a batch of one loses its axis: above = output - output.max(axis=1 ->
    output = output.squeeze(); above = output - output.max(axis=-1
  in place: above = output - -> above = output; above -=
3.3
  no mean: len(labels) -> 1
  a mean over the classes: / m -> / p.shape[1]
  only p is divided: (p - one_hot) / m -> p / m - one_hot
  all examples have all labels: np.arange(m), labels -> :, labels
  transposed where it is square: p - one_hot ->
    p - (one_hot.T if p.shape[0] == p.shape[1] else one_hot)
  a batch of one loses its axis: (p - one_hot) -> (p - one_hot).squeeze()
  p is changed in place: one_hot = np.zeros_like(p) -> p[np.arange(m), labels] -= 1; return p / m
3.4
  the classes, not how often: return_counts=True)[1] -> return_counts=True)[0] + 1
  0 log 0: np.unique(labels, return_counts=True)[1] -> np.bincount(labels)
  over the number of classes: len(labels) -> len(counts)
  not weighed: frequencies * np.log(frequencies) -> np.log(frequencies)
  of the commonest class: (frequencies * np.log(frequencies)).sum() -> np.log(frequencies.max())
  labels are sorted in place: counts = np.unique -> labels.sort(); counts = np.unique
4.1
  tanh of the input: [x] -> [np.tanh(x)]
  x is not among z: z[:-1] -> z[1:-1]
  z before tanh: np.tanh(s[-1]) -> s[-1]
  s after tanh, in place: np.tanh(s[-1]) -> np.tanh(s[-1], out=s[-1])
  no biases: @ W + b -> @ W
  every layer sees the input: z[-1] @ W -> z[0] @ W
  transposed where it is square: @ W + b -> @ (W.T if len(W) == len(W.T) else W) + b
  a batch of one loses its axis: z[-1] @ W -> (z[-1] @ W).squeeze()
  the last layer is left out: zip(Ws, bs -> zip(Ws[:-1], bs[:-1]
  tanh of the output: return s -> return [*s[:-1], np.tanh(s[-1])]
  W is changed in place: return s -> Ws[0] *= 2; return s
4.2
  W is not transposed where it is square: W_above.T ->
    (W_above if len(W_above) == len(W_above.T) else W_above.T)
  a mean over the batch, again: W_above.T -> W_above.T / len(s)
  a batch of one loses its axis: return dz -> dz, s = dz.squeeze(), s.squeeze(); return dz
  s is taken for tanh(s): np.tanh(s) ** 2 -> s**2
  a mean slope: (1 - np.tanh(s) ** 2) -> (1 - np.tanh(s) ** 2).mean(axis=0)
  s becomes tanh(s) in place: np.tanh(s) -> np.tanh(s, out=s)
4.3
  the first gradient from the last: return dWs, dbs -> return dWs[::-1], dbs[::-1]
  one list too long: [], [] -> [], [doutput.sum(axis=0)]
  the mean once more: ds = doutput -> ds = doutput / len(doutput)
  tanh at the output: ds = doutput -> ds = doutput * (1 - np.tanh(s[-1]) ** 2)
  the first layer is left out: range(len(Ws)) -> range(1, len(Ws))
  dW with s for z: z[i].T -> (s[i - 1] if i > 0 else z[0]).T
  dW is transposed where it is square: z[i].T @ ds ->
    ds.T @ z[i] if ds.shape == z[i].shape else z[i].T @ ds
  db is a mean: ds.sum -> ds.mean
  db sums over the units where it fits: axis=0 -> axis=int(len(ds) == len(ds.T))
  db is wrong in a batch of one: ds.sum -> ds.squeeze().sum
  it stops a layer early: i > 0 -> i > 1
  it goes on below the first: i > 0 -> True
  W is not transposed where it is square: Ws[i].T ->
    (Ws[i] if len(Ws[i]) == len(Ws[i].T) else Ws[i].T)
  no slope: below * (1 - np.tanh(s[i - 1]) ** 2) -> below
  the slope at z, not at s: s[i - 1] -> z[i]
  the slope of the layer above where it fits: s[i - 1] ->
    s[i if s[i].shape == s[i - 1].shape else i - 1]
  doutput is divided in place: ds = doutput -> doutput /= 1.5; ds = doutput * 1.5
4.4
  of the array itself: a.astype(np.float64) -> a
  moved in place, and back but for rounding: da[k] = -> a[k] += h; a[k] -= h; da[k] =
  in float32: np.float64 -> np.float32
  starts at ones: np.zeros(a.shape) -> np.ones(a.size)
  the first row only: a.shape): -> a[:1].shape):
  the diagonal only: np.ndindex(a.shape) -> [(i,) * a.ndim for i in range(min(a.shape))]
  all numbers at once: moved[k] = a[k] + h -> moved[:] = a + h
  the cost at a: right = cost(moved) -> right = cost(a)
  not moved down: moved[k] = a[k] - h -> moved[k] = a[k]
  the cost at a, on the left: left = cost(moved) -> left = cost(a)
  not moved back: moved[k] = a[k] da[k] -> da[k]
  no 2: (2 * h) -> h
  transposed: return da -> return da.T
  one side: da[k] = (right - left) / (2 * h) -> da[k] = (right - cost(moved)) / h
4.5
  one for all arrays: return errors -> return [max(errors)]
  a first error too many: errors = [] -> errors = [0.0]
  the same list twice: zip(gradients, measured -> zip(gradients, gradients
  no size: np.abs(ours - theirs) -> (ours - theirs)
  the difference of the largest: np.abs(ours - theirs).max() -> abs(ours.max() - theirs.max())
  the largest of ours only: max(np.abs(ours).max(), np.abs(theirs).max()) -> np.abs(ours).max()
  the largest, not by size: np.abs(ours).max(), np.abs(theirs).max() -> ours.max(), theirs.max()
  something small below: np.abs(theirs).max()) -> np.abs(theirs).max()) + 1e-8
  0 by 0: difference / scale if scale > 0 else 0.0 -> difference / scale
  1 where both are 0: 0.0 -> 1.0
  0 where one is 0: scale > 0 -> np.any(ours) and np.any(theirs)
  number by number: difference / scale if scale > 0 else 0.0 ->
    (np.abs(ours - theirs) / np.abs(ours)).max()
  halved in place: errors.append -> ours *= 0.5; errors.append
5.1
  the names are swapped: "standard" -> "normalized"
  no root for standard: np.sqrt(1 / n_in) -> 1 / n_in
  fan-out for fan-in: 1 / n_in -> 1 / n_out
  the bound that gives variance 1/n: 1 / n_in -> 3 / n_in
  fan-in twice: n_in + n_out -> n_in + n_in
  the variance, not the bound: 6 / -> 2 /
5.2
  the transpose: size=(n_in, n_out) -> size=(n_out, n_in)
  no negative weights: -a, a -> 0, a
  a is taken for the std: rng.uniform(-a, a -> rng.normal(0, a
  Gaussian with the right variance: rng.uniform(-a, a -> rng.normal(0, a / 3**0.5
  two values only: rng.uniform(-a, a -> rng.choice([-a, a]
  the same row again and again: rng.uniform(-a, a, size=(n_in, n_out)) ->
    np.tile(rng.uniform(-a, a, size=n_out), (n_in, 1))
  mirrored where it is square: return rng.uniform(-a, a, size=(n_in, n_out)) ->
    W = rng.uniform(-a, a, size=(n_in, n_out)); U = np.triu(W);
    return U + np.triu(W, 1).T if n_in == n_out else W
  the same columns twice: size=(n_in, n_out)) -> size=(n_in, n_out))[:, np.arange(n_out) // 2]
  the median of three: rng.uniform(-a, a, size=(n_in, n_out)) ->
    np.median(rng.uniform(-a, a, size=(3, n_in, n_out)), axis=0)
  every second number the one before, with the other sign:
    return rng.uniform(-a, a, size=(n_in, n_out)) ->
    W = rng.uniform(-a, a, size=(n_in, n_out)); W[1::2] = -W[: 2 * (n_in // 2) : 2]; return W
  any numbers, where there are few: return rng.uniform(-a, a, size=(n_in, n_out)) ->
    W = rng.uniform(-a, a, size=(n_in, n_out)); return W if W.size > 10000 else 2 * W
  a global source: rng.uniform -> np.random.uniform
  a source of its own: rng.uniform -> np.random.default_rng(0).uniform
5.3
  fan-out for fan-in: sizes[:-2] -> sizes[1:-1]
  the weights of the layer above: variances[:-1] -> variances[1:]
  variances are overwritten: gains = sizes[:-2] * -> variances *= sizes[:-1]; gains =
  the first layer's for all: sizes[:-2] -> sizes[0]
  the input is left out: z_square * np.cumprod -> np.cumprod
  starts after the first layer: np.append(1, gains) -> gains
  a sum: np.cumprod -> np.cumsum
5.4
  fan-in for fan-out: sizes[2:] -> sizes[1:-1]
  the weights of the layer below: variances[1:] -> variances[:-1]
  variances are overwritten: gains = sizes[2:] * -> variances *= sizes[1:]; gains =
  the first gain on top: gains[::-1] -> gains
  eq 6 word for word: np.append(1, -> np.append(sizes[1] * variances[0],
  upside down: downward[::-1] -> downward
  the end is left out: ds_square * downward -> downward
5.5
  the variance, so that the mean is taken off: np.mean(z**2) -> np.var(z)
  a sum over units: np.mean(z**2) -> np.sum(z**2) / len(z)
  the first example alone: z**2 -> z[0] ** 2
  the input is left out: in zs -> in zs[1:]
  squares are kept in place: z**2 -> np.square(z, out=z)
5.6
  fan-out for both: np.array([[W -> np.array([[W.T
  std for variance: W.shape[1] * W.var() -> W.shape[1] * W.std()
  the variance of a column: W.shape[0] * W.var() -> W.shape[0] * W[:, 0].var()
  a column a layer: for W in Ws]) -> for W in Ws]).T
  divided by one less: W.shape[0] * W.var() -> W.shape[0] * W.var(ddof=1)
  W is changed in place: W.shape[1] * W.var() -> W.shape[1] * np.square(W, out=W).mean()
5.7
  at the fraction counts as under it: z_squares < -> z_squares <=
  not relative to the input: fraction * z_squares[0] -> fraction
  relative to the layer below: z_squares < fraction * z_squares[0] ->
    z_squares[1:] < fraction * z_squares[:-1]
  the input does not count: z_squares < -> z_squares[1:] <
  in place: under = -> z_squares /= z_squares[0]; under =
  the last for the first: under[0] -> under[-1]
  how many for the first: int(under[0]) -> len(z_squares) - len(under)
  the last layer if none is: -1 -> len(z_squares)
6.1
  no bias: z @ W + b -> z @ W
  the bias is added in place: s = z @ W + b -> b += z @ W; s = b
  the slope is no square: np.tanh(s) ** 2 -> np.tanh(s)
  the transpose: slope[:, None] * W.T -> W * slope
  no slope: slope[:, None] * W.T -> W.T
6.2
  no bias: z @ W + b -> z @ W
  z is shifted in place: slopes = 1 -> z += s.mean(); slopes = 1
  the slope at the mean: np.tanh(s) -> np.tanh(0 * s + s.mean(axis=0))
  divided by m: return slopes -> slopes /= len(s); return slopes
  the transpose: slopes[:, :, None] * W.T -> slopes[:, None, :] * W
  the mean over the batch: slopes[:, :, None] -> slopes.mean(axis=0)[:, None]
  one example is no batch: slopes[:, :, None] * W.T -> np.squeeze(slopes[:, :, None] * W.T)
6.3
  starts at the top: Js[0] -> Js[-1]
  the lowest counts twice: Js[1:] -> Js
  the top is left out: Js[1:] -> Js[1:-1]
  the other order: upper @ J -> J @ upper
  in place, where it fits: J = upper @ J -> J[:] = upper @ J
  gives the transpose: return J -> return J.T
6.4
  not up: z + h * v -> z
  z is moved in place: down = f(z - h * v) -> z -= h * v; down = f(z)
  h for 2 h: (2 * h) -> h
  per length of v: (2 * h) -> (2 * h * np.linalg.norm(v))
  to one side only: (up - down) / (2 * h) -> (up - f(z)) / h
6.5
  eigenvalues of J^T J: compute_uv=False) -> compute_uv=False) ** 2
  zeros that are none: np.linalg.svd(J, compute_uv=False) ->
    np.sqrt(abs(np.linalg.eigvalsh(J.swapaxes(1, 2) @ J)))
  of the mean J: svd(J, -> svd(J.mean(axis=0) + 0 * J,
  over all examples: values.mean(axis=1) -> values.mean()
  another order: values.max(axis=1), values.min(axis=1) -> values.min(axis=1), values.max(axis=1)
  the second for the smallest: values.min(axis=1) -> values[:, 1]
6.6
  n is left out: len(W) * W.var() -> W.var()
  the variance of a row: W.var() -> W[0].var()
  divided by one less: W.var() -> W.var(ddof=1)
  W is scaled in place: n_var = -> W *= 1.5; n_var = 1 / 2.25 *
  the mean slope: np.sqrt((slopes**2).mean(axis=1)) -> slopes.mean(axis=1)
  the wrong axis: axis=1 -> axis=0
  one for all examples: (slopes**2).mean(axis=1) -> (slopes**2).mean() + 0 * slopes[:, 0]
  std for rms: np.sqrt((slopes**2).mean(axis=1)) -> slopes.std(axis=1)
  8 pi / 3: (3 * np.pi) -> 3 * np.pi
  n Var W without its root: np.sqrt(n_var) -> n_var
7.1
  at the threshold is not saturated: <= -> <
  a threshold of its own: saturated_at -> 0.05
  in place: flat = slopes <= -> slopes *= 1.5; flat = slopes <= 1.5 *
  over all layers: flat.mean(axis=(1, 2)) -> flat.mean()
  a share for each unit: axis=(1, 2) -> axis=1
  units that are so at one example: flat.mean(axis=(1, 2)) -> flat.any(axis=1).mean(axis=1)
7.2
  at the threshold is alive: <= -> <
  saturated at one example: .all -> .any
  flat on average: (slopes <= saturated_at).all(axis=1) -> slopes.mean(axis=1) <= saturated_at
  exactly 0: <= saturated_at -> == 0
  in place: never = (slopes <= saturated_at) -> slopes -= saturated_at; never = (slopes <= 0)
  a number of units: never.mean -> never.sum
  over layers: never.mean(axis=1) -> never.mean(axis=0)
7.3
  no root: np.sqrt((z**2).mean(axis=(1, 2))) -> (z**2).mean(axis=(1, 2))
  std, so that the mean is taken off: np.sqrt((z**2).mean(axis=(1, 2))) -> z.std(axis=(1, 2))
  the first example alone: (z**2).mean(axis=(1, 2)) -> (z[:, 0] ** 2).mean(axis=1)
  in place: rms = np.sqrt((z**2) -> z **= 2; rms = np.sqrt(z
  layers for steps: len(z) - 1 -> len(z)
  one step too few: len(z) - 1 -> max(len(z) - 2, 1)
  examples for layers: len(z) - 1 -> max(z.shape[1] - 1, 1)
  the whole ratio: ** (1 / steps) -> ** 1
  the mean of the ratios: (rms[-1] / rms[0]) ** (1 / steps) -> (rms[1:] / rms[:-1]).mean()
7.4
  the variance: ds.std -> ds.var
  the rms: ds.std(axis=(1, 2)) -> (ds**2).mean(axis=(1, 2)) ** 0.5
  the mean of the units' std: ds.std(axis=(1, 2)) -> ds.std(axis=1).mean(axis=1)
  a little added: ds.std(axis=(1, 2)) -> ds.std(axis=(1, 2)) + 1e-3
  the first example alone: ds.std -> ds[:, :1].std
  in place: std = -> ds -= ds.mean(axis=(1, 2), keepdims=True); std =
  one layer off: std[0] -> std[1]
  smallest by largest: std[0] / std[-1] -> std.min() / std.max()
7.5
  classes from 1: outputs.argmax(axis=1) -> outputs.argmax(axis=1) + 1
  the largest size: outputs.argmax -> abs(outputs).argmax
  in place: answers = outputs.argmax(axis=1) -> answers = outputs.argmax(axis=1); outputs.sort()
  a number of labels: np.mean -> np.sum
  by classes: np.mean(answers != labels) -> np.sum(answers != labels) / outputs.shape[1]
  how far the class is off: answers != labels -> abs(answers - labels)
  one for each: np.mean(answers != labels) -> answers != labels
7.6
  nothing is dead: 0.45 -> 1
  saturated is dead: seen["z_dead"].mean() > 0.45 -> seen["z_saturated"].mean() > 0.65
  labels are never wrong: 0.2 -> 1
  labels are always wrong: seen["error"] > 0.2 -> seen["error"] >= 0
  from the top down: seen["z_std"][-1] > 4 * seen["z_std"][0] ->
    seen["z_std"][0] > 4 * seen["z_std"][-1]
  a size, not a growth: seen["z_std"][-1] > 4 * seen["z_std"][0] -> seen["z_std"][0] < 0.9
  too strict: 0.65 -> 0.95
  dead units alone: seen["z_saturated"] -> seen["z_dead"]
  dead is called saturated: "dead" -> "saturated"
  labels are not named: "mislabelled" -> "vanishing"
  a spelling: "exploding" -> "Exploding"
  a number for a word: "saturated" -> 0
  exploding for vanishing: "vanishing" -> "exploding"
  in place: return "vanishing" -> z *= 2; slopes *= 3; return "vanishing"
8.1
  a variance is a std: np.sqrt(x.var(axis=0) + eps) -> x.var(axis=0) + eps
  eps is added to the std: np.sqrt(x.var(axis=0) + eps) -> x.std(axis=0) + eps
  the variance of a sample: x.var(axis=0) -> x.var(axis=0, ddof=1)
  over the units where it is square:
    std = np.sqrt(x.var(axis=0) + eps) -> std = np.sqrt(x.var(axis=int(len(x) == len(x.T))) + eps)
  the mean stays: x_hat = (x - x.mean(axis=0)) / std -> x_hat = x / std
  one mean for all: x.mean(axis=0) -> x.mean()
  no beta: gamma * x_hat + beta -> gamma * x_hat
  in place: return gamma * x_hat + beta -> x -= x.mean(axis=0); return gamma * x_hat + beta
8.2
  the batch's own variance: m / (m - 1) -> 1
  the share is what stays: (1 - share) * mean + share * x -> share * mean + (1 - share) * x
  the same for the variance: (1 - share) * var + share * x -> share * var + (1 - share) * x
  the new ones only: new_mean = (1 - share) * mean + share * x.mean -> new_mean = x.mean
  m counts units: m = len(x) -> m = len(x.T)
  a mean of all: share * x.mean(axis=0) -> share * x.mean()
  turned round: return new_mean, new_var -> return new_var, new_mean
  in place: return new_mean, new_var -> mean[:] = new_mean; return new_mean, new_var
8.3
  the batch's own: (x - mean) / np.sqrt(var + eps) ->
    (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)
  var is a std: np.sqrt(var + eps) -> (var + eps)
  no eps: np.sqrt(var + eps) -> np.sqrt(var)
  the mean is added: x - mean -> x + mean
  no beta: gamma * x_hat + beta -> gamma * x_hat
  in place: return gamma * x_hat + beta -> x[:] = x_hat; return gamma * x_hat + beta
8.4
  means: (dy * x_hat).sum(axis=0) -> (dy * x_hat).mean(axis=0)
  a mean over the batch, again: dbeta = dy.sum(axis=0) -> dbeta = dy.mean(axis=0)
  no x_hat: dgamma = (dy * x_hat).sum -> dgamma = dy.sum
  over the units where it is square: dbeta = dy.sum(axis=0) ->
    dbeta = dy.sum(axis=int(len(dy) == len(dy.T)))
  turned round: return dgamma, dbeta -> return dbeta, dgamma
  in place: dgamma = (dy -> dy *= 2; dgamma = (dy / 2
8.5
  the mean is a constant: shift = dx_hat.mean(axis=0) -> shift = 0
  the std is a constant: stretch = x_hat * (dx_hat * x_hat).mean(axis=0) -> stretch = 0
  sums for means: stretch = x_hat * (dx_hat * x_hat).mean -> stretch = x_hat * (dx_hat * x_hat).sum
  a mean over the units: shift = dx_hat.mean(axis=0) -> shift = dx_hat.mean(axis=1, keepdims=True)
  one x_hat is missing: stretch = x_hat * ( -> stretch = (
  not divided: (dx_hat - shift - stretch) / std -> dx_hat - shift - stretch
  times std: / std -> * std
  in place: return (dx_hat -> dx_hat -= 1; return (dx_hat + 1
9.1
  no m: m * x[:, :, None] -> x[:, :, None]
  no m for the biases: db = m * dy -> db = dy
  m counts inputs: m = len(x) -> m = len(x.T)
  transposed where it is square: dW = m * x[:, :, None] * dy[:, None, :] ->
    dW = m * (x[:, :, None] * dy[:, None, :]
    if x.shape != dy.shape else x[:, None, :] * dy[:, :, None])
  one for all: dy[:, None, :] -> dy.mean(axis=0)[None, None, :]
  turned round: return dW, db -> return db, dW
  in place: return dW, db -> dy *= m + 1; return dW, db
9.2
  no m: m**2 * of_x -> of_x
  m, and not its square: m**2 -> m
  m counts inputs: m = len(x) -> m = len(x.T)
  the biases are forgotten: (x**2).sum(axis=1) + 1 -> (x**2).sum(axis=1)
  lengths, not squared: of_dy = (dy**2).sum(axis=1) -> of_dy = np.sqrt((dy**2).sum(axis=1))
  the largest only: of_dy = (dy**2).sum(axis=1) -> of_dy = (dy**2).max(axis=1)
  over the examples where it is square: (x**2).sum(axis=1) ->
    (x**2).sum(axis=int(len(x) != len(x.T)))
  in place: return m**2 -> x *= 0; return m**2
9.3
  no m: m**2 * of_x -> of_x
  m counts inputs: m = len(x) -> m = len(x.T)
  the biases are forgotten: x @ x.T + 1 -> x @ x.T
  of the inputs where it is square: of_x = x @ x.T ->
    of_x = (x @ x.T if len(x) != len(x.T) else x.T @ x)
  added, not multiplied: of_x * of_dy -> (of_x + of_dy)
  only the diagonal: of_dy = dy @ dy.T -> of_dy = np.diag((dy**2).sum(axis=1))
  in place: return m**2 -> dy *= 2; return m**2
9.4
  m is no count: m = len(G) -> m = 2
  the signal is the trace: signal = G.mean() -> signal = np.trace(G) / m
  no mean of the diagonal: np.trace(G) / m - signal -> np.trace(G) - signal
  of all there are: * m / (m - 1) -> * 1
  signal by noise: variance / signal -> signal / variance
  a root too many: return variance, variance / signal -> return variance**0.5, variance / signal
  in place: return variance -> G -= signal; return variance
9.5
  m counts inputs: m = len(x) -> m = len(x.T)
  no m in the lengths: lengths = m * np.sqrt -> lengths = np.sqrt
  the biases are forgotten: (x**2).sum(axis=1) + 1 -> (x**2).sum(axis=1)
  squares for lengths: np.sqrt(((x**2).sum(axis=1) + 1) * (dy**2).sum(axis=1)) ->
    (((x**2).sum(axis=1) + 1) * (dy**2).sum(axis=1))
  short ones are made longer: np.minimum(1, longest / lengths) -> longest / lengths
  the mean is clipped, not each: factors = np.minimum(1, longest / lengths) ->
    factors = np.full(m, min(1, longest /
    np.sqrt(((x.T @ dy) ** 2).sum() + (dy.sum(axis=0) ** 2).sum())))
  db is not clipped: weighed.sum(axis=0) -> dy.sum(axis=0)
  a mean over the batch, again: x.T @ weighed -> x.T @ weighed / m
  the factor along the wrong axis where it is square: factors[:, None] * dy ->
    (factors[:, None] * dy if len(dy) != len(dy.T) else factors * dy)
  in place: weighed = factors[:, None] * dy -> dy *= factors[:, None]; weighed = dy
"""
