"""Attempts to take more than allowed."""

from __future__ import annotations

from grader.model import Outcome

from .attempt import P, attempt, either, ended, raised

TIMEOUT, MEMORY, CRASHED = Outcome.TIMEOUT, Outcome.MEMORY, Outcome.CRASHED
out_of_memory = either(ended(MEMORY), raised("MemoryError", "_ArrayMemoryError"))


@attempt("limits", ended(TIMEOUT))
def spinning_in_four(w):
    """Spin in four processes that ignore all signals."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGXCPU):
        signal.signal(number, signal.SIG_IGN)
    for _ in range(2):
        os.fork()
    while True:
        pass


@attempt("limits", ended(TIMEOUT))
def sleeping(w):
    """Sleep for ever."""
    time.sleep(1e6)


@attempt("limits", out_of_memory, check_s=20)
def one_large_array(w):
    """Take 4 GB at once."""
    return float(np.ones(1 << 29).sum())


@attempt("limits", out_of_memory, check_s=20)
def growing(w):
    """Take memory piece by piece."""
    held = []
    while True:
        held.append(bytearray(b"x" * (8 << 20)))


@attempt("limits", ended(MEMORY), check_s=20)
def memory_in_many_processes(w):
    """Take little memory in each of eight processes."""

    def hold():
        held = np.ones(8 << 20)
        time.sleep(20)

    children(8, hold)
    time.sleep(20)


@attempt("limits", ended(MEMORY), check_s=20)
def shared_mapping(w):
    """Take memory that is shared and that no limit of a process counts."""
    import mmap

    held = mmap.mmap(-1, 400 << 20)
    for at in range(0, 400 << 20, 1 << 20):
        held[at : at + (1 << 20)] = b"x" * (1 << 20)
    time.sleep(20)


@attempt("limits", ended(MEMORY), check_s=20)
def one_file_mapped_many_times(w):
    """Have the watcher count pages that are shared, in place of what is taken meanwhile."""
    import mmap

    size = 16 << 20
    with open("pages", "wb") as file:
        file.write(b"x" * size)
    fd = os.open("pages", os.O_RDONLY)
    for _ in range(8):
        if os.fork() == 0:
            held = [
                mmap.mmap(fd, size, flags=mmap.MAP_SHARED | mmap.MAP_POPULATE, prot=mmap.PROT_READ)
                for _ in range(32)
            ]
            time.sleep(20)
            os._exit(len(held))
    time.sleep(15)
    return True


@attempt("limits", gaps=[P])
def large_socket_buffers(w):
    """Have sockets keep more, which is memory of nobody's."""
    one, _ = socket.socketpair()
    before = one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
    for level in (socket.SOL_SOCKET, socket.SOL_SOCKET + (1 << 32)):  # the kernel reads 32 bits of it
        libc().setsockopt(
            one.fileno(), ctypes.c_long(level), socket.SO_SNDBUF, ctypes.byref(ctypes.c_int(2 * before)), 4
        )
    return one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) > before


@attempt("limits", either(ended(MEMORY), raised("MemoryError")), at_load=True)
def memory_at_load(w):
    """Take memory while loading, in processes."""

    def hold():
        held = np.ones(8 << 20)
        time.sleep(20)

    children(8, hold)
    time.sleep(8)


@attempt("limits", ended(CRASHED), check_s=20)
def output_flood(w):
    """Print without end."""
    while True:
        print("x" * 100_000)


@attempt("limits", ended(CRASHED), check_s=20)
def error_flood(w):
    """Write to the descriptor of standard error without end."""
    while True:
        os.write(2, b"x" * 65536)


@attempt("limits", ended(CRASHED), check_s=20)
def flood_by_daemons(w):
    """Print without end from several processes."""

    def flood():
        while True:
            os.write(1, b"x" * 65536)

    children(4, flood)
    time.sleep(20)


@attempt("limits", raised("RecursionError"), check_s=20)
def recursion(w):
    """Recurse without end."""
    return attack(w)


@attempt("limits", either(ended(CRASHED, MEMORY, TIMEOUT), raised("RecursionError", "MemoryError")))
def recursion_without_limit(w):
    """Recurse in C until the stack ends."""
    sys.setrecursionlimit(10**9)
    nested = []
    for _ in range(200_000):
        nested = [nested]
    return str(nested) == repr(nested)


@attempt(
    "limits", either(ended(CRASHED, MEMORY), raised("WireError", "MemoryError", "ValueError")), check_s=20
)
def a_large_answer(w):
    """Answer with 40 MB."""
    return np.zeros(40 << 17)


@attempt(
    "limits", either(ended(CRASHED, MEMORY, TIMEOUT), raised("WireError", "MemoryError", "_ArrayMemoryError"))
)
def an_array_without_memory(w):
    """Answer with an array of 80 GB that takes no memory here."""
    return np.broadcast_to(np.float64(0), (10**10,))


@attempt(
    "limits", lambda seen: seen.value is None or "Handle" in repr(seen.value) or bool(seen.raised), check_s=20
)
def deep_nesting(w):
    """Answer with a list nested 5000 deep."""
    nested = []
    for _ in range(5000):
        nested = [nested]
    return nested
