"""The colours of our map, for files that other programs show."""

import json
import re
from functools import cache
from typing import Any

from geo import resource
from geo.store.tables import Tables

Look = dict[str, Any]


@cache
def light() -> Look:
    """Return the light style of the map as it stands in ``resources/styles/light.json``; not to be changed."""
    style: Look = json.loads(resource.path("styles/light.json").read_text("utf-8"))
    return style


def team_colours(tables: Tables) -> dict[str, str]:
    """Return the colour of each team as ``#RRGGBB``, by its id: its own, else one of the palette in order of codes."""
    teams = tables.frame("teams").sort_values("code")
    palette = light()["route"]["colours"]
    return {
        str(team): own if re.fullmatch("#[0-9a-fA-F]{6}", own) else palette[at % len(palette)]
        for at, (team, own) in enumerate(teams["colour"].items())
    }
