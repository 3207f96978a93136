"""Reads tables from files: detects what a file is, then yields its rows one by one.

Knows nothing of projects: a row is a number and a mapping from column to text.
"""

from ml.reading.detecting import detect, rows
from ml.reading.encodings import KNOWN as ENCODINGS
from ml.reading.found import Detected, Options, Problem, Row, UnreadableFile, plain
from ml.reading.opening import Meter
from ml.reading.tables import DELIMITERS

__all__ = [
    "DELIMITERS",
    "ENCODINGS",
    "Detected",
    "Meter",
    "Options",
    "Problem",
    "Row",
    "UnreadableFile",
    "detect",
    "plain",
    "rows",
]
