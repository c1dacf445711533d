"""numpy, imported when something of it is first used: the window does not wait for it.

``from geo.late import np`` stands for ``import numpy as np`` in the modules that are there before a map is. Annotations
with numpy's types stand in quotes in them. It can go once Python imports lazily by itself (PEP 810).
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = ["np"]


class _Late(ModuleType):
    """A module whose names come from the real one when they are asked for, and are kept."""

    def __getattr__(self, name: str) -> Any:
        """Return what the real module has under a name."""
        value = getattr(import_module(self.__name__), name)
        setattr(self, name, value)
        return value


if TYPE_CHECKING:
    import numpy as np
else:
    np = _Late("numpy")
