"""the largest rate by singular values, the judgement by its own loop"""


def largest_rate(X):
    return 2 * len(X) / np.linalg.norm(add_bias(X), 2) ** 2


def judge_rate(X, y, lr, num_steps):
    w = np.zeros(X.shape[1] + 1)
    first = squared_loss(X, y, w)
    for _ in range(num_steps):
        w = w - lr * loss_gradient(X, y, w)
        if not np.isfinite(w).all() or np.abs(w).max() > 1e100:
            return "divergent"
    last = squared_loss(X, y, w)
    if last > first:
        return "divergent"
    least = squared_loss(X, y, closed_form(X, y))
    return "too small" if first - last < 0.9 * (first - least) else "good"
