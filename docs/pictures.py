"""Make the pictures of the README anew: the real window and real sheets, on the sample, without a display."""

import csv
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from PySide6.QtCore import QEventLoop, QSize, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtPdf import QPdfDocument

from geo import datum, sample
from geo.exchange import export
from geo.language import Language
from geo.planning.plans.day import current_plan, make_plan
from geo.planning.plans.wish import Wish
from geo.sheets.route_sheet import MAP_MM, route_sheets, teams_with_stops
from geo.store.project import Project
from gui.app import create_app
from gui.importing import ImportDialog
from gui.settings import Settings
from gui.window import Window
from layers import paper, render
from layers.book import Book
from layers.layout import Layout
from layers.stack import MapStack

SIZE = QSize(1440, 900)


def wait(until: Callable[[], bool], more_ms: int = 400) -> None:
    """Let the window work until something holds, and a little longer."""
    for stop in (until, None):
        loop = QEventLoop()
        timer = QTimer()
        timer.timeout.connect(lambda loop=loop, stop=stop: loop.quit() if stop is None or stop() else None)
        timer.start(20 if stop else more_ms)
        loop.exec()
        timer.stop()


def window(file: Path, lang: Language) -> Window:
    """Return the window on a project, drawn."""
    create_app(["xunlu"], lang)
    shown = Window(Settings())
    shown.resize(SIZE)
    shown.show()
    shown.start(file)
    wait(lambda: shown.session.project is not None and shown.canvas.is_drawn and not shown.session.jobs.running)
    return shown


def take(shown: Window, name: str) -> None:
    """Keep a picture of the window."""
    wait(lambda: shown.canvas.is_drawn)
    shown.grab().save(str(HERE / name))
    print(name)


def windows(due: Path, planned: Path) -> None:
    """Take the window before and after planning, in English and Chinese."""
    shown = window(due, "en")
    shown.session.selection.choose(shown.session.due)
    take(shown, "due.png")
    shown.close()
    for lang in ("en", "zh"):
        shown = window(planned, lang)
        shown.show_tab(shown.plan)
        shown.plan.tree.expandItem(shown.plan.tree.topLevelItem(0))
        take(shown, f"plan-{lang}.png")
        if lang == "en":
            timeline(shown)
        shown.close()


def timeline(shown: Window) -> None:
    """Take the timeline, with what a planner may ask about a site that is left out."""
    commands = shown.actions_by_name.by_name
    left_out = shown.plan.tree.topLevelItem(0)
    assert left_out is not None
    shown.plan.tree.setCurrentItem(left_out.child(0))
    for name in ("go_timeline", "why"):
        commands[name].trigger()
    wait(lambda: not shown.session.jobs.running, more_ms=2500)
    take(shown, "timeline.png")


def ledger(file: Path) -> Path:
    """Return a ledger of some of the project's sites as an office might have it: GCJ-02, some rows new, some spoilt."""
    path = file.with_name("台账.csv")
    with Project.open(file) as project:
        some = list(project.frame("sites").index[:160])
        export.write(project, "sites", path, ids=some, lang="zh", convert=datum.converter("gcj02"))
    with path.open(encoding="utf-8-sig", newline="") as text:
        titles, *rows = list(csv.reader(text))
    kept = [titles.index(t) for t in ("编号", "名称", "点位类型", "街道", "地址", "经度", "纬度", "开放时间", "电话")]
    for at, row in enumerate(rows):
        if at % 30 == 7:
            row[titles.index("经度")] = "待定"
        elif at % 40 == 3:
            row[titles.index("编号")], row[titles.index("名称")] = f"新{at}", f"新增点位{at}"
        elif at % 9 == 0:
            row[titles.index("电话")] = f"020-8{at:07}"
    with path.open("w", encoding="gb18030", newline="") as text:
        csv.writer(text).writerows([[row[at] for at in kept] for row in (titles, *rows)])
    return path


def import_page(file: Path) -> None:
    """Take the page that shows what an import would do."""
    shown = window(file, "en")
    dialog = shown.files.import_file(ledger(file))
    assert isinstance(dialog, ImportDialog)
    wait(lambda: dialog.prepared is not None)
    dialog.form.set_datum("gcj02")
    wait(lambda: dialog.prepared is not None and dialog.prepared.recipe.datum == "gcj02", more_ms=1500)
    dialog.grab().save(str(HERE / "import.png"))
    print("import.png")
    dialog.reject()
    shown.close()


def sheet(project: Project, lang: Language) -> None:
    """Take the first page of a team's route sheet."""
    plan = current_plan(project, project.today())
    assert plan is not None
    stack = MapStack.from_project(project, lang, "print")
    stack.set_plan(plan)
    team = teams_with_stops(project, plan)[0]
    made = route_sheets(project, plan, [team], lang, lambda one: render.route_picture(stack, one, MAP_MM))
    first_page(made, f"sheet-{lang}.png", 1.6)


def first_page(pdf: bytes, name: str, scale: float) -> None:
    """Take the first page of a PDF, at so many pixels to the point."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "page.pdf").write_bytes(pdf)
        document = QPdfDocument(None)
        document.load(str(Path(folder) / "page.pdf"))
        image = document.render(0, document.pagePointSize(0).toSize() * scale)
        white = image.copy()
        white.fill("white")
        painter = render.QPainter(white)
        painter.drawImage(0, 0, image)
        painter.end()
        white.save(str(HERE / name))
        document.close()
    print(name)


def layout_page(project: Project) -> None:
    """Take a page of a set by subdistrict."""
    stack = MapStack.from_project(project, "en", "print")
    some = (str(project.frame("subdistricts").index[0]),)
    layout = Layout(paper="A4", by="subdistrict", only=some, squares=True, overview=False, style="light", lang="en")
    with tempfile.TemporaryDirectory() as folder:
        paper.save(Book(stack, layout, None), Path(folder) / "page.pdf")
        first_page((Path(folder) / "page.pdf").read_bytes(), "layout.png", 1.5)


def main() -> None:
    """Make every picture."""
    app = create_app(["pictures"], "en")
    assert isinstance(app, QGuiApplication)
    with tempfile.TemporaryDirectory() as folder:
        due, planned = Path(folder) / "due.gpkg", Path(folder) / "yuexiu.gpkg"
        sample.write_sample(due).close()
        with sample.write_sample(planned) as project:
            project.apply(make_plan(project.snapshot(), Wish(project.today(), iterations=4000)))
            for lang in ("en", "zh"):
                sheet(project, lang)
            layout_page(project)
            stack = MapStack.from_project(project, "en")
            stack.set_plan(current_plan(project, project.today()))
            render.save(stack, HERE / "map.png", 1400, 1050, title=project.title("en"))
            print("map.png")
        windows(due, planned)
        import_page(due)


if __name__ == "__main__":
    main()
