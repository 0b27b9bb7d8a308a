"""the best p is taken from a coarse grid"""


def best_p(tosses):
    grid = np.linspace(0.01, 0.99, 99)
    return float(grid[np.argmax([likelihood(p, tosses) for p in grid])])
