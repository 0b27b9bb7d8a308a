"""descend moves each number before the gradient of the next is taken"""


def descend(f, start, lr, num_steps):
    point = list(start)
    for _ in range(num_steps):
        for i in range(len(point)):
            values = [Value(x) for x in point]
            f(values).backward()
            point[i] -= lr * values[i].grad
    return point
