"""the likelihood counts every order of the tosses, not the one that came"""

from math import comb


def likelihood(p, tosses):
    heads = int(np.sum(tosses))
    return comb(len(tosses), heads) * p**heads * (1 - p) ** (len(tosses) - heads)
