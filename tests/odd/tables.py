"""Tables as programs write them, and as people do."""

# ruff: noqa: E501  (a file and what must come of it is one line)
from collections.abc import Iterator

from tests.odd.making import Odd


def _rows(*rows: tuple[str, ...]) -> list[dict[str, str]]:
    return [dict(zip(("text", "label"), row, strict=False)) for row in rows]


def files() -> Iterator[Odd]:
    yield from _quotes()
    yield from _separators()
    yield from _headers()
    yield from _ragged()
    yield from _wrong_names()
    yield from _large()


def _quotes() -> Iterator[Odd]:
    both = _rows(("a, b", "x"), ('say "hi"', "y"), ("two\nlines", "x"))
    doubled = b'text,label\n"a, b",x\n"say ""hi""",y\n"two\nlines",x\n'
    yield Odd("doubled quotes", "q.csv", doubled, both)
    backslashed = b'text,label\n"a, b",x\n"say \\"hi\\"",y\n"two\nlines",x\n"and \\"so, on\\"",x\n'
    yield Odd("backslashed quotes", "q.csv", backslashed, [*both, *_rows(('and "so, on"', "x"))])
    single = b"text,label\n'a, b',x\n'it''s, so',y\n'c, d',x\n"
    yield Odd(
        "single quotes", "q.csv", single, _rows(("a, b", "x"), ("it's, so", "y"), ("c, d", "x"))
    )
    apostrophe = b"text,label\n'tis the season,x\nit's fine,y\ndon't,x\n"
    yield Odd("apostrophes", "q.csv", apostrophe, _rows(("'tis the season", "x"), ("it's fine", "y"), ("don't", "x")))  # fmt: skip
    inside = b'text,label\n5" screen,x\nthe "best" one,y\n'
    yield Odd("quotes inside", "q.csv", inside, _rows(('5" screen', "x"), ('the "best" one', "y")))
    path = b"text,label\nC:\\new\\table,x\n\\n is a line end,y\n"
    yield Odd(
        "backslashes", "q.csv", path, _rows(("C:\\new\\table", "x"), ("\\n is a line end", "y"))
    )
    yield Odd("left open", "q.csv", b'text,label\na,x\n"open,y\nb,x\n', _rows(("a", "x")), 1)
    yield Odd("quotes that never close", "q.csv", b"text,label\n" + b",'x" * 85_000)
    yield Odd("one column left open", "q.csv", b'text\na\n"open\nb\n', _rows(("a",)), 1)
    yield Odd("header left open", "q.csv", b'"text,label\na,x\nb,y\n')
    said = b'text,label\n"a,x\nb",y\n'
    yield Odd(
        "no quotes, said", "q.csv", said, _rows(('"a', "x"), ('b"', "y")), options={"quote": ""}
    )


def _separators() -> Iterator[Odd]:
    rows = _rows(("one; two", "a"), ("three", "b"), ("four", "a"))
    for mark in ",;\t|":
        table = f'text{mark}label\n"one; two"{mark}a\nthree{mark}b\nfour{mark}a\n'
        yield Odd(f"separated by {mark!r}", "s.csv", table.encode(), rows)
        yield Odd(f"says sep={mark!r}", "s.csv", f"sep={mark}\r\n{table}".encode(), rows)
    yield Odd("said by a person", "s.csv", b"text;x,label\na;b,c\n", [{"text;x": "a;b", "label": "c"}], options={"delimiter": ","})  # fmt: skip
    other = b"text~label\na~b\n"
    yield Odd("an unusual one, said", "s.csv", other, _rows(("a", "b")), options={"delimiter": "~"})
    commas = b"text;price\nlong, long, text;1,5\nshort;2,75\n"
    yield Odd("decimal commas", "s.csv", commas, [{"text": "long, long, text", "price": "1,5"}, {"text": "short", "price": "2,75"}])  # fmt: skip
    free = b"remark\nwell, well\nno\none, two, three\n"
    yield Odd("one column with commas", "s.csv", free, [{"remark": t} for t in ("well, well", "no", "one, two, three")])  # fmt: skip
    yield Odd("numbers stay text", "s.csv", b"text,label\n007,1e5\n1.10,-0\n+5,NaN\n", _rows(("007", "1e5"), ("1.10", "-0"), ("+5", "NaN")))  # fmt: skip
    yield Odd("formulas stay text", "s.csv", b'text,label\n=cmd|\' /C calc\'!A0,a\n"=1+1",b\n@SUM(1),a\n', _rows(("=cmd|' /C calc'!A0", "a"), ("=1+1", "b"), ("@SUM(1)", "a")))  # fmt: skip
    tabbed = "text\tlabel\none, two\ta\nthree\tb\n"
    yield Odd("Excel's Unicode text", "s.txt", tabbed.encode("utf-16"), _rows(("one, two", "a"), ("three", "b")))  # fmt: skip


def _headers() -> Iterator[Odd]:
    twice = [{"text": "a", "text (2)": "b", "text (3)": "c"}]
    yield Odd("a name three times", "h.csv", b"text,text,text\na,b,c\n", twice)
    taken = [{"text": "a", "text (3)": "b", "text (2)": "c"}]
    yield Odd("a name that is taken", "h.csv", b"text,text,text (2)\na,b,c\n", taken)
    unnamed = [{"column 1": "0", "text": "a"}, {"column 1": "1", "text": "b"}]
    yield Odd("pandas index", "h.csv", b",text\n0,a\n1,b\n", unnamed)
    yield Odd("names with blanks", "h.csv", b" text , label \na,b\n", _rows(("a", "b")))
    yield Odd("blank names", "h.csv", b",,\n1,2,3\n", refused="header-empty")
    yield Odd("a header alone", "h.csv", b"text,label\n", [])
    yield Odd("blank lines first", "h.csv", b"\n\n\ntext,label\na,b\n", _rows(("a", "b")))
    bare = b"win now,spam\nsee you,ham\nfree,spam\nlunch,ham\nmore,spam\n"
    named = [
        {"column 1": text, "column 2": label}
        for text, label in (line.split(",") for line in bare.decode().splitlines())
    ]
    yield Odd("no header", "h.csv", bare, named)
    yield Odd("no header, said", "h.csv", b"a,b\nc,d\n", [{"column 1": "a", "column 2": "b"}, {"column 1": "c", "column 2": "d"}], options={"header": False})  # fmt: skip
    yield Odd("a header, said", "h.csv", bare, [{"win now": r["column 1"], "spam": r["column 2"]} for r in named[1:]], options={"header": True})  # fmt: skip
    survey = b"How was it?,Would you return?\ngood,yes\nbad,no\nfine,yes\n"
    told = [dict(zip(("How was it?", "Would you return?"), r, strict=True)) for r in (("good", "yes"), ("bad", "no"), ("fine", "yes"))]  # fmt: skip
    yield Odd("questions as names", "h.csv", survey, told)
    years = b"2019,2020\n1,2\n3,4\n5,6\n"
    yield Odd(
        "years as names", "h.csv", years, [{"2019": a, "2020": b} for a, b in ("12", "34", "56")]
    )
    yield Odd(
        "a NUL in a name", "h.csv", b"te\0xt,label\na,b\n", [{"te\ufffdxt": "a", "label": "b"}]
    )


def _ragged() -> Iterator[Odd]:
    yield Odd(
        "too many cells",
        "r.csv",
        b"text,label\na,b\nc,d,e\nf,g\n",
        _rows(("a", "b"), ("f", "g")),
        1,
    )
    yield Odd(
        "too few cells", "r.csv", b"text,label\na,b\nc\nf,g\n", _rows(("a", "b"), ("f", "g")), 1
    )
    yield Odd(
        "empty cells at the end",
        "r.csv",
        b"text,label\na,b,,,\nc,d, \n",
        _rows(("a", "b"), ("c", "d")),
    )
    yield Odd(
        "rows of blanks",
        "r.csv",
        b"text,label\n,\na,b\n , \n\nc,d\n,\n",
        _rows(("a", "b"), ("c", "d")),
    )


def _wrong_names() -> Iterator[Odd]:
    rows = _rows(("a", "x"), ("b", "y"))
    table, lines = (
        b"text,label\na,x\nb,y\n",
        b'{"text":"a","label":"x"}\n{"text":"b","label":"y"}\n',
    )
    for name in (
        "a.xlsx",
        "a.json",
        "a.parquet",
        "a",
        "a.zip",
        "a.CSV",
        "A.TSV",
        "数据.csv",
        "a.dat",
    ):
        yield Odd(f"a table called {name}", name, table, rows)
    for name in ("a.csv", "a.txt", "a.json", "a.xlsx", "a"):
        yield Odd(f"lines called {name}", name, lines, rows)
    for name in ("a.csv", "a.txt", "a.xlsx", "a"):
        whole = b"[" + lines.replace(b"}\n", b"},").rstrip(b",") + b"]"
        yield Odd(f"a list called {name}", name, whole, rows)
    for title, content in {
        "PDF": b"%PDF-1.7\n1 0 obj\n", "old Excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99,
        "RAR": b"Rar!\x1a\x07\x00", "7-Zip": b"7z\xbc\xaf\x27\x1c", "bzip2": b"BZh91AY&SY",
        "xz": b"\xfd7zXZ\0", "Zstandard": b"\x28\xb5\x2f\xfd\x04", "a pickle": b"\x80\x04\x95\x10\0\0\0",
        "NumPy": b"\x93NUMPY\x01\0v\0", "SQLite": b"SQLite format 3\0",
    }.items():  # fmt: skip
        yield Odd(f"{title} called csv", "a.csv", content, refused="file-kind")
    yield Odd("a picture", "a.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 9, refused="file-binary")


def _large() -> Iterator[Odd]:
    header = ",".join(f"c{n}" for n in range(10_000))
    yield Odd("10,000 columns", "w.csv", f"{header}\n{header}\n".encode(), refused="file-columns")
    names = [f"c{n}" for n in range(2000)]
    wide = f"{','.join(names)}\n{','.join(names)}\n".encode()
    yield Odd("2,000 columns", "w.csv", wide, [dict(zip(names, names, strict=True))])
    long = "x" * 5_000_000
    yield Odd(
        "a long cell",
        "w.csv",
        f"text,label\na,b\n{long},b\nc,d\n".encode(),
        _rows(("a", "b"), ("c", "d")),
        1,
    )
    yield Odd("a long line of cells", "w.csv", b"text,label\na,b\n" + b"a,b," * 1_500_000 + b"\nc,d\n", _rows(("a", "b"), ("c", "d")), 1)  # fmt: skip
    yield Odd("a long line of text", "w.txt", f"a\n{long}\nb\n".encode(), _rows(("a",), ("b",)), 1)
