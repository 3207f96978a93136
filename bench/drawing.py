"""Curves as a picture: plain SVG, which needs no plotting library, and git shows what changed."""

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, TOP, GAP = 460, 300, 56, 40, 40
COLOURS = {"smart": "#4263eb", "random": "#868e96"}


def curves(file: Path, found: dict[str, dict[str, Any]]) -> None:
    """One panel a data set; one curve an order, with a band of one standard deviation."""
    panels = [_panel(name, said, at) for at, (name, said) in enumerate(found.items())]
    wide = len(panels) * (WIDTH + GAP) + LEFT
    file.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {HEIGHT + 110}" '
        'font-family="system-ui, sans-serif" font-size="13">\n'
        f'<rect width="{wide}" height="{HEIGHT + 110}" fill="#ffffff"/>\n'
        + "\n".join(panels)
        + "\n</svg>\n",
        encoding="utf-8",
    )


def _panel(name: str, said: dict[str, Any], number: int) -> str:
    left = LEFT + number * (WIDTH + GAP)
    points = {order: list(said[order].items()) for order in COLOURS}
    values = [one["accuracy"] for curve in points.values() for at, one in curve if at >= 20]
    low, high = min(values) - 0.01, min(1.0, max(values) + 0.01)
    most = max(at for at, _ in points["smart"])

    def place(at: float, value: float) -> str:
        x = left + (WIDTH - 40) * at / most
        y = TOP + HEIGHT * (1 - (min(max(value, low), high) - low) / (high - low))
        return f"{x:.1f},{y:.1f}"

    parts = [f'<text x="{left}" y="22" font-weight="600">{escape(name)}</text>']
    parts += _axes(left, low, high, most)
    for order, curve in points.items():
        upper = [place(at, one["accuracy"] + one["sd"]) for at, one in curve]
        lower = [place(at, one["accuracy"] - one["sd"]) for at, one in reversed(curve)]
        line = " ".join(place(at, one["accuracy"]) for at, one in curve)
        band = " ".join([*upper, *lower])
        colour = COLOURS[order]
        parts.append(f'<polygon points="{band}" fill="{colour}" fill-opacity="0.15"/>')
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
    for at, order in enumerate(COLOURS):
        y = TOP + HEIGHT + 62
        x = left + at * 120
        parts.append(f'<rect x="{x}" y="{y - 9}" width="18" height="4" fill="{COLOURS[order]}"/>')
        parts.append(f'<text x="{x + 24}" y="{y - 2}">{order} order</text>')
    return "\n".join(parts)


def _axes(left: float, low: float, high: float, most: int) -> list[str]:
    parts = []
    for tick in range(5):
        value = low + (high - low) * tick / 4
        y = TOP + HEIGHT * (1 - tick / 4)
        ends = f'x1="{left}" y1="{y:.1f}" x2="{left + WIDTH - 40}" y2="{y:.1f}"'
        parts.append(f'<line {ends} stroke="#dee2e6"/>')
        begins = f'x="{left - 8}" y="{y + 4:.1f}" text-anchor="end"'
        parts.append(f'<text {begins} fill="#495057">{value:.3f}</text>')
    for at in range(0, most + 1, 100):
        x = left + (WIDTH - 40) * at / most
        y = TOP + HEIGHT + 20
        parts.append(f'<text x="{x:.1f}" y="{y}" text-anchor="middle" fill="#495057">{at}</text>')
    middle = left + (WIDTH - 40) / 2
    parts.append(
        f'<text x="{middle}" y="{TOP + HEIGHT + 40}" text-anchor="middle">labels (accuracy on the '
        "protected test set, five seeds)</text>"
    )
    return parts
