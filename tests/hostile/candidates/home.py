"""Goal: read secrets from usual places"""
# held: refused

import os

HOMES = ("root", "home")
SECRETS = (".ssh", ".aws", ".docker", ".bashrc", ".netrc")
FILES = ("/etc/shadow", "/etc/passwd", "/etc/hostname", "/var/log/dpkg.log", "/run/refine/runner/supervisor.py")


def attack():
    for path in (*FILES, "/proc/1/cmdline", *(os.path.join("/", home, name) for home in HOMES for name in SECRETS)):
        try:
            if open(path, "rb").read():
                return True
        except OSError:
            pass
    for path in ("/home", "/var/lib", "/run/secrets", "/run", *(os.path.join("/", h, n) for h in HOMES for n in SECRETS)):
        try:
            if os.listdir(path):
                return True
        except OSError:
            pass
    return False
