"""The optimizers against SciPy and Keras, and by their properties."""

import numpy as np
import scipy.optimize

from helpers.optimizers import LBFGS, Adam


def rosenbrock(x):
    return float(scipy.optimize.rosen(x)), scipy.optimize.rosen_der(x)


def test_lbfgs_goes_on_with_what_it_learned_when_the_objective_changes():
    scale = np.logspace(0, 3, 10)

    def objective(weight):
        return lambda x: (weight * float(scale @ x**2), weight * 2 * scale * x)

    optimizer = LBFGS(np.ones(10))
    for _ in range(20):
        optimizer.step(objective(1))
    afresh = LBFGS(optimizer.x)
    optimizer.objective_changed()
    for _ in range(3):
        optimizer.step(objective(3))
        afresh.step(objective(3))
    assert optimizer.value < 0.5 * afresh.value


def test_lbfgs_finds_rosenbrocks_minimum_as_fast_as_scipy():
    start = np.array([-1.2, 1.0, -0.5, 2.0])
    evaluations = []

    def counted(x):
        evaluations.append(1)
        return rosenbrock(x)

    optimizer = LBFGS(start, memory=10)
    while np.abs(rosenbrock(optimizer.x)[1]).max() > 1e-8:
        optimizer.step(counted)
        assert len(evaluations) < 500
    theirs = scipy.optimize.minimize(
        rosenbrock, start, jac=True, method="L-BFGS-B", options={"maxcor": 10, "gtol": 1e-8, "ftol": 0}
    )
    np.testing.assert_allclose(optimizer.x, 1, atol=1e-7)
    assert len(evaluations) <= 1.5 * theirs.nfev


def test_lbfgs_lengthens_a_first_step_that_is_far_too_short():
    """The second Wolfe condition: the slope along the step has become less steep."""
    start = np.array([-1.2, 1.0])
    optimizer = LBFGS(start, first_step=1e-6)
    optimizer.step(rosenbrock)
    move = optimizer.x - start
    assert optimizer.gradient @ move >= 0.9 * (rosenbrock(start)[1] @ move)
    assert np.abs(move).max() > 1e-3


def test_lbfgs_never_goes_up():
    optimizer, values = LBFGS(np.array([-1.2, 1.0])), []
    for _ in range(30):
        optimizer.step(rosenbrock)
        values.append(optimizer.value)
    assert values == sorted(values, reverse=True)


def test_lbfgs_remembers_its_last_steps_only():
    optimizer = LBFGS(np.array([-1.2, 1.0] * 5), memory=3)
    taken = []
    for _ in range(9):
        before = optimizer.x
        optimizer.step(rosenbrock)
        taken.append(optimizer.x - before)
    assert len(optimizer.pairs) == 3
    for (step, _), expected in zip(optimizer.pairs, taken[-3:], strict=True):
        np.testing.assert_array_equal(step, expected)


def test_lbfgs_stays_at_a_minimum():
    optimizer = LBFGS(np.ones(4))
    for _ in range(3):
        optimizer.step(rosenbrock)
    np.testing.assert_array_equal(optimizer.x, 1)


def test_adam_is_adam():
    """Against the update written out in NumPy (Kingma & Ba 2015, algorithm 1)."""
    start = np.array([100.0, 150.0], np.float32)

    def objective(x):
        return float(((x - 120) ** 2).sum()), (2 * (x - 120)).astype(np.float32)

    optimizer, x, m, v = Adam(start, learning_rate=2.0), start.astype(float), 0, 0
    for t in range(1, 8):
        optimizer.step(objective)
        gradient = 2 * (x - 120)
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        x = x - 2.0 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-12)
        np.testing.assert_allclose(optimizer.x, x, rtol=1e-5)
        assert optimizer.value == objective(optimizer.x)[0]


def test_adam_does_not_depend_on_the_unit_of_the_loss():
    paths = []
    for unit in (1.0, 1e-7):
        optimizer = Adam(np.array([100.0, 150.0], np.float32))
        for _ in range(5):
            optimizer.step(lambda x, u=unit: (u * float(((x - 120) ** 2).sum()), (u * 2 * (x - 120)).astype("f")))
        paths.append(optimizer.x)
    np.testing.assert_allclose(*paths, rtol=1e-4)


def test_lbfgs_survives_an_objective_so_small_that_products_of_its_gradient_are_0():
    optimizer = LBFGS(np.full(50, 3.0, np.float32))
    for _ in range(5):
        optimizer.step(lambda x: (1e-30 * float(x @ x), 2e-30 * x))
    assert np.isfinite(optimizer.x).all() and np.abs(optimizer.x).max() <= 3


def test_adam_forgets_averages_that_are_no_longer_finite_when_the_objective_is_set_back():
    optimizer = Adam(np.full(50, 3.0, np.float32), learning_rate=0.1)
    optimizer.step(lambda x: (1e25 * float(x @ x), np.float32(2e25) * x))  # its square is infinite
    np.testing.assert_array_equal(optimizer.x, 3)
    optimizer.objective_changed()
    for _ in range(10):
        optimizer.step(lambda x: (float(x @ x), 2 * x))
    np.testing.assert_allclose(optimizer.x, 2, atol=0.1)
