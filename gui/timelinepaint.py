"""How a plan along the hours looks: shifts, travel, stops, waiting, breaks and marks, told apart in grey as well."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPainterPath, QPalette, QPen, QPolygonF

from geo.hours import format_clock
from geo.language import tr
from gui import theme
from layers import visitmarks

if TYPE_CHECKING:
    from geo.planning.plans.timeline import Bar, Line

NAMES_PX, AXIS_PX = 196.0, 22.0
PAD_PX = 4.0
NEAR_S = 3600
"""How far around a stop its opening times are drawn."""
STEPS_S = (300, 900, 1800, 3600, 7200, 14400)
LABEL_PX = 52


@dataclass(frozen=True)
class Scale:
    """What of the hours and rows is in sight.

    Attributes
    ----------
    first_s, px_per_s
        The time at the left edge of the hours, and how wide a second is.
    top_px
        How far the rows are scrolled up.
    row_px
        How high a row is.
    width, height
        Of the whole view, names and axis included.
    """

    first_s: float
    px_per_s: float
    top_px: float
    row_px: float
    width: float
    height: float

    def x(self, seconds: float) -> float:
        """Return where a time is."""
        return NAMES_PX + (seconds - self.first_s) * self.px_per_s

    def time(self, x: float) -> float:
        """Return the time at a place."""
        return self.first_s + (x - NAMES_PX) / self.px_per_s

    def row(self, number: int) -> QRectF:
        """Return where a row is, without its name."""
        return QRectF(NAMES_PX, AXIS_PX + number * self.row_px - self.top_px, self.width - NAMES_PX, self.row_px)

    def row_at(self, y: float) -> int:
        """Return the number of the row at a height, which may be none of the plan's."""
        return int((y - AXIS_PX + self.top_px) // self.row_px) if y >= AXIS_PX else -1

    def bar(self, number: int, bar: "Bar") -> QRectF:
        """Return where the bar of a stop is."""
        row, left = self.row(number), self.x(bar.start_s)
        width = max((bar.leave_s - bar.start_s) * self.px_per_s, 4.0)
        return QRectF(left, row.top() + PAD_PX, width, row.height() - 2 * PAD_PX - 3)


@dataclass(frozen=True)
class Looks:
    """What the rows look like besides their times.

    Attributes
    ----------
    palette
        The colours of the window.
    colour
        Returns the colour of a team.
    faults
        What breaks a rule, by id of the site or the team.
    made
        The sites visited on the day, or being so, with the state of the inspection.
    chosen, current
        Ids of the stops chosen, and of the one with the keyboard.
    now_s
        The time of day; None on another day than the plan's.
    """

    palette: QPalette
    colour: Callable[[str], QColor]
    faults: Mapping[str, object]
    made: Mapping[str, str]
    chosen: Collection[str]
    current: str
    now_s: float | None


def axis(painter: QPainter, scale: Scale, looks: Looks) -> None:
    """Write the hours along the top, and draw a line down from each."""
    step = next((one for one in STEPS_S if one * scale.px_per_s >= LABEL_PX), STEPS_S[-1])
    ink, ground = looks.palette.color(QPalette.ColorRole.WindowText), looks.palette.color(QPalette.ColorRole.Window)
    painter.fillRect(QRectF(0, 0, scale.width, AXIS_PX), ground)
    seconds = int(scale.first_s // step) * step
    while scale.x(seconds) < scale.width:
        x = scale.x(seconds)
        if x >= NAMES_PX:
            painter.setPen(ink)
            box = QRectF(x - 40, 0, 80, AXIS_PX - 3)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, format_clock(seconds, wrap=True))
            painter.drawLine(QLineF(x, AXIS_PX - 4, x, AXIS_PX))
        seconds += step
    painter.setPen(_faint(looks))
    painter.drawLine(QLineF(0, AXIS_PX, scale.width, AXIS_PX))


def grid(painter: QPainter, scale: Scale, looks: Looks) -> None:
    """Draw a faint line for every hour."""
    painter.setPen(QPen(_faint(looks), 1, Qt.PenStyle.DotLine))
    hour = int(scale.first_s // 3600) * 3600
    while scale.x(hour) < scale.width:
        painter.drawLine(QLineF(scale.x(hour), AXIS_PX, scale.x(hour), scale.height))
        hour += 3600


def ground(painter: QPainter, scale: Scale, looks: Looks, number: int, line: "Line") -> None:
    """Shade what lies outside of a shift, and hatch its overtime."""
    row, outside = scale.row(number), looks.palette.color(QPalette.ColorRole.Window)
    painter.fillRect(row, looks.palette.color(QPalette.ColorRole.Base))
    outside = outside.darker(108) if outside.lightness() > 128 else outside.lighter(150)
    opens, closes, last = (scale.x(one) for one in (*line.shift, max(line.closes_s, line.shift[1])))
    painter.fillRect(QRectF(row.left(), row.top(), opens - row.left(), row.height()), outside)
    painter.fillRect(QRectF(last, row.top(), max(row.right() - last, 0), row.height()), outside)
    if last > closes:
        over = QRectF(closes, row.top(), last - closes, row.height())
        painter.fillRect(over, QBrush(_faint(looks), Qt.BrushStyle.BDiagPattern))
    painter.setPen(_faint(looks))
    painter.drawLine(QLineF(0, row.bottom(), scale.width, row.bottom()))


def day(painter: QPainter, scale: Scale, looks: Looks, number: int, line: "Line") -> None:
    """Draw what a team does: travel, waiting, set-up, break and stops."""
    if not line.bars:
        return
    row, ink = scale.row(number), looks.palette.color(QPalette.ColorRole.Text)
    middle, free = row.center().y() - 1, line.start_s
    for bar in line.bars:
        painter.setPen(QPen(ink, 1.6))
        # Where the break comes before the way, the way is at the end of the gap.
        painter.drawLine(QLineF(scale.x(max(free, bar.arrive_s - bar.leg_s)), middle, scale.x(bar.arrive_s), middle))
        painter.setPen(QPen(ink, 1.2, Qt.PenStyle.DotLine))
        painter.drawLine(QLineF(scale.x(bar.arrive_s), middle, scale.x(bar.start_s), middle))
        free = bar.leave_s
    painter.setPen(QPen(ink, 1.6))
    painter.drawLine(QLineF(scale.x(line.end_s - line.back_s), middle, scale.x(line.end_s), middle))
    for at in (line.start_s, line.end_s):
        painter.drawLine(QLineF(scale.x(at), middle - 5, scale.x(at), middle + 5))
    if line.pause is not None:
        _pause(painter, scale, looks, row, line.pause)
    for place, bar in enumerate(line.bars):
        _windows(painter, scale, looks, number, line, place)
        stop(painter, scale, looks, number, line, bar)


def _pause(painter: QPainter, scale: Scale, looks: Looks, row: QRectF, pause: tuple[int, int]) -> None:
    left, right = scale.x(pause[0]), scale.x(pause[1])
    box = QRectF(left, row.top() + PAD_PX + 4, right - left, row.height() - 2 * PAD_PX - 11)
    ink = looks.palette.color(QPalette.ColorRole.Text)
    painter.fillRect(box, looks.palette.color(QPalette.ColorRole.Base))
    painter.fillRect(box, QBrush(ink, Qt.BrushStyle.Dense6Pattern))
    painter.setPen(QPen(ink, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box)
    metrics, text = QFontMetricsF(painter.font()), tr("Break")
    if metrics.horizontalAdvance(text) + 8 < box.width():
        tag = QRectF(0, 0, metrics.horizontalAdvance(text) + 6, min(metrics.height(), box.height() - 2))
        tag.moveCenter(box.center())
        painter.fillRect(tag, looks.palette.color(QPalette.ColorRole.Base))
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)


def _windows(painter: QPainter, scale: Scale, looks: Looks, number: int, line: "Line", place: int) -> None:
    """Underline when the site of a stop is open, as far as its neighbours; all of it for the one with the keyboard."""
    bar, row = line.bars[place], scale.row(number)
    whole = bar.stop == looks.current
    first = bar.start_s - NEAR_S if place == 0 else max(line.bars[place - 1].leave_s, bar.start_s - NEAR_S)
    last = bar.leave_s + NEAR_S
    if place + 1 < len(line.bars):
        last = min(line.bars[place + 1].start_s, last)
    y = row.bottom() - 2.5
    painter.setPen(QPen(looks.palette.color(QPalette.ColorRole.Text), 3 if whole else 2, c=Qt.PenCapStyle.FlatCap))
    for opens, closes in bar.windows:
        a, b = (opens, closes) if whole else (max(opens, first), min(closes, last))
        if a < b:
            painter.drawLine(QLineF(scale.x(a), y, scale.x(b), y))
            for at in (opens, closes):
                if a <= at <= b:
                    painter.drawLine(QLineF(scale.x(at), y - 4, scale.x(at), y + 1))


def stop(painter: QPainter, scale: Scale, looks: Looks, number: int, line: "Line", bar: "Bar") -> None:
    """Draw the bar of a stop with its name, and its marks: chosen, locked, breaking a rule."""
    box, colour = scale.bar(number, bar), QColor(looks.colour(line.team))
    fill = colour.lighter(120) if bar.stop in looks.chosen else colour
    setup = QRectF(scale.x(bar.start_s - bar.setup_s), box.top(), bar.setup_s * scale.px_per_s, box.height())
    if bar.setup_s:
        painter.fillRect(setup, QBrush(colour, Qt.BrushStyle.FDiagPattern))
    painter.setBrush(fill)
    painter.setPen(QPen(colour.darker(150), 1))
    painter.drawRoundedRect(box, 3, 3)
    ink = theme.PAPER if fill.lightness() < 140 else QColor("#14202a")
    faulty = bar.site in looks.faults
    left = box.left() + 4
    if faulty:
        warning(painter, QPointF(box.left() + 9, box.top() + 8))
        left += 14
    if state := looks.made.get(bar.site, ""):
        visitmarks.paint(painter, state, QPointF(left + 5, box.top() + 8), 6, QColor("#14202a"), QColor("#ffffff"))
        left += 14
    right = box.right() - 3
    if bar.lock and box.width() > 16:
        padlock(painter, QPointF(box.right() - 8, box.top() + 9), ink, filled=bar.lock == "place")
        right -= 13
    painter.setPen(ink)
    text = QFontMetricsF(painter.font()).elidedText(bar.name, Qt.TextElideMode.ElideRight, right - left)
    if len(text) > 1:
        painter.drawText(QRectF(left, box.top(), right - left, box.height()), Qt.AlignmentFlag.AlignVCenter, text)
    frame = box.adjusted(-1, -1, 1, 1)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if faulty:
        painter.setPen(QPen(theme.ALARM, 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(frame, 3, 3)
    if bar.stop in looks.chosen:
        painter.setPen(QPen(looks.palette.color(QPalette.ColorRole.Text), 2.4))
        painter.drawRoundedRect(frame.adjusted(-1, -1, 1, 1), 4, 4)


def name(painter: QPainter, scale: Scale, looks: Looks, number: int, line: "Line") -> None:
    """Write the name of a team with the figures of its day at the left."""
    row = scale.row(number)
    box = QRectF(0, row.top(), NAMES_PX - 1, row.height())
    painter.fillRect(box, looks.palette.color(QPalette.ColorRole.Base))
    painter.fillRect(QRectF(0, row.top() + 3, 5, row.height() - 6), looks.colour(line.team))
    font, metrics = painter.font(), QFontMetricsF(painter.font())
    bold = painter.font()
    bold.setBold(True)
    right = box.right() - 6
    if line.locked:
        padlock(painter, QPointF(right - 6, row.top() + 11), looks.palette.color(QPalette.ColorRole.Text), filled=True)
        right -= 16
    if line.team in looks.faults or any(bar.site in looks.faults for bar in line.bars):
        warning(painter, QPointF(right - 6, row.top() + 11))
        right -= 16
    painter.setFont(bold)
    painter.setPen(looks.palette.color(QPalette.ColorRole.Text))
    text = QFontMetricsF(bold).elidedText(line.name, Qt.TextElideMode.ElideRight, right - 11)
    painter.drawText(QRectF(11, row.top() + 2, right - 11, metrics.height()), Qt.AlignmentFlag.AlignVCenter, text)
    painter.setFont(font)
    painter.setPen(looks.palette.color(QPalette.ColorRole.PlaceholderText))
    words = tr("{stops} stops · {km} km · {clock}", stops=len(line.bars), km=f"{line.metres / 1000:.1f}",
               clock=format_clock(line.end_s, wrap=True))  # fmt: skip
    second = QRectF(11, row.top() + 2 + metrics.height(), NAMES_PX - 16, metrics.height())
    painter.drawText(second, Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(words, Qt.TextElideMode.ElideRight,
                                                                               second.width()))  # fmt: skip
    painter.setPen(_faint(looks))
    painter.drawLine(QLineF(0, row.bottom(), NAMES_PX, row.bottom()))
    painter.drawLine(QLineF(NAMES_PX - 0.5, row.top(), NAMES_PX - 0.5, row.bottom()))


def now(painter: QPainter, scale: Scale, looks: Looks) -> None:
    """Draw the line of the present moment."""
    if looks.now_s is not None and scale.x(looks.now_s) > NAMES_PX:
        x = scale.x(looks.now_s)
        painter.setPen(QPen(theme.ALARM, 1.6))
        painter.drawLine(QLineF(x, AXIS_PX, x, scale.height))
        painter.setBrush(theme.ALARM)
        painter.drawPolygon(QPolygonF([QPointF(x - 5, AXIS_PX), QPointF(x + 5, AXIS_PX), QPointF(x, AXIS_PX + 7)]))


def warning(painter: QPainter, middle: QPointF) -> None:
    """Draw a triangle with an exclamation mark, which is told in grey too."""
    x, y = middle.x(), middle.y()
    painter.setPen(QPen(QColor("#14202a"), 1))
    painter.setBrush(QColor("#ffd23f"))
    painter.drawPolygon(QPolygonF([QPointF(x, y - 6), QPointF(x + 6.5, y + 5), QPointF(x - 6.5, y + 5)]))
    painter.setPen(QPen(QColor("#14202a"), 1.6))
    painter.drawLine(QLineF(x, y - 2.5, x, y + 1.2))
    painter.drawPoint(QPointF(x, y + 3.4))


def padlock(painter: QPainter, middle: QPointF, ink: QColor, *, filled: bool) -> None:
    """Draw a padlock: an outline for what stays with its team, filled for what stays at its place."""
    x, y = middle.x(), middle.y()
    body = QRectF(x - 4, y - 0.5, 8, 6)
    shackle = QPainterPath(QPointF(x - 2.6, y))
    shackle.arcTo(QRectF(x - 2.6, y - 5, 5.2, 6), 180, -180)
    painter.setPen(QPen(ink, 1.3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(shackle)
    painter.setBrush(ink if filled else Qt.BrushStyle.NoBrush)
    painter.drawRect(body)


def _faint(looks: Looks) -> QColor:
    return looks.palette.color(QPalette.ColorRole.Mid)
