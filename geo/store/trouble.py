"""What is wrong with a project file, said so that a person can find the place and mend it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong.

    Parameters
    ----------
    table, row_id, column
        Where; each empty where it concerns more than that.
    what
        One sentence that says what is wrong.
    mend
        One sentence that says what to do.
    """

    table: str
    row_id: str
    column: str
    what: str
    mend: str
