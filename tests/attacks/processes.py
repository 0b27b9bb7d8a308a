"""Attempts with processes: many, hidden, against others."""

from __future__ import annotations

from grader.model import Outcome

from .attempt import F, M, P, S, attempt, either, ended, no_secret, not_through, raised


def few(seen):
    """No more processes than allowed, or the end of all."""
    return seen.outcome is Outcome.CRASHED or seen.raised != "" or (seen.value or 0) <= 40


@attempt("processes", few, check_s=20)
def a_fork_bomb(w):
    """Fork 300 times."""
    name_me(w["mark"])
    count = 0
    try:
        for _ in range(300):
            if os.fork() == 0:
                time.sleep(60)
                os._exit(0)
            count += 1
    except OSError:
        pass
    time.sleep(1)  # whoever watches looks at least four times a second, where the machine lets it
    return count


@attempt("processes", few, check_s=20)
def a_thread_bomb(w):
    """Start 300 threads."""
    threading.stack_size(65536)
    count = 0
    try:
        for _ in range(300):
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
            count += 1
    except (RuntimeError, MemoryError):
        pass
    time.sleep(1)  # whoever watches looks at least four times a second, where the machine lets it
    return count


@attempt("processes")
def a_daemon(w):
    """Leave a process that has left its session and its group."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            name_me(w["mark"])
            for number in range(1, 65):
                if number not in (signal.SIGKILL, signal.SIGSTOP, 32, 33):
                    signal.signal(number, signal.SIG_IGN)
            time.sleep(60)
        os._exit(0)
    os.wait()


@attempt("processes", at_load=True)
def a_daemon_at_load(w):
    """Leave a process while loading."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            name_me(w["mark"])
            time.sleep(60)
        os._exit(0)
    os.wait()


@attempt("processes")
def a_process_that_forks_on(w):
    """Hide by forking again and again, the parent ending each time."""
    name_me(w["mark"])
    if os.fork() == 0:
        until = time.time() + 30
        while time.time() < until:
            if os.fork():
                os._exit(0)
            time.sleep(0.001)
        os._exit(0)


@attempt("processes", ended(Outcome.CRASHED), check_s=20)
def kill_the_parent(w):
    """Kill the process that checks are forked from."""
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(5)


@attempt("processes", slow=True)
def stop_the_parent(w):
    """Stop the process that checks are forked from."""
    os.kill(os.getppid(), signal.SIGSTOP)


@attempt("processes", either(not_through, ended(Outcome.CRASHED)), may=[F, M])
def kill_the_zygote(w):
    """Kill the process above the parent: only this submission may suffer."""
    with open(f"/proc/{os.getppid()}/stat") as file:
        above = int(file.read().rpartition(")")[2].split()[1])
    if above > 1:
        os.kill(above, signal.SIGKILL)
        time.sleep(2)


@attempt("processes", tiers=[S, F])
def kill_everything(w):
    """Send SIGKILL to all processes; in portable it would end all of the user's, so it is not run there."""
    os.kill(-1, signal.SIGKILL)


@attempt("processes", gaps=[P], check_s=20)
def limit_another(w):
    """Set limits and processors of other processes, as they are: a lower one would be the next student's."""
    import resource

    near = os.getppid()
    for pid in {*range(1, 400), *range(max(1, near - 3000), near)} - {os.getpid()}:
        try:
            resource.prlimit(pid, resource.RLIMIT_CORE, resource.prlimit(pid, resource.RLIMIT_CORE))
            return True
        except OSError:
            pass
        try:
            os.sched_setaffinity(pid, os.sched_getaffinity(pid))
            return True
        except OSError:
            pass
    return False


@attempt("processes", gaps=[P])
def signal_another(w):
    """Ask whether a process outside could be sent a signal."""
    os.kill(w["bystander"], 0)
    return True


@attempt("processes", may=[P])
def trace_another(w):
    """Trace a process outside."""
    if libc().ptrace(0x4206, w["bystander"], None, None) == 0:
        libc().ptrace(17, w["bystander"], None, None)
        return True
    return False


@attempt("processes", may=[P])
def trace_those_above(w):
    """Trace one's parent and all above it."""
    pid, found = os.getppid(), False
    while pid > 1:
        with open(f"/proc/{pid}/stat") as file:
            above = int(file.read().rpartition(")")[2].split()[1])
        if pid != os.getppid() and libc().ptrace(0x4206, pid, None, None) == 0:
            libc().ptrace(17, pid, None, None)
            found = True
        pid = above
    return found


@attempt("processes", may=[P])
def a_namespace_of_ones_own(w):
    """Become root in a new user namespace, to mount and to undo limits."""
    return libc().unshare(0x10000000 | 0x20000) == 0


@attempt("processes")
def a_program_with_rights(w):
    """Gain rights by a setuid program: impossible once no_new_privs is set."""
    return libc().prctl(39, 0, 0, 0, 0) != 1


@attempt("processes", may=[P])
def capabilities_left(w):
    """Use capabilities that were left."""
    line = next(l for l in open("/proc/self/status") if l.startswith("CapEff"))
    return int(line.split()[1], 16) != 0


@attempt("processes")
def limits_undone(w):
    """Raise one's own limits."""
    import resource

    for which in (resource.RLIMIT_FSIZE, resource.RLIMIT_DATA, resource.RLIMIT_NPROC):
        try:
            hard = resource.getrlimit(which)[1]
            resource.setrlimit(which, (hard + (1 << 20), hard + (1 << 20)))
            return os.getuid() != 0
        except (OSError, ValueError):
            pass
    return False


@attempt("processes", either(no_secret, raised("OSError")))
def handlers_at_exit(w):
    """Leave handlers that hang when the process ends."""
    import atexit

    atexit.register(time.sleep, 60)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, lambda *_: time.sleep(60))
    signal.alarm(1)
