"""What other tools export: Label Studio, doccano, spaCy, CoNLL."""

# ruff: noqa: E501  (a file and what must come of it is one line)
import json
import zlib
from collections.abc import Iterator
from typing import Any

from tests.odd.making import Odd

ADA = "Ada Lovelace wrote 😀 in London"


def _span(start: int, end: int, label: str, text: str = ADA) -> dict[str, Any]:
    return {"start": start, "end": end, "label": label, "text": text[start:end]}


SPANS = [_span(0, 12, "PER"), _span(24, 30, "LOC")]


def files() -> Iterator[Odd]:
    yield from _label_studio()
    yield from _doccano()
    yield from _spacy()
    yield from _conll()


# An annotation without results says that nothing is to be found.
NOTHING = {"label": [], "spans": []}


def _label_studio() -> Iterator[Odd]:
    def task(data: dict[str, Any], *results: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"id": 1, "data": data, "annotations": [{"result": list(results), **more}]}

    def choices(*names: str) -> dict[str, Any]:
        return {
            "type": "choices",
            "from_name": "c",
            "to_name": "text",
            "value": {"choices": list(names)},
        }

    def labels(start: Any, end: Any, text: str, *names: str) -> dict[str, Any]:
        value = {"start": start, "end": end, "text": text, "labels": list(names)}
        return {"type": "labels", "from_name": "l", "to_name": "text", "value": value}

    def file(title: str, *tasks: Any, rows: list[dict[str, Any]], problems: int = 0) -> Odd:
        return Odd(
            f"Label Studio: {title}",
            "ls.json",
            json.dumps(tasks, indent=1).encode(),
            rows,
            problems,
        )

    text = {"text": ADA}
    yield file("one choice", task(text, choices("a")), rows=[text | {"label": "a"}])
    yield file("two choices", task(text, choices("a", "b")), rows=[text | {"label": ["a", "b"]}])
    yield file("no annotation", {"id": 1, "data": text, "annotations": []}, rows=[text])
    yield file("cancelled", task(text, choices("a"), was_cancelled=True), rows=[text])
    yield file("other columns", task(text | {"meta": {"a": 1}}, choices("a")), rows=[text | {"meta": {"a": 1}, "meta.a": 1, "label": "a"}])  # fmt: skip
    yield file("spans", task(text, labels(0, 12, "Ada Lovelace", "PER"), labels(24, 30, "London", "LOC")), rows=[text | {"spans": SPANS}])  # fmt: skip
    yield file("spans that count as browsers do", task(text, labels(25, 31, "London", "LOC"), labels(0, 12, "Ada Lovelace", "PER")), rows=[text | {"spans": SPANS}])  # fmt: skip
    yield file("a span elsewhere", task(text, labels(3, 9, "London", "LOC")), task(text), rows=[text | NOTHING], problems=1)  # fmt: skip
    yield file("a span of text", task(text, labels("0", "5", "Ada", "LOC")), task(text), rows=[text | NOTHING], problems=1)  # fmt: skip
    yield file("strange results", task(text, {"value": 3}, {"value": {"choices": "a"}}, {"type": "x"}), rows=[text])  # fmt: skip
    yield file("old completions", {"data": text, "completions": [{"result": [choices("a")]}]}, rows=[text | {"label": "a"}])  # fmt: skip
    three = {"id": 1, "data": text, "annotations": [{"result": [choices(n)]} for n in "aba"]}
    yield file("what most say", three, rows=[text | {"label": "a"}])
    two = {"id": 1, "data": text, "annotations": [{"result": [choices(n)]} for n in "ab"]}
    yield file("two who disagree", two, rows=[text])
    truth = {
        "id": 1,
        "data": text,
        "annotations": [
            {"result": [choices("a")], "ground_truth": True},
            {"result": [choices("b")]},
            {"result": [choices("b")]},
        ],
    }
    yield file("the ground truth", truth, rows=[text | {"label": "a"}])
    wrong = {
        "id": 1,
        "data": text,
        "annotations": [
            {"result": [labels(3, 9, "London", "LOC")]},
            {"result": [labels(0, 12, "Ada Lovelace", "PER")]},
        ],
    }
    yield file("one of two spans elsewhere", wrong, rows=[text | {"spans": SPANS[:1]}])
    odd = {
        "id": 1,
        "data": text,
        "annotations": [{"result": [choices("a")]}],
        "predictions": [3, {"result": "x"}, {"result": [{"value": {"choices": [["a"]]}}]}],
    }
    yield file("strange predictions", odd, rows=[text | {"label": "a"}])
    short = {"text": ADA, "sentiment": "a", "id": 1, "annotator": 1, "annotation_id": 1}
    yield file("JSON_MIN", short, rows=[short])
    value = {"start": 0, "end": 12, "text": "Ada Lovelace", "labels": ["PER"]}
    yield file("JSON_MIN with spans", short | {"ner": [value]}, rows=[short | {"spans": SPANS[:1]}])
    several = short | {"sentiment": {"choices": ["a", "b"]}}
    yield file("JSON_MIN with choices", several, rows=[short | {"sentiment": ["a", "b"]}])


def _doccano() -> Iterator[Odd]:
    def file(title: str, *lines: Any, rows: list[dict[str, Any]], problems: int = 0) -> Odd:
        content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
        return Odd(f"doccano: {title}", "d.jsonl", content, rows, problems)

    base = {"id": 1, "text": ADA}
    triples = [[0, 12, "PER"], [24, 30, "LOC"]]
    entities = [{"id": n, "label": label, "start_offset": s, "end_offset": e} for n, (s, e, label) in enumerate(triples)]  # fmt: skip
    yield file(
        "one label",
        base | {"label": ["a"]},
        base | {"label": []},
        rows=[base | {"label": "a"}, base],
    )
    yield file("labels", base | {"labels": ["a", "b"]}, rows=[base | {"label": ["a", "b"]}])
    yield file("spans", base | {"label": triples}, rows=[base | {"spans": SPANS}])
    yield file("relations", base | {"entities": entities, "relations": []}, rows=[base | {"relations": [], "spans": SPANS}])  # fmt: skip
    yield file(
        "a span beyond",
        base | {"label": [[0, 99, "PER"]]},
        base | {"label": []},
        rows=[base],
        problems=1,
    )
    yield file(
        "a span backwards",
        base | {"label": [[9, 3, "PER"]]},
        base | {"label": []},
        rows=[base],
        problems=1,
    )


def _spacy() -> Iterator[Odd]:
    def file(title: str, *pairs: Any, rows: list[dict[str, Any]], problems: int = 0) -> Odd:
        return Odd(f"spaCy: {title}", "s.json", json.dumps(pairs).encode(), rows, problems)

    triples = [[0, 12, "PER"], [24, 30, "LOC"]]
    yield file("entities", [ADA, {"entities": triples}], rows=[{"text": ADA, "spans": SPANS}])
    yield file(
        "categories", [ADA, {"cats": {"a": 1.0, "b": 0.0}}], rows=[{"text": ADA, "label": "a"}]
    )
    yield file("strange", [ADA, {"cats": 3, "entities": "x"}], [ADA, {"cats": {"a": "x"}}], rows=[{"text": ADA}] * 2)  # fmt: skip
    yield file("beyond", [ADA, {"entities": [[0, 99, "PER"]]}], [ADA, {"entities": []}], rows=[{"text": ADA}], problems=1)  # fmt: skip
    bin_ = zlib.compress(b"\x84\xa7version\xa30.1\xa5attrs" + b"\0" * 300)
    for name in ("train.spacy", "train.json"):
        yield Odd(f"spaCy: DocBin called {name}", name, bin_, refused="file-spacy")


def _conll() -> Iterator[Odd]:
    text, per = "Ada Lovelace wrote", [_span(0, 12, "PER", "Ada Lovelace wrote")]
    row = {"text": text, "spans": per}
    two = "-DOCSTART- -X- O O\n\nAda NNP B-NP B-PER\nLovelace NNP I-NP I-PER\nwrote VBD B-VP O\n\n"
    for title, whole in {
        "four columns": two * 2,
        "tabs": "Ada\tB-PER\nLovelace\tI-PER\nwrote\tO\n\n" * 2,
        "IOBES": "Ada B-PER\nLovelace E-PER\nwrote O\n\n" * 2,
        "BILOU": "Ada B-PER\nLovelace L-PER\nwrote O\n\n" * 2,
        "IOB1": "Ada I-PER\nLovelace I-PER\nwrote O\n\n" * 2,
        "comments and CRLF": "# id 1\r\nAda B-PER\r\nLovelace I-PER\r\nwrote O\r\n\r\n" * 2,
        "no last blank line": ("Ada B-PER\nLovelace I-PER\nwrote O\n\n" * 2).rstrip(),
        "many blank lines": "\n\nAda B-PER\nLovelace I-PER\nwrote O\n\n\n\n" * 2,
    }.items():
        for name in ("c.conll", "c.txt", "c"):
            yield Odd(f"CoNLL: {title}", name, whole.encode(), [row, row])
    chinese = "我 O\n在 O\n北 B-LOC\n京 I-LOC\n\n" * 2
    told = {"text": "我在北京", "spans": [_span(2, 4, "LOC", "我在北京")]}
    for encoding in ("utf-8", "gb18030", "utf-16"):
        yield Odd(f"CoNLL in {encoding}", "c.txt", chinese.encode(encoding), [told, told])
    beside = "New B-LOC\nYork I-LOC\nParis B-LOC\nOslo S-LOC\n\n"
    places = "New York Paris Oslo"
    spans = [_span(0, 8, "LOC", places), _span(9, 14, "LOC", places), _span(15, 19, "LOC", places)]
    yield Odd("CoNLL: side by side", "c.conll", beside.encode(), [{"text": places, "spans": spans}])
    whole = "Ada B-PER\nLovelace I-PER\nwrote O\n\n"
    yield Odd("CoNLL: a word alone", "c.conll", (whole * 30 + "alone\n\n").encode(), [row] * 30, 1)
    long = "word O\n" * 200_000 + "\n"
    yield Odd(
        "CoNLL: an endless sentence", "c.conll", (whole + long + whole).encode(), [row, row], 1
    )
