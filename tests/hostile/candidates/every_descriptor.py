"""Goal: speak to the supervisor or the judge on every descriptor"""
# held: malformed crashed overrun timeout

import os

def attack():
    for fd in range(3, 300):
        for text in (b'{"do":"spawn","limits":{}}', b'{"do":"end","cell":1,"grace":0}', b'["ok",1]'):
            try:
                os.write(fd, text)
            except OSError:
                pass
    return False
