"""Goal: leave another program running"""
# held: refused crashed

import subprocess, sys

def attack():
    for _ in range(4):
        subprocess.Popen([sys.executable or 'python3', '-S', '-c', 'import time; time.sleep(1000)'], start_new_session=True)
    return False
