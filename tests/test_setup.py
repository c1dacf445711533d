"""The set-up: which Python it takes, when it does nothing, and what it says when it cannot go on."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.source import ROOT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the script is for bash")

INPUTS = ("pyproject.toml", "uv.lock", ".ci/setup")
"""What the environment is made from, in the order in which the script reads it."""

REFUSES = '[ "$1" = --version ] || { echo "error: asked for $*"; exit 1; }'
"""A uv that starts and then tells what it was asked for, so that nothing is downloaded."""

DOES_NOT_START = "echo 'command not found' >&2; exit 127"
"""What a pyenv shim does for a version that is not chosen."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout of the set-up alone, in a folder whose name has a space and Chinese in it."""
    folder = tmp_path / "巡路 copy"
    (folder / ".ci").mkdir(parents=True)
    for name in INPUTS:
        shutil.copy(ROOT / name, folder / name)
    return folder


def program(file: Path, text: str) -> None:
    """Write a program that can be started."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/bash\n{text}\n", "utf-8")
    file.chmod(0o755)


def set_up(checkout: Path) -> subprocess.CompletedProcess[str]:
    """Run the set-up with the programs of the folder `bin` before those of the system."""
    path = f"{checkout / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin"
    environment = {"PATH": path, "HOME": str(checkout), "PYENV_ROOT": str(checkout / "pyenv")}
    return subprocess.run(
        ["bash", ".ci/setup"], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def shims(checkout: Path) -> None:
    """Hide every Python of the system behind a shim that does not start."""
    for name in ("python3.12", "python3.13", "python3.14", "python3", "python"):
        program(checkout / "bin" / name, DOES_NOT_START)


@pytest.mark.usefixtures("shims")
@pytest.mark.parametrize("place", ["bin/python3.13", "pyenv/versions/3.12.1/bin/python3"])
def test_a_python_that_only_seems_to_be_there_is_passed_over(checkout: Path, place: str) -> None:
    """The interpreter that starts is found behind shims that do not, and handed to uv."""
    program(checkout / place, f'exec "{sys.executable}" "$@"')
    program(checkout / "bin/uv", REFUSES)
    done = set_up(checkout)
    assert done.returncode == 1
    assert f"--python {checkout / place} " in done.stderr


@pytest.mark.usefixtures("shims")
def test_an_older_python_will_not_do(checkout: Path) -> None:
    """The routing wheels begin at 3.12, so an interpreter before it is not handed to uv, which is asked for one."""
    old = f"""exec "{sys.executable}" -c "import sys; sys.version_info = (3, 11, 9); exec(sys.argv[1])" "$2\""""
    program(checkout / "pyenv/versions/3.11.9/bin/python3", old)
    program(checkout / "bin/uv", REFUSES)
    done = set_up(checkout)
    assert done.returncode == 1
    assert "none could be fetched" in done.stderr
    assert "python install" in done.stderr


def test_a_failure_is_one_line_that_says_why(checkout: Path) -> None:
    """Of all that uv says, the first error and its last cause are told."""
    program(checkout / "bin/python3.12", f'exec "{sys.executable}" "$@"')
    said = "echo 'error: no network'; echo '  cause: a'; echo '  cause: no name server'; echo 'hint: none'; exit 2"
    program(checkout / "bin/uv", f'[ "$1" = --version ] || {{ {said}; }}')
    done = set_up(checkout)
    assert done.returncode == 1
    assert done.stderr == "setup: the packages could not be installed: error: no network cause: no name server\n"


def test_nothing_is_done_twice(checkout: Path) -> None:
    """With the mark of an earlier set-up nothing runs; a changed lock file makes it run again."""
    program(checkout / ".venv/bin/python", f'exec "{sys.executable}" "$@"')
    program(checkout / "bin/uv", REFUSES)
    inputs = b"".join((checkout / name).read_bytes() for name in INPUTS)
    mark = subprocess.run(["cksum"], input=inputs, capture_output=True, check=True).stdout.decode().strip()
    (checkout / ".venv/.xunlu-setup").write_text(f"{mark} --group test\n", "utf-8")
    done = set_up(checkout)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with (checkout / "uv.lock").open("a", encoding="utf-8") as lock:
        lock.write("\n")
    assert set_up(checkout).returncode == 1
