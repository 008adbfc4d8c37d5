"""Goal: reach the internet, the host or a cloud's metadata"""
# held: refused crashed

import socket

def attack():
    for address in (('1.1.1.1', 53), ('172.17.0.1', 22), ('169.254.169.254', 80), ('127.0.0.1', 80)):
        try:
            socket.create_connection(address, timeout=0.1)
            return True
        except OSError:
            pass
    try:
        socket.gethostbyname('example.com')
        return True
    except OSError:
        return False
