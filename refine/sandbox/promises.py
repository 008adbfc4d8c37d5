"""What each sandbox promises, in one table: for `refine sandbox status`, and the same in docs/security.md."""

from __future__ import annotations

from refine.sandbox import Promise
from refine.sandbox.warm import Walls

_NS = "namespaces"
_STRICT = "strict"

_KEPT: dict[str, dict[str, str]] = {
    "data only crosses": {
        _NS: "its own socket, a strict parser, plain types rebuilt; no pickle, no code",
        _STRICT: "its own socket, a strict parser, plain types rebuilt; no pickle, no code",
        "none": "its own socket, a strict parser, plain types rebuilt; no pickle, no code",
    },
    "no network": {
        _NS: "an empty network namespace; socket() refused",
        _STRICT: "socket() refused by the seccomp filter",
    },
    "files out of sight": {
        _NS: "a read-only root of its own with Python, numpy, system libraries; no /proc, /sys, site-packages",
        _STRICT: "Landlock: only Python, numpy and system libraries can be read; names elsewhere can be guessed",
    },
    "nothing written stays": {
        _NS: "a tmpfs of its own per candidate, gone with its mount namespace",
        _STRICT: "opening for writing is refused by the seccomp filter",
    },
    "no process outlives": {
        _NS: "a pid namespace per candidate: its first process takes all others with it",
        _STRICT: "fork and exec are refused by the seccomp filter",
    },
    "processes of others untouched": {
        _NS: "a pid namespace per candidate; ptrace and process_vm refused; not dumpable",
        _STRICT: "kill, ptrace and process_vm refused; not dumpable",
    },
    "memory": {
        _NS: "address space of each process by rlimit",
        _STRICT: "address space of its one process by rlimit",
        "none": "address space of each process by rlimit",
    },
    "CPU and wall clock": {
        _NS: "the judge's deadline, then SIGKILL to its pid namespace; CPU time by rlimit",
        _STRICT: "the judge's deadline, then SIGKILL; CPU time by rlimit",
        "none": "the judge's deadline, then SIGKILL to its process group; CPU time by rlimit",
    },
    "number of processes": {
        _NS: "rlimit counted in a user namespace of its own",
        _STRICT: "one process, one thread: clone is refused",
    },
    "no privilege": {
        _NS: "an unprivileged uid, no capabilities, no_new_privs, empty bounding set, nosuid mounts",
        _STRICT: "no capabilities, no_new_privs; an unprivileged uid where Python is not in a private home",
    },
    "small kernel surface": {
        _NS: "a seccomp allow-list: no io_uring, bpf, perf, userfaultfd, keyrings, namespaces, mounts, queues",
        _STRICT: "a seccomp allow-list, narrower: no fork, exec, kill, memfd or writing to files either",
    },
    "programs of other languages": {
        _NS: "exec inside the walls",
        "none": "exec, without walls",
    },
}
_BROKEN: dict[str, str] = {
    _STRICT: "not in strict mode",
    "none": "nothing stops it",
}


def promised(name: str, walls: Walls) -> tuple[Promise, ...]:
    """The promises of the sandbox `name` behind `walls`, kept or not."""
    made = [Promise(what, walls in how, how.get(walls, _BROKEN.get(walls, "no"))) for what, how in _KEPT.items()]
    return (*made, *_whole(name))


def _whole(name: str) -> tuple[Promise, Promise]:
    """What only a container's cgroup and a kernel of its own can promise."""
    docker = name == "docker"
    total = (
        "the container's cgroup caps memory and pids" if docker else "no cgroup: each process is capped, not the sum"
    )
    return Promise("memory of all processes together", docker, total), Promise(
        "a bug in the kernel",
        kept=False,
        how="the machine's kernel is shared: run refine in a virtual machine where that matters",
    )
