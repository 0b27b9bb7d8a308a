"""Attempts to talk to others."""

from __future__ import annotations

from .attempt import P, attempt


@attempt("network", gaps=[P])
def a_server_on_loopback(w):
    """Connect to a TCP server on this machine."""
    socket.create_connection(("127.0.0.1", w["tcp"]), timeout=1).close()


@attempt("network", gaps=[P])
def a_datagram(w):
    """Send a UDP datagram."""
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", w["udp"]))


@attempt("network", gaps=[P])
def an_abstract_socket(w):
    """Connect to a Unix socket that has no file."""
    socket.socket(socket.AF_UNIX).connect("\0" + w["abstract"])


@attempt("network", gaps=[P])
def a_socket_file(w):
    """Connect to a Unix socket's file."""
    socket.socket(socket.AF_UNIX).connect(w["socket"])


@attempt("network", gaps=[P])
def a_server_of_ones_own(w):
    """Listen on a port."""
    sock = socket.create_server(("127.0.0.1", 0))
    return sock.getsockname()[1] > 0


@attempt("network", may=[P])
def a_raw_socket(w):
    """Open raw, packet and netlink sockets."""
    for family, kind in ((socket.AF_INET, socket.SOCK_RAW), (socket.AF_PACKET, socket.SOCK_RAW)):
        try:
            socket.socket(family, kind, 1)
            return True
        except OSError:
            pass
    return False


@attempt("network")
def a_call_by_another_number(w):
    """Make a socket through the x32 table of calls, which a filter may have forgotten."""
    return libc().syscall(0x40000000 + 41, 2, 1, 0) >= 0


@attempt("network")
def descriptors_sent_to_us(w):
    """Flood the grader with open descriptors over the check's own line."""
    for fd in sockets():
        sock = socket.socket(fileno=os.dup(fd))
        for _ in range(5):
            socket.send_fds(sock, [b""], [0] * 50)
            socket.send_fds(sock, [frame({"v": 1, "b": []})], [0] * 50)
