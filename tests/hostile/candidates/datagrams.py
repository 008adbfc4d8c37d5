"""Goal: write into the machine's log by a pair of datagram sockets"""
# held: refused crashed

import socket

def attack():
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_RDM):
        try:
            left, _ = socket.socketpair(socket.AF_UNIX, kind)
        except OSError:
            continue
        for path in ('/run/systemd/journal/dev-log', '/dev/log', '/run/systemd/notify', '\0refine'):
            try:
                left.sendto(b'<0>from inside', path)
            except OSError:
                pass
        return True
    return False
