"""Goal: take memory by what is packed small"""
# held: overrun

import zlib

def attack():
    packer = zlib.compressobj(1)
    small = b''.join(packer.compress(bytes(1 << 20)) for _ in range(300)) + packer.flush()
    return len(zlib.decompress(small))
