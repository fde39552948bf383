"""Ctrl-C and its relatives, for a program that must not be stopped while it saves what it has painted."""

import signal
import threading
from types import FrameType, TracebackType

# Ctrl-C; the signal of `kill` and of a system that shuts down; that of a terminal which is closed (not on Windows).
SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Interrupts:
    """In this context every one of these signals raises KeyboardInterrupt.

    From `postpone` on the first one is only noted, until `raise_if_noted` is asked; from `hold` on none does anything.
    A signal that was ignored before, as in a program started with nohup, stays so.
    """

    def __enter__(self) -> "Interrupts":
        self.noted = False
        self.before = {}
        if threading.current_thread() is threading.main_thread():  # the only one that Python gives signals to
            self.before = {number: signal.getsignal(number) or signal.SIG_DFL for number in SIGNALS}
        self._set(self._interrupt)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def postpone(self) -> None:
        """From now on the first signal waits for `raise_if_noted`. A second one does not: somebody is impatient.

        An exception that is raised anywhere inside TensorFlow can bring the program down before anything is saved.
        """
        self._set(self._note)

    def raise_if_noted(self) -> None:
        """Raise KeyboardInterrupt if there was a signal since `postpone`."""
        if self.noted:
            raise KeyboardInterrupt

    def hold(self) -> None:
        """From now on signals do nothing."""
        self._set(signal.SIG_IGN)

    def _set(self, handler) -> None:
        for number, before in self.before.items():
            if before != signal.SIG_IGN:
                signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.raise_if_noted()
        self.noted = True

    @staticmethod
    def _interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt
