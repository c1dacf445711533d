"""The columns of the model by what they hold, so that a table reads as a list."""

from geo.model.types import Choice, Column


def text(name: str, en: str, zh: str, *, required: bool = False) -> Column:
    """Return a column of text."""
    return Column(name, "text", en, zh, required=required)


def ref(name: str, table: str, en: str, zh: str, *, required: bool = False) -> Column:
    """Return a column that names a row of another table."""
    return Column(name, "ref", en, zh, refers_to=table, required=required)


def pick(name: str, choices: tuple[Choice, ...], default: str, en: str, zh: str) -> Column:
    """Return a column of choices."""
    return Column(name, "text", en, zh, choices=choices, default=default)


def whole(name: str, en: str, zh: str, unit: str = "", default: int | None = None) -> Column:
    """Return a column of whole numbers, null for none."""
    return Column(name, "int", en, zh, unit=unit, default=default)


def names(*, required: bool = True) -> tuple[Column, ...]:
    """Return the columns of a name in both languages."""
    return text("name", "Name", "名称", required=required), text("name_en", "English name", "英文名称")
