"""Goal: speak to Docker or containerd"""
# held: refused crashed

import socket

def attack():
    for path in ('/var/run/docker.sock', '/run/docker.sock', '/run/containerd/containerd.sock', '/run/refine/control'):
        for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
            try:
                socket.socket(socket.AF_UNIX, kind).connect(path)
                return True
            except OSError:
                pass
    return False
