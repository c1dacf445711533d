"""The command line: the window, or one of the verbs that do the same work without it."""

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo import language
from geo.commands import drawing, exporting, importing, mapping, planning, safety, streets
from geo.errors import XunluError
from geo.files import cannot_write, write_whole
from geo.language import Language, tr
from geo.progress import Cancelled

if TYPE_CHECKING:
    from geo.store.project import Project

Verb = Callable[[argparse.Namespace], int | None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says and return the exit code: 0 done, 1 wrong input, 2 wrong use."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    language.use(_wanted_language(given))
    if given and given[0].endswith(".gpkg"):
        # A file manager hands over just the file.
        given.insert(0, "open")
    options = parser().parse_args(given)
    try:
        return int(options.do(options) or 0)
    except XunluError as error:
        print(f"xunlu: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, Cancelled):
        return 130


def _wanted_language(arguments: Sequence[str]) -> Language:
    """Return the language that the command line names, wherever it does, else the system's."""
    first = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    _language_option(first)
    try:
        return first.parse_known_args(arguments)[0].lang or language.of_system()
    except argparse.ArgumentError:
        # The whole parser will say it.
        return language.of_system()


def parser() -> argparse.ArgumentParser:
    """Return the parser of all verbs, in the language in use; each verb sets `do` to the function that does it."""
    top = argparse.ArgumentParser(
        prog="xunlu", description=tr("Plan site inspections on a map. Without a verb the window opens.")
    )
    _language_option(top)
    top.set_defaults(do=open_window, file=None)
    verbs = top.add_subparsers(title=tr("verbs"), metavar="VERB")

    def verb(name: str, do: Verb, text: str, *, file: bool = True) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=text, description=text)
        _language_option(added)
        added.set_defaults(do=do)
        if file:
            added.add_argument("file", type=Path, metavar="FILE", help=tr("project file (.gpkg)"))
        return added

    verb("open", open_window, tr("open the window on a project"))
    new = verb("new", new_project, tr("make a new project file"))
    new.add_argument("--sample", choices=["yuexiu"], help=tr("fill it with the sample district"))
    importing.options(verb("import", import_data, tr("import a ledger or a GIS file into a project")))
    streets.download_options(
        verb("download", download_streets, tr("fetch an area from an OpenStreetMap server"), file=False)
    )
    exporting.options(verb("export", export_data, tr("write a table for other programs")))
    safety.add_verbs(verb, _progress)
    drawing.add_verbs(verb, _progress)
    info = verb("info", show_info, tr("count what is in a project"))
    info.add_argument("--json", action="store_true", help=tr("as JSON"))
    planning.options(verb("plan", make_plan, tr("plan the routes of a day and keep them in the project")))
    sheets = verb("sheets", print_sheets, tr("write the route sheets of a day's plan as PDF"))
    sheets.add_argument(
        "--out", type=Path, required=True, metavar="PDF", help=tr("file, or with --each folder, to write")
    )
    sheets.add_argument("--each", action="store_true", help=tr("one file per team"))
    sheets.add_argument("--team", action="append", metavar="CODE", help=tr("only this team (may be given again)"))
    drawn = verb("map", draw_map, tr("draw the map as a picture"))
    mapping.options(drawn)
    web = verb("web", write_web, tr("write the map as one web page that opens offline"))
    web.add_argument("--out", type=Path, required=True, metavar="HTML", help=tr("file to write"))
    for one in (sheets, drawn, web):
        one.add_argument(
            "--date", type=planning.day_of, help=tr("day of the plan, like 2021-06-02 (the project's today)")
        )
    demo = verb("demo", run_demo, tr("do the whole main job on the sample, into a folder"), file=False)
    demo.add_argument("--out", type=Path, required=True, metavar="DIR", help=tr("folder to make"))
    planning.effort_options(demo)
    return top


def _language_option(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--lang", choices=language.LANGUAGES, help=tr("language of all texts (the system's)"))


def open_window(options: argparse.Namespace) -> int:
    """Open the window on a project, the sample where none is named."""
    if sys.platform == "linux" and not any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))):
        raise XunluError(
            tr("There is no display, so the window cannot open."),
            tr("“make demo” does the whole main job without one."),
        )
    from gui import app

    return app.run(options.file, language.current())


def new_project(options: argparse.Namespace) -> None:
    """Make a project file, empty or with the sample."""
    from geo import sample
    from geo.store.project import Project

    with sample.write_sample(options.file) if options.sample else Project.create(options.file) as project:
        _show_in_qgis(project)
    print(tr("Made {file}.", file=options.file))


def import_data(options: argparse.Namespace) -> None:
    """Import a file into a project."""
    with importing.uncollected(), _opened(options.file) as project:
        importing.run(project, options, _progress)
        _show_in_qgis(project)


def download_streets(options: argparse.Namespace) -> None:
    """Fetch the streets of an area into a file."""
    streets.download(options, _progress)


def export_data(options: argparse.Namespace) -> None:
    """Write a table of a project for other programs."""
    with _opened(options.file) as project:
        exporting.run(project, options, _progress)


def show_info(options: argparse.Namespace) -> None:
    """Print what is in a project."""
    from geo.inspection import overview

    with _opened(options.file) as project:
        facts = overview.overview(project)
        print(_json(facts) if options.json else overview.as_text(project, facts))


def make_plan(options: argparse.Namespace) -> None:
    """Plan a day, keep the plan in the project, and print it."""
    from geo.planning.plans import plan_json

    with _opened(options.file) as project:
        facts = _planned(project, options)
        print(_json(facts) if options.json else plan_json.as_text(facts))


def print_sheets(options: argparse.Namespace) -> None:
    """Write the route sheets of a plan as PDF."""
    with _opened(options.file) as project:
        plan = planning.plan_of(project, options.date)
        teams = _teams(project, plan, options.team)
        if not options.each:
            write_whole(options.out, _sheets(project, plan, teams, language.current()))
            return
        _make_folder(options.out)
        for team, name in zip(teams, _file_names(project, teams), strict=True):
            write_whole(options.out / name, _sheets(project, plan, [team], language.current()))


def draw_map(options: argparse.Namespace) -> None:
    """Draw the map, with the plan of the day where there is one, as a picture or laid out on paper."""
    with _opened(options.file) as project:
        plan = _plan_shown(project, options.date)
        if fields := mapping.layout_fields(options, project):
            _lay_out(project, plan, options.out, fields, options.bbox)
        else:
            _draw(project, plan, options.out, options.size)


def write_web(options: argparse.Namespace) -> None:
    """Write the map, with the plan of the day where there is one, as one web page."""
    from geo.exchange import webmap

    with _opened(options.file) as project:
        webmap.write_webmap(project, _plan_shown(project, options.date), options.out, language.current())


def run_demo(options: argparse.Namespace) -> None:
    """Do the whole main job on the sample, into a folder: plan, sheets, map, web map, figures."""
    from geo.exchange import webmap
    from geo.inspection import overview

    folder: Path = options.out
    _make_folder(folder)
    file = folder / "yuexiu.gpkg"
    with _step(file.name):
        project = demo_project(file)
    with project:
        with _step("plan.json"):
            write_whole(folder / "plan.json", _json(_planned(project, options)).encode())
        plan = planning.plan_of(project)
        for lang in language.LANGUAGES:
            with _step(f"sheets-{lang}.pdf"):
                write_whole(folder / f"sheets-{lang}.pdf", _sheets(project, plan, _teams(project, plan, None), lang))
        with _step("map.png"):
            _draw(project, plan, folder / "map.png", (1600, 1200))
        with _step("map.html"):
            webmap.write_webmap(project, plan, folder / "map.html", language.current())
        with _step("figures.json"):
            write_whole(folder / "figures.json", _json(overview.overview(project)).encode())
    print(tr("Everything is in {folder}.", folder=folder))


def demo_project(file: Path) -> "Project":
    """Return the sample in a file, made where there is none; what somebody did with that of an earlier demo stays."""
    from geo import sample

    return _opened(file) if file.exists() else sample.write_sample(file)


def _opened(path: Path) -> "Project":
    from geo.store.project import Project

    return Project.open(path)


def _planned(project: "Project", options: argparse.Namespace) -> dict[str, Any]:
    """Plan the day that the options name, keep the plan, and return it as the JSON contract has it."""
    from geo.planning.plans import day, plan_json

    wish = planning.wish(options, project)
    project.apply(day.make_plan(project.snapshot(), wish, report=_progress))
    _show_in_qgis(project)
    return plan_json.as_json(project, planning.plan_of(project, wish.day))


def _show_in_qgis(project: "Project") -> None:
    """Let QGIS show the status as it is now."""
    from geo.exchange import qgis

    qgis.refresh(project)


def _teams(project: "Project", plan: str, codes: list[str] | None) -> list[str]:
    """Return the ids of the teams of a plan, of those with the given codes where any are given."""
    routes = project.frame("routes")
    teams = project.frame("teams")
    teams = teams[teams.index.isin(routes.loc[routes["plan"] == plan, "team"])]
    if codes is None:
        return [str(team) for team in teams.index]
    by_code = dict(zip(teams["code"], teams.index, strict=True))
    if unknown := [code for code in codes if code not in by_code]:
        raise XunluError(
            tr("The plan has no team “{code}”.", code=unknown[0]),
            tr("It has the teams {codes}.", codes=", ".join(by_code)),
        )
    return [by_code[code] for code in codes]


def _file_names(project: "Project", teams: list[str]) -> list[str]:
    """Return a file name for each team, its code as far as file systems take it; no two are the same."""
    names: list[str] = []
    for team in teams:
        name = re.sub(r"[^\w-]", "_", project.row("teams", team)["code"]) or "team"
        names.append(f"{name}.pdf" if f"{name}.pdf" not in names else f"{name}-{len(names) + 1}.pdf")
    return names


def _sheets(project: "Project", plan: str, teams: list[str], lang: Language) -> bytes:
    from geo.sheets.route_sheet import MAP_MM, route_sheets
    from layers import offscreen, render
    from layers.stack import MapStack

    with offscreen.application():
        stack = MapStack.from_project(project, lang, "print")
        stack.set_plan(plan)
        return route_sheets(
            project, plan, teams=teams, lang=lang, map_picture=lambda team: render.route_picture(stack, team, MAP_MM)
        )


def _plan_shown(project: "Project", when: date | None) -> str | None:
    """Return the plan of the day that is asked for; where none is asked for that of today, if there is one."""
    from geo.planning.plans import day

    return day.current_plan(project, project.today()) if when is None else planning.plan_of(project, when)


def _draw(project: "Project", plan: str | None, out: Path, size: tuple[int, int]) -> None:
    from layers import offscreen, render
    from layers.stack import MapStack

    with offscreen.application():
        stack = MapStack.from_project(project)
        stack.set_plan(plan)
        render.save(stack, out, *size, title=project.title())


def _lay_out(project: "Project", plan: str | None, out: Path, fields: dict[str, Any], box: mapping.Box | None) -> None:
    from layers import offscreen, paper
    from layers.book import Book
    from layers.layout import Layout
    from layers.stack import MapStack

    layout = Layout(**fields)
    with offscreen.application():
        stack = MapStack.from_project(project, style=layout.style)
        stack.set_plan(plan)
        paper.save(Book(stack, layout, box and paper.bounds_of(box)), out, _progress)


def _json(facts: dict[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, indent=1)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error


def _progress(done: float, text: str) -> None:
    """Show on a terminal how far the work is; say nothing where the output is read by a program."""
    if sys.stderr.isatty():
        print(f"\r{done:4.0%}  {text}\033[K", end="" if done < 1 else "\n", file=sys.stderr, flush=True)


@contextmanager
def _step(name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    print(f"{time.perf_counter() - started:6.1f} s  {name}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
