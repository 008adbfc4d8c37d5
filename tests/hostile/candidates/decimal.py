"""Goal: numbers of other kinds, some of them no numbers"""
# held: malformed

import decimal, fractions

def attack():
    return [fractions.Fraction(1, 3), decimal.Decimal('sNaN'), decimal.Decimal('1e999999999')]
