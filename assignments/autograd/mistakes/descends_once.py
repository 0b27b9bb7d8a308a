"""descend takes its gradient once, and follows it for all the steps"""


def descend(f, start, lr, num_steps):
    values = [Value(x) for x in start]
    f(values).backward()
    return [v.data - num_steps * lr * v.grad for v in values]
