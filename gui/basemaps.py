"""The base map of the open project: chosen in the View menu, fetched where the user wants it, told of when it fails."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from geo.errors import XunluError
from geo.language import tr
from geo.tiles import choice as choices
from geo.tiles.choice import SETTING, Choice
from geo.tiles.source import Source
from gui.basemapshelf import Shelf
from gui.canvas import Canvas
from gui.session import Session

if TYPE_CHECKING:
    from gui.basemapdialog import BasemapDialog
    from gui.tilefetch import TileFetcher
    from layers.basemap import BasemapLayer

REDRAW_MS = 120
"""For so long tiles gather before the map is drawn anew."""

OPACITIES = (100, 80, 60, 40, 20)


class Basemaps(QObject):
    """Let the user choose a base map for the project, and fetch what the map lacks of it.

    `changed` tells that another one is shown.
    """

    changed = Signal()

    def __init__(self, session: Session, canvas: Canvas, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.shelf = Shelf(session.settings)
        self._canvas = canvas
        self._window = parent
        self._fetcher: TileFetcher | None = None
        self._menu: QMenu | None = None
        self._seen = Choice()
        self._trouble: XunluError | None = None
        self._redraw = QTimer(self)
        self._redraw.setSingleShot(True)
        self._redraw.setInterval(REDRAW_MS)
        self._redraw.timeout.connect(self._show_arrived)
        self._moved = QTimer(self)
        self._moved.setSingleShot(True)
        self._moved.setInterval(REDRAW_MS)
        self._moved.timeout.connect(self._on_drawn)
        session.opened.connect(self._on_opened)
        session.released.connect(self._on_released)
        session.stale.connect(self._look)
        canvas.picture.finished.connect(self._on_drawn)
        canvas.viewed.connect(self._on_viewed)

    @property
    def layer(self) -> "BasemapLayer | None":
        """Return the layer that shows the base map; None while no project is open."""
        return None if self.session.stack is None else self.session.stack.basemap

    # Choosing

    def attach(self, menu: QMenu) -> None:
        """Fill a menu with what can be chosen, anew each time that it opens."""
        self._menu = menu
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self._fill)
        self._fill()

    def _fill(self) -> None:
        menu = self._menu
        if menu is None:
            return
        menu.clear()
        for old in menu.findChildren(QActionGroup):
            old.deleteLater()
        for old_menu in menu.findChildren(QMenu):
            old_menu.deleteLater()
        chosen = self._now()
        self._list_sources(menu, chosen)
        menu.addSeparator()
        grey = self._add(menu, tr("In &grey"), tr("Show the base map without colours, so that the sites stand out"))
        grey.setCheckable(True)
        grey.setChecked(chosen.grey)
        grey.setEnabled(chosen.source is not None)
        grey.triggered.connect(lambda on: self.change(grey=on))
        self._list_opacities(menu, chosen)
        menu.addSeparator()
        manage = self._add(menu, tr("&Manage…"), tr("Add base maps by address or file, enter keys, try them"))
        manage.triggered.connect(lambda _on=False: self.manage())

    def _list_sources(self, menu: QMenu, chosen: Choice) -> None:
        group = QActionGroup(menu)
        listed: list[Source | None] = [None, *self.shelf.all()]
        now = None if chosen.source is None else chosen.source.id
        if now not in {None if each is None else each.id for each in listed}:
            listed.append(chosen.source)
        for source in listed:
            title = tr("&None") if source is None else source.title().replace("&", "&&")
            tip = tr("Show only what the project itself holds") if source is None else source.conditions()
            action = self._add(menu, title, tip)
            action.setCheckable(True)
            action.setChecked((None if source is None else source.id) == now)
            action.setEnabled(self.session.project is not None)
            action.triggered.connect(lambda _on=False, source=source: self.choose(source))
            group.addAction(action)

    def _list_opacities(self, menu: QMenu, chosen: Choice) -> None:
        inner = menu.addMenu(tr("&Strength"))
        inner.setEnabled(chosen.source is not None)
        group = QActionGroup(inner)
        for percent in OPACITIES:
            action = self._add(inner, f"{percent} %", tr("Show the base map fainter or stronger"))
            action.setCheckable(True)
            action.setChecked(percent == chosen.opacity)
            action.triggered.connect(lambda _on=False, percent=percent: self.change(opacity=percent))
            group.addAction(action)

    def _add(self, menu: QMenu, title: str, tip: str) -> QAction:
        action = menu.addAction(title)
        action.setStatusTip(tip)
        action.setToolTip(tip)
        return action

    def choose(self, source: Source | None) -> bool:
        """Show a base map in this project, or none; return whether it is.

        One that needs a key which is not known yet is shown in the dialog, where the key is entered.
        """
        if self.session.project is None or self.layer is None:
            return False
        if source is not None:
            if source.needs_key and not self.shelf.key(source):
                self.manage(source)
                return False
            self.shelf.let_fetch(self.session.project.path, source)
            if self._fetcher is not None:
                self._fetcher.forgive()
            source = choices.beside(source, self.session.project.path.parent)
        title = tr("Base map: {name}", name=source.title()) if source is not None else tr("No base map")
        return self._write(replace(self._now(), source=source), title)

    def change(self, *, opacity: int | None = None, grey: bool | None = None) -> bool:
        """Show the base map fainter, stronger, in grey or in colour; return whether it is."""
        if self.layer is None:
            return False
        now = self._now()
        wanted = replace(
            now, opacity=now.opacity if opacity is None else opacity, grey=now.grey if grey is None else grey
        )
        return self._write(wanted, tr("Look of the base map"))

    def _now(self) -> Choice:
        """Return what the project says; the map follows it a moment later."""
        if self.session.project is not None and self.session.can_write:
            with suppress(XunluError):
                return choices.read(self.session.project.setting(SETTING))
        return self.layer.choice if self.layer is not None else Choice()

    def _write(self, wanted: Choice, title: str) -> bool:
        project, layer = self.session.project, self.layer
        if project is None or layer is None:
            return False
        if not self.session.can_write:
            # To look at only: it is shown, and gone with the window.
            layer.show(wanted, project.path.parent)
            self._soil()
            self.session.stale.emit()
            return True
        from geo.store.edits import edit

        text = choices.write(wanted)
        if text == project.setting(SETTING):
            self.session.stale.emit()  # chosen once more: its tiles may be fetched now
            return True
        return self.session.apply(edit(title, [project.set_setting_change(SETTING, text)]))

    def manage(self, source: Source | None = None) -> "BasemapDialog":
        """Open the list of base maps; at one of them, if it is given."""
        from gui.basemapdialog import BasemapDialog

        project = self.session.project
        folder = project.path.parent if project is not None else Path.home()
        dialog = BasemapDialog(self.shelf, self._middle, folder, self._window)
        dialog.use_wanted.connect(self.choose)
        dialog.changed.connect(self._on_shelf_changed)
        if self.layer is not None and source is None:
            source = self.layer.choice.source
        dialog.show_source(source)
        dialog.open()
        return dialog

    def _middle(self) -> tuple[float, float, float]:
        view = self._canvas.view
        lon, lat = view.screen_to_lonlat([(view.width / 2, view.height / 2)])[0].tolist()
        return lon, lat, view.scale

    def _on_shelf_changed(self) -> None:
        """Take over what was changed of the base map that is shown, and ask its server again."""
        if self._fetcher is not None:
            self._fetcher.forgive()
        shown = self.layer.choice.source if self.layer is not None else None
        kept = {source.id: source for source in self.shelf.all()}
        if shown is not None and not shown.is_file and shown.id in kept and kept[shown.id] != shown:
            self.choose(kept[shown.id])
        else:
            self._on_drawn()

    # Following

    def _on_opened(self) -> None:
        self._seen, self._trouble = Choice(), None
        # Behind what else is said of a project that was opened.
        QTimer.singleShot(0, self, self._look)

    def _on_released(self) -> None:
        self._redraw.stop()
        self._moved.stop()
        if self._fetcher is not None:
            self._fetcher.stop()
        if self.layer is not None:
            self.layer.images.cache.close()

    def _look(self) -> None:
        """Tell once what is wrong with the base map, and when another one is shown."""
        layer, project = self.layer, self.session.project
        if layer is None or project is None:
            return
        if layer.trouble is not None and layer.trouble is not self._trouble:
            self.session.tell_error(layer.trouble)
        self._trouble = layer.trouble
        if layer.choice != self._seen:
            self._seen = layer.choice
            source = layer.source
            if source is not None and not self.shelf.may_fetch(project.path, source):
                self.session.tell(
                    tr("The project shows the base map “{name}”; nothing is fetched for it.", name=source.title()),
                    tr("Choose it under View, Base map, if {host} may be asked for it.", host=source.host()),
                )
            self.changed.emit()

    def _on_viewed(self) -> None:
        """Ask no more for what has left the view, and soon for what has come into it, even where it is drawn."""
        self._moved.start()
        if self._fetcher is not None and self._fetcher.is_busy and self.layer is not None:
            self._fetcher.keep_only({each.key for each in self.layer.needed(self._canvas.view)})

    def _on_drawn(self) -> None:
        """Fetch what the picture lacks, if the user has chosen this base map in this project."""
        layer, project = self.layer, self.session.project
        source = layer.source if layer is not None else None
        if layer is None or project is None or source is None or not self.shelf.may_fetch(project.path, source):
            if self._fetcher is not None:
                self._fetcher.stop()
            return
        if source.is_file:
            return
        key = self.shelf.key(source)
        if source.needs_key and not key:
            return
        wanted = layer.wanted(self._canvas.view)
        if wanted or self._fetcher is not None:
            self._make_fetcher().want(source, key, wanted)

    def _make_fetcher(self) -> "TileFetcher":
        if self._fetcher is None:
            # Only now: the network is not even prepared for who has no base map from it.
            from gui.tilefetch import TileFetcher
            from gui.webfetch import Web

            web = Web(self)
            self._fetcher = TileFetcher(web, lambda: self.layer.images if self.layer is not None else None, self)
            self._fetcher.arrived.connect(self._on_arrived)
            self._fetcher.rested.connect(self._on_drawn)
            self._fetcher.failed.connect(self._on_failed)
        return self._fetcher

    def _on_arrived(self) -> None:
        if not self._redraw.isActive():
            self._redraw.start()

    def _show_arrived(self) -> None:
        self._soil()
        self._canvas.picture.redraw()

    def _soil(self) -> None:
        if self.session.stack is not None:
            self.session.stack.soil_all()

    def _on_failed(self, error: XunluError) -> None:
        from gui.messages import Level

        # No error: the map goes on without it.
        self.session.tell(error.message, error.hint, Level.WARNING)
