"""The lines of a tree widget as lists, which Qt gives one by one and possibly None."""

from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem


def tops(tree: QTreeWidget) -> list[QTreeWidgetItem]:
    """Return the lines of a tree that have no line above them."""
    items = (tree.topLevelItem(place) for place in range(tree.topLevelItemCount()))
    return [item for item in items if item is not None]


def children(parent: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    """Return the lines right below another."""
    items = (parent.child(place) for place in range(parent.childCount()))
    return [item for item in items if item is not None]
