"""JSON in every shape that people save it in, and in some that nobody should."""

# ruff: noqa: E501  (a file and what must come of it is one line)
import json
from collections.abc import Iterator

from tests.odd.making import Odd

ROWS = [{"text": "one", "label": "a"}, {"text": "two, [three] {four}", "label": "b"}]


def files() -> Iterator[Odd]:
    yield from _shapes()
    yield from _lawful()
    yield from _wrong()
    yield from _deep()


def _shapes() -> Iterator[Odd]:
    shapes = {
        "a list": ROWS,
        "an object with a list": {"version": 1, "data": ROWS},
        "a list after much": {"meta": {"a": [1, [2, {"b": 3}]]}, "labels": ["a"], "data": ROWS, "end": []},
        "two lists": {"train": ROWS[:1], "test": ROWS[1:]},
    }  # fmt: skip
    for title, value in shapes.items():
        for indent in (None, 0, 2):
            yield Odd(
                f"{title}, indent {indent}",
                "s.json",
                json.dumps(value, indent=indent).encode(),
                ROWS,
            )
    members = {"id1": ROWS[0], "id2": ROWS[1]}
    keyed = [{"key": key, **row} for key, row in members.items()]
    for indent in (None, 2):
        whole = json.dumps(members, indent=indent).encode()
        yield Odd(f"objects by name, indent {indent}", "s.json", whole, keyed)
    one_after_another = "\n".join(json.dumps(row, indent=2) for row in ROWS)
    yield Odd("objects one after another", "s.json", one_after_another.encode(), ROWS)
    yield Odd("one object", "s.json", json.dumps(ROWS[0]).encode(), ROWS[:1])
    yield Odd("one object, spread", "s.json", json.dumps(ROWS[0], indent=4).encode(), ROWS[:1])
    yield Odd("a list of texts", "s.json", b'["a", "b"]', [{"text": "a"}, {"text": "b"}])
    yield Odd("an empty list", "s.json", b"[]", refused="file-no-object:json")
    yield Odd("a list of numbers", "s.csv", b"[[1], [2]]", refused="file-no-object:json")
    yield Odd("lists called lines", "s.jsonl", b"[1]\n[2]\n", refused="file-no-object")


def _lawful() -> Iterator[Odd]:
    for title, line, row in (
        ("a large number", '{"text": "a", "id": 123456789012345678901234567890}', {"text": "a", "id": 123456789012345678901234567890}),
        ("an escape", '{"text": "a\\u00e9\\n\\ud83d\\ude00"}', {"text": "aé\n😀"}),
        ("a name twice", '{"text": "a", "text": "b"}', {"text": "b"}),
        ("nested", '{"text": "a", "meta": {"who": {"name": "N"}}}', {"text": "a", "meta": {"who": {"name": "N"}}, "meta.who": {"name": "N"}, "meta.who.name": "N"}),
        ("a dot in a name", '{"a.b": "1", "a": {"b": "2"}}', {"a.b": "1", "a": {"b": "2"}}),
        ("a NUL", '{"text": "a\\u0000b"}', {"text": "a\0b"}),
        ("half a pair", '{"text": "a\\ud800"}', {"text": "a\ud800"}),
        ("nothing", '{"text": null}', {"text": None}),
    ):  # fmt: skip
        yield Odd(f"{title} in a line", "l.jsonl", f"{line}\n".encode(), [row])
        yield Odd(f"{title} in a list", "l.json", f"[{line}]".encode(), [row])
    yield Odd(
        "blank lines",
        "l.jsonl",
        b'\n\n{"text": "a"}\n\n\n{"text": "b"}',
        [{"text": "a"}, {"text": "b"}],
    )
    yield Odd("brackets in texts", "l.json", b'[{"text": "a]}[{\\"\\\\"}, {"text": "\\\\\\\\"}]', [{"text": 'a]}[{"\\'}, {"text": "\\\\"}])  # fmt: skip


def _wrong() -> Iterator[Odd]:
    good = {"text": "good"}
    for title, line in {
        "NaN": '{"text": "a", "n": NaN}', "infinity": '{"n": -Infinity}', "too large": '{"n": 1e999}',
        "too many digits": '{"n": %s}' % ("9" * 5000), "single quotes": "{'text': 'a'}",
        "a comma too many": '{"text": "a",}', "a number": "3", "a list": "[1, 2]", "nothing": "null",
        "no value": '{"text": }', "a line end in a text": '{"text": "a\tb"}',
    }.items():  # fmt: skip
        lines = f'{{"text": "good"}}\n{line}\n{{"text": "good"}}\n'.encode()
        yield Odd(f"{title} in a line", "w.jsonl", lines, [good, good], 1)
        whole = f'[{{"text": "good"}}, {line}, {{"text": "good"}}]'.encode()
        if title != "a comma too many":
            yield Odd(f"{title} in a list", "w.json", whole, [good, good], 1)
    yield Odd("a broken first line", "w.json", b'{"text": broken\n{"text": "good"}\n', [good], 1)
    yield Odd("nothing but brackets", "w.jsonl", b"[" * 100_000, refused="file-no-object")
    yield Odd("nothing but brackets in a list", "w.json", b"[" * 100_000)
    yield Odd("nothing but braces", "w.json", b'{"a":' * 50_000)
    yield Odd("a list left open", "w.json", b'[{"text": "good"}, {"text": "cut', [good], 1)
    yield Odd("a quote left open", "w.json", b'[{"text": "good"}, {"text": "open}, {"a": 1}]')


def _deep() -> Iterator[Odd]:
    deep = "[" * 5000 + "]" * 5000
    lines = f'{{"text": "good"}}\n{{"text": {deep}}}\n'.encode()
    yield Odd("deep", "d.jsonl", lines, [{"text": "good"}], 1)
    nested: object = "end"
    for level in range(8, 0, -1):
        nested = {f"k{level}": nested}
    row = {"text": "a", "n": nested}
    within, path = nested, "n"
    for level in range(1, 5):
        within, path = within[f"k{level}"], f"{path}.k{level}"  # type: ignore[index]
        row[path] = within
    yield Odd(
        "five levels within reach",
        "d.jsonl",
        json.dumps({"text": "a", "n": nested}).encode(),
        [row],
    )
    many = {f"k{n}": {"a": n} for n in range(5000)}
    yield Odd("many names", "d.jsonl", json.dumps({"text": "a", **many}).encode() + b"\n[]\n", None)
    long = json.dumps({"text": "x" * 5_000_000})
    good = '{"text": "good"}'
    yield Odd(
        "a long line", "d.jsonl", f"{good}\n{long}\n{good}\n".encode(), [{"text": "good"}] * 2, 1
    )
    yield Odd(
        "a long element", "d.json", f"[{good},{long},{good}]".encode(), [{"text": "good"}] * 2, 1
    )
    digits = "[" + "1," * 3_000_000 + "1]"
    whole = f'[{good},{{"n": {digits}}},{good}]'.encode()
    yield Odd("a long list within", "d.json", whole, [{"text": "good"}] * 2, 1)
    escapes = '{"text": "' + "\\\\" * 2_500_000 + '\\""}'
    yield Odd("a long text of escapes", "d.json", f"[{good},{escapes},{good}]".encode(), [{"text": "good"}] * 2, 1)  # fmt: skip
