"""The sheet of a random draw: what was drawn from what, by which seed, for those who sign it and those who check it."""

from collections.abc import Mapping
from typing import Any

from geo.language import Language, tr
from geo.model import SITES
from geo.planning.draws.draw import site_lot
from geo.planning.draws.draw_record import Record, pool_of
from geo.sheets import typeset

LOT_SHOWN = 12
"""How many letters of a lot are printed: enough to tell them apart by eye."""


def draw_sheet(record: Record, lang: Language = "zh") -> bytes:
    """Return the sheet of a draw as PDF, A4.

    Parameters
    ----------
    record
        As `geo.planning.draws.draw_record.read` returns it.
    lang
        Language of the sheet; names are printed as the record has them.
    """
    return typeset.to_pdf("draw_sheet.typ", {"lang": lang, "words": _words(lang), **_content(record, lang)}, {})


def _content(record: Record, lang: Language) -> dict[str, Any]:
    terms = record["terms"]
    units = {unit.id: unit for unit in pool_of(record)}
    names = {tuple(row["stratum"]): row["name"] for row in record["strata"]}
    weights = record.get("weights", {})
    risks = ", ".join(
        f"{SITES.column('risk').choice_title(str(risk), lang)} {weight}" for risk, weight in weights.items()
    )
    rows = [
        {
            "number": number,
            "code": row.get("code", ""),
            "name": row.get("name") or row["id"],
            "stratum": names.get(units[row["id"]].stratum, ""),
            "weight": units[row["id"]].weight,
            "lot": site_lot(terms["seed"], units[row["id"]])[:LOT_SHOWN],
            "team": row.get("team_name") or row["team"],
            "place": row["place"] or "",
        }
        for number, row in enumerate(record["result"], start=1)
    ]
    return {
        "project": record.get("project", ""),
        "facts": [
            [tr("Day of the visits", lang), record.get("date", "")],
            [tr("Seed", lang), terms["seed"]],
            [tr("Drawn", lang), tr("{count} of {size} sites", lang, count=len(rows), size=len(units))],
            [tr("Pool", lang), record.get("source", "")],
            [tr("Lots by risk", lang), risks],
            [tr("Drawn by", lang), _by_whom(record)],
            [tr("Program and method", lang), f"{record.get('program', '')} · {record['algorithm']}"],
        ],
        "strata": [[row["name"], row["size"], row["count"]] for row in record["strata"] if row["stratum"]],
        "rows": rows,
        "with_teams": bool(terms["teams"]),
        "with_order": bool(terms["random_order"]),
        "fingerprint": record["fingerprint"],
    }


def _by_whom(record: Mapping[str, Any]) -> str:
    return " · ".join(text for text in (record.get("who", ""), record.get("made_at", "")) if text)


def _words(lang: Language) -> dict[str, str]:
    return {
        "title": tr("Record of a random draw", lang),
        "strata": tr("Strata", lang),
        "stratum": tr("Stratum", lang),
        "size": tr("In the pool", lang),
        "count": tr("Drawn", lang),
        "code": tr("Code", lang),
        "site": tr("Site", lang),
        "weight": tr("Lots", lang),
        "lot": tr("Smallest lot", lang),
        "team": tr("Team", lang),
        "place": tr("Order", lang),
        "fingerprint": tr("Fingerprint", lang),
        "how": tr("Anyone can run this draw again from the exported record with “verify-draw” and get the same.", lang),
        "drawn_by": tr("Drawn by", lang),
        "witness": tr("Witness", lang),
        "signature": tr("Signature", lang),
        "page": tr("page {page} of {pages}", lang),
    }
