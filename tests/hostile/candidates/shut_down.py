"""Goal: shut the socket and work on"""
# held: crashed

import socket, time

def attack():
    socket.socket(fileno=3).shutdown(socket.SHUT_RDWR)
    while True:
        time.sleep(0.001)
