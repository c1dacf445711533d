"""Every command of the window once, by menu; menus, toolbar, shortcuts and their list are made from this table."""

from dataclasses import dataclass
from typing import Literal

from geo.language import tr

Needs = Literal["", "project", "write", "sites", "selection", "undo", "redo", "plan", "stop", "route", "unplaced"]
"""What must be there for a command to make sense."""


@dataclass(frozen=True)
class Entry:
    """One command: its name in the code, what the user reads, its keys, and where it stands."""

    name: str
    text: str
    keys: str = ""
    tip: str = ""
    needs: Needs = ""
    icon: str = ""
    group: str = ""

    @property
    def plain(self) -> str:
        """Return the text without the mark of its mnemonic."""
        return self.text.replace("(&", "(").replace("&", "").split("(")[0].removesuffix("…").strip()


@dataclass(frozen=True)
class Section:
    """One menu of the menu bar; None draws a line, a text opens the submenu of that name."""

    name: str
    title: str
    entries: tuple["Entry | Submenu | None", ...]


@dataclass(frozen=True)
class Submenu:
    """A menu within a menu, filled by the panel that knows what belongs in it."""

    name: str
    title: str


def _file() -> Section:
    return Section(
        "file",
        tr("&File"),
        (
            Entry("new", tr("&New project…"), "Ctrl+N", tr("Make an empty project file")),
            Entry("open", tr("&Open…"), "Ctrl+O", tr("Open a project file"), icon="open"),
            Entry("open_read_only", tr("Open read-on&ly…"), "Ctrl+Shift+O",
                  tr("Open a project file only to look at it; nothing can be changed")),
            Entry("sample", tr("Open the &sample"), "", tr("Open the sample district, Yuexiu in June 2021")),
            Submenu("recent", tr("&Recent projects")),
            Entry("backups", tr("&Backups…"), "", tr("Go back to an earlier state of the project, or keep one now")),
            None,
            Entry("import", tr("&Import…"), "Ctrl+Shift+I",
                  tr("Bring a ledger, a GIS file or a map extract into the project"), "write"),
            Entry("download", tr("&Download streets…"), "",
                  tr("Ask an OpenStreetMap server for what the map shows"), "write"),
            Entry("export", tr("&Export a table…"), "Ctrl+Shift+E",
                  tr("Write sites or another table for Excel, QGIS or GPS"), "project"),
            Entry("copy", tr("Save a &copy as…"), "Ctrl+Shift+S", tr("Write the project to another file"), "project"),
            Entry("picture", tr("Export map &picture…"), "Ctrl+E", tr("Save the map as PNG, SVG or PDF"), "project"),
            Entry("web", tr("Export &web map…"), "", tr("Save one web page that opens offline"), "project"),
            None,
            Entry("quit", tr("&Quit"), "Ctrl+Q", tr("Close the program; everything is saved already")),
        ),
    )  # fmt: skip


def _edit() -> Section:
    return Section(
        "edit",
        tr("&Edit"),
        (
            Entry("undo", tr("&Undo"), "Ctrl+Z", tr("Take the last change back"), "undo", "undo"),
            Entry("redo", tr("&Redo"), "Ctrl+Shift+Z", tr("Make the change again"), "redo", "redo"),
            Entry(
                "history", tr("&History…"), "Ctrl+H", tr("See who changed what and when, and take it back"), "project"
            ),
            Entry(
                "site_history",
                tr("History of the si&te…"),
                "Ctrl+Shift+H",
                tr("See what was changed at the current site"),
                "selection",
            ),
            None,
            Entry("select_all", tr("Select &all sites"), "Ctrl+A", tr("Select every site"), "project"),
            Entry("select_none", tr("Select &nothing"), "Ctrl+Shift+A", tr("Empty the selection"), "selection"),
            Entry("invert", tr("&Invert the selection"), "Ctrl+I", tr("Select what is not selected"), "project"),
            Entry("select_due", tr("Select &due sites"), "Ctrl+D", tr("Select what must be visited"), "project", "due"),
            Entry("select_overdue", tr("Select &overdue sites"), "Ctrl+Shift+D", tr("Select what is late"), "project"),
            None,
            Entry("find", tr("&Find in the table…"), "Ctrl+F", tr("Filter the table of sites by text"), "project"),
        ),
    )


def _view() -> Section:
    return Section(
        "view",
        tr("&View"),
        (
            Entry("tool_select", tr("&Select on the map"), "Ctrl+1",
                  tr("Click or draw a box; Shift adds, Ctrl toggles"), "project", "select", "tool"),
            Entry("tool_pan", tr("&Move the map"), "Ctrl+2", tr("Drag the map; a click selects"), "project",
                  "pan", "tool"),
            None,
            Entry("zoom_in", tr("Zoom &in"), "Ctrl++", tr("Show less of the map, larger"), "project", "zoom_in"),
            Entry("zoom_out", tr("Zoom &out"), "Ctrl+-", tr("Show more of the map, smaller"), "project", "zoom_out"),
            Entry("fit", tr("Show &all"), "Ctrl+0", tr("Show the whole district"), "project", "fit"),
            Entry("fit_selection", tr("Show the s&election"), "Ctrl+J", tr("Zoom to the selected sites"),
                  "selection", "fit_selection"),
            None,
            Submenu("panels", tr("&Panels")),
            Submenu("language", tr("&Language")),
            None,
            Entry("go_map", tr("Go to the &map"), "Alt+1", tr("Give the keyboard to the map")),
            Entry("go_table", tr("Go to the &table"), "Alt+2", tr("Give the keyboard to the table of sites")),
            Entry("go_form", tr("Go to the s&ite form"), "Alt+3", tr("Give the keyboard to the form of the site")),
            Entry("go_plan", tr("Go to the p&lan"), "Alt+4", tr("Give the keyboard to the plan")),
            Entry("go_layers", tr("Go to the la&yers"), "Alt+5", tr("Give the keyboard to the layers and the legend")),
            Entry("go_quality", tr("Go to the &quality"), "Alt+6", tr("Give the keyboard to the doubtful sites")),
            Entry("go_placing", tr("Go to the sites to be pla&ced"), "Alt+7",
                  tr("Give the keyboard to the sites without a place")),
        ),
    )  # fmt: skip


def _data() -> Section:
    return Section(
        "data",
        tr("&Data"),
        (
            Entry("check", tr("&Check the data"), "F7", tr("Look for sites that are likely wrong or twice there"),
                  "project", "check"),
            Entry("check_file", tr("Check the fi&le…"), "Shift+F7",
                  tr("Look for damage, for what refers to nothing, and for values that do not fit")),
            None,
            Entry("find_places", tr("&Find by address and name"), "F8",
                  tr("Look for the place of every site that has none"), "unplaced"),
            Entry("tool_place", tr("&Place the next one"), "Ctrl+3",
                  tr("Click where the site is that has no place yet, then where the next one is"), "unplaced", "place",
                  "tool"),
        ),
    )  # fmt: skip


def _plan() -> Section:
    return Section(
        "plan",
        tr("&Plan"),
        (
            Entry("plan", tr("&Plan the due sites"), "F9", tr("Let the program propose routes for the teams"), "write",
                  "plan"),
            Entry("stop_planning", tr("&Cancel planning"), "", tr("Stop the planning; nothing is changed")),
            None,
            Entry("stop_up", tr("Move the stop &up"), "Alt+Up", tr("Visit the site earlier"), "stop"),
            Entry("stop_down", tr("Move the stop &down"), "Alt+Down", tr("Visit the site later"), "stop"),
            Entry("stop_previous", tr("Move to the p&revious team"), "Alt+Left", tr("Give the site to the team above"),
                  "stop"),
            Entry("stop_next", tr("Move to the &next team"), "Alt+Right", tr("Give the site to the team below"),
                  "stop"),
            Entry("stop_best", tr("Put where it fits &best"), "Alt+Return",
                  tr("Give the site to the team it suits most"), "stop"),
            Submenu("to_team", tr("Move to &team")),
            Entry("stop_remove", tr("Ta&ke off the plan"), "", tr("Put the site on the list of those left out"),
                  "stop"),
        ),
    )  # fmt: skip


def _print() -> Section:
    return Section(
        "print",
        tr("P&rint"),
        (
            Entry("sheets", tr("&Route sheets…"), "Ctrl+P", tr("See the route sheets and print them"), "plan", "print"),
            Entry("sheets_pdf", tr("Save route sheets as P&DF…"), "Ctrl+Shift+P", tr("One file for all teams"), "plan"),
        ),
    )


def _help() -> Section:
    return Section(
        "help",
        tr("&Help"),
        (
            Entry("shortcuts", tr("&Keyboard shortcuts"), "F1", tr("List every key of the program")),
            Entry("about", tr("&About Xunlu"), "", tr("Version and licences")),
        ),
    )


def sections() -> tuple[Section, ...]:
    """Return the menus with all their commands, in the language in use."""
    return _file(), _edit(), _view(), _data(), _plan(), _print(), _help()


TOOLBAR = (
    "open", None, "undo", "redo", None, "tool_select", "tool_pan", None, "zoom_in", "zoom_out", "fit", "fit_selection",
    None, "select_due", "plan", "sheets",
)  # fmt: skip
LABELLED = frozenset({"select_due", "plan", "sheets"})
"""The commands whose text stands beside the icon, so that a new user finds the main way."""
