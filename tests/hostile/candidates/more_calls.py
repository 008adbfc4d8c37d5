"""Goal: reach what the kernel has for administrators, debuggers and the future"""
# held: refused

import ctypes, platform

libc = ctypes.CDLL(None, use_errno=True)
CALLS = """134 136 139 141 142 144 149 151 153 154 155 159 163 164 165 166 167 168 169 170 171 172 173 174 175 176 177 178 179 180 188 189 190
203 206 209 212 216 237 238 246 248 249 250 251 253 254 256 272 278 279 294 298 300 301 303 304 305 308 310 311 312 313 314 317 319 320 321 323 325
329 330 331 425 426 427 428 429 430 431 432 433 438 440 442 443 444 445 446 447 448 450 451 452 453"""

def attack():
    if platform.machine() != 'x86_64':
        return False
    done = []
    for number in [*map(int, CALLS.split()), *range(454, 600)]:
        ctypes.set_errno(0)
        libc.syscall(ctypes.c_long(number), ctypes.c_long(0), ctypes.c_long(0), ctypes.c_long(0), ctypes.c_long(0), ctypes.c_long(0), ctypes.c_long(0))
        if ctypes.get_errno() != 1:
            done.append(number)
    return done or False
