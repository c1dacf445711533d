"""Long columns put together anew from stretches of the old ones where only a few rows change."""

from itertools import pairwise
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

MOST = 2000
"""Up to so many cuts a column is put together from stretches, which are copied some ten times faster than by mask."""

Places = NDArray[np.intp]


def spliced[Column: NDArray[Any]](column: Column, out: Places, at: Places, added: Column) -> Column:
    """Return a column without some places and then with values put in before others.

    Parameters
    ----------
    column
        Of any shape; its first axis is that of the rows.
    out
        The places that go, ascending.
    at
        The places among those that stay before which values come in, ascending.
    added
        As many values.
    """
    if len(out) + len(at) > MOST:
        return cast("Column", np.insert(np.delete(column, out, axis=0), at, added, axis=0))
    ends = [*out.tolist(), len(column)]
    begins = [0, *(place + 1 for place in out.tolist())]
    left = np.concatenate([column[a:b] for a, b in zip(begins, ends, strict=True)]) if len(out) else column
    stretches = [left[a:b] for a, b in pairwise([0, *at.tolist(), len(left)])]
    pieces = [stretches[0]]
    for number, stretch in enumerate(stretches[1:]):
        pieces += [added[number : number + 1], stretch]
    return cast("Column", np.concatenate(pieces))
