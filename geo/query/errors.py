"""What is wrong in an expression, and where."""

from geo.errors import XunluError
from geo.query.fields import Field


class QueryError(XunluError):
    """Report what is wrong at a place of an expression, and what could stand there.

    Parameters
    ----------
    message, hint
        As of every `XunluError`.
    start, end
        The characters concerned; at the end of the text where something is missing.
    expected
        What could stand there: ``field``, ``operator``, ``value``, ``connective``.
    field
        Whose operator or value it would be.
    """

    def __init__(
        self, message: str, hint: str, start: int, end: int, *, expected: str = "", field: Field | None = None
    ) -> None:
        super().__init__(message, hint)
        self.start = start
        self.end = end
        self.expected = expected
        self.field = field
