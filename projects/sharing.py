"""How many examples are dealt to several people: each a share in percent, or equal ones.

Knows nothing of examples: it says whose turn is the first, the second, and so on.
"""

from collections.abc import Mapping, Sequence
from math import gcd
from uuid import UUID

WHOLE = 100  # percent
Someone = UUID | None


def weights(people: Sequence[UUID], shares: Mapping[UUID, int]) -> dict[Someone, int]:
    """Who gets how many parts. Who has no share in percent divides what is left equally with the
    others; where everybody has one, what is left is nobody's: anyone may take it. Empty where
    shares make no sense: more than all, or less than something for each."""
    rest = WHOLE - sum(shares.values())
    without = [one for one in people if one not in shares]
    if rest < 0 or (without and not rest) or any(share < 1 for share in shares.values()):
        return {}
    parts = max(1, len(without))
    found: dict[Someone, int] = {one: parts * shares.get(one, 0) or rest for one in people}
    if not without and rest:
        found[None] = rest
    least = gcd(*found.values())
    return {one: weight // least for one, weight in found.items()}


def turns(weighted: Mapping[Someone, int]) -> list[Someone]:
    """One round, after which it begins again: everybody as often as they have parts, and evenly
    spread, so that shares are right from the first examples on (smooth weighted round-robin)."""
    total, credit, found = sum(weighted.values()), dict.fromkeys(weighted, 0), []
    for _ in range(total):
        for one, weight in weighted.items():
            credit[one] += weight
        turn = max(credit, key=lambda one: credit[one])
        credit[turn] -= total
        found.append(turn)
    return found
