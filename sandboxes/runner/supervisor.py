"""The supervisor: a warm interpreter behind walls that forks a cell for each candidate.

It never reads a candidate's bytes. On its control socket, which only the trusted judge holds, come "spawn" and "end";
back go descriptors (the judge's ends of a cell's socket and of its output file) and what wait4 measured. It ends when
the control socket or the leash (held by the engine) is closed, and with it everything it started.

Started as `python -s -S -P -B supervisor.py CONFIG` with CONFIG a JSON object:

    walls      "namespaces", "strict" or "none"
    control    descriptor of a SEQPACKET socket, or the path of a listening one
    leash      descriptor of a socket, or the path of a listening one
    packages   folders to show to candidates (default: numpy and scipy as installed)
    preload    modules to import before any fork; one that cannot be imported is a fault
    limits     what the spare cells are made for
"""

import array
import collections
import contextlib
import fcntl
import gc
import importlib
import json
import os
import random
import resource
import select
import signal
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import runner
import walls

SPARES = 2  # confined and warmed up while nobody waits: one is handed out, the next is getting ready
WARM = 20  # runs after which the interpreter has specialised the code that every cell executes
CREATE, SEAL = os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING, fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL


def connected(where):
    """A SEQPACKET socket from a descriptor or a path."""
    if isinstance(where, int):
        return socket.socket(fileno=where)
    link = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    link.connect(where)
    return link


# ---- walls around the supervisor itself -----------------------------------------------------------------------------


def enclose(config, proc):
    """Raises the outer walls; returns in the process that serves. The one that waits for it never returns.

    `proc` is a descriptor of /proc, which is out of sight behind the walls.
    """
    kind = config["walls"]
    if kind == "none":
        return
    if kind == "strict":
        if walls.public(walls.stdlib()):
            walls.become_nobody()
        os.chdir("/")
        return
    wanted = config.get("packages") or walls.packages()
    inner = walls.NEWUSER | walls.NEWNS | walls.NEWIPC | walls.NEWNET | walls.NEWUTS | walls.NEWPID | walls.NEWCGROUP
    if os.geteuid() == 0:
        walls.unshare(walls.NEWNS)
        walls.build_root(wanted)
        walls.become_nobody()
        _unshare_mapped(proc, inner)
    else:
        _unshare_mapped(proc, inner)
        walls.build_root(wanted)
    _hand_over_to_child()


def _unshare_mapped(proc, flags):
    uid, gid = os.geteuid(), os.getegid()
    walls.unshare(flags)
    walls.map_identity(proc, uid, gid)


def _hand_over_to_child():
    """Goes on in a child that is process 1 of the new pid namespace; this process only waits for it."""
    child = os.fork()
    if child:
        os.closerange(0, 1 << 16)
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    walls.prctl(walls.PR_SET_PDEATHSIG, signal.SIGKILL)


def settle(config):
    """What candidates inherit: packages imported, one search path, a fixed seed, a frozen heap."""
    found = [os.path.dirname(path) for path in config.get("packages") or walls.packages()]
    folders = [walls.PACKAGES] if config["walls"] == "namespaces" else dict.fromkeys(found)
    sys.path[:] = [path for path in sys.path[1:] if path] + [f for f in folders if os.path.isdir(f)]
    _preload(config)
    if "numpy" in sys.modules:
        importlib.import_module("numpy.random").seed(0)
    if "torch" in sys.modules:  # it asks once what processor this is, and complains aloud where there is no /proc
        importlib.import_module("torch.backends.cpu").get_cpu_capability()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    sys.argv[:] = [""]
    os.umask(0o022)
    random.seed(0)
    for _ in range(WARM):
        runner.warm_up()


def _preload(config):
    """Imports what the image declares; behind namespaces with a folder to write into, which some packages want."""
    scratch = config["walls"] == "namespaces"
    if scratch:
        walls.mount("tmpfs", "/tmp", "tmpfs", walls.MS_NOSUID | walls.MS_NODEV, "size=1m,nr_inodes=64")
    for name in config.get("preload", ()):
        try:
            importlib.import_module(name)
        except OSError as error:  # this is no wall that could not be raised: weaker ones must not be tried
            raise ImportError(f"{name}: {error}") from error
    if scratch:
        walls.unmount("/tmp")


# ---- cells ----------------------------------------------------------------------------------------------------------


class Supervisor:
    """`proc` is a descriptor of /proc, which no cell inherits."""

    def __init__(self, config, control, leash, proc):
        self.control, self.leash = control, leash
        self.kind = config["walls"]
        self.limits = config["limits"]
        self.confinement = walls.Confinement(self.kind, config.get("packages") or walls.packages())
        self.own = os.open("self/ns/pid", os.O_RDONLY, dir_fd=proc) if self.kind == "namespaces" else -1
        self.base = _address_space(proc)
        self.proc = proc
        if self.kind != "none":
            walls.renounce()
        self.confinement.prepare(self.limits, self.base)
        walls.limit_once()
        self.spares = collections.deque()
        self.alive = set()
        self.folders = {}

    def hello(self):
        numpy = sys.modules.get("numpy")
        said = {"walls": self.kind, "python": sys.version.split()[0], "numpy": getattr(numpy, "__version__", None)}
        said["landlock"] = walls.landlock_abi()
        self.control.send(json.dumps(said).encode())

    def serve(self):
        gc.collect()
        gc.freeze()
        while len(self.spares) < SPARES:
            self.spares.append(self.fork())
        self.hello()
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        poll.register(self.leash, select.POLLIN)
        while True:
            ready = dict(poll.poll())
            if self.leash.fileno() in ready:
                return
            message = self.control.recv(65536)
            if not message:
                return
            self.handle(json.loads(message))

    def handle(self, message):
        if message["do"] == "spawn":
            self.spawn(message["limits"])
        else:
            self.end(message["cell"], message["grace"])
            while len(self.spares) < SPARES:  # now, while the judge thinks, and not while a candidate's time is taken
                self.spares.append(self.fork())

    def spawn(self, limits):
        """Hands out a spare if it fits, else a fresh cell."""
        if limits != self.limits:
            while self.spares:
                self.discard(self.spares.popleft())
            self.limits = limits
            self.confinement.prepare(limits, self.base)
        pid, link, output = self.ready()
        said = json.dumps({"cell": pid, "walls": self.kind}).encode()
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [link.fileno(), output]))]
        self.control.sendmsg([said], rights)
        link.close()
        os.close(output)

    def ready(self):
        """A live spare, else a fresh cell: short of memory, the kernel may take a spare for what a cell did."""
        while self.spares:
            pid, link, output = self.spares.popleft()
            if not os.waitpid(pid, os.WNOHANG)[0]:
                return pid, link, output
            link.close()
            os.close(output)
            self.sweep(pid)
        return self.fork()

    def discard(self, cell):
        pid, link, output = cell
        link.close()
        os.close(output)
        self.kill(pid)
        self.reap(pid)

    def fork(self):
        """A confined cell that waits for its first frame: (pid, the judge's end, the output file)."""
        ours, theirs = socket.socketpair()
        output = os.memfd_create("output", CREATE)
        os.ftruncate(output, self.limits["output_kb"] * 1024)
        fcntl.fcntl(output, fcntl.F_ADD_SEALS, SEAL)
        folder = _folder() if self.kind == "none" else None
        if self.own >= 0:
            walls.setns(self.own, walls.NEWPID)
            walls.unshare(walls.NEWPID)
        pid = walls.fork()
        if not pid:
            self.become(theirs.fileno(), output, folder)
        theirs.close()
        self.alive.add(pid)
        if folder:
            self.folders[pid] = folder
        return pid, ours, output

    def become(self, link, output, folder):
        """In the child: from a copy of the supervisor to a cell. Never returns."""
        try:
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.setsid()
            if self.kind != "namespaces":
                walls.prctl(walls.PR_SET_PDEATHSIG, signal.SIGKILL)
            if self.kind != "none":
                walls.first_to_die(self.proc)
            if folder:
                os.chdir(folder)
            os.dup2(os.open("/dev/null", os.O_RDONLY), 0)  # its own: flags and locks of a shared one would stay
            self.confinement.enter()
            os.dup2(link, 3, inheritable=False)
            os.closerange(4, 1 << 16)
        except OSError as error:
            os.write(2, f"the cell could not be confined: {error}\n".encode())
            os._exit(70)
        runner.warm_up()  # pages that every candidate writes to are copied now, before one is waited for
        runner.serve(socket.socket(fileno=3))

    def end(self, pid, grace):
        """Kills the cell and all that it made, and says what wait4 saw. `grace`: seconds it may take to die itself."""
        died, status, usage = os.wait4(pid, os.WNOHANG)
        if not died and grace:
            _await_death(pid, grace)
            died, status, usage = os.wait4(pid, os.WNOHANG)
        if not died:
            self.kill(pid)
            status, usage = self.reap(pid)
        else:
            self.sweep(pid)
        figures = {
            "killed": not died,
            "status": os.waitstatus_to_exitcode(status),
            "cpu_s": usage.ru_utime + usage.ru_stime,
            "memory_mb": usage.ru_maxrss / 1024,
        }
        self.control.send(json.dumps(figures).encode())

    def kill(self, pid):
        os.kill(pid, signal.SIGKILL)

    def reap(self, pid):
        _, status, usage = os.wait4(pid, 0)
        self.sweep(pid)
        return status, usage

    def close(self):
        """Where no namespace takes them along: ends every cell."""
        for pid in tuple(self.alive):
            self.kill(pid)
            self.reap(pid)

    def sweep(self, pid):
        """Without namespaces: what is left of its process group and its folder."""
        self.alive.discard(pid)
        if self.kind != "none":
            return
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)
        _remove(self.folders.pop(pid))


def _folder():
    import tempfile  # with what it needs, more to copy at each fork than all the rest: only `none` has use for it

    return tempfile.mkdtemp(prefix="refine-none-")


def _remove(folder):
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def _await_death(pid, seconds):
    fd = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(fd, select.POLLIN)
        poll.poll(seconds * 1000)
    finally:
        os.close(fd)


def _address_space(proc):
    """Bytes that this process has mapped."""
    fd = os.open("self/statm", os.O_RDONLY, dir_fd=proc)
    try:
        return int(os.read(fd, 256).split()[0]) * resource.getpagesize()
    finally:
        os.close(fd)


def main():
    config = json.loads(sys.argv[1])
    control, leash = connected(config["control"]), connected(config["leash"])
    proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY)
    try:
        enclose(config, proc)
        settle(config)
        supervisor = Supervisor(config, control, leash, proc)
    except OSError as error:
        control.send(json.dumps({"fault": str(error)}).encode())
        return
    except Exception as error:  # whatever a package raises at its import: nobody sees our stderr in a container
        control.send(json.dumps({"fault": f"{type(error).__name__}: {error}"[:2000], "died": True}).encode())
        return
    try:
        supervisor.serve()
    finally:
        supervisor.close()


if __name__ == "__main__":
    main()
