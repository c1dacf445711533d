"""What is wrong with the rows of a ledger, as text and as a table that can be mended and imported itself."""

import csv
import io
from collections import defaultdict
from pathlib import Path

from geo.exchange.columns import field_title
from geo.exchange.defusing import defused
from geo.exchange.importing import ADDED, CHANGED, REFUSED, SAME, Prepared
from geo.exchange.rows import Problem
from geo.files import write_whole
from geo.language import tr
from geo.model import TABLES


def sentence(prepared: Prepared, problem: Problem) -> str:
    """Return a problem in words: the field, what stands there, and what is wrong with it."""
    field = tr("Shape") if problem.field == "geometry" else field_title(TABLES[prepared.recipe.table], problem.field)
    if not problem.value:
        return f"{field} {problem.reason}"
    return tr("{field}: “{value}” {reason}", field=field, value=problem.value, reason=problem.reason)


def summary(prepared: Prepared) -> str:
    """Return in one line what an import does."""
    counts = {fate: prepared.count(fate) for fate in (ADDED, CHANGED, SAME, REFUSED)}
    return tr(
        "{rows} rows: {added} new, {changed} changed, {same} as before, {refused} refused.",
        rows=len(prepared.ledger),
        **counts,
    )


def write(prepared: Prepared, path: Path) -> int:
    """Write every row about which something is wrong to a CSV file and return their number.

    Number of the row in the file, field, reason, then the cells as they stood: mend them there and import that file.
    """
    by_row: dict[int, list[Problem]] = defaultdict(list)
    for problem in prepared.problems:
        by_row[problem.at].append(problem)
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow([tr("Row"), tr("Outcome"), tr("Field"), tr("Reason"), *map(defused, prepared.ledger.titles)])
    outcomes = {True: tr("not imported"), False: tr("imported without it")}
    for at, problems in by_row.items():
        cells = [defused("" if column[at] is None else str(column[at])) for column in prepared.ledger.columns]
        refused = any(problem.refused for problem in problems)
        fields = "; ".join(problem.field for problem in problems)
        reasons = "; ".join(sentence(prepared, problem) for problem in problems)
        lines.writerow([problems[0].number, outcomes[refused], fields, defused(reasons), *cells])
    write_whole(path, text.getvalue().encode("utf-8-sig"))
    return len(by_row)
