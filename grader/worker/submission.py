"""The process of one submission: loads it once, then forks a child for each check.

All that is sent from here is a claim: after loading, this process is the student's.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import traceback
import warnings
from typing import Any, NoReturn

from . import channel, confine, kernel, probes, running, serve, wire, workspace
from .orders import ORDER_BYTES, End, Order
from .seeds import seed

CHANNEL_FD = 3


def complain(sock: int, error: BaseException) -> None:
    """Tell the host that a step of ours failed: no verdict about anybody's code."""
    words = "".join(traceback.format_exception(error))
    with socket.socket(fileno=os.dup(sock)) as link:
        channel.send(link, {"broken": words[-4000:]})


def main(parent: int, setup: dict[str, Any], limits: dict[str, Any], sock: int, output: int) -> NoReturn:
    """Confine this process, load, answer checks; never returns."""
    try:
        kernel.die_with_parent(parent)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # so that its memory can be measured from outside
        os.setsid()
        link = _arrange(sock, output)
        try:
            os.chdir(setup["work"])
            confine.close_in(setup, limits)
        except BaseException as error:
            complain(CHANNEL_FD, error)
            raise
        _live(link)
    except BaseException:
        traceback.print_exc()
        os._exit(70)
    os._exit(0)


def _arrange(sock: int, output: int) -> socket.socket:
    """Standard output and error to the student's pipe; the channel at its place; all else closed."""
    devnull = os.open(os.devnull, os.O_RDONLY)
    os.dup2(devnull, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.dup2(sock, CHANNEL_FD, inheritable=False)
    os.closerange(CHANNEL_FD + 1, 4096)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    _renew("stdin", 0, "r")
    _renew("stdout", 1, "w")
    _renew("stderr", 2, "w")
    return socket.socket(fileno=CHANNEL_FD)


def _renew(name: str, fd: int, mode: str) -> None:
    """A stream without what the zygote had in its buffer."""
    stream = open(fd, mode, buffering=1, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    setattr(sys, name, stream)
    setattr(sys, f"__{name}__", stream)


def _live(link: socket.socket) -> None:
    channel.send(link, {"ready": True})
    request = wire.read_value(channel.reader(link))
    workspace.fill(".", request.pop("files"))
    seed(request.pop("seed"))
    try:
        if "probes" in request:  # our own code: the self-test
            channel.send(link, {"report": probes.run(request["probes"])})
            return
        namespace, report = running.load(request)
    except running.Elsewhere:
        channel.send(link, {"elsewhere": True})
        return
    except BaseException as error:
        complain(CHANNEL_FD, error)
        return
    channel.send(link, {"report": report})
    gc.freeze()
    _answer_checks(link, namespace)


def _answer_checks(link: socket.socket, namespace: dict[str, Any]) -> None:
    """One child per check, as the host hands over the socket on which it is to answer."""
    read = channel.reader(link)
    while True:
        byte, fds = channel.receive_with_fds(link, 1)
        if not byte:
            return
        order = Order.read(read(ORDER_BYTES))
        parent = os.getpid()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that forking with threads is deprecated
            pid = os.fork()
        if pid == 0:
            link.close()
            _check(parent, fds[0], order, namespace)
        os.close(fds[0])
        _, status, used = os.wait4(pid, 0)
        end = End(order.number, status, used.ru_utime + used.ru_stime, used.ru_maxrss << 10)
        link.sendall(end.framed())


def _check(parent: int, sock: int, order: Order, namespace: dict[str, Any]) -> NoReturn:
    try:
        kernel.die_with_parent(parent)
        confine.limit_cpu(order.check_s)
        seed(order.seed)
        line = socket.socket(fileno=sock)
        channel.send(line, {"ready": True})
        serve.serve(channel.buffered_reader(line), line.sendall, namespace)
    except BaseException:
        traceback.print_exc()
        os._exit(70)
    os._exit(0)
