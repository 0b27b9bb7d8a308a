"""the Jacobian by two loops"""


def softmax_jacobian(o):
    p = softmax(o.reshape(1, -1)).ravel()
    J = np.zeros((len(o), len(o)))
    for i in range(len(o)):
        for j in range(len(o)):
            J[i, j] = p[i] * ((i == j) - p[j])
    return J
