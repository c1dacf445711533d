"""The program's own source, read as text, for tests of how it is built."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parent.parent
RINGS = ("geo", "layers", "gui")


@dataclass(frozen=True)
class Module:
    """One Python file of the program, by its dotted name."""

    name: str
    path: Path

    @cached_property
    def tree(self) -> ast.Module:
        """Return the parsed file."""
        return ast.parse(self.path.read_text("utf-8"))

    @cached_property
    def imports(self) -> set[str]:
        """Return the dotted names of all that is imported, at the top or anywhere else, type checking included."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                module = node.module or ""
                if node.level:
                    package = self.name.split(".")[: -node.level]
                    module = ".".join([*package, module]).rstrip(".")
                found |= {f"{module}.{alias.name}" for alias in node.names}
        return found


def modules(root: Path = ROOT) -> list[Module]:
    """Return every module of the program under a folder."""
    files = [root / "main.py", *(file for ring in RINGS for file in sorted((root / ring).rglob("*.py")))]
    return [Module(_name(file.relative_to(root)), file) for file in files if file.exists()]


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    """Return every call of a function by its bare name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node
