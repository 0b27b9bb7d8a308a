"""Attempts to write: outside, more than allowed, for the next student."""

from __future__ import annotations

from grader.model import Outcome

from .attempt import M, P, attempt, either, ended, not_through, raised


@attempt("writing", gaps=[P])
def a_file_in_an_open_folder(w):
    """Make a file in a folder outside that everybody may write to."""
    open(os.path.join(w["folder"], "left"), "w").close()


@attempt("writing", gaps=[P])
def a_folder_outside(w):
    """Make a folder outside."""
    os.mkdir(os.path.join(w["folder"], "left"))


@attempt("writing", gaps=[P])
def a_link_outside(w):
    """Make a symbolic link outside."""
    os.symlink("/etc/passwd", os.path.join(w["folder"], "left"))


@attempt("writing", gaps=[P])
def an_answer_overwritten(w):
    """Write into the answers."""
    open(w["file"], "w").write("ours")


@attempt("writing", gaps=[P])
def an_answer_truncated(w):
    """Truncate the answers by name, without opening them."""
    os.truncate(w["file"], 0)


@attempt("writing", gaps=[P])
def an_answer_emptied(w):
    """Empty the answers by opening them to be read."""
    os.close(os.open(w["file"], os.O_RDONLY | os.O_TRUNC))


@attempt("writing", may=[P])
def rights_and_times_changed(w):
    """Change rights, times, owner and attributes of a file outside."""
    for change in (
        lambda: os.chmod(w["file"], 0o666),
        lambda: os.utime(w["file"], (1, 1)),
        lambda: os.chown(w["file"], -1, os.getgid()),
        lambda: os.setxattr(w["file"], "user.left", b"x"),
    ):
        try:
            change()
        except OSError:
            pass


@attempt("writing", gaps=[P])
def a_file_removed(w):
    """Remove a file outside."""
    os.unlink(os.path.join(w["folder"], "kept"))


@attempt("writing", gaps=[P])
def a_file_moved_away(w):
    """Move a file from outside into the work folder."""
    os.rename(os.path.join(w["folder"], "kept"), "kept")


@attempt("writing", may=[P])
def the_installed_packages(w):
    """Open NumPy's and the worker's own files for writing."""
    for path in (np.__file__, sys.modules["grader_worker.serve"].__file__):
        try:
            open(path, "r+b").close()
            return True
        except OSError:
            pass
    return False


@attempt("writing", check_s=20)
def one_large_file(w):
    """Fill the disk with one file."""
    fd = os.open("large", os.O_WRONLY | os.O_CREAT)
    os.posix_fallocate(fd, 0, 48 << 20)
    return True


@attempt("writing", gaps=[M, P], check_s=20)
def many_large_files(w):
    """Fill the disk with files that are allowed one by one."""
    for n in range(3):
        fd = os.open(f"large-{n}", os.O_WRONLY | os.O_CREAT)
        os.posix_fallocate(fd, 0, 30 << 20)
    return True


@attempt("writing", may=[M, P], check_s=20)
def many_small_files(w):
    """Use up the inodes."""
    for n in range(6000):
        open(f"small-{n}", "w").close()
    time.sleep(0.3)
    return True


@attempt("writing", gaps=[P], check_s=20)
def shared_memory_filled(w):
    """Fill /dev/shm."""
    fd = os.open(f"/dev/shm/{w['mark']}-filling", os.O_WRONLY | os.O_CREAT)
    for n in range(3):
        os.posix_fallocate(fd, 0, (n + 1) * 12 << 20)
    return True


@attempt("writing", gaps=[P])
def a_segment_left(w):
    """Leave a System V shared memory segment."""
    return libc().shmget(0x6772, 4096, 0o1600) >= 0


@attempt("writing", gaps=[P], check_s=20)
def memory_without_a_name(w):
    """Hold memory in files without a name, which no limit of a process counts."""
    for _ in range(4):
        fd = os.memfd_create("held")
        os.posix_fallocate(fd, 0, 30 << 20)
    return True


@attempt("writing", gaps=[P], twice=True)
def a_message_for_the_next(w):
    """Leave files wherever possible but in the work folder, and look for those of the one before."""
    found = False
    for folder in ("/tmp", "/var/tmp", "/dev/shm", os.environ["MPLCONFIGDIR"]):
        path = f"{folder}/{w['mark']}-left"
        found = found or os.path.exists(path)
        try:
            open(path, "w").close()
        except OSError:
            pass
    return found


@attempt("writing", twice=True)
def a_file_for_the_next(w):
    """Leave files in the work folder, and look for those of the one before."""
    found = [n for n in os.listdir(".") if n.startswith("poison")]
    open("poison", "w").close()
    os.makedirs("poison-x/a/b")
    return bool(found)


@attempt("writing")
def odd_files_in_the_work_folder(w):
    """Leave pipes, sockets, loops of links, deep and locked folders, odd names."""
    for make in (
        lambda: os.mkfifo("pipe"),
        lambda: os.symlink("loop", "loop"),
        lambda: os.mknod("device", 0o666 | stat.S_IFCHR, os.makedev(1, 3)),
        lambda: open(b"\xff\xfe\n", "w").close(),
        lambda: open("x" * 255, "w").close(),
    ):
        try:
            make()
        except OSError:
            pass
    top = os.getcwd()
    for _ in range(300):
        os.mkdir("d")
        os.chdir("d")
    os.chdir(top)
    try:
        os.chmod("d", 0)
    except OSError:
        pass


@attempt("writing", either(raised("OSError"), ended(Outcome.CRASHED), not_through))
def a_core_file(w):
    """Crash with a core file as large as allowed."""
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20))
        return True
    except (OSError, ValueError):
        os.kill(os.getpid(), signal.SIGQUIT)
