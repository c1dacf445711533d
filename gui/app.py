"""The program with its window: fonts, language, look, the hook for bugs, and the start."""

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QSettings, QTranslator
from PySide6.QtGui import QFont, QIcon
from PySide6.QtWidgets import QApplication

from geo import language, resource
from geo.language import Language, tr
from geo.version import VERSION
from gui import bugs, quickstart, settings, theme
from gui.session import Session
from gui.settings import Settings
from gui.window import Window
from layers.fonts import load_fonts

POINT_SIZE = 9.5


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
        self.settings: Settings = settings.load(store)
        self.window = self._make_window()

    def _make_window(self) -> Window:
        window = Window(self.settings)
        window.language_wanted.connect(self.change_language)
        return window

    def change_language(self, lang: str) -> None:
        """Show the window in another language; what was done can still be undone."""
        if lang not in language.LANGUAGES or lang == language.current():
            return
        old = self.window
        if old.session.jobs.running:
            old.session.tell(tr("Wait until the work going on has ended."))
            return
        speak(self._app, "zh" if lang == "zh" else "en")
        self.settings.language = lang
        old.remember_place()
        self.window = self._make_window()
        hand_over(old.session, self.window.session)
        self.window.canvas.set_view(old.canvas.view)
        self.window.show()
        old.close()
        old.deleteLater()

    def save(self) -> None:
        """Keep the settings for the next start."""
        settings.save(self.settings, self._store)


def hand_over(old: Session, new: Session) -> None:
    """Let another session go on with the project of one, its selection included."""
    from gui.opening import prepare

    chosen, current = old.selection.ids, old.selection.current
    project = old.release()
    if project is not None:
        new.show(prepare(project))
        new.selection.choose(chosen, current=current)


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
