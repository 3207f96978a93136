"""The same few rows in every encoding that can hold them, and in every format of text."""

# ruff: noqa: E501, RUF001  (a file and what must come of it is one line)
import csv
import io
import json
from collections.abc import Iterator

from tests.odd.making import Odd, cut

TEXTS = {
    "English": ["the parcel never came", "thank you, well done", "money back; now", 'a "big" one'],
    "French": ["déçu par la qualité", "très bien, merci à vous", "ça marche", "où est le colis ?"],
    "German": [
        "schöne Grüße",
        "größer als erwartet",
        "kaputt, Gehäuse gebrochen",
        "fällt öfter aus",
    ],
    "quotes": ["“smart” – or so", "it’s 5 € – too much", "so…", "‘single’ ones"],
    "simplified": ["这个产品非常好用", "物流太慢，客服不理人", "我要退款", "下次还会再来购买的"],
    "traditional": ["這個產品非常好用", "物流太慢，客服不理人", "我要退款", "下次還會再來購買的"],
    "Japanese": [
        "とても良い商品です",
        "返品したいのですが、どうすればいいですか",
        "東京都",
        "最高",
    ],
    "Korean": [
        "배송이 너무 늦어요",
        "환불해 주세요, 감사합니다",
        "최고예요",
        "다시 주문하고 싶어요",
    ],
    "right to left": ["مرحبا بالعالم", "שלום, עולם", "خدمة ممتازة", "mixed שלום text"],
    "emoji": ["👩‍👩‍👧‍👦 family", "flags 🇨🇳🇫🇷, two", "👍🏽", "e\u0301 combined, n\u0303"],
}
ENCODINGS = (
    *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "big5"),
    *("cp932", "cp1252", "euc_jp", "euc_kr"),
)
FORMATS = ("csv", "tsv", "semicolon", "bar", "jsonl", "json", "txt")
# What an encoding is for: gb18030 could hold anything, but nobody keeps French in it.
_MEANT = {
    "gb18030": {"simplified"},
    "big5": {"traditional"},
    "cp932": {"Japanese"},
    "euc_jp": {"Japanese"},
    "euc_kr": {"Korean"},
    "cp1252": {"French", "German", "quotes"},
}


def files() -> Iterator[Odd]:
    for encoding in ENCODINGS:
        for language, said in TEXTS.items():
            if language in _MEANT.get(encoding, TEXTS):
                for format in FORMATS if encoding != "utf-32" else ("csv",):
                    yield _one(f"{language} in {encoding} as {format}", format, said, encoding)
    yield from _ends()
    yield from cut(_one("cut table", "csv", TEXTS["simplified"] * 3, "utf-8"), 6)
    yield from cut(_one("cut lines", "jsonl", TEXTS["emoji"] * 3, "utf-8"), 6)
    yield from cut(_one("cut list", "json", TEXTS["Japanese"] * 3, "utf-8"), 6)
    yield from _said()
    yield from _mixed()


def _one(title: str, format: str, said: list[str], encoding: str) -> Odd:
    rows = [{"text": text, "label": "ab"[n % 2]} for n, text in enumerate(said)]
    if format == "txt":
        rows = [{"text": text} for text in said]
        whole = "".join(f"{text}\n" for text in said)
    elif format == "jsonl":
        whole = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    elif format == "json":
        whole = json.dumps(rows, ensure_ascii=False, indent=1)
    else:
        out = io.StringIO(newline="")
        mark = {"csv": ",", "tsv": "\t", "semicolon": ";", "bar": "|"}[format]
        table = csv.DictWriter(out, ["text", "label"], delimiter=mark)
        table.writeheader()
        table.writerows(rows)
        whole = out.getvalue()
    ending = format if format in ("txt", "json", "jsonl", "tsv") else "csv"
    return Odd(title, f"rows.{ending}", whole.encode(encoding), rows)


def _ends() -> Iterator[Odd]:
    """Line ends of Windows, of old Macs, and of all at once."""
    for title, ends in {
        "CRLF": ["\r\n"], "CR": ["\r"], "mixed": ["\n", "\r\n", "\r"], "blank": ["\n\n", "\r\n\r\n"],
    }.items():  # fmt: skip
        for name, lines, rows in (
            ("a.csv", ["text,label", "one,a", "two,b", "three,a"], [("one", "a"), ("two", "b"), ("three", "a")]),
            ("a.txt", ["one", "two", "three"], [("one",), ("two",), ("three",)]),
            ("a.jsonl", ['{"text": "one"}', '{"text": "two"}'], [("one",), ("two",)]),
        ):  # fmt: skip
            whole = "".join(line + ends[n % len(ends)] for n, line in enumerate(lines))
            told = [dict(zip(("text", "label"), row, strict=False)) for row in rows]
            if title == "blank" or name != "a.jsonl" or title == "CRLF":
                yield Odd(f"{title} in {name}", name, whole.encode(), told)


def _said() -> Iterator[Odd]:
    """What a person says goes before what the file seems to be."""
    rows = [{"text": "Привет как дела", "label": "a"}]
    whole = "text,label\nПривет как дела,a\n".encode("cp1251")
    yield Odd("Russian, not said", "ru.csv", whole, refused="file-encoding")
    yield Odd("Russian, said", "ru.csv", whole, rows, options={"encoding": "windows-1251"})
    yield Odd(
        "said wrong", "ru.csv", whole, refused="encoding-wrong", options={"encoding": "utf-8"}
    )
    yield Odd(
        "unheard of", "a.csv", whole, refused="encoding-unknown", options={"encoding": "rot13"}
    )
    yield Odd("a codec", "a.csv", whole, refused="encoding-unknown", options={"encoding": "zlib"})
    marked = b"\xef\xbb\xbftext\nhello\n"
    yield Odd("mark, said", "a.csv", marked, [{"text": "hello"}], options={"encoding": "utf-8"})


def _mixed() -> Iterator[Odd]:
    """Encodings within encodings, marks without text, NULs."""
    chinese = "文本\n" + "这个产品非常好用\n" * 20
    yield Odd("UTF-8, then GB18030", "a.csv", (chinese.encode() + "退款\n".encode("gb18030")), refused="encoding-mixed")  # fmt: skip
    yield Odd("UTF-8, and far below Windows-1252", "a.csv", chinese.encode() * 500 + b"caf\xe9\n", refused="encoding-mixed:later")  # fmt: skip
    for title, content in {
        "nothing": b"", "blanks": b" \n\t\n", "mark alone": b"\xef\xbb\xbf", "wide mark": b"\xff\xfe",
        "wide mark and blanks": "\ufeff  \n".encode("utf-16-le"), "line ends": b"\r\n" * 50,
    }.items():  # fmt: skip
        for name in ("a.csv", "a.jsonl", "a.txt"):
            yield Odd(f"{title} as {name}", name, content, refused="file-empty")
    yield Odd(
        "half a wide character", "a.csv", b"\xff\xfet\0e\0x\0t\0\n\0a", refused="file-encoding"
    )
    one = b"text,label\n" + b"a perfectly fine row,a\n" * 30
    rows = [{"text": "a perfectly fine row", "label": "a"}] * 30
    for title, bad in {"NUL": "a\0b", "bell": "a\x07b", "escape": "a\x1bb", "end": "a\x1a"}.items():
        odd = [*rows, {"text": bad, "label": "a"}]
        yield Odd(f"one {title}", "a.csv", one + f"{bad},a\n".encode(), odd)
    yield Odd("NULs all over", "a.csv", b"text\n" + b"\0" * 5000, refused="file-binary")
    yield Odd("noise", "a.csv", bytes(n * 37 % 256 for n in range(5000)))
    strange = "a\x85b\u2028c\u2029d\x0be\x0cf"  # ends of lines for some, but not of rows
    yield Odd("other separators", "a.txt", f"{strange}\nnext\n".encode(), [{"text": strange}, {"text": "next"}])  # fmt: skip
    yield Odd("other separators in cells", "a.csv", f"text,label\n{strange},a\n".encode(), [{"text": strange, "label": "a"}])  # fmt: skip
