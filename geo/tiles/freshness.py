"""What a server says about its tiles: how long they stay fresh (RFC 9111), and when it wants to be asked again."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

UNSAID_S = 7 * 86_400.0
"""How long a tile is fresh where its server does not say; the tile usage policy of OpenStreetMap asks for that."""

LONGEST_S = 365 * 86_400.0
WAIT_S = 30.0
"""How long a server that is busy is left alone where it does not say."""
LONGEST_WAIT_S = 3600.0


def fresh_until(headers: Mapping[str, str], now: float) -> float | None:
    """Return until when an answer is fresh, in seconds since 1970; None if it may not be kept on disk.

    Parameters
    ----------
    headers
        By their names in lower case.
    now
        Seconds since 1970.
    """
    said = _directives(headers.get("cache-control", ""))
    if "no-store" in said:
        return None
    if "no-cache" in said:
        return now
    if "max-age" in said:
        age = _whole(headers.get("age", "")) or 0
        return now + min(max((_whole(said["max-age"]) or 0) - age, 0), LONGEST_S)
    if "expires" in headers:
        # A date that is none, such as 0, means that it is stale already (RFC 9111, 5.3).
        ends, sent = _date(headers["expires"]), _date(headers.get("date", ""))
        return now if ends is None else now + min(max(ends - (now if sent is None else sent), 0), LONGEST_S)
    return now + UNSAID_S


def wait_s(retry_after: str, now: float, tries: int = 0) -> float:
    """Return for how many seconds a server is left alone that was busy for the (tries + 1)th time in a row.

    Parameters
    ----------
    retry_after
        What it says itself, seconds or a date; may be empty.
    """
    seconds, moment = _whole(retry_after), _date(retry_after)
    if seconds is not None:
        return float(min(max(seconds, 1), LONGEST_WAIT_S))
    if moment is not None:
        return min(max(moment - now, 1.0), LONGEST_WAIT_S)
    return float(min(WAIT_S * 2 ** min(tries, 10), LONGEST_WAIT_S))


def _directives(text: str) -> dict[str, str]:
    found = {}
    for part in text.lower().split(","):
        name, _, value = part.strip().partition("=")
        found[name.strip()] = value.strip().strip('"')
    return found


def _whole(text: str) -> int | None:
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 16 else None


def _date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
