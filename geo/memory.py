"""Memory that was freed, given back to the system where the C library would keep it for later."""

import sys
from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """Let the system have what is free in the heap; it does nothing where the C library is not that of GNU.

    That library keeps what lies below the last block in use: some hundred megabytes after a million rows were read or
    written, for good. To look for it takes a millisecond, and a few more where there is much.
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    if sys.platform != "linux":
        return None
    import ctypes

    try:
        return ctypes.CDLL(None).malloc_trim
    except AttributeError:  # musl, for one, has none and needs none
        return None
