"""Every command of the window once, by menu; menus, toolbar, shortcuts and their list are made from this table."""

from dataclasses import dataclass
from typing import Literal

from geo.language import tr

Needs = Literal[
    "", "project", "write", "sites", "selection", "undo", "redo", "plan", "stop", "route", "unplaced", "earlier",
    "later",
]  # fmt: skip
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
            Entry("tool_new_site", tr("&New site"), "Ctrl+Shift+N", tr("Click on the map where a new site is"), "write",
                  "new_site", "tool"),
            Entry("tool_move_sites", tr("&Move sites"), "Ctrl+Shift+M",
                  tr("Drag sites on the map, or nudge the selected ones with the arrow keys"), "write", group="tool"),
            Entry("delete_sites", tr("De&lete the selected sites"), "Del",
                  tr("Take the selected sites out of the project; in the table with Ctrl+Delete"), "selection"),
            None,
            Entry("copy_cells", tr("&Copy cells"), "Ctrl+C",
                  tr("Copy the selected cells of the table, as Excel takes them"), "project"),
            Entry("copy_cells_heads", tr("Copy cells with hea&dings"), "Ctrl+Alt+C",
                  tr("Copy the selected cells with the headings of their columns"), "project"),
            Entry("paste_cells", tr("&Paste cells"), "Ctrl+V",
                  tr("Write cells copied from a spreadsheet into the table, from the current cell on"), "write"),
            Entry("fill_down", tr("Fill do&wn"), "Ctrl+'",
                  tr("Write the first of the selected cells into those below it"), "write"),
            None,
            Entry(
                "search",
                tr("S&earch the map…"),
                "Ctrl+K",
                tr("Find a site, street or area by name, code, address or pinyin initials"),
                "project",
                "find",
            ),
            Entry("find", tr("&Find in the table…"), "Ctrl+F", tr("Filter the table of sites by text"), "project"),
        ),
    )  # fmt: skip


def _select() -> Section:
    return Section(
        "select",
        tr("&Select"),
        (
            Entry("tool_select", tr("&Select on the map"), "Ctrl+1",
                  tr("Click or draw a box; Shift adds, Ctrl toggles"), "project", "select", "tool"),
            Entry("tool_lasso", tr("&Lasso"), "Ctrl+4", tr("Draw around the sites"), "project", "lasso", "tool"),
            Entry("tool_polygon", tr("&Polygon"), "Ctrl+5", tr("Click the corners of an area"), "project", "polygon",
                  "tool"),
            Entry("tool_circle", tr("&Circle"), "Ctrl+6",
                  tr("Drag from the middle; a typed number sets the radius in metres"), "project", "circle", "tool"),
            Entry("tool_along", tr("Alon&g a line"), "Ctrl+7", tr("Click a route or draw a line; type the distance"),
                  "project", "along", "tool"),
            Entry("tool_inside", tr("Inside an a&rea"), "Ctrl+8",
                  tr("Click a subdistrict, a closure or another area"), "project", "inside", "tool"),
            None,
            Entry("select_all", tr("Select &all sites"), "Ctrl+A", tr("Select every site"), "project"),
            Entry("select_none", tr("Select &nothing"), "Ctrl+Shift+A", tr("Empty the selection"), "selection"),
            Entry("invert", tr("&Invert the selection"), "Ctrl+I", tr("Select what is not selected"), "project"),
            Entry("select_grow", tr("Gro&w to neighbours"), "Ctrl+Shift+G",
                  tr("Add, for each selected site, the nearest one that is not selected yet"), "selection", "grow"),
            None,
            Entry("select_due", tr("Select &due sites"), "Ctrl+D", tr("Select what must be visited"), "project", "due"),
            Entry("select_overdue", tr("Select &overdue sites"), "Ctrl+Shift+D", tr("Select what is late"), "project"),
            Submenu("by_status", tr("By s&tatus")),
            Submenu("by_kind", tr("By &kind")),
            Entry("select_where", tr("By &expression…"), "Ctrl+Shift+F",
                  tr("Write a condition such as risk = high; sites are counted while you type"), "project", "where"),
            None,
            Entry("select_subdistrict", tr("In the s&ubdistrict of the current site"), "",
                  tr("Select all sites of the subdistrict that the current one lies in"), "selection"),
            Entry("select_near", tr("Within a distance of the selected…"), "",
                  tr("Type how far the sites may lie from a selected one"), "selection"),
            Entry("select_along", tr("Along the routes s&hown…"), "",
                  tr("Type how far the sites may lie from the routes on the map"), "plan"),
            None,
            Entry("save_selection", tr("Keep the selection as…"), "Ctrl+Shift+K",
                  tr("Keep the selected sites under a name, in the project"), "selection", "keep"),
            Submenu("kept", tr("Saved selections")),
            Entry("saved_list", tr("&Manage saved selections…"), "", tr("Choose, rename or delete them"), "project"),
        ),
    )  # fmt: skip


def _view() -> Section:
    return Section(
        "view",
        tr("&View"),
        (
            Entry("tool_pan", tr("Move t&he map"), "Ctrl+2", tr("Drag the map; a click selects"), "project",
                  "pan", "tool"),
            None,
            Entry("zoom_in", tr("Zoom &in"), "Ctrl++", tr("Show less of the map, larger"), "project", "zoom_in"),
            Entry("zoom_out", tr("Zoom &out"), "Ctrl+-", tr("Show more of the map, smaller"), "project", "zoom_out"),
            Entry("fit", tr("Show &all"), "Ctrl+0", tr("Show the whole district"), "project", "fit"),
            Entry("fit_selection", tr("Show the s&election"), "Ctrl+J", tr("Zoom to the selected sites"),
                  "selection", "fit_selection"),
            None,
            Entry("goto", tr("&Go to a coordinate…"), "Ctrl+G",
                  tr("Show a place by its coordinate, in any notation and datum"), "project"),
            Entry("tool_measure_length", tr("Measure a &distance"), "Ctrl+R",
                  tr("Click along a line to see its length"), "project", "measure", "tool"),
            Entry("tool_measure_area", tr("Measure an a&rea"), "Ctrl+Shift+R",
                  tr("Click around an area to see its size"), "project", group="tool"),
            None,
            Entry("view_back", tr("&Back"), "Ctrl+[", tr("Show what the map showed before"), "earlier", "back"),
            Entry("view_forward", tr("For&ward"), "Ctrl+]", tr("Show what the map showed before you went back"),
                  "later", "forward"),
            Entry("bookmark", tr("&Keep as bookmark"), "Ctrl+B", tr("Keep what the map shows under a name"), "write"),
            Submenu("bookmarks", tr("Book&marks")),
            None,
            Submenu("basemap", tr("Base ma&p")),
            Submenu("style", tr("Map st&yle")),
            Submenu("furniture", tr("Map &furniture")),
            Submenu("vision", tr("Colour &vision preview")),
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
            None,
            Entry("tool_draw_closure", tr("Draw a clo&sure"), "Ctrl+Shift+C",
                  tr("Click around an area that may not be entered; routes keep out of it"), "write", "closure",
                  "tool"),
            Entry("tool_draw_area", tr("Draw an &area"), "", tr("Click around a park, water or building"), "write",
                  group="tool"),
            Entry("tool_reshape", tr("Change &outlines"), "Ctrl+Shift+U",
                  tr("Drag the corners of closures and areas on the map"), "write", group="tool"),
        ),
    )  # fmt: skip


def _plan() -> Section:
    return Section(
        "plan",
        tr("&Plan"),
        (
            Entry("plan", tr("&Plan the due sites"), "F9", tr("Let the program propose routes for the teams"), "write",
                  "plan"),
            Entry("use_plan", tr("Use the plan so &far"), "Shift+F9",
                  tr("End the search and take the best plan so far")),
            Entry("stop_planning", tr("&Cancel planning"), "", tr("Stop the planning; nothing is changed")),
            Entry("horizon", tr("Plan se&veral days…"), "Ctrl+Shift+F9",
                  tr("Spread what is due over some days, each site on its best day"), "write"),
            Entry("draw", tr("Draw sites at random…"), "Alt+F9",
                  tr("Draw sites and teams for unannounced inspections; the record can be run again"), "project"),
            Entry("rounds", tr("Patrol rounds…"), "Ctrl+Alt+P",
                  tr("Sites that are visited again and again, spread over the days of the week"), "project"),
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
            None,
            Entry("rules", tr("Rule&s of the plan…"), "Ctrl+F9",
                  tr("Set aim, prices, breaks, weights and speeds for all plans of the project"), "project"),
            Entry("teams", tr("Teams and &inspectors…"), "Ctrl+Shift+T",
                  tr("Set shifts, skills, limits and absences of the teams"), "project"),
            Entry("conflicts", tr("Ma&y not be inspected by…"), "",
                  tr("Say which inspectors may not come to the selected sites"), "selection"),
            Entry("tool_routes", tr("Drag routes on the &map"), "Ctrl+Shift+B",
                  tr("Drag a stop onto another route, or a route line to a site"), "plan", group="tool"),
            Entry("lock_team", tr("&Lock to its team"), "", tr("Planning anew leaves the stop with its team"), "stop"),
            Entry("lock_place", tr("Lock to its pl&ace"), "", tr("Planning anew leaves the stop at its place"), "stop"),
            Entry("unlock", tr("Unl&ock"), "", tr("Planning anew may move the stop"), "stop"),
            Entry("lock_route", tr("Lock the &whole route, or unlock it"), "",
                  tr("Planning anew leaves the route of the team as it is"), "plan"),
            Entry("compare", tr("Compar&e two plans…"), "", tr("Figures side by side, and what differs on the map"),
                  "plan"),
            None,
            *_live(),
        ),
    )  # fmt: skip


def _live() -> tuple[Entry, ...]:
    """Return what is asked of a plan, and done to it while its day goes on."""
    return (
        Entry("why", tr("W&hy here, why not?"), "Ctrl+Shift+Y",
              tr("See why the site is where it is or left out, what would admit it, and its price with each team"),
              "plan"),
        Entry("replan", tr("Replan the rest of the day…"), "Alt+Shift+F9",
              tr("What is done stays; the rest is planned from where the teams are"), "plan"),
        Entry("urgent", tr("Insert an urgent site…"), "Ctrl+Alt+U",
              tr("See what the current site would cost with each team from now on, and choose"), "plan"),
        Entry("drop_out", tr("A team drops out…"), "",
              tr("Its stops go where they fit; all others stay"), "plan"),
    )  # fmt: skip


def _print() -> Section:
    return Section(
        "print",
        tr("P&rint"),
        (
            Entry("layout", tr("&Map layout…"), "Ctrl+Shift+L",
                  tr("Lay the map out on paper, one sheet or a set, and save or print it"), "project"),
            None,
            Entry("sheets", tr("&Route sheets…"), "Ctrl+P", tr("See the route sheets and print them"), "plan", "print"),
            Entry("sheets_pdf", tr("Save route sheets as P&DF…"), "Ctrl+Shift+P", tr("One file for all teams"), "plan"),
        ),
    )  # fmt: skip


def _window() -> Section:
    return Section(
        "window",
        tr("&Window"),
        (
            Entry("go_map", tr("Go to the &map"), "Alt+1", tr("Give the keyboard to the map")),
            Entry("go_table", tr("Go to the &table"), "Alt+2", tr("Give the keyboard to the table of sites")),
            Entry("go_form", tr("Go to the s&ite form"), "Alt+3", tr("Give the keyboard to the form of the site")),
            Entry("go_plan", tr("Go to the p&lan"), "Alt+4", tr("Give the keyboard to the plan")),
            Entry("go_layers", tr("Go to the la&yers"), "Alt+5", tr("Give the keyboard to the layers and the legend")),
            Entry("go_quality", tr("Go to the &quality"), "Alt+6", tr("Give the keyboard to the doubtful sites")),
            Entry("go_placing", tr("Go to the sites to be pla&ced"), "Alt+7",
                  tr("Give the keyboard to the sites without a place")),
            Entry("go_areas", tr("Go to closures and areas"), "Alt+8",
                  tr("Give the keyboard to the list of closures and areas")),
            Entry("go_timeline", tr("Go to the timelin&e"), "Alt+9",
                  tr("Give the keyboard to the plan along the hours")),
            None,
            Submenu("panels", tr("&Panels")),
            Entry("table_columns", tr("Col&umns of the table…"), "", tr("Choose which columns the table shows")),
            Submenu("language", tr("Lan&guage")),
        ),
    )  # fmt: skip


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
    return _file(), _edit(), _select(), _view(), _data(), _plan(), _print(), _window(), _help()


TOOLBAR = (
    "open", None, "undo", "redo", None, "tool_select", "tool_pan", "tool_new_site", "tool_measure_length",
    None, "zoom_in", "zoom_out", "fit", "fit_selection",
    None, "select_due", "plan", "sheets",
)  # fmt: skip
LABELLED = frozenset({"select_due", "plan", "sheets"})
"""The commands whose text stands beside the icon, so that a new user finds the main way."""
