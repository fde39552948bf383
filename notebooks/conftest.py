"""How nbval runs the lessons."""


def pytest_collectstart(collector):
    """Leave stderr out of the comparison: TensorFlow logs there, on some machines and in some runs only."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("stderr",)
