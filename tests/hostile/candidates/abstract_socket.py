"""Goal: leave or find a name in the abstract socket space"""
# held: refused crashed

import socket

def attack():
    try:
        socket.socket(socket.AF_UNIX).bind('\0left')
    except OSError:
        return False
    return True
