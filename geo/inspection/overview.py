"""What is in a project, counted: rows per table, sites per kind and status, the figures of its inspections."""

from dataclasses import asdict
from typing import Any

from geo.inspection import figures, status
from geo.language import tr
from geo.model import STATUSES, TABLES, Status
from geo.store.tables import Tables, name_of

Overview = dict[str, Any]


def overview(project: Tables) -> Overview:
    """Return the counts of a project as plain data, the contract of ``info --json``.

    Its keys: ``project``, ``tables`` (rows by table), ``sites`` (``total``, ``by_kind``, ``by_status``) and
    ``figures``. Kinds and statuses that no site has are counted too, as 0.
    """
    sites = project.frame("sites")
    kinds = sites["kind"].value_counts()
    statuses = status.assess(project)["status"].value_counts()
    codes = [*project.frame("kinds")["code"], *kinds.index]
    return {
        "project": {
            "file": str(project.path),
            "name": project.title("zh"),
            "name_en": project.title("en"),
            "today": project.today().isoformat(),
        },
        "tables": {name: len(project.frame(name)) for name in TABLES},
        "sites": {
            "total": len(sites),
            "by_kind": {code: int(kinds.get(code, 0)) for code in dict.fromkeys(codes)},
            "by_status": {one.value: int(statuses.get(one.value, 0)) for one in Status},
        },
        "figures": asdict(figures.figures(project)),
    }


def as_text(project: Tables, facts: Overview) -> str:
    """Return an overview as lines to read, in the language in use."""
    kinds = {row["code"]: name_of(row) for _, row in project.frame("kinds").iterrows()}
    lines = [f"{project.title()} · {facts['project']['today']} · {project.path}"]

    def block(title: str, counts: dict[str, Any]) -> None:
        lines.extend(("", title))
        lines.extend(f"{count:>9,}  {name}" for name, count in counts.items())

    block(tr("Rows per table"), {TABLES[name].title(): count for name, count in facts["tables"].items()})
    by_kind = facts["sites"]["by_kind"]
    block(tr("Sites per kind"), {kinds.get(code, code): count for code, count in by_kind.items()})
    by_status = facts["sites"]["by_status"]
    block(tr("Sites per status"), {choice.title(): by_status[choice.value] for choice in STATUSES})
    titles = _figure_titles()
    numbers = {titles[name]: value for name, value in facts["figures"].items() if name in titles}
    block(tr("Figures"), numbers)
    return "\n".join(lines)


def _figure_titles() -> dict[str, str]:
    return {
        "sites_inspected": tr("sites inspected"),
        "weaknesses_found": tr("weaknesses found"),
        "suggestions_issued": tr("suggestions for rectification issued"),
        "school_units_tested": tr("schools and kindergartens tested"),
        "school_persons_tested": tr("persons tested in them"),
        "subdistricts": tr("subdistricts"),
        "person_times": tr("person-times of inspectors"),
        "inspection_teams": tr("inspection teams"),
        "focus_topics": tr("focus topics"),
    }
