"""Which files a submission may touch, by Landlock."""

from __future__ import annotations

import os
from typing import Any

import landlockpy
from landlockpy import AccessFS, Ruleset, Scope

_READ = AccessFS.READ_FILE | AccessFS.READ_DIR | AccessFS.EXECUTE
_ON_FILES = (
    AccessFS.EXECUTE | AccessFS.WRITE_FILE | AccessFS.READ_FILE | AccessFS.TRUNCATE | AccessFS.IOCTL_DEV
)
_USE = (
    _READ
    | AccessFS.WRITE_FILE
    | AccessFS.TRUNCATE
    | AccessFS.REMOVE_DIR
    | AccessFS.REMOVE_FILE
    | AccessFS.MAKE_DIR
    | AccessFS.MAKE_REG
    | AccessFS.MAKE_SYM
    | AccessFS.REFER
)  # no sockets, pipes or devices: nothing that waits for whoever opens it
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


def prepare() -> None:
    """Have the library find libc now: it may start other programs for that."""
    if landlockpy.abi_version() < 1:
        raise OSError("the kernel has no Landlock")


def restrict(setup: dict[str, Any]) -> None:
    """Close every file that is not named, every port, and the way to processes outside."""
    with Ruleset(scoped=Scope.ABSTRACT_UNIX_SOCKET | Scope.SIGNAL) as rules:
        for path in setup["read"]:
            _allow(rules, path, _READ)
        for path in _DEVICES:
            _allow(rules, path, AccessFS.READ_FILE | AccessFS.WRITE_FILE)
        for path in setup["use"]:
            _allow(rules, path, _USE)
        rules.restrict()


def _allow(rules: Ruleset, path: str, access: AccessFS) -> None:
    try:
        rules.allow_path(path, access if os.path.isdir(path) else access & _ON_FILES)
    except FileNotFoundError:
        return  # nothing to be allowed
