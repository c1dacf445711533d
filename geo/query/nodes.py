"""What an expression says, as a tree; every part of it is true or false for a site, never unknown.

So ``NOT x`` holds for exactly the sites for which ``x`` does not, and of the two no site is left out. An empty cell
fulfils ``IS EMPTY`` and ``= ''``, and no other comparison.
"""

from dataclasses import dataclass
from typing import Literal

Order = Literal["=", "<", "<=", ">", ">="]


@dataclass(frozen=True)
class And:
    """All parts hold."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    """Some part holds."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Node"


@dataclass(frozen=True)
class Compare:
    """A number, a day (ISO) or a text of a column stands so to a given one."""

    column: str
    order: Order
    value: float | str


@dataclass(frozen=True)
class CompareColumns:
    """The value of a column stands so to that of another one of the same kind, both given."""

    column: str
    order: Order
    other: str


@dataclass(frozen=True)
class Between:
    """The value of a column lies between two, or is one of them."""

    column: str
    low: float | str
    high: float | str


@dataclass(frozen=True)
class Among:
    """The value of a column is one of some."""

    column: str
    values: frozenset[float | str]


@dataclass(frozen=True)
class Like:
    r"""A text of a column is like a pattern, whatever the case.

    ``%`` stands for any characters, ``_`` for one; a backslash takes the next one as it is.
    """

    column: str
    pattern: str


@dataclass(frozen=True)
class Empty:
    """Nothing stands in the column."""

    column: str


@dataclass(frozen=True)
class Ready:
    """The site is among those of a ready word, such as ``due``."""

    name: str


Node = And | Or | Not | Compare | CompareColumns | Between | Among | Like | Empty | Ready
