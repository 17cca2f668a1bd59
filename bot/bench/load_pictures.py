"""Pictures of the load: lines over an axis, as SVG that stands alone."""

import math
from collections.abc import Mapping, Sequence
from html import escape

from .load_figures import LIMIT, Point

WIDTH, HEIGHT = 900, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 330, 40, 48
COLOURS = ("#0b6e4f", "#c8553d", "#28518f", "#8a5a00", "#7b3f98", "#4d4d4d", "#00838f", "#ad1457")


def rates(points: Sequence[Point]) -> str:
    """The time that 95 % stay under, by the rate, on a logarithmic scale; the limit is drawn."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for point in points:
        if point.p95 is not None:
            lines.setdefault(point.name, []).append((point.rate, max(1.0, point.p95)))
    return _chart("p95 (ms) theo số lượt một giây", lines, "lượt một giây", logarithmic=True, limit=LIMIT)


def memory(samples: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Megabytes over minutes."""
    return _chart("bộ nhớ (MB) theo phút chạy liên tục", samples, "phút", logarithmic=False, limit=None)


def _chart(title: str, lines: Mapping[str, Sequence[tuple[float, float]]], below: str, logarithmic: bool, limit: float | None) -> str:
    most_x = max((x for line in lines.values() for x, _ in line), default=1.0)
    most_y = max([y for line in lines.values() for _, y in line] + ([limit] if limit else []), default=1.0)
    ticks = [10.0**power for power in range(math.ceil(math.log10(most_y)) + 1)] if logarithmic else _ticks(most_y)
    high, low = ticks[-1], ticks[0]

    def across(x: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * x / _ticks(most_x)[-1]

    def up(y: float) -> float:
        share = math.log10(max(y, low) / low) / math.log10(high / low) if logarithmic else y / high
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share

    drawn = [f'<text x="{LEFT}" y="24" font-size="15" font-weight="600">{escape(title)}</text>']
    for tick in ticks:
        drawn.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{up(tick):.1f}" y2="{up(tick):.1f}" stroke="#ddd"/>')
        drawn.append(f'<text x="{LEFT - 8}" y="{up(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>')
    drawn += [f'<text x="{across(x):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{x:g}</text>' for x in _ticks(most_x)]
    drawn.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{escape(below)}</text>')
    if limit is not None:
        drawn.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{up(limit):.1f}" y2="{up(limit):.1f}" stroke="#999" stroke-dasharray="5 4"/>'
        )
    for place, (name, line) in enumerate(lines.items()):
        colour = COLOURS[place % len(COLOURS)]
        path = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in line)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn += [f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="3" fill="{colour}"/>' for x, y in line]
        drawn.append(f'<rect x="{WIDTH - RIGHT + 16}" y="{TOP + 22 * place}" width="12" height="12" fill="{colour}"/>')
        drawn.append(f'<text x="{WIDTH - RIGHT + 34}" y="{TOP + 11 + 22 * place}">{escape(name)}</text>')
    frame = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12" fill="#222">'
    return "\n".join([frame, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>', *drawn, "</svg>", ""])


def _ticks(most: float) -> list[float]:
    """From nought to just above the most, in four to nine even steps."""
    step = 10.0 ** math.floor(math.log10(most))
    step = next(part for part in (step / 5, step / 2, step) if most / part <= 9)
    return [step * number for number in range(math.ceil(most / step) + 1)]
