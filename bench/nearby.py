"""Near-repeats among 10,000 and 100,000 texts: time, memory, precision and recall on planted ones.

    python -m bench.nearby [--rows 10000 100000] [--json]

One text in ten is a near-repeat of another, made in one of six ways. Recall is asked of the planted
pairs that are at least 0.8 alike; precision of all texts found: whether one of their group is that
much alike, and whether the group's first is (groups are what such pairs connect). The floor is a
dictionary of the texts themselves, which finds exact repeats only.
"""

import argparse
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from ml import nearby

LENGTH = 120


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    asked.add_argument("--json", action="store_true")
    options = asked.parse_args()
    table = {str(count): measured(count) for count in options.rows}
    print(json.dumps(table, indent=1) if options.json else shown(table))


def measured(count: int) -> dict[str, float]:
    """The figures of one size."""
    texts, planted = made(count, random.Random(count))
    before = peak_forgotten()
    started = time.perf_counter()
    pauses = Pauses()
    found = nearby.groups(texts, meanwhile=pauses)
    seconds = time.perf_counter() - started
    grown = kilobytes("VmHWM") - before
    started = time.perf_counter()
    floor: dict[str, list[int]] = defaultdict(list)
    for at, text in enumerate(texts):
        floor[text].append(at)
    floor_seconds = time.perf_counter() - started
    figures = {
        "seconds": seconds,
        "exact repeats only, seconds": floor_seconds,
        "longest without giving way, s": pauses.longest,
        "MB more": grown / 1024,
    }
    return figures | judged(texts, planted, found)


def peak_forgotten() -> int:
    """What is in memory now, kB. The system forgets the peak, which making the texts drove up."""
    Path("/proc/self/clear_refs").write_text("5")
    return kilobytes("VmRSS")


def kilobytes(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


class Pauses:
    """How long it took from one call to the next."""

    def __init__(self) -> None:
        self.longest, self.last = 0.0, time.perf_counter()

    def __call__(self) -> None:
        now = time.perf_counter()
        self.longest, self.last = max(self.longest, now - self.last), now


def judged(
    texts: list[str], planted: list[tuple[int, int, str]], found: list[list[int]]
) -> dict[str, float]:
    """Precision, and recall by kind of change."""
    group = {place: at for at, members in enumerate(found) for place in members}
    hits: dict[str, list[bool]] = defaultdict(list)
    for one, other, kind in planted:
        hit = one in group and group[one] == group.get(other)
        hits[f"{kind}: found of all planted"].append(hit)
        hits[band(nearby.similarity(texts[one], texts[other]))].append(hit)
    pairs = [(members[0], each) for members in found for each in members[1:]]
    right = [nearby.similarity(texts[a], texts[b]) >= nearby.ALIKE for a, b in pairs]
    linked = [has_neighbour(texts, each, members) for members in found for each in members]
    figures = {
        "repeats found": len(pairs),
        "precision: alike to one of its group": sum(linked) / max(len(linked), 1),
        "precision: alike to its group's first": sum(right) / max(len(right), 1),
    }
    for name, several in sorted(hits.items()):
        if name.startswith("planted"):
            figures[f"{name}, pairs"] = len(several)
        figures[name.replace("planted,", "recall,")] = sum(several) / len(several)
    return figures


def band(alike: float) -> str:
    """How alike, in words that a table has room for."""
    if alike >= 1:
        return "planted, alike but for case and punctuation"
    if alike >= 0.85:
        return "planted, 0.85 alike or more"
    return "planted, 0.8 to 0.85 alike" if alike >= nearby.ALIKE else "planted, less than 0.8 alike"


def has_neighbour(texts: list[str], one: int, members: list[int]) -> bool:
    others = (each for each in members if each != one)
    return any(nearby.similarity(texts[one], texts[each]) >= nearby.ALIKE for each in others)


def made(count: int, draw: random.Random) -> tuple[list[str], list[tuple[int, int, str]]]:
    """Texts, and which were made of which, and how."""
    words = vocabulary()
    texts: list[str] = []
    planted: list[tuple[int, int, str]] = []
    kinds = list(CHANGES)
    for at in range(count):
        if at % 10 == 9:
            source, kind = draw.randrange(at - at // 10), kinds[at // 10 % len(kinds)]
            planted.append((source, at, kind))
            texts.append(CHANGES[kind](texts[source], words, draw))
        else:
            texts.append(sentence(words, draw))
    order = list(range(count))
    draw.shuffle(order)
    now = {before: after for after, before in enumerate(order)}
    return [texts[at] for at in order], [(now[a], now[b], kind) for a, b, kind in planted]


def sentence(words: list[str], draw: random.Random) -> str:
    """About 120 characters, commas and a full stop among them."""
    text = ""
    while len(text) < LENGTH - 8:
        text += draw.choice(words) + draw.choice([" "] * 9 + [", "])
    return text.strip(" ,").capitalize() + "."


def vocabulary() -> list[str]:
    """Words of the documentation that comes with Python, as often as they are used there."""
    from pydoc_data.topics import topics

    return [word for word in " ".join(topics.values()).split() if word.isalpha()]


def one_word(text: str, words: list[str], draw: random.Random) -> str:
    parts = text.split(" ")
    parts[draw.randrange(len(parts))] = draw.choice(words)
    return " ".join(parts)


def typos(text: str, words: list[str], draw: random.Random) -> str:
    for _ in range(2):
        at = draw.randrange(len(text) - 1)
        text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text


def punctuation(text: str, words: list[str], draw: random.Random) -> str:
    return text.replace(",", ";").replace(" ", "  ", 2).rstrip(".") + "!!"


def longer(text: str, words: list[str], draw: random.Random) -> str:
    return f"{text} {' '.join(draw.choices(words, k=3)).capitalize()}."


def other_case(text: str, words: list[str], draw: random.Random) -> str:
    return text.upper()


def same(text: str, words: list[str], draw: random.Random) -> str:
    return text


CHANGES: dict[str, Callable[[str, list[str], random.Random], str]] = {
    "one word changed": one_word,
    "two typos": typos,
    "punctuation": punctuation,
    "a short sentence added": longer,
    "case": other_case,
    "the same": same,
}


def shown(table: dict[str, dict[str, float]]) -> str:
    sizes = list(table)
    lines = [f"| | {' | '.join(sizes)} |", f"|---|{'---|' * len(sizes)}"]
    for figure in table[sizes[0]]:
        values = " | ".join(f"{table[size][figure]:.4g}" for size in sizes)
        lines.append(f"| {figure} | {values} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
