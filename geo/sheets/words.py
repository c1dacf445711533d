"""The fixed words of the sheets."""

from datetime import date

from geo.language import Language, tr


def weekday(day: date, lang: Language) -> str:
    """Return the name of a day of the week."""
    names = (
        tr("Monday", lang),
        tr("Tuesday", lang),
        tr("Wednesday", lang),
        tr("Thursday", lang),
        tr("Friday", lang),
        tr("Saturday", lang),
        tr("Sunday", lang),
    )
    return names[day.weekday()]


def words(lang: Language) -> dict[str, str]:
    """Return the words that a template prints, by the name it calls them."""
    return {
        "title": tr("Route sheet", lang),
        "plan_version": tr("Plan version", lang),
        "members": tr("Members", lang),
        "leader": tr("leader", lang),
        "base": tr("Start and end", lang),
        "planned": tr("Planned", lang),
        "actual": tr("Actual", lang),
        "odometer": tr("Odometer", lang),
        "signature": tr("Signature", lang),
        "area": tr("Area", lang),
        "area_leader": tr("Attached leader", lang),
        "contact": tr("Contact", lang),
        "stops": tr("Stops", lang),
        "distance": tr("Distance", lang),
        "travel": tr("Travelling", lang),
        "stay": tr("Stay", lang),
        "site": tr("Site", lang),
        "leg": tr("Leg", lang),
        "hours": tr("Hours", lang),
        "result": tr("Result", lang),
        "record": tr("Findings and signature", lang),
        "arrived": tr("arrived", lang),
        "left": tr("left", lang),
        "passed": tr("passed", lang),
        "findings": tr("findings", lang),
        "no_access": tr("no access", lang),
        "last": tr("Last", lang),
        "due": tr("due", lang),
        "overdue": tr("overdue", lang),
        "wait": tr("Wait", lang),
        "pause": tr("Break", lang),
        "back": tr("Way back", lang),
        "spare": tr("added on the way", lang),
        "left_out": tr("Due in this area but on no route", lang),
        "page": tr("page {page} of {pages}", lang),
        "sheet": tr("Sheet", lang),
    }
