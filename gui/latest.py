"""What is worked out beside the window from some tables, and again only once one of them has changed."""

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING

from geo.errors import XunluError
from geo.progress import Report
from gui.session import Session

if TYPE_CHECKING:
    import pandas as pd

    from geo.store.tables import Tables


class Latest[T]:
    """Keep one answer up with a project; what was asked before the last question is not told.

    Parameters
    ----------
    session
        Whose project it is about, and who runs the work.
    tables
        The names of the tables that the answer hangs on.
    """

    def __init__(self, session: Session, tables: Sequence[str]) -> None:
        self._session, self._tables = session, tables
        self._asked: tuple[Hashable, tuple[pd.DataFrame, ...]] | None = None

    def forget(self) -> None:
        """Let the next question be worked out in any case, and tell nothing more of the last."""
        self._asked = None

    def ask(
        self,
        question: Hashable,
        work: "Callable[[Tables, Report], T]",
        tell: Callable[[T], None],
        failed: Callable[[XunluError], None] | None = None,
    ) -> None:
        """Work in a thread on the open project and tell the answer, unless that was done and nothing has changed."""
        project, before = self._session.open_project(), self._asked
        frames = tuple(project.frame(name) for name in self._tables)
        if before is not None and before[0] == question and all(a is b for a, b in zip(before[1], frames, strict=True)):
            return
        asked = self._asked = (question, frames)
        snapshot = project.snapshot()

        def done(answer: T) -> None:
            if self._asked is asked:
                tell(answer)

        self._session.jobs.start(lambda report: work(snapshot, report), done, failed or self._session.tell_error)
