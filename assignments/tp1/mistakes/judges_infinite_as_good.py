"""a loss that is no longer finite is not taken for divergent"""


def judge_rate(X, y, lr, num_steps):
    start = np.zeros(X.shape[1] + 1)
    with np.errstate(all="ignore"):
        first = squared_loss(X, y, start)
        last = squared_loss(X, y, gradient_descent(X, y, start, lr, num_steps))
    if np.isfinite(last) and last > first:
        return "divergent"
    least = squared_loss(X, y, closed_form(X, y))
    return "too small" if first - last < 0.9 * (first - least) else "good"
