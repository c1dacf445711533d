"""How the map looks: which style it wears, and following what the project keeps of changes to it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from geo.language import tr
from gui.session import Session
from gui.slices import Slices

if TYPE_CHECKING:
    from geo.store.edits import Edit
    from layers.restyling import Changes


class MapStyle(QObject):
    """Let the map of the session wear a style, with what the project keeps of changes to it.

    Parameters
    ----------
    session
        Whose map it is; its settings keep the name of the style.
    """

    worn = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self._work = Slices(self)
        self._worn = ""
        session.opened.connect(self._on_opened)
        session.edited.connect(self._follow)
        session.released.connect(self._work.stop)

    @property
    def name(self) -> str:
        """Return the name of the style that the map wears."""
        return self.session.settings.map_style if self.session.settings.map_style in titles() else "light"

    @property
    def text(self) -> str:
        """Return what the project keeps of changes to the styles."""
        return "" if self.session.project is None else self.session.project.setting("style")

    @property
    def changes(self) -> "Changes":
        """Return the changes that the project keeps."""
        from layers import restyling

        return restyling.loads(self.text)

    def choose(self, name: str) -> None:
        """Let the map wear a style from now on."""
        self.session.settings.map_style = name
        self.wear()

    def wear(self, text: str | None = None) -> None:
        """Draw the map in its style with changes, those of the project unless others are to be tried."""
        stack = self.session.stack
        if stack is None:
            return
        self._worn = self.text if text is None else text
        self._work.start(stack.restyle(self.name, self._worn), self._on_worn)

    def keep(self, changes: "Changes") -> bool:
        """Keep changes with the project; they are seen at once."""
        from geo.store.edits import edit

        project = self.session.open_project()
        return self.session.apply(edit(tr("Map style"), [project.set_setting_change("style", changes.dumps())]))

    def kind_titles(self) -> Mapping[str, str]:
        """Return the titles of the site kinds of the project by their symbol."""
        from geo.store.tables import name_of

        if self.session.project is None:
            return {}
        kinds = self.session.project.frame("kinds")
        return {str(row["symbol"]): name_of(row) for _, row in kinds.iterrows()}

    def _follow(self, edit: "Edit") -> None:
        if "settings" in edit.tables() and self.text != self._worn:
            self.wear()

    def _on_opened(self) -> None:
        stack = self.session.stack
        self._worn = self.text
        if stack is not None and stack.style_name != self.name:
            self.wear()

    def _on_worn(self) -> None:
        self.session.stale.emit()
        self.worn.emit()


def titles() -> dict[str, str]:
    """Return what the styles are called."""
    return {"light": tr("Light"), "dark": tr("Dark"), "print": tr("As on paper")}
