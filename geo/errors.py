"""The one error a person can mend; anything else that is raised is a bug."""


class XunluError(Exception):
    """Report what is wrong and, where there is one, the way to mend it.

    Parameters
    ----------
    message
        One sentence, already in the user's language, that names the file, row and field concerned.
    hint
        One sentence that says what to do; may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()
