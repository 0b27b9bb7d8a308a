"""the examples are not shuffled"""


def train(net, X_train, y_train, X_val, y_val, num_epochs, batch_size, seed):
    accuracies = []
    for _ in range(num_epochs):
        for start in range(0, len(X_train), batch_size):
            net.forward(X_train[start : start + batch_size])
            net.loss(y_train[start : start + batch_size])
            net.backward()
            net.step()
        accuracies.append(net.validate(X_val, y_val))
    return accuracies
