"""The walls: root file system, namespaces, limits, capabilities, Landlock and seccomp, by system calls of our own.

Everything that can be computed beforehand is, so that between fork and confinement only system calls happen.
Numbers of system calls newer than 2019 are the same on every architecture.
"""

import ctypes
import glob
import os
import platform
import resource
import struct
import sys
import sysconfig

import seccomp

NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = (
    0x00020000,
    0x02000000,
    0x04000000,
    0x08000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
MS_NOSUID, MS_NODEV, MS_REC, MS_PRIVATE = 2, 4, 16384, 1 << 18
RDONLY, NOSUID, NODEV, NOEXEC = 1, 2, 4, 8  # MOUNT_ATTR_*
AT_FDCWD, AT_EMPTY_PATH, AT_RECURSIVE = -100, 0x1000, 0x8000
OPEN_TREE, MOVE_MOUNT, MOUNT_SETATTR = 428, 429, 442
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 4, 22, 24
PR_SET_SECUREBITS, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 28, 38, 47
NOBODY = 65534
STAGE = "/tmp"  # any folder that is there; the new root is put together on it
PACKAGES = "/packages"  # where numpy and friends are in the new root: not where they were, which may be under /tmp
MIB = 1 << 20

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_libc.mount.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p]
_libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
_libc.unshare.argtypes = [ctypes.c_int]
_libc.setns.argtypes = [ctypes.c_int, ctypes.c_int]
_libc.umount2.argtypes = [ctypes.c_char_p, ctypes.c_int]


def _done(result, what):
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def _syscall(what, number, *args):
    packed = [ctypes.c_long(arg) if isinstance(arg, int) else arg for arg in args]
    return _done(_libc.syscall(ctypes.c_long(number), *packed), what)


_fork = ctypes.PyDLL(None).fork


def fork():
    """As os.fork, without what Python does in the child for programs that have threads: a hundred pages less to copy.

    For a process with one thread only; hooks of `os.register_at_fork` are not called.
    """
    pid = _fork()
    if pid < 0:
        raise OSError("fork failed")
    return pid


def unshare(flags):
    _done(_libc.unshare(flags), f"unshare({flags:#x})")


def setns(fd, flags):
    _done(_libc.setns(fd, flags), "setns")


def mount(source, target, kind, flags, options):
    encoded = [None if text is None else os.fsencode(text) for text in (source, target, kind, options)]
    _done(_libc.mount(*encoded[:3], flags, encoded[3]), f"mount {target}")


def unmount(target):
    _done(_libc.umount2(os.fsencode(target), 2), f"umount {target}")


def prctl(option, *args):
    _done(_libc.prctl(option, *(args + (0,) * (4 - len(args)))), f"prctl({option})")


# ---- the root file system -------------------------------------------------------------------------------------------


def stdlib():
    return sorted({sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")})


def site_folders():
    """Folders with installed packages beside the standard library: hidden, but for the packages that are wanted."""
    inside = [os.path.join(lib, name) for lib in stdlib() for name in ("site-packages", "dist-packages")]
    system = glob.glob("/usr/lib/python3*/*-packages") + glob.glob("/usr/lib/pypy3*/*-packages")
    return sorted({folder for folder in inside + system if os.path.isdir(folder)})


def _kept():
    """What an image keeps in PACKAGES: folders and single-file modules."""
    if not os.path.isdir(PACKAGES):
        return []
    names = [name for name in sorted(os.listdir(PACKAGES)) if name != "bin" and not name.endswith(".dist-info")]
    return [os.path.join(PACKAGES, name) for name in names if not name.startswith("__")]


def packages():
    """What the image keeps for candidates, and numpy and scipy where the interpreter finds them."""
    import site

    found = _kept()
    names = {os.path.basename(path) for path in found}
    for name in [name for name in ("numpy", "scipy") if name not in names]:
        folders = [*site.getsitepackages(), "/usr/lib/python3/dist-packages"]
        # Debian has a second folder of that name, with headers only.
        whole = [folder for folder in folders if os.path.isfile(os.path.join(folder, name, "__init__.py"))]
        paths = [os.path.join(folder, part) for folder in whole[:1] for part in (name, name + ".libs")]
        found += [path for path in paths if os.path.isdir(path)]
    return found


def _python():
    real = os.path.realpath(sys.executable)
    lib = os.path.join(sys.base_prefix, "lib")
    return [real, *glob.glob(os.path.join(lib, "libpython*"))]


def _system():
    """Programs and libraries of the machine, without what people install or keep under /usr."""
    names = ["bin", "lib", "lib32", "lib64", "libx32", "libexec", "include", "share/zoneinfo"]
    etc = ["/etc/ld.so.cache", "/etc/alternatives"]
    top = ["/bin", "/lib", "/lib32", "/lib64", "/libx32"]
    return ["/usr/" + name for name in names] + etc + top


def _links(paths):
    return [path for path in paths if os.path.islink(path)]


def _real(paths):
    return [path for path in dict.fromkeys(paths) if os.path.exists(path) and not os.path.islink(path)]


def _under(path, folders):
    return any(path.startswith(folder + "/") for folder in folders)


def _tree(path, attributes):
    """A detached, read-only copy of the mounts at `path`, as a descriptor."""
    fd = _syscall("open_tree " + path, OPEN_TREE, AT_FDCWD, os.fsencode(path), 1 | AT_RECURSIVE | os.O_CLOEXEC)
    _setattr(fd, b"", AT_EMPTY_PATH | AT_RECURSIVE, attributes)
    return fd


def _setattr(fd, path, flags, attributes):
    attr = struct.pack("<QQQQ", attributes, 0, 0, 0)
    _syscall("mount_setattr", MOUNT_SETATTR, fd, path, flags, attr, len(attr))


def _place(fd, path, folder):
    target = STAGE + path
    os.makedirs(target if folder else os.path.dirname(target), mode=0o755, exist_ok=True)
    if not folder and not os.path.exists(target):
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
    _syscall("move_mount " + path, MOVE_MOUNT, fd, b"", AT_FDCWD, os.fsencode(target), 4)
    os.close(fd)


def build_root(wanted):
    """Makes a read-only root with nothing but Python, the packages `wanted`, system libraries and programs; enters it.

    Needs CAP_SYS_ADMIN over a mount namespace of its own.
    """
    mount(None, "/", None, MS_REC | MS_PRIVATE, None)
    system, links, masks = _real(_system()), _links(_system()), site_folders()
    own = [path for path in _real(_python() + stdlib()) if not _under(path, system)]
    if any(_under(path, ["/tmp", "/dev"]) for path in own):  # a cell's own tmpfs would hide it
        raise OSError(f"this Python lies in {os.path.dirname(own[0])}: use one outside of /tmp")
    safe = RDONLY | NOSUID | NODEV
    trees = [(path, os.path.isdir(path), _tree(path, safe)) for path in system + own]
    inner = [(f"{PACKAGES}/{os.path.basename(path)}", os.path.isdir(path), _tree(path, safe)) for path in wanted]
    devices = [(path, False, _tree(path, RDONLY | NOSUID | NOEXEC)) for path in _real(_devices())]
    targets = [(link, os.readlink(link)) for link in links]
    mount("tmpfs", STAGE, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,nr_inodes=4096,mode=755")
    for path, folder, fd in trees + devices:
        _place(fd, path, folder)
    visible = [mask for mask in masks if os.path.isdir(STAGE + mask)]
    for mask in visible:
        mount("tmpfs", STAGE + mask, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,nr_inodes=64,mode=755")
    for path, folder, fd in inner:
        _place(fd, path, folder)
    for mask in visible:
        _setattr(AT_FDCWD, os.fsencode(STAGE + mask), 0, safe)
    _finish(targets)


def _devices():
    return ["/dev/" + name for name in ("null", "zero", "urandom", "random")]


def _finish(links):
    for link, target in links:
        if not os.path.lexists(STAGE + link):
            os.makedirs(os.path.dirname(STAGE + link), exist_ok=True)
            os.symlink(target, STAGE + link)
    os.makedirs(STAGE + "/tmp")
    os.symlink("/tmp", STAGE + "/dev/shm")
    _setattr(AT_FDCWD, os.fsencode(STAGE), 0, RDONLY | NOSUID | NODEV)
    os.chdir(STAGE)
    _syscall("pivot_root", PIVOT_ROOT[platform.machine()], b".", b".")
    unmount(".")
    os.chdir("/")


# ---- who one is -----------------------------------------------------------------------------------------------------


def become_nobody():
    """Gives up root for good; a no-op for other users."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        prctl(PR_SET_DUMPABLE, 1)  # its own /proc files must stay writable until the identity is mapped


def public(paths):
    """Whether every user may enter the folders: a Python under a private home works for its owner only."""
    parents = {path[:end] for path in paths for end in range(1, len(path) + 1) if path[end : end + 1] in ("/", "")}
    return all(os.stat(parent).st_mode & 0o001 for parent in parents)


def map_identity(proc, uid, gid):
    """Inside a fresh user namespace: be uid 65534, which outside is `uid`."""
    for name, text in (("setgroups", "deny"), ("gid_map", f"{NOBODY} {gid} 1"), ("uid_map", f"{NOBODY} {uid} 1")):
        write_at(proc, "self/" + name, text)


def write_at(folder, name, text):
    fd = os.open(name, os.O_WRONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


def renounce():
    """What fork hands down and never has to be done again: no new privileges, an empty bounding set, no dumps."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_DUMPABLE, 0)
    _libc.prctl(PR_CAP_AMBIENT, 4, 0, 0, 0)
    for capability in range(64):
        _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # fails past the last one, or without CAP_SETPCAP
    _libc.prctl(PR_SET_SECUREBITS, 0x2F, 0, 0, 0)


_CAP_HEADER = ctypes.create_string_buffer(struct.pack("<Ii", 0x20080522, 0))
_CAP_NONE = ctypes.create_string_buffer(24)


def first_to_die(proc):
    """Short of memory, the kernel takes this process before the supervisor, however small it is itself.

    Its files in /proc are its own only while it is dumpable.
    """
    prctl(PR_SET_DUMPABLE, 1)
    write_at(proc, "self/oom_score_adj", "1000")
    prctl(PR_SET_DUMPABLE, 0)


def drop_capabilities():
    _done(_libc.capset(_CAP_HEADER, _CAP_NONE), "capset")


# ---- Landlock -------------------------------------------------------------------------------------------------------


def landlock_abi():
    """The kernel's Landlock version, 0 without."""
    return max(0, _libc.syscall(ctypes.c_long(LANDLOCK_CREATE), None, ctypes.c_size_t(0), ctypes.c_uint(1)))


def landlock(readable=None):
    """A ruleset as a descriptor, or None without Landlock: no TCP, no signals and abstract sockets to the outside, and,
    where `readable` is given, no file but those beneath these paths, which can be read and mapped, never written.
    """
    abi = landlock_abi()
    if not abi:
        return None
    rights = (1 << {1: 13, 2: 14, 3: 15, 4: 15}.get(abi, 16)) - 1 if readable is not None else 0
    attr = struct.pack("<QQQ", rights, 3 if abi >= 4 else 0, 3 if abi >= 6 else 0)
    attr = attr[: 24 if abi >= 6 else 16 if abi >= 4 else 8]
    if not any(attr):
        return None
    ruleset = _syscall("landlock_create_ruleset", LANDLOCK_CREATE, attr, len(attr), 0)
    for path in readable or ():
        _allow(ruleset, path)
    return ruleset


def _allow(ruleset, path):
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    right = 0xD if os.path.isdir(path) else 0x5  # execute, read file, read folder
    try:
        _syscall("landlock_add_rule", LANDLOCK_ADD, ruleset, 1, struct.pack("<Qi", right, fd), 0)
    finally:
        os.close(fd)


def readable(wanted):
    """What strict mode lets a candidate read: the standard library without site-packages, `wanted`, libraries."""
    masks = set(site_folders())
    entries = [os.path.join(lib, name) for lib in stdlib() for name in os.listdir(lib)]
    triplet = sysconfig.get_config_var("MULTIARCH") or ""
    libraries = ["/lib64", "/usr/lib64", "/etc/ld.so.cache", *(["/usr/lib/" + triplet] if triplet else [])]
    return [e for e in entries if e not in masks] + wanted + libraries + _python() + _devices()


# ---- one cell -------------------------------------------------------------------------------------------------------


class Confinement:
    """Made once; `enter` is what each cell runs before its first untrusted byte."""

    def __init__(self, walls, wanted):
        self.private = walls == "namespaces"
        self.capable = self.private or os.geteuid() == 0
        self.program = None
        self.ruleset = None
        there = sorted(os.sched_getaffinity(0))
        first = os.urandom(1)[0] % len(there)  # supervisors do not all choose the same; one always chooses the same
        self._order = there[first:] + there[:first]
        if walls == "none":
            return
        code = seccomp.program(platform.machine(), self.private)
        self._code = ctypes.create_string_buffer(code, len(code))
        self.program = ctypes.create_string_buffer(
            struct.pack("<HxxxxxxQ", len(code) // 8, ctypes.addressof(self._code))
        )
        self._address = ctypes.addressof(self.program)
        self.ruleset = landlock() if self.private else landlock(readable(wanted))

    def prepare(self, limits, base):
        """What `enter` needs for cells of these limits."""
        self._cpus = self._order[: limits["cpus"]] if limits.get("cpus") else None
        self._options = f"size={limits['disk_mb']}m,nr_inodes={64 * limits['disk_mb'] + 256},mode=1777"
        self._limits = limits_of(limits, base, processes=self.private)

    def enter(self):
        if self._cpus:
            os.sched_setaffinity(0, self._cpus)  # and no candidate can take it back: the filter refuses that call
        if self.private:
            unshare(NEWNS | NEWIPC)
            mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, self._options)
            os.chdir("/tmp")
        for which, bounds in self._limits:
            resource.setrlimit(which, bounds)
        if self.program is None:
            return
        if self.capable:
            drop_capabilities()
        if self.ruleset is not None:
            _done(_libc.syscall(ctypes.c_long(LANDLOCK_RESTRICT), self.ruleset, 0), "landlock_restrict_self")
            os.close(self.ruleset)
        _done(_libc.prctl(PR_SET_SECCOMP, 2, self._address, 0, 0), "seccomp")


def limit_once():
    """The rlimits that do not depend on the candidate; fork hands them down."""
    for which, bound in (
        (resource.RLIMIT_CORE, 1),  # less than any core; 0 would still feed a program that core_pattern names
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_SIGPENDING, 64),
        (resource.RLIMIT_NICE, 0),
        (resource.RLIMIT_RTPRIO, 0),
    ):
        resource.setrlimit(which, (bound, min(bound, _ceiling(which))))


def limits_of(limits, base, *, processes):
    """The rlimits of a cell, as arguments of setrlimit. Address space is on top of `base`, what the interpreter has
    mapped by itself, in bytes; `processes` says whether they are counted in a user namespace of the supervisor's own.
    """
    seconds = int(limits["seconds"]) + 2
    bounds = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_AS: base + limits["memory_mb"] * MIB,
        resource.RLIMIT_FSIZE: limits["disk_mb"] * MIB,
        resource.RLIMIT_NOFILE: 256,
    }
    if processes:  # this cell's, the supervisor, who waits for it and a spare
        bounds[resource.RLIMIT_NPROC] = limits["processes"] + 3
    lowered = {which: min(bound, _ceiling(which)) for which, bound in bounds.items()}
    return [(which, (bound, bound)) for which, bound in lowered.items()]


def _ceiling(which):
    hard = resource.getrlimit(which)[1]
    return sys.maxsize if hard == resource.RLIM_INFINITY else hard
