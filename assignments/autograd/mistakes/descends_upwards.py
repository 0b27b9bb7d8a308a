"""descend adds the gradient"""


def descend(f, start, lr, num_steps):
    point = list(start)
    for _ in range(num_steps):
        values = [Value(x) for x in point]
        f(values).backward()
        point = [v.data + lr * v.grad for v in values]
    return point
