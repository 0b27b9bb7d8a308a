"""ReLU.backward looks at the sign of out_grad instead of that of the input"""


class ReLU(ReLU):
    def backward(self, out_grad):
        return np.where(out_grad > 0, out_grad, 0.0)
