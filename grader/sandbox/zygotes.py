"""The host's side of a zygote: start it, have it fork, have it clean up, end it."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.model import Limits, Tier
from grader.sandbox import launch, processes, words
from grader.worker.family import children

READY_S = 120.0  # importing everything on a busy machine
ANSWER_S = 10.0
_MESSAGE = 1 << 16
_SIGNALLED = 128


class ZygoteLost(Exception):
    """It died or does not answer."""


class Zygote:
    """A running zygote; raises WorkerBroken when it cannot be started."""

    def __init__(
        self, *, tier: Tier, preload: tuple[str, ...], imports: tuple[str, ...] | None, workspace: Path | None
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(
            prefix="grader-", dir=workspace, ignore_cleanup_errors=True
        )
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._status: int | None = None
        self.used_s = 0.0  # processor time of the submission that has ended, as far as it is known
        self.too_many_files = False  # of the submission that has ended
        self._inner = tier is Tier.STRONG
        try:
            how = launch.launch(tier, preload=preload, imports=imports, folder=Path(self._folder.name))
        except BaseException:
            self._errors.close()
            self._folder.cleanup()
            raise
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = ours
        self._process = subprocess.Popen(
            how.command,
            env=how.environment,
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            cwd=how.folder,
            start_new_session=True,
        )
        theirs.close()
        self.missing, self._pidfd = self._greet({**how.setup, "environment": sorted(how.environment)})
        self.pid = processes.pid_of(self._pidfd)

    def _greet(self, setup: Mapping[str, object]) -> tuple[tuple[str, ...], int]:
        try:
            self._send(setup)
            answer, fds = self._receive(READY_S)
        except ZygoteLost as error:
            said = self._said()
            self.close()
            raise words.WorkerBroken(f"the zygote did not start: {said}") from error
        return tuple(answer["missing"]), fds[0]

    def _said(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(2)
        self._errors.seek(0)
        return self._errors.read(1 << 16).decode("utf-8", "replace")[-4000:]

    def start(self, limits: Limits, channel: int, output: int) -> int:
        """Fork a process for a submission; a pidfd of it."""
        self.too_many_files = False
        self._status, self.used_s = None, 0.0
        wanted = dataclasses.asdict(limits)
        try:
            self._send({"do": "start", "limits": wanted}, (channel, output))
            answer, fds = self._receive(ANSWER_S)
        except ZygoteLost as error:
            raise words.WorkerBroken(f"the zygote did not fork: {self._said()}") from error
        if "failed" in answer:
            raise words.WorkerBroken(f"the zygote could not fork: {answer['failed']}")
        return fds[0]

    def keepers(self, root: int) -> tuple[int, ...]:
        """The processes of a submission that outlive a check. To be asked before student code runs."""
        first = processes.pid_of(root)
        return (first, *children(first))

    def uncounted(self, root: int) -> int:
        """The pid of a submission's first process where that is ours, 0 otherwise."""
        return processes.pid_of(root) if self._inner else 0

    def exit_code(self) -> int | None:
        """How the submission ended, negative for a signal; None when that is not known."""
        if self._status is None:
            self.clean()
        if self._status is None:
            return None
        code = os.waitstatus_to_exitcode(self._status)
        if self._inner and code > _SIGNALLED:  # as its first process tells, which no signal can end
            return _SIGNALLED - code
        return code

    def clean(self) -> None:
        """End all of the submission, remove its files. A zygote that cannot is ended itself."""
        try:
            self._send({"do": "clean"})
            answer, _ = self._receive(ANSWER_S)
            self._status, self.used_s = answer["status"], answer["used_s"]
            self.too_many_files = bool(answer["too_many_files"])
        except ZygoteLost:
            processes.kill(self._pidfd)  # not its parent, which then ends what is left

    def is_alive(self) -> bool:
        """Can it be asked?"""
        return not processes.has_ended(self._pidfd)

    def close(self) -> None:
        """End it and all below it."""
        self._control.close()  # which it takes as the order to end
        if self._process.poll() is None and hasattr(self, "pid"):
            processes.end_descendants(self.pid)
        try:
            self._process.wait(ANSWER_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if hasattr(self, "_pidfd"):
            os.close(self._pidfd)
        self._errors.close()
        self._folder.cleanup()

    def _send(self, message: Mapping[str, object], fds: tuple[int, ...] = ()) -> None:
        try:
            self._control.settimeout(ANSWER_S)
            socket.send_fds(self._control, [json.dumps(message).encode()], list(fds))
        except OSError as error:
            raise ZygoteLost from error

    def _receive(self, seconds: float) -> tuple[dict[str, Any], list[int]]:
        self._control.settimeout(seconds)
        try:
            data, fds, _, _ = socket.recv_fds(self._control, _MESSAGE, 4)
        except OSError as error:
            raise ZygoteLost from error
        if not data:
            raise ZygoteLost
        return json.loads(data), fds
