"""Elements of XML as text, well formed whatever they say."""

import re
from xml.sax.saxutils import escape, quoteattr

from geo.exchange.chosen import Chosen

_UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What XML 1.0 (2.2) cannot hold, not even escaped."""

INSTEAD = "\ufffd"


def element(name: str, /, *content: str, **attributes: str) -> str:
    """Return an element around content that is XML already; `attributes` are plain text."""
    said = "".join(f" {key}={quoteattr(_UNSAYABLE.sub(INSTEAD, value))}" for key, value in attributes.items())
    return f"<{name}{said}>{''.join(content)}</{name}>" if content else f"<{name}{said}/>"


def text(said: str, chosen: Chosen) -> str:
    """Return a text as content of an element; what XML cannot hold becomes U+FFFD, and is counted."""
    clean = said
    if _UNSAYABLE.search(said):
        clean, count = _UNSAYABLE.subn(INSTEAD, said)
        chosen.losses["control"] += count
    # A reader would take a bare carriage return for a line feed.
    return escape(clean, {"\r": "&#13;"})


def plain_text(said: str) -> str:
    """Return a text as content of an element, where nobody need count what XML cannot hold."""
    return escape(_UNSAYABLE.sub(INSTEAD, said))
