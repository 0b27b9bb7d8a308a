"""Attempts to read: answers, neighbours, the environment, /proc, descriptors, memory."""

from __future__ import annotations

from .attempt import M, P, attempt, no_secret


@attempt("reading", no_secret, gaps=[P])
def a_file_outside(w):
    """Open a file that everybody may read."""
    return open(w["file"]).read()


@attempt("reading", no_secret, gaps=[P])
def a_file_through_a_link(w):
    """Open a file outside through a symbolic link in the work folder."""
    os.symlink(w["file"], "data.csv")
    return open("data.csv").read()


@attempt("reading", no_secret, gaps=[P])
def a_file_through_proc_root(w):
    """Open a file outside through the roots and folders of all processes in /proc."""
    for pid in [n for n in os.listdir("/proc") if n.isdigit()]:
        for way in ("root", "cwd"):
            try:
                return open(f"/proc/{pid}/{way}/{w['file']}").read()
            except OSError:
                pass
    return open("/proc/self/root" + w["file"]).read()


@attempt("reading", gaps=[P])
def the_list_of_users(w):
    """Open /etc/passwd."""
    return "root:" in open("/etc/passwd").read()


@attempt("reading", gaps=[P])
def the_list_of_a_folder(w):
    """List the folder in which the answers lie."""
    return "answers.py" in os.listdir(os.path.dirname(w["file"]))


@attempt("reading", gaps=[P])
def files_of_a_neighbour(w):
    """Look for files named as those handed in, in all temporary folders but one's own."""
    here = os.getcwd()
    for root in ("/tmp", "/var/tmp", "/home", "/dev/shm"):
        for folder, _, names in os.walk(root):
            if ("mine.txt" in names or "answers.py" in names) and folder != here:
                return True
    return False


@attempt("reading", no_secret)
def the_environment(w):
    """Read one's own environment, as Python and as the kernel have it."""
    return [
        sorted(os.environ.items()),
        open("/proc/self/environ").read() if os.path.exists("/proc/self") else "",
    ]


@attempt("reading", no_secret, gaps=[P])
def the_environment_of_others(w):
    """Read the environment of every process that can be seen."""
    found = []
    for pid in [n for n in os.listdir("/proc") if n.isdigit()]:
        try:
            found.append(open(f"/proc/{pid}/environ").read())
        except OSError:
            pass
    return [text for text in found if "TOKEN" in text]


@attempt("reading", no_secret, gaps=[P])
def the_arguments_of_others(w):
    """Read the command line of another process."""
    return open(f"/proc/{w['bystander']}/cmdline").read()


@attempt("reading", no_secret, may=[P])
def the_memory_of_another(w):
    """Read another process's stack through /proc."""
    pid = w["bystander"]
    with open(f"/proc/{pid}/maps") as maps:
        line = next(l for l in maps if "[stack]" in l)
    low, high = (int(x, 16) for x in line.split()[0].split("-"))
    with open(f"/proc/{pid}/mem", "rb") as memory:
        memory.seek(low)
        data = memory.read(high - low)
    at = data.find(b"argument-")
    return data[at : at + 60].decode("latin-1")


@attempt("reading", may=[P])
def memory_by_system_call(w):
    """Read another process's memory with process_vm_readv."""
    buffer = ctypes.create_string_buffer(8)
    local = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 8)
    remote = (ctypes.c_size_t * 2)(0, 8)
    result = libc().process_vm_readv(w["bystander"], local, 1, remote, 1, 0)
    # EFAULT: we were let through, only the address is wrong
    return result >= 0 or ctypes.get_errno() == errno.EFAULT


@attempt("reading", no_secret)
def inherited_descriptors(w):
    """Read whatever descriptors were inherited."""
    found = []
    for fd in range(3, 256):
        try:
            found.append((fd, os.pread(fd, 100, 0).decode("latin-1")))
        except OSError:
            pass
    return found


@attempt("reading", no_secret)
def inherited_memory(w):
    """Search one's own memory for what the grader held when it started this process."""
    found = []
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            words = line.split()
            if "rw" in words[1] and len(words) < 7:
                low, high = (int(x, 16) for x in words[0].split("-"))
                memory.seek(low)
                try:
                    data = memory.read(min(high - low, 4 << 20))
                except OSError:
                    continue
                at = data.find(b"environment-")
                found.append(data[at : at + 40].decode("latin-1"))
    return found


@attempt("reading")
def frames_and_garbage(w):
    """Walk the stack and all objects for modules that know answers."""
    import gc

    names = set(sys.modules)
    frame = sys._getframe()
    while frame:
        names |= set(map(str, frame.f_globals.get("__name__", "").split()))
        frame = frame.f_back
    names |= {type(o).__module__ for o in gc.get_objects()}
    told = ("grader.checks", "grader.assignment", "grader.sandbox", "grader.store", "reference", "pytest")
    return any(str(n).startswith(told) for n in names)


@attempt("reading", may=[P])
def import_of_the_answers(w):
    """Import the grader's own modules and the reference."""
    from importlib.machinery import PathFinder

    found = [PathFinder.find_spec(name) for name in ("grader", "reference", "assignments")]
    return any(spec and spec.origin for spec in found) or hasattr(__import__("grader.store"), "__file__")


@attempt("reading")
def arguments_of_the_worker(w):
    """Look for configuration in sys.argv."""
    return len(sys.argv) > 1 or bool(getattr(sys, "orig_argv", []))


@attempt("reading", gaps=[M, P])
def whether_a_file_exists(w):
    """Ask for the size of a file outside, without opening it."""
    return os.stat(w["file"]).st_size > 0
