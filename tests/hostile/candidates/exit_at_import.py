"""Goal: exit before any function is called"""
# held: crashed

import os

os._exit(0)
