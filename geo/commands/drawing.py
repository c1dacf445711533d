"""The verbs ``draw`` and ``verify-draw``: draw sites and teams at random, and run the record of a draw again."""

import argparse
import json
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.commands.planning import day_of
from geo.errors import XunluError
from geo.files import write_whole
from geo.language import current, tr
from geo.progress import Report

if TYPE_CHECKING:
    from geo.planning.draws.draw import Allocation
    from geo.planning.draws.draw_project import By
    from geo.planning.draws.draw_record import Record
    from geo.store.project import Project

POOLS = ("due", "overdue", "all")


def add_verbs(add: Callable[..., argparse.ArgumentParser], report_to: Report) -> None:
    """Add the two verbs by a function that takes a name, what does it, and its help."""
    draw_options(add("draw", partial(draw, report_to=report_to), tr("draw sites and teams at random")))
    verify = add("verify-draw", verify_draw, tr("run the record of a draw again and say what differs"), file=False)
    verify.add_argument("record", type=Path, metavar="FILE", help=tr("exported record (.json), or a project (.gpkg)"))
    verify.add_argument("--json", action="store_true", help=tr("as JSON"))


def draw_options(verb: argparse.ArgumentParser) -> None:
    """Give the verb its options."""
    verb.add_argument("--count", type=int, required=True, metavar="N", help=tr("how many sites to draw"))
    verb.add_argument("--seed", required=True, help=tr("the seed: one line of text that all may know"))
    verb.add_argument("--date", type=day_of, help=tr("day of the visits, like 2021-06-02 (the project's today)"))
    verb.add_argument("--from", dest="pool", choices=POOLS, default="due", help=tr("the pool (due)"))
    verb.add_argument("--where", metavar="EXPRESSION", help=tr("only sites for which this holds, like risk = high"))
    verb.add_argument("--by", default="", metavar="COLUMNS", help=tr("strata: kind, subdistrict, or both with a comma"))
    verb.add_argument("--equal", action="store_true", help=tr("as many from each stratum, not in proportion"))
    verb.add_argument("--weights", metavar="LOTS", help=tr("lots by risk (low=1,medium=2,high=4)"))
    verb.add_argument("--no-teams", action="store_true", help=tr("draw sites only"))
    verb.add_argument("--team", action="append", metavar="CODE", help=tr("only this team (may be given again)"))
    verb.add_argument("--random-order", action="store_true", help=tr("draw the order of each team's sites as well"))
    verb.add_argument("--out", type=Path, metavar="JSON", help=tr("write the record as a file too"))
    verb.add_argument("--pdf", type=Path, metavar="PDF", help=tr("write the sheet of the draw"))
    verb.add_argument("--json", action="store_true", help=tr("as JSON"))


def draw(given: argparse.Namespace, report_to: Report) -> None:  # noqa: ARG001  a draw takes no time
    """Draw, keep the record in the project, and print what was drawn."""
    from geo.planning.draws import draw_project, draw_record
    from geo.planning.draws.draw import Terms
    from geo.store.project import Project

    by, weights = _strata(given.by), _weights(given.weights)
    with Project.open(given.file) as project:
        day = given.date or project.today()
        teams = () if given.no_teams else _teams(project, day, given.team)
        pool = draw_project.pool_of(project, day, _sites(project, day, given), by=by, weights=weights, teams=teams)
        way: Allocation = "equal" if given.equal else "proportional"
        terms = Terms(given.seed, given.count, way, {}, teams, given.random_order)
        source = " · ".join(filter(None, (_pool_name(given.pool), given.where or "")))
        record = draw_project.record_of(
            project, day, pool, terms, who=project.who, by=by, weights=weights, source=source
        )
        project.apply(draw_project.keep(record))
    if given.out:
        write_whole(given.out, draw_record.as_text(record).encode())
    if given.pdf:
        from geo.sheets.draw_sheet import draw_sheet

        write_whole(given.pdf, draw_sheet(record, current()))
    print(draw_record.as_text(record) if given.json else _as_lines(record))


def verify_draw(given: argparse.Namespace) -> int:
    """Run the draws of a file again; return 0 if each comes out the same, else 1."""
    from geo.planning.draws import draw_record

    facts: list[dict[str, Any]] = []
    for title, text in _records(given.record):
        record = draw_record.read(text)
        facts.append({"draw": title, "seed": record["terms"]["seed"], "differs": draw_record.differences(record)})
    if given.json:
        print(json.dumps(facts, ensure_ascii=False, indent=1))
    for fact in [] if given.json else facts:
        same = tr("{draw}: run again with the seed “{seed}”, it comes out the same.", **_only(fact, "draw", "seed"))
        print("\n".join(f"{fact['draw']}: {line}" for line in fact["differs"]) or same)
    return int(any(fact["differs"] for fact in facts))


def _only(facts: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: facts[key] for key in keys}


def _records(path: Path) -> list[tuple[str, str]]:
    """Return title and text of the records in a file."""
    from geo.store.project import Project

    if path.suffix.lower() != ".gpkg":
        try:
            return [(path.name, path.read_text("utf-8"))]
        except (OSError, UnicodeDecodeError) as error:
            raise XunluError(tr("{file} cannot be read: {reason}", file=path, reason=error)) from error
    with Project.open(path, read_only=True) as project:
        draws = project.frame("draws")
        found = list(zip(draws["title"].tolist(), draws["record"].tolist(), strict=True))
    if not found:
        raise XunluError(tr("There is no draw in {file}.", file=path.name), tr("Make one with “draw” first."))
    return found


def _sites(project: "Project", day: date, given: argparse.Namespace) -> list[str]:
    """Return the ids of the sites that the options name."""
    from geo.inspection.status import assess, due_sites
    from geo.query.fields import Fields
    from geo.query.grammar import parse
    from geo.query.masks import SiteColumns

    status = assess(project, day)
    due = due_sites(project, day)
    overdue = status.index[status["status"].isin(["overdue", "rectification_overdue"])]
    pools = {"due": due, "overdue": [str(site) for site in overdue], "all": [str(site) for site in status.index]}
    if not given.where:
        return pools[given.pool]
    columns = SiteColumns(Fields.of(project), project.frame("sites"), status, pools)
    mask = columns.mask(parse(given.where, columns.fields, day))
    chosen = {str(site) for site in status.index[mask]}
    return [site for site in pools[given.pool] if site in chosen]


def _teams(project: "Project", day: date, codes: list[str] | None) -> tuple[str, ...]:
    from geo.inspection.absence import on_duty

    going = on_duty(project, day)
    if codes is None:
        return tuple(going)
    by_code = {str(project.row("teams", team)["code"]): team for team in going}
    if unknown := [code for code in codes if code not in by_code]:
        raise XunluError(
            tr("No team “{code}” is on duty on {day}.", code=unknown[0], day=day),
            tr("On duty are {codes}.", codes=", ".join(by_code)),
        )
    return tuple(dict.fromkeys(by_code[code] for code in codes))


def _pool_name(pool: str) -> str:
    return {"due": tr("Due sites"), "overdue": tr("Overdue sites"), "all": tr("All sites")}[pool]


def _strata(text: str) -> "tuple[By, ...]":
    wanted = [part.strip() for part in text.split(",") if part.strip()]
    if unknown := [part for part in wanted if part not in ("kind", "subdistrict")]:
        raise XunluError(tr("There are no strata by “{column}”.", column=unknown[0]), tr("Write kind,subdistrict."))
    found: list[By] = []
    found += ["kind"] if "kind" in wanted else []
    found += ["subdistrict"] if "subdistrict" in wanted else []
    return tuple(found)


def _weights(text: str | None) -> dict[str, int]:
    from geo.planning.draws.draw_project import WEIGHTS

    weights = dict(WEIGHTS)
    for part in (text or "").split(","):
        risk, _, lots = part.partition("=")
        if not part.strip():
            continue
        if risk.strip() not in weights or not lots.strip().isdecimal():
            raise XunluError(
                tr("“{text}” gives no lots.", text=part.strip()), tr("Write it like low=1,medium=2,high=4.")
            )
        weights[risk.strip()] = int(lots)
    return weights


def _as_lines(record: "Record") -> str:
    """Return what was drawn, to read."""
    head = tr("Drawn with the seed “{seed}”: {count} of {size} sites.", seed=record["terms"]["seed"],
              count=len(record["result"]), size=len(record["pool"]))  # fmt: skip
    lines = [head]
    for number, row in enumerate(record["result"], start=1):
        place = f" {row['place']}" if row["place"] else ""
        lines.append(f"{number:4}  {row['code']}  {row['name']}  {row['team_name']}{place}".rstrip())
    return "\n".join(lines)
