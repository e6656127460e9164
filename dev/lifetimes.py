"""A child process never outlives the process that started it, not even a `kill -9` of that one."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1

# Loaded here, because after a fork it is too late to load a library safely.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(death_signal: int = signal.SIGKILL) -> Callable[[], None]:
    """Return a `preexec_fn` that has the kernel send `death_signal` to the child when its parent is gone.

    The kernel watches the *thread* that forked: start children from a thread that lives as long as they should.
    Elsewhere than on Linux the returned function does nothing.
    """
    parent = os.getpid()

    def in_the_child() -> None:
        _ask_kernel_for(death_signal)
        # The parent may have died between the fork and the line above, and then no signal would ever come.
        if os.getppid() != parent:
            os._exit(1)

    return in_the_child


def end_with_own_parent(end_signal: int) -> None:
    """Have the kernel send `end_signal` to this very process when the one that started it is gone."""
    _ask_kernel_for(end_signal)


def _ask_kernel_for(death_signal: int) -> None:
    if _libc is not None and _libc.prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
