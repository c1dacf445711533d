"""Sites coloured by any column in place of their status: by category, or graduated in steps of a number.

The colours of categories are those of P. Tol's "bright" scheme and of Okabe and Ito, which people with the usual
colour-vision deficiencies can tell apart, each with a shape of its own; the ramps, from ColorBrewer and viridis, grow
darker all the way, so that they hold in grey.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from geo import resource
from geo.inspection import status
from geo.language import Language, tr
from geo.model import SITES, Column
from geo.store.tables import Tables, name_of
from layers.style import StatusStyle

Method = Literal["quantiles", "equal", "round"]
METHODS: tuple[Method, ...] = ("quantiles", "equal", "round")
MOST_CATEGORIES = 11
"""So many values get a colour of their own, the commonest; the rest share one."""

LEAST, MOST = 2, 9
"""Classes of a graduated colouring."""

STATUS = "status"
FINDINGS = "open_findings"
"""The number that the inspections add to a site's own columns."""

OTHER, EMPTY = "other", "empty"


@dataclass(frozen=True)
class Classing:
    """How sites are coloured.

    Parameters
    ----------
    column
        ``status``, or the name of a column.
    method
        How a column of numbers is cut: into equal counts, equal steps, or steps with round limits.
    count
        The number of those classes, `LEAST` to `MOST`.
    ramp
        The name of their colours.
    colours
        The colour that a category has, by value, where it is not the next of the scheme.
    label
        The column whose value names a site on the map.
    """

    column: str = STATUS
    method: Method = "quantiles"
    count: int = 5
    ramp: str = "heat"
    colours: Mapping[str, str] = field(default_factory=dict)
    label: str = "name"


@dataclass(frozen=True)
class SiteClass:
    """One class: its key, what the legend says, and how its sites look."""

    key: str
    title: str
    look: StatusStyle


@dataclass(frozen=True)
class Classed:
    """The class of each site, by number, and the classes in the order of the legend; -1 never occurs."""

    codes: NDArray[np.int64]
    classes: tuple[SiteClass, ...]


def read(data: Mapping[str, Any]) -> Classing:
    """Return the classing that a project keeps; what does not fit stands at its default."""
    classing = Classing()
    column, label, method = data.get("column"), data.get("label"), data.get("method")
    count, ramp, colours = data.get("count"), data.get("ramp"), data.get("colours")
    names = {each.name for each in columns()}
    return Classing(
        column=column if column in {STATUS, *names} else classing.column,
        method=method if method in METHODS else classing.method,
        count=min(max(count, LEAST), MOST) if isinstance(count, int) else classing.count,
        ramp=ramp if ramp in ramps() else classing.ramp,
        colours=_colours(colours) if isinstance(colours, dict) else {},
        label=label if label in {each.name for each in label_columns()} else classing.label,
    )


def written(classing: Classing) -> dict[str, Any]:
    """Return what a project keeps of a classing: what differs from the default."""
    default = asdict(Classing())
    return {name: value for name, value in asdict(classing).items() if value != default[name]}


def columns() -> tuple[Column, ...]:
    """Return the columns by which sites can be coloured: those with choices, references, kinds and numbers."""
    own = tuple(
        each for each in SITES.columns if each.choices or each.type in {"int", "real", "ref"} or each.name == "kind"
    )
    return (*own, Column(FINDINGS, "int", "Open findings", "未销问题"))


def label_columns() -> tuple[Column, ...]:
    """Return the columns that can name a site on the map."""
    return tuple(each for each in SITES.columns if each.type in {"text", "int", "windows"} and each.name != "kind")


def is_number(column: str) -> bool:
    """Return whether a column is graduated; else each value is a category."""
    return next((each.type for each in columns() if each.name == column), "") in {"int", "real"}


@cache
def _scheme() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(resource.path("styles/ramps.json").read_text("utf-8"))
    return data


def ramps() -> tuple[str, ...]:
    """Return the names of the ramps."""
    return tuple(_scheme()["ramps"])


def ramp_colours(name: str, count: int) -> list[QColor]:
    """Return so many colours of a ramp, from its light end to its dark one; KeyError if there is no such ramp."""
    given = np.array([_rgb(QColor(each)) for each in _scheme()["ramps"][name]], dtype=np.float64)
    at = np.linspace(0, len(given) - 1, count)
    parts = [np.interp(at, np.arange(len(given)), given[:, channel]) for channel in range(3)]
    return [QColor(round(r), round(g), round(b)) for r, g, b in zip(*parts, strict=True)]


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()


def classify(classing: Classing, project: Tables, lang: Language | None = None) -> Classed:
    """Return the class of every site, in the order of the table of sites.

    Parameters
    ----------
    classing
        By which column, and how.
    project
        Whose sites.
    lang
        The language of the titles.
    """
    if classing.column == FINDINGS:
        facts = status.gather(project, np.datetime64(project.today(), "D"))
        return _graduated(classing, facts.findings.astype(np.float64), lang)
    values = project.frame("sites")[classing.column]
    if is_number(classing.column):
        return _graduated(classing, values.to_numpy(dtype=np.float64, na_value=np.nan), lang)
    return _categories(classing, project, values, lang)


def title_of(column: str, lang: Language | None = None) -> str:
    """Return what a column by which sites can be coloured is called."""
    return next(each.title(lang) for each in columns() if each.name == column)


def text_of(sites: pd.DataFrame, site: str, column: str) -> str:
    """Return what stands in a column of a site, as its name on the map; empty for nothing and for no such site."""
    try:
        value: Any = sites.at[site, column]
    except KeyError:
        return ""
    return "" if pd.isna(value) else str(value)


def limits(values: NDArray[np.float64], method: Method, count: int) -> NDArray[np.float64]:
    """Return the limits between the classes of some numbers, ascending, each above the least and up to the greatest.

    A number belongs to the class above a limit that it equals. There are fewer classes than asked for where the
    numbers do not give them.
    """
    known = values[np.isfinite(values)]
    if not len(known) or known.min() == known.max():
        return np.empty(0)
    distinct = np.unique(known)
    if len(distinct) <= count:
        return np.asarray(distinct[1:], dtype=np.float64)
    shares = np.linspace(0, 1, count + 1)[1:-1]
    low, high = float(known.min()), float(known.max())
    if method == "quantiles":
        found = np.quantile(known, shares)
    elif method == "equal":
        found = low + (high - low) * shares
    else:
        step = _round_step((high - low) / count)
        found = np.arange(np.floor(low / step) + 1, np.ceil(high / step)) * step
    found = np.unique(found)
    found = found[(found > low) & (found <= high)]
    # Where nearly all are the same, what differs from them is a class.
    return found if len(found) else np.array([distinct[1]])


def _round_step(step: float) -> float:
    power = 10.0 ** np.floor(np.log10(step))
    return float(next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step * (1 - 1e-9)))


def _graduated(classing: Classing, values: NDArray[np.float64], lang: Language | None) -> Classed:
    cuts = limits(values, classing.method, classing.count)
    known = values[np.isfinite(values)]
    ends = [*([known.min()] if len(known) else []), *cuts.tolist(), *([known.max()] if len(known) else [])]
    count = max(len(ends) - 1, 0)
    colours = ramp_colours(classing.ramp, count) if count else []
    found = [
        SiteClass(f"class{at}", _span(ends[at], ends[at + 1], at == count - 1), _look(colour, "circle", at + 1))
        for at, colour in enumerate(colours)
    ]
    found.append(SiteClass(EMPTY, tr("Nothing entered", lang), _look(_other(), "circle", 0)))
    codes = np.where(np.isfinite(values), np.searchsorted(cuts, values, side="right"), count)
    return Classed(codes.astype(np.int64), tuple(found))


def _span(low: float, high: float, is_last: bool) -> str:
    if low == high:
        return f"{low:,.6g}"
    return f"{low:,.6g} – {high:,.6g}" if is_last else f"{low:,.6g} – <{high:,.6g}"


def _categories(classing: Classing, project: Tables, values: pd.Series, lang: Language | None) -> Classed:
    codes, found = pd.factorize(values.astype(object).fillna("").astype(str), sort=True)
    counts = np.bincount(codes, minlength=len(found))
    by_count = [at for at in np.argsort(-counts, kind="stable").tolist() if found[at] != ""]
    named, rest = sorted(by_count[:MOST_CATEGORIES]), by_count[MOST_CATEGORIES:]
    scheme, dots = _scheme()["categories"], _scheme()["dots"]
    titles = _titles(classing.column, project, lang)
    classes, number = [], np.full(len(found) + 1, -1)
    for place, at in enumerate(named):
        value = str(found[at])
        colour = QColor(classing.colours.get(value, scheme[place % len(scheme)]))
        look = _look(colour, dots[place % len(dots)], place + 1)
        number[at] = place
        classes.append(SiteClass(value, titles.get(value, value), look))
    if rest:
        number[rest] = len(classes)
        classes.append(SiteClass(OTHER, tr("Others", lang), _look(_other().darker(120), "circle", 0)))
    if (number[: len(found)] < 0).any():
        number[number < 0] = len(classes)
        classes.append(SiteClass(EMPTY, tr("Nothing entered", lang), _look(_other(), "circle", 0)))
    return Classed(number[codes].astype(np.int64), tuple(classes))


def _titles(column: str, project: Tables, lang: Language | None) -> dict[str, str]:
    """Return what the legend says for the values of a column."""
    if column == "kind":
        kinds = project.frame("kinds")
        return {str(row["code"]): name_of(row, lang) for _, row in kinds.iterrows()}
    of = SITES.column(column)
    if of.refers_to:
        rows = project.frame(of.refers_to)
        if "name" in rows.columns and "name_en" in rows.columns:
            return {str(row_id): name_of(row, lang) for row_id, row in rows.iterrows()}
        return {}
    return {each.value: each.title(lang) for each in of.choices}


def _look(fill: QColor, dot: str, rank: int) -> StatusStyle:
    light = 0.3 * fill.red() + 0.59 * fill.green() + 0.11 * fill.blue() > 140
    return StatusStyle(
        fill=fill, ink=QColor("#22252A") if light else QColor("#FFFFFF"), mark="none", dot=dot, rank=rank
    )


def _other() -> QColor:
    return QColor(_scheme()["other"])


def _colours(data: Mapping[Any, Any]) -> dict[str, str]:
    return {
        str(value): str(colour)
        for value, colour in data.items()
        if str(colour).startswith("#") and QColor.isValidColorName(str(colour))
    }
