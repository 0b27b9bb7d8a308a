"""dropout divides by rate instead of 1 - rate"""


def dropout(H, rate, seed):
    factor = (np.random.default_rng(seed).random(H.shape) >= rate) / rate
    return H * factor, factor
