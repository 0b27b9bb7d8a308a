"""Sent before each attempt: tools of an attacker."""

PRELUDE = '''
import ctypes, errno, json, os, signal, socket, stat, struct, sys, threading, time
import numpy as np

def honest(x):
    return 2 * x

def libc():
    return ctypes.CDLL(None, use_errno=True)

def name_me(mark):
    libc().prctl(15, (mark + "-x").encode()[:15], 0, 0, 0)  # PR_SET_NAME

def sockets():
    found = []
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                found.append(fd)
        except OSError:
            pass
    return found

def frame(header, buffers=b""):
    data = header if isinstance(header, bytes) else json.dumps(header).encode()
    announced = len(buffers) if isinstance(header, bytes) else sum(header["b"])
    return struct.pack(">II", len(data), min(max(announced, 0), 0xFFFFFFFF)) + data + buffers

def answer(value):
    return frame({"v": {"d": {"value": value}}, "b": []})

def speak(data):
    """Write to every socket: the check's line is among them."""
    for fd in sockets():
        try:
            os.write(fd, data)
        except OSError:
            pass

def children(number, work):
    pids = []
    for _ in range(number):
        pid = os.fork()
        if pid == 0:
            try:
                work()
            finally:
                os._exit(0)
        pids.append(pid)
    return pids
'''
