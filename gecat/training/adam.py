"""Adam on one flat vector, as a pure function (Kingma and Ba 2015, algorithm 1)."""

from gecat.training.vectors import root

_BETA_2 = 0.999
_EPSILON = 1e-7


def start(theta):
    """Returns the memory of an Adam that has not stepped yet.

    Args:
        theta: the weights, float32 (n,).

    Returns:
        (steps taken, running mean of the gradient (n,), running mean of its square (n,)).
    """
    return 0.0 * theta[0], 0.0 * theta, 0.0 * theta


def step(theta, memory, gradient, rate, beta_1, shrink=0.0):
    """Takes one step, with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2).

    Args:
        theta: the weights, float32 (n,).
        memory: of `start` or of the step before.
        gradient: of the loss at theta, (n,).
        rate: the learning rate, above 0.
        beta_1: decay of the gradient's running mean, in [0, 1).
        shrink: (n,) or a number, the share of each weight, times the rate, that is taken off.

    Returns:
        (new theta, new memory).
    """
    count, mean, square = memory
    count = count + 1.0
    mean = beta_1 * mean + (1.0 - beta_1) * gradient
    square = _BETA_2 * square + (1.0 - _BETA_2) * gradient * gradient
    kept = theta - rate * shrink * theta
    rate = rate * (1.0 - _BETA_2**count) ** 0.5 / (1.0 - beta_1**count)
    return kept - rate * mean / (root(square) + _EPSILON), (count, mean, square)


def square(memory):
    """Returns (mean of the squared gradients (n,) without its bias, how many there were).

    Args:
        memory: of `start` or of a step.
    """
    count = round(float(memory[0]))
    return memory[2] / (1.0 - _BETA_2 ** max(1, count)), count
