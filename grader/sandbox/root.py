"""For those who are root: become an ordinary user before anything else, for good.

As root the kernel's limit on processes has no effect, and bubblewrap cannot mount /proc in its inner
namespace. The interpreter often lies in root's private home; then it is shown again, read-only, at its own
place in a file system where that home is empty.
"""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Sequence
from pathlib import Path

# Neither ordinary users nor those of system services: systemd.io/UIDS-GIDS lists 60706 to 61183 as unused.
FIRST_UID = 60706
UIDS = 478


def free_uid() -> int:
    """A user number that no process has now."""
    used = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                used.add(entry.stat().st_uid)
            except OSError:
                continue
    start = os.getpid() % UIDS
    free = (FIRST_UID + (start + n) % UIDS for n in range(UIDS))
    return next((uid for uid in free if uid not in used), FIRST_UID + start)


def dropped(command: Sequence[str], *, uid: int, shown: Sequence[Path], stage: Path) -> list[str]:
    """`command` as user `uid`, who can read all of `shown`. `stage` is an empty folder of ours."""
    drop = [
        *("setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--inh-caps=-all"),
        *("--bounding-set=-all", "--no-new-privs", "--"),
    ]
    masks = sorted({mask for path in shown if (mask := private_ancestor(path)) is not None})
    if not masks:
        return [*drop, *command]
    hidden = [p for p in shown if private_ancestor(p) is not None]
    script = _show_again(masks, hidden, stage) + f'exec {shlex.join(drop)} "$@"\n'
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", *command]


def _show_again(masks: Sequence[Path], hidden: Sequence[Path], stage: Path) -> str:
    quote = shlex.quote
    lines = ["set -e", f"mount -t tmpfs -o mode=0755 tmpfs {quote(str(stage))}"]
    held = [(path, stage / str(n)) for n, path in enumerate(hidden)]
    for path, place in held:
        lines += [f"mkdir {quote(str(place))}", f"mount --bind {quote(str(path))} {quote(str(place))}"]
    lines += [f"mount -t tmpfs -o mode=0755 tmpfs {quote(str(mask))}" for mask in masks]
    for path, place in held:
        lines += [
            f"mkdir -p {quote(str(path))}",
            f"mount --bind {quote(str(place))} {quote(str(path))}",
            f"mount -o remount,bind,ro {quote(str(path))}",
        ]
    return "\n".join(lines) + "\n"


def private_ancestor(path: Path) -> Path | None:
    """The topmost folder on the way to `path` that others may not enter."""
    for folder in (*reversed(path.parents), path):
        if not folder.stat().st_mode & stat.S_IXOTH:
            return folder
    return None
