"""random search keeps the weights with the highest loss"""


def random_search(X, y, q, num_tries, scale, seed):
    rng = np.random.default_rng(seed)
    worst = None
    for _ in range(num_tries):
        W, b = rng.normal(scale=scale, size=(X.shape[1], q)), rng.normal(scale=scale, size=q)
        loss = hinge_loss(X @ W + b, y)
        if worst is None or loss > worst[2]:
            worst = (W, b, loss)
    return worst
