"""The record of a draw: all that it was made from and what it gave, as JSON that anyone can run again."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from geo.errors import XunluError
from geo.language import tr
from geo.planning.draws.draw import ALGORITHM, Allocation, Draw, Stratum, Terms, Unit, draw

Record = dict[str, Any]
"""What `made` returns and JSON holds: ``algorithm``, ``terms``, ``pool``, ``strata``, ``result``, words for readers,
and ``fingerprint``, by which a change of any of it is seen."""


def made(
    pool: Sequence[Unit],
    terms: Terms,
    *,
    called: Mapping[str, Mapping[str, str]],
    strata: Mapping[Stratum, str],
    about: Mapping[str, Any],
) -> Record:
    """Draw, and return the record of it.

    Parameters
    ----------
    pool, terms
        What is drawn, and how; see `geo.planning.draws.draw.draw`.
    called
        Words for readers by the id of a site or team, such as ``code`` and ``name``.
    strata
        The names of the strata.
    about
        What else the record says, such as who made it, when and with what.
    """
    drawn = draw(pool, terms)
    sizes = [unit.stratum for unit in pool]
    record: Record = {
        "algorithm": ALGORITHM,
        **about,
        "terms": {
            "seed": terms.seed,
            "count": terms.count,
            "allocation": terms.allocation,
            "given": [{"stratum": list(key), "count": count} for key, count in sorted(terms.given.items())],
            "random_order": terms.random_order,
            "teams": [{"id": team, **called.get(team, {})} for team in terms.teams],
        },
        "pool": [_unit(unit, called) for unit in sorted(pool, key=lambda unit: unit.id)],
        "strata": [
            {"stratum": list(key), "name": strata.get(key, ""), "size": sizes.count(key), "count": count}
            for key, count in drawn.counts.items()
        ],
        "result": _result(drawn, called),
    }
    return {**record, "fingerprint": fingerprint(record)}


def fingerprint(record: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a record without its fingerprint: as JSON with sorted keys, no spaces, in UTF-8."""
    rest = {key: value for key, value in record.items() if key != "fingerprint"}
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def as_text(record: Mapping[str, Any]) -> str:
    """Return a record as the JSON text that is kept and exported."""
    return json.dumps(record, ensure_ascii=False, indent=1)


def read(text: str) -> Record:
    """Return the record that a text holds.

    Raises
    ------
    XunluError
        If it holds none, or one made by another method.
    """
    try:
        record = json.loads(text)
        algorithm = record["algorithm"]
        pool_of(record), terms_of(record), _rows(record)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise XunluError(
            tr("This is no record of a draw."), tr("Choose a file that was exported from a draw.")
        ) from error
    if algorithm != ALGORITHM:
        raise XunluError(
            tr("The draw was made by the method “{method}”, which this version does not know.", method=algorithm),
            tr("Verify it with the version of the program that the record names."),
        )
    return {**record}


def pool_of(record: Mapping[str, Any]) -> list[Unit]:
    """Return the pool of a record."""
    return [
        Unit(str(row["id"]), int(row["weight"]), tuple(map(str, row["stratum"])), dict(row.get("barred", {})))
        for row in record["pool"]
    ]


def terms_of(record: Mapping[str, Any]) -> Terms:
    """Return the terms of a record."""
    terms = record["terms"]
    allocation: Allocation = terms["allocation"]
    return Terms(
        str(terms["seed"]),
        int(terms["count"]),
        allocation,
        {tuple(map(str, row["stratum"])): int(row["count"]) for row in terms["given"]},
        tuple(str(team["id"]) for team in terms["teams"]),
        bool(terms["random_order"]),
    )


def differences(record: Mapping[str, Any]) -> list[str]:
    """Run a record's draw again and return in sentences what comes out differently; nothing if it is the same.

    Parameters
    ----------
    record
        As `read` returns it.
    """
    try:
        again = draw(pool_of(record), terms_of(record))
    except XunluError as error:
        return [tr("It cannot be run again: {reason}", reason=error.message)]
    found = []
    if record.get("fingerprint") != fingerprint(record):
        found.append(tr("The record was changed after it was made: its fingerprint is another one."))
    counts = {tuple(row["stratum"]): row["count"] for row in record["strata"]}
    for key, count in again.counts.items():
        if counts.get(key) != count:
            place = " / ".join(key) or tr("all sites")
            found.append(
                tr("{stratum}: {count} are drawn, not {said}.", stratum=place, count=count, said=counts.get(key, 0))
            )
    return found + _other_sites(record, again)


def _other_sites(record: Mapping[str, Any], again: Draw) -> list[str]:
    names = {row["id"]: row.get("name") or row["id"] for row in (*record["pool"], *record["terms"]["teams"])}
    said, drawn = _rows(record), {one.id: (one.team, one.place) for one in again.drawn}
    found = [tr("“{site}” is drawn, but not in the record.", site=names[site]) for site in drawn if site not in said]
    found += [
        tr("“{site}” is in the record, but not drawn.", site=names.get(site, site))
        for site in said
        if site not in drawn
    ]
    for site in [site for site in said if site in drawn and said[site] != drawn[site]]:
        team, place = drawn[site]
        text = names.get(team, tr("no team")) + (f" ({place})" if place else "")
        found.append(tr("“{site}” is drawn for {team}, not as the record says.", site=names[site], team=text))
    if not found and list(said) != list(drawn):
        found.append(tr("The same sites are drawn, but in another order."))
    return found


def _rows(record: Mapping[str, Any]) -> dict[str, tuple[str, int]]:
    """Return team and place of each site of a record's result, in its order."""
    return {str(row["id"]): (str(row["team"]), int(row["place"])) for row in record["result"]}


def _unit(unit: Unit, called: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    row = {"id": unit.id, **called.get(unit.id, {}), "weight": unit.weight, "stratum": list(unit.stratum)}
    return {**row, "barred": dict(sorted(unit.barred.items()))} if unit.barred else row


def _result(drawn: Draw, called: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            **called.get(one.id, {}),
            "team": one.team,
            "team_name": called.get(one.team, {}).get("name", ""),
            "place": one.place,
        }
        for one in drawn.drawn
    ]
