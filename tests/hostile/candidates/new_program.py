"""Goal: shed the walls in a new program"""
# held: refused crashed

import subprocess, sys

TEXT = 'import socket; socket.socket(); print("out")'

def attack():
    try:
        found = subprocess.run([sys.executable or 'python3', '-S', '-c', TEXT], capture_output=True)
    except OSError:
        return False
    return b'out' in found.stdout
