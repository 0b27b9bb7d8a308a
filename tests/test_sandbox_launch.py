"""How slots are started, and what is said when they cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader import sandbox
from grader.errors import SandboxError
from grader.model import Tier
from grader.sandbox import diagnosis, launch, open_slot, packages, root, syscalls
from grader.sandbox.forking import ForkSlot
from grader.worker import family
from tests.attacks.runner import ask, load

IMPORTS = """
from importlib.machinery import PathFinder
def honest(names): return [name for name in names if PathFinder.find_spec(name)]
"""


def test_only_the_packages_allowed_and_what_they_need_are_shown() -> None:
    names = {path.name for path in packages.shown(("sklearn.datasets",))}
    assert {"numpy", "sklearn", "scipy", "IPython", "landlockpy"} <= names
    assert not {"pytest", "grader", "dask"} & names


def test_packages_that_are_not_allowed_are_absent_in_the_strong_tier() -> None:
    try:
        slot = open_slot(isolation=Tier.STRONG, preload=(), imports=("numpy",))
    except SandboxError as error:
        pytest.skip(str(error))
    with slot, load(slot, IMPORTS) as session:
        found = ask(session, "honest", ["numpy", "IPython", "sklearn", "pytest", "grader", "pip"])
    assert found["value"] == ["numpy", "IPython"]


def test_without_bubblewrap_medium_is_taken_and_the_command_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("unshare", "setpriv", "sh", "mount", "mkdir"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = sandbox.diagnose()
    if found.tier is Tier.PORTABLE:
        pytest.skip("no Landlock here")
    assert found.tier is Tier.MEDIUM
    assert "apt install bubblewrap" in str(found.reasons[0])
    assert {p.name for p in found.probes if not p.held} <= diagnosis.KNOWN_GAPS[Tier.MEDIUM]


def test_a_tier_that_is_not_to_be_had_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SandboxError, match="apt install bubblewrap"):
        open_slot(isolation=Tier.STRONG, preload=())


def test_the_attempts_of_the_self_test_succeed_where_nothing_holds_them() -> None:
    with ForkSlot(tier=Tier.PORTABLE, preload=(), workspace=None) as slot:
        probes = diagnosis.probe(slot)
    open_ways = {p.name for p in probes if not p.held}
    assert {
        "read a file outside",
        "write outside",
        "connect to loopback",
        "connect to an abstract socket",
        "connect to a socket file",
        "signal the zygote",
        "fill the disk",
    } <= open_ways


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded"
            " (ENOSPC)",
            "user.max_user_namespaces",
        ),
        ("bwrap: setting up uid map: Permission denied", "bwrap-userns-restrict"),
        ("bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted", "bwrap-userns-restrict"),
        (
            "bwrap: No permissions to create new namespace, likely because the kernel does not allow"
            " non-privileged user namespaces",
            "user namespaces are not allowed here",
        ),
        ("bwrap: Can't find source path /root/x: Permission denied", "virtual environment elsewhere"),
        ("OSError: the kernel has no Landlock", "Landlock"),
        ("something\nquite else", "quite else"),
        ("", "?"),
    ],
)
def test_what_bubblewrap_says_becomes_a_sentence(said: str, words: str) -> None:
    assert words in str(diagnosis.explain(Tier.STRONG, said))


def test_folders_on_the_way_to_python_that_are_private_are_shown_again(tmp_path: Path) -> None:
    private = tmp_path / "home"
    python = private / "versions" / "3"
    python.mkdir(parents=True)
    private.chmod(0o700)
    hidden = root.private_ancestor(python)
    assert hidden in (private, *private.parents)
    command = root.dropped(["python"], uid=60706, shown=[python], stage=tmp_path / "stage")
    assert command[:4] == ["unshare", "--mount", "--propagation", "private"]
    assert f"mount -t tmpfs -o mode=0755 tmpfs {hidden}" in command[6]
    assert "--reuid=60706" in command[6]
    assert command[-1] == "python"


def test_python_that_all_may_read_needs_no_mounts(tmp_path: Path) -> None:
    command = root.dropped(["python"], uid=60706, shown=[Path("/usr")], stage=tmp_path)
    assert command[0] == "setpriv"


def test_an_unused_user_is_none_of_those_that_have_a_name() -> None:
    assert root.FIRST_UID <= root.free_uid() < root.FIRST_UID + root.UIDS


def test_every_call_that_is_denied_has_a_number_here() -> None:
    program = syscalls.filter_program(without_mounts=True)
    assert len(program) > len(syscalls.filter_program(without_mounts=False)) > 400


def test_the_environment_of_student_code_holds_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "secret")
    found = launch.environment(Path("/home/student"), {"TOKEN": "secret", "SYSTEMROOT": "C:"})
    assert "TOKEN" not in found
    assert found["SYSTEMROOT"] == "C:"
    assert found["OPENBLAS_NUM_THREADS"] == "1"


def test_importing_the_sandbox_starts_nothing_and_needs_no_linux_module() -> None:
    code = (
        "import sys; sys.modules['resource'] = None; sys.modules['pyseccomp'] = None;"
        "sys.modules['landlockpy'] = None; import grader.sandbox"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_children_are_found_also_where_the_kernel_keeps_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        listed = family.children(os.getpid())
        monkeypatch.setattr(family, "_kernel_lists_children", lambda: False)
        scanned = family.children(os.getpid())
        child.kill()
    assert child.pid in listed
    assert set(listed) <= set(scanned)
