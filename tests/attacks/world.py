"""What lies around a sandbox: things that student code must not reach. Looked at from outside."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

MARK = f"gr{os.getpid():07d}"  # in names of processes and files that attempts make; tests may run in parallel
_SLEEP = "import sys; sys.stdin.read()"


class World:
    """Files, listeners and a process beside the sandbox, as they are on an instructor's machine."""

    def __init__(self, root: Path) -> None:
        self.secret = secrets.token_hex(12)
        self.root = root
        root.chmod(0o755)
        self.file = root / "answers.py"
        self.file.write_text(self.secret)
        self.file.chmod(0o644)
        self.folder = root / "open"
        self.folder.mkdir()
        self.folder.chmod(0o777)
        (self.folder / "kept").write_text("kept")
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.abstract = f"{MARK}-{self.secret[:8]}"
        self.locals = [self._listen("\0" + self.abstract), self._listen(str(root / "socket"))]
        (root / "socket").chmod(0o777)
        for sock in (self.tcp, self.udp, *self.locals):
            sock.setblocking(False)
        self.bystander = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _SLEEP, f"argument-{self.secret}"],
            stdin=subprocess.PIPE,
            env={"TOKEN": f"environment-{self.secret}"},
        )
        self._stat = self._state_of_file()
        self._segments = _segments()
        self._left = _files_left()

    @staticmethod
    def _listen(address: str) -> socket.socket:
        sock = socket.socket(socket.AF_UNIX)
        sock.bind(address)
        sock.listen()
        return sock

    def told(self) -> dict[str, object]:
        """What the attempt knows of it: more than a student would."""
        return {
            "file": str(self.file),
            "folder": str(self.folder),
            "tcp": self.tcp.getsockname()[1],
            "udp": self.udp.getsockname()[1],
            "abstract": self.abstract,
            "socket": str(self.root / "socket"),
            "bystander": self.bystander.pid,
            "mark": MARK,
        }

    def changes(self) -> list[str]:
        """What is not as it was."""
        found = []
        if self._state_of_file() != self._stat:
            found.append("the file outside was changed")
        if sorted(os.listdir(self.folder)) != ["kept"]:
            found.append("the folder outside was changed")
        for sock in (self.tcp, *self.locals):
            with contextlib.suppress(BlockingIOError):
                sock.accept()[0].close()
                found.append("a connection came in")
        with contextlib.suppress(BlockingIOError):
            self.udp.recv(1)
            found.append("a datagram came in")
        if self.bystander.poll() is not None:
            found.append("another process was ended")
        if _segments() - self._segments:
            found.append("a System V segment is left")
        if _files_left() - self._left:
            found.append("a file is left in a folder that all share")
        if marked_processes():
            found.append("a process is left")
        return found

    def _state_of_file(self) -> object:
        try:
            found = self.file.stat()
            attributes = tuple(os.listxattr(self.file))
        except FileNotFoundError:
            return None
        return (
            self.file.read_text(),
            stat.S_IMODE(found.st_mode),
            found.st_uid,
            int(found.st_mtime),
            attributes,
        )

    def close(self) -> None:
        """Remove what is here, and what an attempt that succeeded has left."""
        assert self.bystander.stdin is not None
        self.bystander.stdin.close()
        self.bystander.kill()
        self.bystander.wait()
        for sock in (self.tcp, self.udp, *self.locals):
            sock.close()
        for pid in marked_processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
        for segment in _segments() - self._segments:
            subprocess.run(["ipcrm", "-m", segment], check=False, capture_output=True)
        for path in _files_left():
            with contextlib.suppress(OSError):
                path.unlink()


@contextlib.contextmanager
def fresh_world() -> Iterator[World]:
    """A world for one attempt."""
    with tempfile.TemporaryDirectory(prefix="grader-world-") as folder:
        world = World(Path(folder))
        try:
            yield world
        finally:
            world.close()


def marked_processes() -> list[int]:
    """Processes that an attempt started and named, still alive after a moment."""
    until = time.monotonic() + 1.0
    while True:
        found = _marked_now()
        if not found or time.monotonic() > until:
            return found
        time.sleep(0.02)


def _marked_now() -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                state = (entry / "stat").read_text()
                if f"({MARK}" in state and state.rpartition(")")[2].split()[0] not in "ZX":
                    found.append(int(entry.name))
    return found


def _files_left() -> set[Path]:
    return {path for folder in ("/dev/shm", "/tmp", "/var/tmp") for path in Path(folder).glob(f"{MARK}*")}


def _segments() -> set[str]:
    with contextlib.suppress(OSError):
        lines = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
        return {line.split()[1] for line in lines}
    return set()
