"""dropout drops whole columns"""


def dropout(H, rate, seed):
    factor = np.broadcast_to((np.random.default_rng(seed).random(H.shape[1]) >= rate) / (1 - rate), H.shape)
    return H * factor, factor
