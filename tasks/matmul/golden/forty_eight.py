# 48 multiplications with rational coefficients for <4,4,4>, Laderman's 23 for <3,3,3>, Strassen's 7 for <2,2,2>.
#
# The 48: J.-G. Dumas, C. Pernet, A. Sedoglavic, arXiv:2506.13242 (2025), found from AlphaEvolve's over the complex
# numbers. One word is one multiplication; its 16 signs are the coefficients row by row. Those of W are in eighths:
# + - are 1 and -1, b and B are 2 and -2, d and D are 4 and -4.
U48 = """
00--000000000000 0000+-000000+-00 0000+0+000000000 000+00+000+-0000 ++000000--00--00 00000+0+00000+0+
00000-0+00000000 +0+000000000-0-0 -+++-+--+---+--- 0000+0-0+0-0+0-0 00000+0-00000+0- -+++--+---+-+---
+0-00000-0+0-0+0 00+-000000-+0000 00-0+00000000000 +0-000000000-0+0 0+00-000--000000 0+0+00000-0-0000
++-+-+++--+--+++ 0-0+00000+0-0000 000000++000000++ +-+++++-+++--+-- 0+0+00000-0-0-0- +-000000-+00-+00
++-++++---+---+- 000000--00--00-- 0000--00--000000 -+--+---+---+--- 0000-+0000000000 000000-+00-+0000
+-0000000000-+00 ---++-+++++-+-++ 0000--0000000000 00+0000-000000-- +++---+---+---+- 0000-0-0-0-00000
00000-0-0-0-0-0- 0+00000-0-0-0-0- 0+0-000000000000 -0000-000000+-00 0000+0-0+0-00000 00++0000000000--
+0+0000000000000 -00000-0+0-0+0-0 00-+000000000000 000000-+00-+00-+ ++000000--000000 000+0+0000000000
"""
V48 = """
--+-++-+++-+++-+ -++-000000000000 00000000+---0000 00000000--++---- -+---+---+--+-++ +--++--+-++-+--+
000000000000+--- -+-+-+-+-+-++-+- 00++00--+-00+-00 +++-000000000000 -++--++--++-+--+ 0-0-+0+00+0++0+0
00000000+-++0000 00000000++--0000 --+-0000-+++0000 -+-+-+-++-+--+-+ ++--++++00000000 --++++--++--++--
0-0++0-00+0-+0-0 --++++----++--++ 00000000+--+0000 +0+00-0-+0+00+0+ 000000000000-+-- +-++-+--+-+++-++
+-00+-0000++00-- +++----++++-+++- 0000++++00000000 00-+00+---00--00 +----+++-+++-+++ 000000000000++++
0000+-+-00000000 -0+00+0--0+00-0+ -+++-++++----+++ 00000000+--++-+- ++00++0000+-00-+ ++++----++++++++
0000---+00000000 0000+++-0000+-++ 0000--+-00000000 +--++-+-00000000 ++++------------ 000000000000+-+-
--+-000000000000 +++-0000+-++0000 --+---+-++-+--+- +++-+++-+++----+ --++000000000000 0000++-+0000+---
"""
W48 = """
00bB00Bb000000bB Dd0000000000Dd00 00000D0D0d0d0000 0000DD00bbbbbbBB 00000000000000bb 0b0B0B0b0b0B0000
0000d0D00000D0d0 0000000000000B0B +-++-+---++++-++ d0d000000000d0d0 000000000000B0b0 b0b0B0B0+++++-+-
0000D0D0d0d00000 0000dd00DD000000 bBBBBBbBbbBbbBBB B0B0b0b0B0B00000 00dd0000BBbbbbbb 0b0B0B0b00000b0B
0B0b0b0B--+++--+ 00000000b0B00000 000000Dd00dD0000 00000000+-+----- 00000d0D00000D0d 00000000Bb000000
-+--+-++-+---+++ 0000000000Bb0000 00DD000000DD0000 +++----+++-++++- bB00Bb000000bB00 0000dd000000DD00
Dd000000Dd000000 00000000-++---++ 00bb00BB00bb0000 000000DdbBbBBbbB +++----++++---+- 000000000B0B0000
0d0D00000d0D0000 BbBBbbbBBbBBBBBb D0d00000D0d00000 Dd000000BbbBBbBb B0B0b0b00000B0B0 000000dD000000Dd
0D0D000000000D0D BbBBBBBbbbbBBbBB BB00bb00BB000000 000000000000BB00 00dd0000000000dd bBBBbbBbbBBBBBbB
"""
EIGHTHS = {"0": 0, "+": 1, "-": -1, "b": 2, "B": -2, "d": 4, "D": -4}


def forty_eight():
    U, V, W = [[[EIGHTHS[sign] for sign in word] for word in words.split()] for words in (U48, V48, W48)]
    return U, V, [[f"{x}/8" for x in row] for row in W]


# Laderman's 23 multiplications for <3,3,3>.
A23 = """+11+12+13-21-22-32-33 | +11-21 | +22 | -11+21+22 | +21+22 | +11 | -11+31+32 | -11+31 | +31+32 |
+11+12+13-22-23-31-32 | +32 | -13+32+33 | +13-33 | +13 | +32+33 | -13+22+23 | +13-23 | +22+23 |
+12 | +23 | +21 | +31 | +33"""
B23 = """+22 | -12+22 | -11+12+21-22-23-31+33 | +11-12+22 | -11+12 | +11 | +11-13+23 | +13-23 | -11+13 |
+23 | -11+13+21-22-23-31+32 | +22+31-32 | +22-32 | +31 | -31+32 | +23+31-33 | +23-33 | -31+33 |
+21 | +32 | +13 | +12 | +33"""
C23 = """6 14 19 | 1 4 5 6 12 14 15 | 6 7 9 10 14 16 18 | 2 3 4 6 14 16 17 | 2 4 5 6 20 | 14 16 17 18 21 |
6 7 8 11 12 13 14 | 12 13 14 15 22 | 6 7 8 9 23"""


def row(text):
    text = text.strip()
    found = [0] * 9
    for k in range(0, len(text), 3):
        found[3 * int(text[k + 1]) + int(text[k + 2]) - 4] = 1 if text[k] == "+" else -1
    return found


def laderman():
    sums = [set(map(int, part.split())) for part in C23.split("|")]
    W = [[1 if r in entry else 0 for entry in sums] for r in range(1, 24)]
    return [row(part) for part in A23.split("|")], [row(part) for part in B23.split("|")], W


# Strassen for even sizes, by recursion; an odd size is split into an even one and a border by the school method.
A = [(1, 0, 0, 1), (0, 0, 1, 1), (1, 0, 0, 0), (0, 0, 0, 1), (1, 1, 0, 0), (-1, 0, 1, 0), (0, 1, 0, -1)]
B = [(1, 0, 0, 1), (1, 0, 0, 0), (0, 1, 0, -1), (-1, 0, 1, 0), (0, 0, 0, 1), (1, 1, 0, 0), (0, 0, 1, 1)]
C = [(1, 0, 0, 1), (0, 0, 1, -1), (0, 1, 0, 1), (1, 0, 1, 0), (-1, 1, 0, 0), (0, 0, 0, 1), (1, 0, 0, 0)]


def products(rows, inner, cols):
    """Multiplications for index lists: each three dicts, from (row, column) to a coefficient."""
    n, m, p = len(rows), len(inner), len(cols)
    if 0 in (n, m, p):
        return []
    if 1 in (n, m, p):
        return [({(i, k): 1}, {(k, j): 1}, {(i, j): 1}) for i in rows for k in inner for j in cols]
    if n % 2 or m % 2 or p % 2:
        cut = [index[: len(index) // 2 * 2] for index in (rows, inner, cols)]
        rest = [index[len(index) // 2 * 2 :] for index in (rows, inner, cols)]
        found = []
        for x in (cut[0], rest[0]):
            for y in (cut[1], rest[1]):
                for z in (cut[2], rest[2]):
                    found += products(x, y, z)
        return found
    found = []
    for u, v, w in products(list(range(n // 2)), list(range(m // 2)), list(range(p // 2))):
        for a, b, c in zip(A, B, C):
            found.append((spread(u, a, rows, inner), spread(v, b, inner, cols), spread(w, c, rows, cols)))
    return found


def spread(small, block, rows, cols):
    """A coefficient of a half becomes those of the four blocks that it stands for."""
    h, w = len(rows) // 2, len(cols) // 2
    return {
        (rows[s * h + i], cols[t * w + j]): x * block[2 * s + t]
        for (i, j), x in small.items()
        for s in (0, 1)
        for t in (0, 1)
        if block[2 * s + t]
    }


def factors(n, m, p):
    if (n, m, p) == (4, 4, 4):
        return forty_eight()
    if (n, m, p) == (3, 3, 3):
        return laderman()
    found = products(list(range(n)), list(range(m)), list(range(p)))
    shapes = ((n, m), (m, p), (n, p))
    return [
        [[part.get((i, j), 0) for i in range(h) for j in range(w)] for part in parts]
        for parts, (h, w) in zip(zip(*found), shapes)
    ]
