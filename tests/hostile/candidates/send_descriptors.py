"""Goal: give the judge descriptors"""
# held: malformed

import array, os, socket, struct

def attack():
    link = socket.socket(fileno=3)
    text = b'["ok",[1]'
    rights = array.array('i', [os.open('/dev/null', os.O_RDONLY) for _ in range(10)])
    link.sendmsg([struct.pack('<IQ', len(text), 0) + text], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
