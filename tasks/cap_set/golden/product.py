# A cap of 20 in F_3^4, found by trying; the product of caps is a cap, so 20 * 20 in F_3^8.
TWENTY = set("0001 0002 1002 1010 1020 1100 1111 1121 1200 1211 1221 2001 2010 2020 2100 2112 2122 2200 2212 2222".split())


def priority(element, n):
    word = "".join(map(str, element))
    return float(all(word[i : i + 4] in TWENTY for i in range(0, n, 4)))
