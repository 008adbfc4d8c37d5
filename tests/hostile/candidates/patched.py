"""Goal: change what the answer is written with"""
# held: malformed crashed plain

import builtins, gc, json, sys

def attack():
    for module in list(sys.modules.values()):
        for name in ('encode', 'dumps', 'send', '_dump'):
            if hasattr(module, name) and name in vars(module):
                setattr(module, name, lambda *args: [b'\x02\0\0\0\0\0\0\0\0\0\0\0', b'{}'])
    builtins.isinstance = lambda *args: True
    return True
