"""The optimizers: gradient descent with Adam, L-BFGS, and rules of one's own. They know nothing of pictures.

Both are driven alike: `step(objective)` moves `x` once, where `objective(x)` gives the value and the gradient at x.
"""

import math
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

ValueAndGradient = Callable[[np.ndarray], tuple[float, np.ndarray]]


class Adam:
    """Gradient descent with Adam (Kingma & Ba 2015).

    Args:
        x: the start, any shape.
        learning_rate: about how far a coordinate moves in one step.
    """

    def __init__(self, x: np.ndarray, learning_rate: float = 5.0):
        self.x = x
        self.learning_rate = learning_rate
        self._forget()
        self.objective_changed()

    def objective_changed(self) -> None:
        """The old value and gradient no longer hold. The moving averages adapt by themselves, if they are finite."""
        self.value = self.gradient = None
        if not all(np.isfinite(np.asarray(variable)).all() for variable in self.optimizer.variables):
            self._forget()

    def _forget(self) -> None:
        """Begin with no moving averages."""
        self.variable = tf.Variable(self.x)
        # Losses divided by their target's size have gradients of about 1e-6; next to them Keras's 1e-7 is not tiny.
        self.optimizer = keras.optimizers.Adam(self.learning_rate, epsilon=1e-12)

    def step(self, objective: ValueAndGradient) -> None:
        """One update. Each step evaluates the objective once; the first also evaluates the start."""
        if self.gradient is None:
            self.value, self.gradient = objective(self.x)
        self.variable.assign(self.x)
        self.optimizer.apply([self.gradient], [self.variable])
        x = self.variable.numpy()
        self.value, self.gradient = objective(x)
        self.x = x


class LBFGS:
    """Limited-memory BFGS: the last few steps tell how the gradient changes, and so how far the next step may go.

    Source: Nocedal & Wright (2006), algorithms 7.4 and 7.5, with the line search of Lewis & Overton (2013),
    algorithm 2.6, which finds a step that satisfies the weak Wolfe conditions.

    Args:
        x: the start, any shape. Computation is in its dtype.
        memory: how many past steps are kept.
        first_step: the largest change of any coordinate that the first trial makes.
    """

    def __init__(self, x: np.ndarray, memory: int = 10, first_step: float = 1.0):
        self.x = x
        self.memory = memory
        self.first_step = first_step
        self.pairs = []  # (step, change of the gradient), oldest first
        self.objective_changed()

    def objective_changed(self) -> None:
        """The old value and gradient no longer hold. The pairs still tell more of the new objective than nothing."""
        self.value = self.gradient = None

    def step(self, objective: ValueAndGradient) -> None:
        """Move to a lower point. Most steps evaluate the objective once; the first also evaluates the start."""
        if self.gradient is None:
            self.value, self.gradient = objective(self.x)
        direction = self.direction()
        slope = inner(self.gradient, direction)
        if slope >= 0:  # at a minimum, or the memory misleads
            self.pairs = []
            direction = self.direction()
            slope = inner(self.gradient, direction)
        found = self.line_search(objective, direction, slope)
        if found is None:  # no lower point within the arithmetic's precision: stay, and start afresh
            self.pairs = []
            return
        x, value, gradient = found
        s, y = x - self.x, gradient - self.gradient
        smallest = np.finfo(x.dtype).tiny  # below it a product has few digits left, or is 0
        if inner(s, y) > smallest and inner(y, y) > smallest:
            self.pairs = [*self.pairs, (s, y)][-self.memory :]
        self.x, self.value, self.gradient = x, value, gradient

    def direction(self) -> np.ndarray:
        """Minus the inverse Hessian's estimate times the gradient: the two-loop recursion."""
        if not self.pairs:
            largest = np.abs(self.gradient).max()
            return -self.gradient * (self.first_step / largest if largest > 0 else 0)
        q = self.gradient
        alphas = []
        for s, y in reversed(self.pairs):
            alphas.append(inner(s, q) / inner(s, y))
            q = q - alphas[-1] * y
        s, y = self.pairs[-1]
        q = q * (inner(s, y) / inner(y, y))
        for (s, y), alpha in zip(self.pairs, reversed(alphas), strict=True):
            q = q + (alpha - inner(y, q) / inner(s, y)) * s
        return -q

    def line_search(self, objective: ValueAndGradient, direction: np.ndarray, slope: float):
        """A point along the direction where the value is lower and the slope less steep, or None."""
        low, high, length, lower = 0.0, math.inf, 1.0, None
        for _ in range(12):
            x = self.x + np.asarray(length, self.x.dtype) * direction
            value, gradient = objective(x)
            if not (value <= self.value + 1e-4 * length * slope):  # too far; this also catches NaN
                high = length
            else:
                lower = (x, value, gradient)
                if inner(gradient, direction) >= 0.9 * slope:
                    return lower
                low = length
            length = (low + high) / 2 if high < math.inf else 4 * low
        return lower


class Rule:
    """A rule of one's own: `move(loss, x, learning_rate)` gives the next x; `loss(x)` is a tensor with a gradient.

    Args:
        move: the rule, as in lesson 7's exercise `descend`.
        x: the start, any shape.
        first_step: the learning rate is chosen so that plain gradient descent would first change the value that moves
            most by this much.
    """

    def __init__(self, move: Callable, x: np.ndarray, first_step: float = 64.0):
        self.move = move
        self.x = x
        self.first_step = first_step
        self.learning_rate = None
        self.objective_changed()

    def objective_changed(self) -> None:
        """The old value and gradient no longer hold."""
        self.value = self.gradient = None

    def step(self, objective: ValueAndGradient) -> None:
        """One update. Each step evaluates the objective once; the first also evaluates the start."""
        if self.gradient is None:
            self.value, self.gradient = objective(self.x)
        if self.learning_rate is None:
            largest = np.abs(self.gradient).max()
            self.learning_rate = self.first_step / largest if largest > 0 else 0.0

        @tf.custom_gradient
        def loss(x):
            here = np.array_equal(x, self.x)
            value, gradient = (self.value, self.gradient) if here else objective(np.asarray(x))
            return tf.constant(value, tf.float32), lambda upstream: upstream * gradient

        x = np.asarray(self.move(loss, tf.constant(self.x), self.learning_rate), self.x.dtype).reshape(self.x.shape)
        self.value, self.gradient = objective(x)
        self.x = x


def inner(a: np.ndarray, b: np.ndarray) -> float:
    """Inner product of two arrays of the same shape."""
    return float(np.vdot(a, b))
