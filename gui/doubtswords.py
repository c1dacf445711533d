"""What is wrong with the sites chosen, and what a fix or a merge would do, in words."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from geo.language import tr
from geo.model import SITES
from gui.doubtsmodel import DoubtsModel
from gui.fields import name_in
from gui.session import Session

if TYPE_CHECKING:
    from geo.quality.doubts import Doubt
    from geo.store.edits import RowChange


def what_is_done(session: Session, model: DoubtsModel, chosen: "Sequence[Doubt]") -> str:
    """Return what is wrong with what is chosen and what can be done about it."""
    if not chosen:
        return tr("Choose a doubt to see its sites on the map.")
    if len(chosen) > 1:
        fixable = sum(1 for doubt in chosen if doubt.fixable)
        return (
            tr("{number} doubts chosen; {fixable} of them can be fixed at once.", number=len(chosen), fixable=fixable)
            if fixable
            else tr("{number} doubts chosen; only a person can tell what is right.", number=len(chosen))
        )
    doubt = chosen[0]
    return "\n".join([doubt.text, *_done(session, model, doubt)])


def _done(session: Session, model: DoubtsModel, doubt: "Doubt") -> Iterator[str]:
    if doubt.kind.merges:
        yield tr(
            "When merged, {site} stays. Choose another of its sites to keep that one.", site=model.name(doubt.sites[0])
        )
    for change in doubt.fix:
        for name, value in (change.after or {}).items():
            if name not in ("placed_by", "confidence"):
                yield _changed(session, change, name, value)


def _changed(session: Session, change: "RowChange", name: str, value: Any) -> str:
    if name == "geometry":
        if value is None:
            return tr("Fix removes the coordinates; the site can then be placed anew.")
        return tr("Fix moves it to {lat}° N, {lon}° E.", lat=f"{value.y:.5f}", lon=f"{value.x:.5f}")
    column = SITES.column(name)
    before = (change.before or {}).get(name)
    return tr(
        "Fix changes {column} from {before} to {after}.",
        column=column.title(),
        before=_written(session, column.refers_to, before),
        after=_written(session, column.refers_to, value),
    )


def _written(session: Session, refers_to: str, value: Any) -> str:
    if refers_to and session.project is not None and value in session.project.frame(refers_to).index:
        return name_in(session.project.row(refers_to, value))
    return str(value) if value not in (None, "") else "–"
