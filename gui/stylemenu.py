"""The menu of the map styles, and the way to the dialog in which they are changed."""

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from geo.language import tr
from gui.mapstyle import MapStyle, titles


def fill(menu: QMenu, mapstyle: MapStyle, window: QWidget) -> None:
    """Put the styles that the map can wear into a menu, and the command that changes them."""
    group = QActionGroup(menu)
    for name, title in titles().items():
        action = menu.addAction(title)
        action.setCheckable(True)
        action.setChecked(name == mapstyle.name)
        action.setStatusTip(tr("Let the map look like this; the paper has its own style"))
        action.triggered.connect(lambda _on=False, name=name: mapstyle.choose(name))
        group.addAction(action)
    menu.addSeparator()
    change = menu.addAction(tr("&Change…"))
    change.setStatusTip(tr("Change colours, symbols and widths, and by what sites are coloured and named"))
    change.triggered.connect(lambda: _open(mapstyle, window))


def _open(mapstyle: MapStyle, window: QWidget) -> None:
    # Only here: it imports pandas, for which the window must not wait.
    from gui.styledialog import StyleDialog

    StyleDialog(mapstyle, window).show()
