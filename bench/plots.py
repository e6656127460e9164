"""The plot of the ratios, as an SVG that needs no library: one bar for each reference, on a logarithmic scale."""

import math
from pathlib import Path
from xml.sax.saxutils import escape

from bench.metrics import METRICS, Metric, Results, times_better

WIDTH, LEFT, RIGHT, TOP = 860, 270, 70, 64
ROW, BAR = 44, 14
LOWEST, HIGHEST = 0.1, 100.0
REFERENCES = {"node": ("#2f6f4f", "Node"), "flask": ("#9a6b1f", "Flask-SocketIO")}
STYLE = "text{font:13px system-ui,sans-serif;fill:#222}.small{font-size:11px;fill:#555}"


def write_plots(results: Results, folder: Path) -> None:
    """Write ``ratios.svg`` into the folder."""
    folder.mkdir(exist_ok=True)
    (folder / "ratios.svg").write_text(_ratios(results))


def _x(ratio: float) -> float:
    share = math.log(min(max(ratio, LOWEST), HIGHEST) / LOWEST) / math.log(HIGHEST / LOWEST)
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _ratios(results: Results) -> str:
    shown = [m for m in METRICS if any(times_better(results, m, name) for name in REFERENCES)]
    height = TOP + ROW * len(shown) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>How many times better Chatter is than each reference</title>",
        f'<style>{STYLE}</style><rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        '<text x="12" y="22">How many times better Chatter is (right of 1), by reference; dashed: the goal</text>',
    ]
    for index, (colour, title) in enumerate(REFERENCES.values()):
        parts.append(f'<rect x="{LEFT + index * 150}" y="32" width="12" height="12" fill="{colour}"/>')
        parts.append(f'<text x="{LEFT + index * 150 + 18}" y="43">{title}</text>')
    for tick in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100):
        stroke = "#222" if tick == 1 else "#ddd"
        parts.append(f'<path d="M{_x(tick):.1f} {TOP}V{height - 20}" stroke="{stroke}"/>')
        parts.append(f'<text class="small" text-anchor="middle" x="{_x(tick):.1f}" y="{TOP - 4}">{tick:g}</text>')
    for row, metric in enumerate(shown):
        parts += _bars(results, metric, TOP + row * ROW)
    return "\n".join([*parts, "</svg>\n"])


def _bars(results: Results, metric: Metric, top: int) -> list[str]:
    parts = [f'<text text-anchor="end" x="{LEFT - 10}" y="{top + ROW / 2 + 4}">{escape(metric.title)}</text>']
    for index, (reference, (colour, _)) in enumerate(REFERENCES.items()):
        ratio = times_better(results, metric, reference)
        if ratio is None:
            continue
        begin, end, y = min(_x(1), _x(ratio)), max(_x(1), _x(ratio)), top + 7 + index * (BAR + 2)
        parts.append(f'<rect x="{begin:.1f}" y="{y}" width="{end - begin:.1f}" height="{BAR}" fill="{colour}"/>')
        parts.append(f'<text class="small" x="{end + 4:.1f}" y="{y + 11}">{ratio:.2f}</text>')
    if metric.goal is not None:
        x = _x(metric.goal)
        parts.append(
            f'<path d="M{x:.1f} {top + 3}v{ROW - 6}" stroke="#b00020" stroke-dasharray="3 2" stroke-width="2"/>'
        )
    return parts
