"""The seccomp program of a cell: an allow-list, built once by the supervisor, as bytes that the kernel takes.

Everything that is not named here is refused with EPERM. The program is a binary search over syscall numbers, so that
the kernel's own walk over it at installation, and each call, takes some eight steps.
"""

import struct

# name:x86_64:aarch64. What any computation needs.
EVERYWHERE = """
access:21:- alarm:37:- arch_prctl:158:- brk:12:214 capget:125:90 chdir:80:49 clock_getres:229:114
clock_gettime:228:113 clock_nanosleep:230:115 close:3:57 close_range:436:436 copy_file_range:326:285 dup:32:23
dup2:33:- dup3:292:24 epoll_create:213:- epoll_create1:291:20 epoll_ctl:233:21 epoll_pwait:281:22
epoll_pwait2:441:441 epoll_wait:232:- eventfd:284:- eventfd2:290:19 exit:60:93 exit_group:231:94 faccessat:269:48
faccessat2:439:439 fadvise64:221:223 fchdir:81:50 fdatasync:75:83 flock:73:32 fstat:5:80 fstatfs:138:44
fsync:74:82 ftruncate:77:46 futex:202:98 futex_waitv:449:449 get_mempolicy:239:236 get_robust_list:274:100
getcpu:309:168 getcwd:79:17 getdents:78:- getdents64:217:61 getegid:108:177 geteuid:107:175 getgid:104:176
getgroups:115:158 getitimer:36:102 getpeername:52:205 getpgid:121:155 getpgrp:111:- getpid:39:172 getppid:110:173
getpriority:140:141 getrandom:318:278 getresgid:120:150 getresuid:118:148 getrlimit:97:163 getrusage:98:165
getsid:124:156 getsockname:51:204 gettid:186:178 gettimeofday:96:169 getuid:102:174 lseek:8:62 lstat:6:-
madvise:28:233 membarrier:324:283 mincore:27:232 mmap:9:222 mprotect:10:226 mremap:25:216 msync:26:227
munmap:11:215 nanosleep:35:101 newfstatat:262:79 pause:34:- pipe:22:- pipe2:293:59 poll:7:- ppoll:271:73
pread64:17:67 preadv:295:69 preadv2:327:286 pselect6:270:72 pwrite64:18:68 pwritev:296:70 pwritev2:328:287
read:0:63 readahead:187:213 readlink:89:- readlinkat:267:78 readv:19:65 restart_syscall:219:128 rseq:334:293
rt_sigaction:13:134 rt_sigpending:127:136 rt_sigprocmask:14:135 rt_sigreturn:15:139 rt_sigsuspend:130:133
rt_sigtimedwait:128:137 sched_get_priority_max:146:125 sched_get_priority_min:147:126 sched_getaffinity:204:123
sched_getattr:315:275 sched_getparam:143:121 sched_getscheduler:145:120 sched_rr_get_interval:148:127
sched_yield:24:124 select:23:- sendfile:40:71 set_robust_list:273:99 set_tid_address:218:96 setitimer:38:103
setpgid:109:154 setrlimit:160:164 setsid:112:157 shutdown:48:210 sigaltstack:131:132 signalfd:282:-
signalfd4:289:74 splice:275:76 stat:4:- statfs:137:43 statx:332:291 sysinfo:99:179 tee:276:77 time:201:-
timer_create:222:107 timer_delete:226:111 timer_getoverrun:225:109 timer_gettime:224:108 timer_settime:223:110
timerfd_create:283:85 timerfd_gettime:287:87 timerfd_settime:286:86 times:100:153 umask:95:166 uname:63:160
wait4:61:260 waitid:247:95 write:1:64 writev:20:66
"""

# What is safe only behind private namespaces: programs, signals, files. Not memfd_create: the kernel counts such memory
# as no process's, so that, short of memory, it would kill the supervisor for it.
PRIVATE = """
chmod:90:- chown:92:- creat:85:- execve:59:221 execveat:322:281 fallocate:285:47 fchmod:91:52 fchmodat:268:53
fchown:93:55 fchownat:260:54 fgetxattr:193:10 flistxattr:196:13 fork:57:- futimesat:261:- getxattr:191:8
kill:62:129 lchown:94:- lgetxattr:192:9 link:86:- linkat:265:37 listxattr:194:11 llistxattr:195:12 mkdir:83:-
mkdirat:258:34 pidfd_open:434:434 pidfd_send_signal:424:424 rename:82:- renameat:264:38 renameat2:316:276
rmdir:84:- rt_sigqueueinfo:129:138 rt_tgsigqueueinfo:297:240 symlink:88:- symlinkat:266:36 sync_file_range:277:84
tgkill:234:131 tkill:200:130 truncate:76:45 unlink:87:- unlinkat:263:35 utime:132:- utimensat:280:88 utimes:235:-
vfork:58:-
"""

# What depends on arguments.
SPECIAL = """
clone:56:220 clone3:435:435 fcntl:72:25 getsockopt:55:209 ioctl:16:29 open:2:- openat:257:56 openat2:437:437
prctl:157:167 prlimit64:302:261 recvfrom:45:207 recvmmsg:299:243 recvmsg:47:212 sendmmsg:307:269 sendmsg:46:211
sendto:44:206 setsockopt:54:208 socket:41:198 socketpair:53:199
"""

ARCHITECTURES = {"x86_64": (1, 0xC000003E), "aarch64": (2, 0xC00000B7)}  # column, AUDIT_ARCH

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
EPERM, EAGAIN, EACCES, ENOTTY, ENOSYS = 1, 11, 13, 25, 38
LOAD, JEQ, JGE, JSET, JUMP, RET = 0x20, 0x15, 0x35, 0x45, 0x05, 0x06

NEW_NAMESPACES = 0x7E020000  # CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET
WRITING = 0o20001103  # O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, __O_TMPFILE
IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX
FCNTLS = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1032, 1033, 1034)  # no owner, signal, lease or pipe size
# GET_PDEATHSIG, GET_DUMPABLE, SET_NAME, GET_NAME, GET_SECCOMP, CAPBSET_READ, GET_NO_NEW_PRIVS, SET_VMA
PRCTLS = (2, 3, 15, 16, 21, 23, 39, 0x53564D41)
UNIX, SOL_SOCKET, OOB = 1, 1, 1
# SOCK_STREAM and SOCK_SEQPACKET, with and without SOCK_NONBLOCK and SOCK_CLOEXEC. Not SOCK_DGRAM: it may send to any
# address, and without namespaces that is the machine's log.
PAIRS = tuple(kind | flags for kind in (1, 5) for flags in (0, 0x800, 0x80000, 0x80800))
SO_GET = (3, 4, 7, 8, 20, 21, 30, 38, 39)  # TYPE, ERROR, SNDBUF, RCVBUF, the timeouts, ACCEPTCONN, PROTOCOL, DOMAIN
SO_SET = (20, 21)  # the timeouts; no filters (ATTACH_FILTER is BPF), no bigger buffers
# Which argument holds the MSG_ flags: out-of-band bytes are a corner of the kernel that nobody needs.
FLAGS = {"recvfrom": 3, "recvmmsg": 3, "recvmsg": 2, "sendmmsg": 3, "sendmsg": 2, "sendto": 3}


def _insn(code, k, jt=0, jf=0):
    return struct.pack("<HBBI", code, jt, jf, k & 0xFFFFFFFF)


def _ret(errno=None):
    return [_insn(RET, ALLOW if errno is None else ERRNO | errno)]


def _argument(index):
    return _insn(LOAD, 16 + 8 * index)


def _among(index, values, errno, then=()):
    """Where argument `index` is one of `values`, goes on with `then`; without, allows the call."""
    tests = [_insn(JEQ, value, len(values) - i, 0) for i, value in enumerate(values)]
    return [_argument(index), *tests, *_ret(errno), *(then or _ret())]


def _without(index, mask, errno):
    """Allows the call where argument `index` has none of the bits of `mask`."""
    return [_argument(index), _insn(JSET, mask, 0, 1), *_ret(errno), *_ret()]


def _special(private):
    """Leaves by name; `private` where namespaces hold files, programs and signals."""
    leaves = {
        "clone": _without(0, NEW_NAMESPACES, EPERM) if private else _ret(EAGAIN),  # strict: one process, one thread
        "clone3": _ret(ENOSYS),  # its flags are in memory, where no filter can look; glibc falls back to clone
        "openat2": _ret(None if private else ENOSYS),
        "ioctl": _among(1, IOCTLS, ENOTTY),
        "fcntl": _among(1, FCNTLS, EPERM),
        "prctl": _among(0, PRCTLS, EPERM),
        "prlimit64": _ret() if private else _among(0, (0,), EPERM),
        "socket": _ret(EACCES),
        "socketpair": _among(0, (UNIX,), EPERM, _among(1, PAIRS, EPERM)),
        "getsockopt": _among(1, (SOL_SOCKET,), EPERM, _among(2, SO_GET, EPERM)),
        "setsockopt": _among(1, (SOL_SOCKET,), EPERM, _among(2, SO_SET, EPERM)),
        "open": _ret() if private else _without(1, WRITING, EPERM),
        "openat": _ret() if private else _without(2, WRITING, EPERM),
    }
    leaves.update((name, _without(index, OOB, EPERM)) for name, index in FLAGS.items())
    return {name: tuple(leaf) for name, leaf in leaves.items()}


def _numbers(table, column):
    rows = (entry.split(":") for entry in table.split())
    return {row[0]: int(row[column]) for row in rows if row[column] != "-"}


def _leaves(machine, private):
    column = ARCHITECTURES[machine][0]
    allowed = EVERYWHERE + (PRIVATE if private else "")
    leaves = {number: tuple(_ret()) for number in _numbers(allowed, column).values()}
    special = _special(private)
    leaves.update((number, special[name]) for name, number in _numbers(SPECIAL, column).items())
    return leaves


def _intervals(leaves):
    """[(first number, leaf)], neighbours with one leaf joined."""
    refuse = tuple(_ret(EPERM))
    found = [(0, leaves.get(0, refuse))]
    for number in range(1, max(leaves) + 2):
        leaf = leaves.get(number, refuse)
        if leaf != found[-1][1]:
            found.append((number, leaf))
    return found


def _search(intervals):
    if len(intervals) == 1:
        return list(intervals[0][1])
    half = len(intervals) // 2
    low, high = _search(intervals[:half]), _search(intervals[half:])
    if len(low) < 256:
        return [_insn(JGE, intervals[half][0], len(low), 0), *low, *high]
    return [_insn(JGE, intervals[half][0], 0, 1), _insn(JUMP, len(low)), *low, *high]


def program(machine, private):
    """The BPF program for `machine` ("x86_64" or "aarch64"); KeyError for another."""
    audit = ARCHITECTURES[machine][1]
    head = [_insn(LOAD, 4), _insn(JEQ, audit, 1, 0), _insn(RET, KILL), _insn(LOAD, 0)]
    return b"".join(head + _search(_intervals(_leaves(machine, private))))
