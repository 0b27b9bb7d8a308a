"""random search keeps the last weights instead of the best"""


def random_search(X, y, q, num_tries, scale, seed):
    rng = np.random.default_rng(seed)
    least = np.inf
    for _ in range(num_tries):
        W, b = rng.normal(scale=scale, size=(X.shape[1], q)), rng.normal(scale=scale, size=q)
        least = min(least, hinge_loss(X @ W + b, y))
    return W, b, least
