# %% [markdown]
# # TP4 : perceptron à deux couches
#

# %%
import numpy as np
import matplotlib.pyplot as plt

np.random.seed(0)

# %% [markdown]
# ## Couche linéaire
# On garde l'entrée pour la rétropropagation. La perte est déjà une moyenne, donc pas de division par n ici.

# %%
class Linear:
    def __init__(self, n_in, n_out, lr=0.1, seed=0):
        gen = np.random.RandomState(seed)
        self.W = (gen.randn(n_in, n_out) * np.sqrt(2 / n_in)).astype(np.float32)
        self.b = np.zeros(n_out, dtype=np.float32)
        self.lr = lr

    def forward(self, X):
        self.entree = X = X.astype(np.float32)
        return np.dot(X, self.W) + self.b

    def backward(self, out_grad):
        out_grad = out_grad.astype(np.float32)
        self.dW = np.dot(self.entree.T, out_grad)
        self.db = np.sum(out_grad, axis=0)
        return np.dot(out_grad, self.W.T)

    def step(self):
        self.W = self.W - self.lr * self.dW
        self.b = self.b - self.lr * self.db

# %%
class ReLU:
    def forward(self, X):
        self.masque = (X >= 0).astype(float)   # 1 en zéro, comme dans le cours
        return np.maximum(0, X)

    def backward(self, out_grad):
        return out_grad * self.masque

    def step(self):
        pass


class Dropout:
    def __init__(self, rate, seed=0):
        self.rate, self.training = rate, True
        self.gen = np.random.RandomState(seed)

    def forward(self, X):
        if not self.training:
            self.masque = 1.0
        else:
            garde = self.gen.uniform(size=X.shape) > self.rate
            self.masque = garde / (1 - self.rate)
        return X * self.masque

    def backward(self, out_grad):
        return out_grad * self.masque

# %% [markdown]
# ## Perte
# $\log p = o - \max o - \log \sum_k e^{o_k - \max o}$, ligne par ligne.

# %%
def log_softmax(O):
    O = O.astype(np.float32)
    O = O - np.max(O, axis=1, keepdims=True)
    return O - np.log(np.sum(np.exp(O), axis=1, keepdims=True))


class SoftmaxCrossEntropy:
    def forward(self, logits, y):
        self.logp, self.y = log_softmax(logits), y
        return -np.mean(self.logp[range(len(y)), y])

    def backward(self):
        n, q = self.logp.shape
        return (np.exp(self.logp) - np.eye(q)[self.y]) / n

# %%
# test rapide : la somme de chaque ligne du gradient doit être 0
perte = SoftmaxCrossEntropy()
print(perte.forward(np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 5.0]]), np.array([0, 2])))
print(perte.backward().sum(axis=1))

# %% [markdown]
# ## Le réseau

# %%
class TwoLayerPerceptron:
    def __init__(self, n_in, n_hidden, n_out, lr=0.1, dropout=0.0, seed=0):
        self.fc1 = Linear(n_in, n_hidden, lr, seed)
        self.relu = ReLU()
        self.drop = Dropout(dropout, seed)
        self.fc2 = Linear(n_hidden, n_out, lr, seed + 1)
        self.perte = SoftmaxCrossEntropy()

    def forward(self, X):
        H = self.drop.forward(self.relu.forward(self.fc1.forward(X)))
        self.logits = self.fc2.forward(H)
        return self.logits

    def loss(self, y):
        return self.perte.forward(self.logits, y)

    def backward(self):
        g = self.perte.backward()
        g = self.fc2.backward(g)
        g = self.drop.backward(g)
        g = self.relu.backward(g)
        self.fc1.backward(g)

    def step(self):
        for couche in (self.fc1, self.fc2):
            couche.step()

    def predict(self, X):
        return self.forward(X).argmax(axis=1)

    def validate(self, X, y):
        avant = self.drop.training
        self.drop.training = False
        juste = np.mean(self.predict(X) == y)
        self.drop.training = avant
        return float(juste)

# %%
def train(net, X_train, y_train, X_val, y_val, num_epochs, batch_size, seed):
    gen = np.random.RandomState(seed)
    historique = []
    for epoque in range(num_epochs):
        ordre = gen.permutation(len(X_train))
        for debut in range(0, len(ordre), batch_size):
            lot = ordre[debut:debut + batch_size]
            net.forward(X_train[lot])
            net.loss(y_train[lot])
            net.backward()
            net.step()
        historique.append(net.validate(X_val, y_val))
    return historique

# %% [markdown]
# ## Deux lunes

# %%
from sklearn.datasets import make_moons
X, y = make_moons(n_samples=400, noise=0.2, random_state=0)
net = TwoLayerPerceptron(2, 16, 2, lr=0.3, seed=0)
courbe = train(net, X[:300], y[:300], X[300:], y[300:], 60, 10, 0)
print("précision finale :", courbe[-1])

# %%
plt.plot(courbe)
plt.xlabel("époque")
plt.ylabel("précision")
plt.show()
