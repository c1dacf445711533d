"""The program with its window: fonts, language, look, the hook for bugs, and the start."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QSettings, QTranslator
from PySide6.QtGui import QFont, QIcon
from PySide6.QtWidgets import QApplication

from geo import language, resource
from geo.language import Language, tr
from geo.progress import Report
from geo.version import VERSION
from gui import bugs, quickstart, settings, theme
from gui.session import Session
from gui.settings import Settings
from gui.slices import Slices
from gui.window import Window
from layers.fonts import load_fonts

if TYPE_CHECKING:
    from geo.store.edits import Edit
    from gui.opening import Opened

POINT_SIZE = 9.5

SETTLING_TURNS = 3
"""How many turns a new window has to paint itself before the old one is taken down."""


def create_app(argv: Sequence[str], lang: Language | None = None) -> QApplication:
    """Return the Qt application, dressed and speaking a language; the one there is, if there is one."""
    present = QApplication.instance()
    app = present if isinstance(present, QApplication) else QApplication(list(argv))
    app.setApplicationName("Xunlu")
    app.setOrganizationName("Xunlu")
    app.setApplicationVersion(VERSION)
    app.setWindowIcon(QIcon(str(resource.path("icons/xunlu.svg"))))
    font = QFont(load_fonts())
    font.setPointSizeF(POINT_SIZE)
    app.setFont(font)
    theme.wear(app)
    speak(app, lang or language.of_system())
    quickstart.settle()
    return app


def speak(app: QApplication, lang: Language) -> None:
    """Make a language that of the program and of Qt's own texts."""
    language.use(lang)
    for old in app.findChildren(QTranslator):
        app.removeTranslator(old)
        old.deleteLater()
    QLocale.setDefault(QLocale(QLocale.Language.Chinese if lang == "zh" else QLocale.Language.English))
    if lang == "zh":
        translator = QTranslator(app)
        translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
        app.installTranslator(translator)


class Program(QObject):
    """Keep the one window, and make it anew in another language with the same project, view and selection.

    Parameters
    ----------
    app
        From `create_app`.
    store
        Where the settings are kept.
    """

    def __init__(self, app: QApplication, store: QSettings) -> None:
        super().__init__(app)
        self._app = app
        self._store = store
        self._turns = Slices(self)
        self.settings: Settings = settings.load(store)
        self.window = self._make_window()

    def _make_window(self, *, at_once: bool = True) -> Window:
        window = Window(self.settings, at_once=at_once)
        window.language_wanted.connect(self.change_language)
        return window

    def change_language(self, lang: str) -> None:
        """Show the window soon in another language; what was done can still be undone.

        The map is made anew in a worker and the window in steps, so that the present one goes on meanwhile.
        """
        session, busy = self.window.session, self.window.files.painting.is_busy
        if lang not in language.LANGUAGES or lang == language.current() or self._turns.is_busy:
            return
        if busy or session.jobs.running or session.searches.running:
            session.tell(tr("Wait until the work going on has ended."))
            return
        wanted: Language = "zh" if lang == "zh" else "en"
        project = session.project
        if project is None:
            self._turns.start(self._change(wanted), _nothing)
            return

        def work(_report: Report) -> "Opened":
            from gui.opening import prepare

            return prepare(project, wanted)

        edits: list[Edit] = []
        session.edited.connect(edits.append)
        session.start(work, lambda opened: self._turns.start(self._change(wanted, opened, edits), _nothing))

    def _change(self, lang: Language, opened: "Opened | None" = None, edits: "Sequence[Edit]" = ()) -> Iterator[None]:
        """Put a window in another language in the place of the present one; `edits` came after its map was made."""
        old = self.window
        speak(self._app, lang)
        self.settings.language = lang
        old.remember_place()
        new = self._make_window(at_once=False)
        yield from new.making
        if not old.isVisible():
            # Closed meanwhile, and with it the program.
            new.deleteLater()
            return
        hand_over(old.session, new.session, None if edits else opened)
        yield
        new.canvas.set_view(old.canvas.view)
        self.window = new
        new.show()
        for _ in range(SETTLING_TURNS):
            yield
        old.close()
        yield
        old.deleteLater()

    def save(self) -> None:
        """Keep the settings for the next start."""
        settings.save(self.settings, self._store)


def hand_over(old: Session, new: Session, opened: "Opened | None") -> None:
    """Let another session go on with the project of one, its selection included.

    What was prepared of it is taken as it is; where there is nothing, or it is of another project, it is prepared here.
    """
    from gui.opening import prepare

    chosen, current = old.selection.ids, old.selection.current
    project = old.release()
    if project is not None:
        new.show(opened if opened is not None and opened.project is project else prepare(project))
        new.selection.choose(chosen, current=current)


def _nothing() -> None:
    """Do nothing at the end."""


def run(path: Path | None, lang: Language | None = None) -> int:
    """Open the window with a project, the sample where none is given, and return the exit code when it is closed."""
    store = settings.user_store()
    kept = settings.load(store).language
    app = create_app(sys.argv[:1], lang or ("zh" if kept == "zh" else "en" if kept == "en" else None))
    bugs.install()
    program = Program(app, store)
    program.window.show()
    program.window.start(path)
    code = app.exec()
    program.save()
    return code
