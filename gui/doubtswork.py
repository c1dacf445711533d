"""Looking for doubtful sites and mending them beside the window: one job at a time, each mend applied as one edit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from geo.language import tr
from geo.progress import Report
from gui.doubtsmodel import Key, key_of
from gui.fields import name_in
from gui.jobs import Job
from gui.session import Session

if TYPE_CHECKING:
    from geo.quality.doubts import Doubt
    from geo.store.edits import Edit
    from geo.store.tables import Tables

WAIT_MS = 600
"""How long a look waits for the next edit; longer where the last look took longer."""

MOST_UNASKED = 100_000
"""Of more sites than these only who asks for it has them looked through: that takes minutes and gigabytes."""

LOOKED_AT = frozenset({"sites", "kinds", "subdistricts", "streets"})


@dataclass(frozen=True)
class Looked:
    """What a look has found: the doubts, the code and name of each site in them, and how long it took."""

    doubts: "Sequence[Doubt]"
    names: Mapping[str, str]
    seconds: float


class DoubtsWork(QObject):
    """Look through the session's project in a thread, and again when its sites have changed.

    `found` tells the doubts of a look and the names of their sites; `mended` the doubts that an edit has just dealt
    with.
    """

    found = Signal(object, object)
    mended = Signal(object)
    changed = Signal()
    started = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.has_looked = False
        self._is_stale = False
        self._look: Job | None = None
        self._mend: Job | None = None
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(WAIT_MS)
        self._wait.timeout.connect(self.look)
        session.released.connect(self._stop)
        session.edited.connect(self._on_edit)

    @property
    def is_looking(self) -> bool:
        """Return whether the sites are being looked through."""
        return self._look is not None

    @property
    def is_mending(self) -> bool:
        """Return whether a mend is being worked out."""
        return self._mend is not None

    # Looking

    def look(self) -> None:
        """Look through the sites as they stand now."""
        self._wait.stop()
        if self.session.project is None:
            return
        if self._look is not None:
            # What it looks at is out of date.
            self._look.cancel()
        tables = self.session.project.snapshot()
        self._is_stale = False

        def work(report: Report) -> Looked:
            from geo.quality.look import look

            begin = perf_counter()
            doubts = look(tables, report)
            return Looked(doubts, _names(tables, doubts), perf_counter() - begin)

        job = self._look = self.session.start(work, self._on_found)
        job.ended.connect(lambda: self._on_look_ended(job))
        self.started.emit(job)
        self.changed.emit()

    def _on_found(self, looked: Looked) -> None:
        self.has_looked = True
        self._wait.setInterval(max(WAIT_MS, round(looked.seconds * 1000)))
        self.found.emit(looked.doubts, looked.names)

    def _on_look_ended(self, job: Job) -> None:
        if self._look is job:
            self._look = None
            self.changed.emit()

    def _on_edit(self, edit: "Edit") -> None:
        if not edit.tables() & LOOKED_AT:
            return
        self._is_stale = True
        project = self.session.project
        if project is None or len(project.frame("sites")) > MOST_UNASKED:
            return
        # Sites that have just come in are looked at unasked.
        added = any(change.kind == "insert" for change in edit.changes_of("sites"))
        if self.has_looked or self.is_looking or added:
            self._wait.start()

    def _stop(self) -> None:
        self._wait.stop()
        self._wait.setInterval(WAIT_MS)
        for job in (self._look, self._mend):
            if job is not None:
                job.cancel()
        self._look = self._mend = None
        self.has_looked = self._is_stale = False

    # Mending

    def mend(self, doubts: "Sequence[Doubt]") -> None:
        """Mend doubts as one edit; those whose sites are surely one are merged into their first."""
        self._start_mend(doubts, _mended)

    def merge(self, doubts: "Sequence[Doubt]") -> None:
        """Merge the sites of each doubt into its first, as one edit."""
        self._start_mend(doubts, _merged)

    def _start_mend(self, doubts: "Sequence[Doubt]", make: "Callable[[Tables, Sequence[Doubt]], Edit]") -> None:
        if not doubts or self.is_mending or self.session.project is None:
            return
        tables, is_stale = self.session.project.snapshot(), self._is_stale or self.is_looking
        wanted = {key_of(doubt): doubt for doubt in doubts}

        def work(report: Report) -> "Edit":
            return make(tables, _as_they_stand(tables, wanted, report) if is_stale else doubts)

        self._follow(self.session.start(work, lambda edit: self._apply(edit, doubts)))

    def _apply(self, edit: "Edit", doubts: "Sequence[Doubt]") -> None:
        if not edit.changes:
            self.session.tell(tr("There is nothing left to mend there."))
            self.look()
        else:
            job = self.session.apply_large(edit, lambda: self._on_applied(edit, doubts))
            if job is not None:
                self._follow(job)

    def _on_applied(self, edit: "Edit", doubts: "Sequence[Doubt]") -> None:
        self.session.tell(f"{edit.title}{tr('.')}", tr("Undo takes all of it back."))
        self.mended.emit(doubts)
        # The timer waits as long as the last look took; who mends wants to see the outcome.
        self.look()

    def _follow(self, job: Job) -> None:
        self._mend = job
        job.ended.connect(lambda: self._on_mend_ended(job))
        self.started.emit(job)
        self.changed.emit()

    def _on_mend_ended(self, job: Job) -> None:
        if self._mend is job:
            self._mend = None
            self.changed.emit()


def _names(tables: "Tables", doubts: "Sequence[Doubt]") -> dict[str, str]:
    """Return the code and name of the sites of doubts, taken column by column since single rows take long."""
    wanted = {site for doubt in doubts for site in doubt.sites}
    frame = tables.frame("sites")
    columns = zip(frame.index, *(frame[name].tolist() for name in ("code", "name", "name_en")), strict=True)
    return {
        str(site): " ".join(word for word in (code, name_in({"name": name, "name_en": english})) if word)
        for site, code, name, english in columns
        if site in wanted
    }


def _as_they_stand(tables: "Tables", wanted: "dict[Key, Doubt]", report: Report) -> "list[Doubt]":
    """Return the doubts asked for as a new look finds them, since an edit may have changed what would mend them."""
    from geo.quality.look import look

    fresh = [doubt for doubt in look(tables, report) if key_of(doubt) in wanted]
    return [replace(doubt, sites=wanted[key_of(doubt)].sites) for doubt in fresh]


def _mended(tables: "Tables", doubts: "Sequence[Doubt]") -> "Edit":
    from geo.quality.mending import fix_edit

    return fix_edit(tables, doubts)


def _merged(tables: "Tables", doubts: "Sequence[Doubt]") -> "Edit":
    from geo.quality.mending import fix_edit, merge_edit

    if len(doubts) == 1:
        kept, *others = doubts[0].sites
        return merge_edit(tables, kept, others)
    return fix_edit(tables, [replace(doubt, fix=(), mergeable=True) for doubt in doubts])
