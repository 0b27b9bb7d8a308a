"""random search returns the loss of the last weights with the best ones"""


def random_search(X, y, q, num_tries, scale, seed):
    rng = np.random.default_rng(seed)
    best, least = None, np.inf
    for _ in range(num_tries):
        W, b = rng.normal(scale=scale, size=(X.shape[1], q)), rng.normal(scale=scale, size=q)
        loss = hinge_loss(X @ W + b, y)
        if loss < least:
            best, least = (W, b), loss
    return (*best, loss)
