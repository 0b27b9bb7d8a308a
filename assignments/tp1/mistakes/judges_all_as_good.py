"""a rate that has not come down far is not told apart from a good one"""


def judge_rate(X, y, lr, num_steps):
    start = np.zeros(X.shape[1] + 1)
    with np.errstate(all="ignore"):
        first = squared_loss(X, y, start)
        last = squared_loss(X, y, gradient_descent(X, y, start, lr, num_steps))
    return "divergent" if not np.isfinite(last) or last > first else "good"
