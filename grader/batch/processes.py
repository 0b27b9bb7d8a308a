"""How processes of ours are started: never as copies of the one that runs, and on one core each."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.context import ForkServerContext, SpawnContext

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def context(preload: Sequence[str] = ()) -> ForkServerContext | SpawnContext:
    """Processes that share one import of our modules, and of `preload`, where the system can.

    They are copies of one that is made the first time that this is used: what is to be preloaded must be
    known then.
    """
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(["grader.batch", *preload])
    return server


def begin_to_import(preload: Sequence[str] = ()) -> None:
    """Have the import that `context` speaks of made meanwhile, while this process gets ready itself."""
    if sys.platform == "win32":
        return
    from multiprocessing import forkserver  # noqa: PLC0415 - not everywhere

    context(preload)
    with single_threaded():
        forkserver.ensure_running()


@contextmanager
def single_threaded() -> Iterator[None]:
    """Inside, processes are started whose linear algebra keeps to one core: there is one per core."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
