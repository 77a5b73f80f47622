"""How far an area was in each year beside the target, as an SVG that can be printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from analysis.choropleth import percent
from analysis.map_picture import FONT

WIDTH, HEIGHT = 760, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 12, 40, 34
_RATE, _TARGET = "#0b6b5d", "#b45309"


@dataclass(frozen=True)
class YearOfTrend:
    """`rate` and `upper` in percent; None where there is no figure: no point then, never zero."""

    year: int
    target: float
    rate: float | None
    upper: float | None


def trend_picture(years: Sequence[YearOfTrend], rate_words: str, upper_words: str, target_words: str) -> str:
    """Points for the rate, bars up to the upper bound, a dashed line for the target; words for the legend."""
    most = max([10.0, *(y.target for y in years), *(y.upper for y in years if y.upper is not None)])
    top = next((5.0 * step for step in (2, 5, 10) if 5 * step >= most * 1.1), 100.0)
    step = (WIDTH - _LEFT - _RIGHT) / len(years)

    def at(number: int, value: float) -> tuple[float, float]:
        return _LEFT + step * (number + 0.5), _TOP + (1 - min(value, top) / top) * (HEIGHT - _TOP - _BOTTOM)

    parts = [_grid(top), *(_year(one, at(number, 0)[0]) for number, one in enumerate(years))]
    parts.append(_dashed([at(number, one.target) for number, one in enumerate(years)]))
    known = [(number, one.rate, one.upper) for number, one in enumerate(years) if one.rate is not None]
    for number, rate, upper in known:
        (x, low), (_, high) = at(number, rate), at(number, rate if upper is None else upper)
        parts.append(_stroke(x, low, x, high, f'stroke="{_RATE}" stroke-width="9" stroke-opacity="0.35"'))
    for (a, rate, _), (b, later, _) in pairwise(known):
        if b == a + 1:
            parts.append(_stroke(*at(a, rate), *at(b, later), f'stroke="{_RATE}" stroke-width="3"'))
    for number, rate, _ in known:
        x, y = at(number, rate)
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{_RATE}"/>')
        # Below the point, where neither the bar nor a rising line is, unless the axis is there.
        below = y + 21 if y + 26 < HEIGHT - _BOTTOM else y - 11
        placed = f'x="{x:.1f}" y="{below:.1f}" text-anchor="middle" font-weight="600"'
        words = f"{percent(rate)} %"
        parts.append(
            f'<text {placed} fill="#fff" stroke="#fff" stroke-width="4" stroke-linejoin="round">{words}</text>'
        )
        parts.append(f'<text {placed} fill="{_RATE}">{words}</text>')
    parts.append(_legend(rate_words, upper_words, target_words))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="{FONT}" font-size="15">{"".join(parts)}</svg>'
    )


def _grid(top: float) -> str:
    lines = []
    for number in range(6):
        value = top * number / 5
        y = HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * number / 5
        lines.append(_stroke(_LEFT, y, WIDTH - _RIGHT, y, f'stroke="{"#444" if number == 0 else "#d5d9dc"}"'))
        lines.append(f'<text x="{_LEFT - 8}" y="{y + 5:.1f}" text-anchor="end" fill="#333">{value:.0f} %</text>')
    return "".join(lines)


def _year(one: YearOfTrend, x: float) -> str:
    return f'<text x="{x:.1f}" y="{HEIGHT - 10}" text-anchor="middle" fill="#333">{one.year}</text>'


def _dashed(points: Sequence[tuple[float, float]]) -> str:
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{line}" fill="none" stroke="{_TARGET}" stroke-width="2.5" stroke-dasharray="8 5"/>'


def _legend(rate_words: str, upper_words: str, target_words: str) -> str:
    y = 18
    return (
        f'<circle cx="{_LEFT + 8}" cy="{y}" r="5" fill="{_RATE}"/><text x="{_LEFT + 22}" y="{y + 5}">{escape(rate_words)}</text>'
        + _stroke(_LEFT + 212, y - 8, _LEFT + 212, y + 8, f'stroke="{_RATE}" stroke-width="9" stroke-opacity="0.35"')
        + f'<text x="{_LEFT + 224}" y="{y + 5}">{escape(upper_words)}</text>'
        + _stroke(_LEFT + 470, y, _LEFT + 506, y, f'stroke="{_TARGET}" stroke-width="2.5" stroke-dasharray="8 5"')
        + f'<text x="{_LEFT + 514}" y="{y + 5}">{escape(target_words)}</text>'
    )


def _stroke(x1: float, y1: float, x2: float, y2: float, look: str) -> str:
    return f'<path d="M{x1:.1f},{y1:.1f}L{x2:.1f},{y2:.1f}" fill="none" {look}/>'
