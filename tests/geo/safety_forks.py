"""Processes that start at once: a server that has imported the program forks one for each piece of code."""

import os
import signal
import subprocess
import sys
from types import TracebackType
from typing import Self

from tests.source import ROOT

_SERVER = """
import json, os, signal, sys, traceback
sys.path.insert(0, os.getcwd())
import pyogrio, shapely
from pathlib import Path
from geo.store import backups, blank, migrations, presence
from geo.store.base import Conflict
from geo.store.edits import edit, insert, update
from geo.store.geopackage import GeoPackage
from geo.store.project import Project
blank.content()
print("ready", flush=True)
for line in sys.stdin:
    code, args = json.loads(line)
    pid = os.fork()
    if not pid:
        print("pid", os.getpid(), flush=True)
        try:
            exec(code, {**globals(), "args": args})
            print("done", flush=True)
        except BaseException:
            traceback.print_exc()
            print("failed", flush=True)
        while True:  # until it is killed, so that its number is never another process's
            signal.pause()
    os.waitpid(pid, 0)
    print("ended", flush=True)
"""


class Forks:
    """Run pieces of code one after the other, each in a process of its own that may be killed."""

    def __enter__(self) -> Self:
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        self.server = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", _SERVER],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.line() == "ready"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.close()
        self.server.stdout.close()
        self.server.wait(timeout=20)

    def line(self) -> str:
        """Return the next line that the running piece prints; "ended" is the last one."""
        assert self.server.stdout is not None
        line = self.server.stdout.readline()
        assert line, "the server is gone"
        return line.strip()

    def start(self, code: str, *args: object) -> int:
        """Start a piece of code, which finds `args`, and return the id of its process."""
        import json

        assert self.server.stdin is not None
        self.server.stdin.write(json.dumps([code, args]) + "\n")
        self.server.stdin.flush()
        word, _, pid = self.line().partition(" ")
        assert word == "pid"
        return int(pid)

    def kill(self, pid: int) -> list[str]:
        """Kill the running piece and return what it printed before."""
        os.kill(pid, signal.SIGKILL)
        lines = []
        while (line := self.line()) != "ended":
            lines.append(line)
        return lines

    def rest(self, pid: int) -> list[str]:
        """Return what the running piece prints until it is done, which is the last line, and end it."""
        lines = []
        while (line := self.line()) not in ("done", "failed"):
            lines.append(line)
        return [*lines, line, *self.kill(pid)]
