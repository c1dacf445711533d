"""What the window knows of the status of all sites: what it is, in words and as numbers, and who is due."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.inspection import status
from geo.inspection.following import follow
from geo.store.edits import Edit
from geo.store.rowset import RowSet
from geo.store.tables import Tables


@dataclass(frozen=True)
class Assessment:
    """The status of all sites of a project on its day.

    Attributes
    ----------
    statuses
        As `geo.inspection.status.assess` returns it.
    due
        The ids of the sites that are due.
    states
        The statuses as places in `geo.inspection.status.STATES`, one entry a site.
    """

    statuses: pd.DataFrame
    due: RowSet
    states: NDArray[np.int8]

    @classmethod
    def of(cls, project: Tables, statuses: pd.DataFrame | None = None) -> "Assessment":
        """Return that of a project as it stands; `statuses` where they are known already."""
        found = status.assess(project) if statuses is None else statuses
        due = RowSet(project.frame("sites").index, status.due_mask(project, project.today()))
        return cls(found, due, status.states(project))

    def after(self, project: Tables, edit: Edit) -> "Assessment":
        """Return that of the project after an edit, looking just at the sites concerned where that is possible."""
        return self.of(project, follow(self.statuses, project, edit))

    def having(self, *statuses: str) -> AbstractSet[str]:
        """Return the ids of the sites that have one of some statuses."""
        return RowSet(self.statuses.index, np.isin(status.STATES, statuses)[self.states])

    def count(self, *statuses: str) -> int:
        """Return how many sites have one of some statuses."""
        return sum(self._counts[one] for one in statuses)

    def counts_at(self, rows: NDArray[np.integer]) -> dict[str, int]:
        """Return how many of the sites at some rows of their table have each status."""
        counts = np.bincount(self.states[rows], minlength=len(status.STATES))
        return dict(zip(status.STATES, counts.tolist(), strict=True))

    @cached_property
    def _counts(self) -> dict[str, int]:
        # Ten times as fast as `np.bincount`, which first makes whole numbers of eight bytes of them.
        return {state: int(np.count_nonzero(self.states == code)) for code, state in enumerate(status.STATES)}
