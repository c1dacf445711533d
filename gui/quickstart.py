"""Make imports cheaper while the program starts: no collecting of garbage, no reading of every module's source."""

import gc
import sys

import PySide6.QtCore  # noqa: F401  what it has loaded is asked for below


def hurry() -> None:
    """Let what is imported from now on cost less.

    Qt for Python reads the source of every module that is imported after it, to learn whether that one may want its
    names in snake case (`_mod_uses_pyside` in PySide 6.12); no module here does. And nothing that an import makes is
    garbage. Together they take a quarter of the time in which pandas is imported.
    """
    gc.disable()
    feature = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "_mod_uses_pyside"):
        setattr(feature, "_mod_uses_pyside", _wants_nothing)  # noqa: B010  mypy does not know the module


def settle() -> None:
    """Collect garbage again, but no longer look through what has been imported, which takes 100 ms and stays."""
    gc.freeze()
    gc.enable()


def _wants_nothing(_module: object) -> bool:
    return False


hurry()
