"""One run over time as an SVG: what was acknowledged and delivered a second, when it was broken, what was refused.

Two panels on one axis of time and not two scales in one panel: deliveries are acknowledgements times members.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape

from tests.history.records import Apply, Bite, Fail, Fault, Healed, History, Info, Ok, Record

WIDTH, LEFT, RIGHT = 860, 68, 12
PANEL_TOPS = {"acknowledged": 34, "delivered": 134}
PANEL_HEIGHT = 72
TICKS_TOP, TICK_HEIGHT = 234, 12
AXIS_TOP = 280
HEIGHT = 304
MAX_BINS = 240
STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600)


class Axis:
    """Seconds since the run's first record, to pixels; and the bins that rates are counted in, whole seconds wide."""

    def __init__(self, history: History) -> None:
        self.zero = history.begins
        moments = [record.t for kind in (Ok, Apply, Fail, Info, Fault, Healed) for record in history.all(kind)[-1:]]
        self.seconds = max(1.0, max(moments, default=self.zero) - self.zero)
        self.bin_s = next((step for step in STEPS_S if self.seconds / step <= MAX_BINS), STEPS_S[-1])
        self.bins = max(1, round(self.seconds / self.bin_s))

    def x(self, t: float) -> float:
        share = min(1.0, max(0.0, (t - self.zero) / self.seconds))
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def rates(self, records: Sequence[Record]) -> list[float]:
        """Records a second, bin by bin."""
        count = Counter(min(self.bins - 1, int((record.t - self.zero) // self.bin_s)) for record in records)
        return [count[at] / self.width_s(at) for at in range(self.bins)]

    def span(self, at: int) -> tuple[float, float]:
        """Where a bin begins and ends. The last one takes what is left, lest a sliver at the end looks like a fall."""
        start = self.zero + at * self.bin_s
        return start, self.zero + self.seconds if at == self.bins - 1 else start + self.bin_s

    def width_s(self, at: int) -> float:
        start, end = self.span(at)
        return end - start


def timeline(name: str, history: History) -> str:
    """The SVG, coloured by the page's classes; each column says its numbers when pointed at."""
    axis = Axis(history)
    rates = {"acknowledged": axis.rates(history.all(Ok)), "delivered": axis.rates(history.all(Apply))}
    label = escape(f"{name}: acknowledged and delivered a second, over {axis.seconds:.0f} s", quote=True)
    return "".join([
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">',
        *_bands(history, axis),
        *(part for series, values in rates.items() for part in _panel(series, values, axis)),
        *_ticks(history, axis),
        *_seconds(axis),
        *_columns(rates, axis),
        "</svg>",
    ])  # fmt: skip


def intervals(history: History) -> list[tuple[float, float, list[str]]]:
    """From the first fault to its healing, with the names of the faults meanwhile; then from the next."""
    found: list[tuple[float, float, list[str]]] = []
    faults = history.all(Fault)
    since = float("-inf")
    for until in [*(healed.t for healed in history.all(Healed)), history.ends]:
        inside = [fault for fault in faults if since < fault.t <= until]
        if inside:
            found.append((inside[0].t, until, list(dict.fromkeys(fault.name for fault in inside))))
        since = until
    return found


def _bands(history: History, axis: Axis) -> Iterator[str]:
    for start, end, names in intervals(history):
        left, width = axis.x(start), max(2.0, axis.x(end) - axis.x(start))
        text = escape(", ".join(names))
        yield f'<rect class="band" x="{left:.1f}" y="18" width="{width:.1f}" height="{AXIS_TOP - 18}"><title>{text}</title></rect>'
        anchor = ' text-anchor="end"' if left > WIDTH * 0.75 else ""
        yield f'<text class="note" x="{left:.1f}" y="13"{anchor}>{text[:60]}</text>'
    for healed in history.all(Healed):
        x = axis.x(healed.t)
        yield f'<line class="healed" x1="{x:.1f}" x2="{x:.1f}" y1="18" y2="{AXIS_TOP}"><title>healed</title></line>'
    for bite in history.all(Bite):
        text = escape(f"{bite.name} bit: {bite.detail}")
        yield f'<circle class="bite" cx="{axis.x(bite.t):.1f}" cy="22" r="3"><title>{text}</title></circle>'


def _panel(series: str, values: list[float], axis: Axis) -> Iterator[str]:
    """A stepped area, for a rate is that of its whole bin."""
    top = PANEL_TOPS[series]
    base, highest = top + PANEL_HEIGHT, _round_up(max(values, default=0))
    yield f'<text class="name" x="{LEFT}" y="{top - 5}">{series} a second</text>'
    for share in (0.0, 0.5, 1.0):
        y = base - share * PANEL_HEIGHT
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
        yield f'<text class="scale" x="{LEFT - 6}" y="{y + 3.5}" text-anchor="end">{share * highest:,g}</text>'
    points = []
    for at, value in enumerate(values):
        y = base - value / highest * PANEL_HEIGHT
        points += [f"{axis.x(edge):.1f},{y:.1f}" for edge in axis.span(at)]
    path = " L".join(points)
    yield f'<path class="area {series}" d="M{LEFT},{base} L{path} L{WIDTH - RIGHT},{base} Z"/>'
    yield f'<path class="line {series}" d="M{path}"/>'


def _ticks(history: History, axis: Axis) -> Iterator[str]:
    """Answers that are no ok, one row for each kind. Those that fall on one pixel are one tick."""
    info = [("info", record.t, record.code) for record in history.all(Info)]
    fail = [("fail", record.t, record.code) for record in history.all(Fail)]
    for row, (kind, text, answers) in enumerate([("info", "ask again", info), ("fail", "refused", fail)]):
        y = TICKS_TOP + row * (TICK_HEIGHT + 6)
        yield f'<text class="scale" x="{LEFT - 6}" y="{y + 10}" text-anchor="end">{text}</text>'
        codes: dict[int, Counter[str]] = {}
        for _, t, code in answers:
            codes.setdefault(round(axis.x(t)), Counter())[code] += 1
        for x, count in sorted(codes.items()):
            told = escape(", ".join(f"{number} {code}" for code, number in count.most_common()))
            line = f'x1="{x}" x2="{x}" y1="{y}" y2="{y + TICK_HEIGHT}"'
            yield f'<line class="tick {kind}" {line}><title>{told}</title></line>'


def _seconds(axis: Axis) -> Iterator[str]:
    step = next((step for step in STEPS_S if axis.seconds / step <= 12), STEPS_S[-1])
    yield f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{AXIS_TOP}" y2="{AXIS_TOP}"/>'
    for second in range(0, int(axis.seconds) + 1, step):
        x = axis.x(axis.zero + second)
        yield f'<text class="scale" x="{x:.1f}" y="{AXIS_TOP + 15}" text-anchor="middle">{second} s</text>'


def _columns(rates: dict[str, list[float]], axis: Axis) -> Iterator[str]:
    """Invisible, over both panels: where the pointer rests, the numbers are told."""
    top, bottom = PANEL_TOPS["acknowledged"], PANEL_TOPS["delivered"] + PANEL_HEIGHT
    for at in range(axis.bins):
        left, right = (axis.x(edge) for edge in axis.span(at))
        told = f"{at * axis.bin_s} s: " + ", ".join(f"{values[at]:,.1f} {series}/s" for series, values in rates.items())
        box = f'x="{left:.1f}" y="{top}" width="{right - left:.1f}" height="{bottom - top}"'
        yield f'<rect class="column" {box}><title>{told}</title></rect>'


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 10, 20, 40, …, so that half of it is a plain number too."""
    size = 1.0
    while True:
        for step in (1, 2, 4):
            if value <= step * size:
                return step * size
        size *= 10
