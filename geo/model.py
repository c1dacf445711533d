"""What a row is: every table and column of a project once, with its type, titles, choices and unit."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from geo.language import Language, current

ColumnType = Literal["text", "int", "real", "bool", "date", "clock", "windows", "time", "json", "ref"]
Shape = Literal["Point", "LineString", "MultiPolygon"]


class Risk(StrEnum):
    """How closely a place is watched; sets how often a site is due."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Status(StrEnum):
    """The inspection status of a site; `geo.inspection.status` decides it."""

    NOT_DUE = "not_due"
    DUE = "due"
    OVERDUE = "overdue"
    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    PASSED = "passed"
    FINDINGS_OPEN = "findings_open"
    RECTIFICATION_OVERDUE = "rectification_overdue"
    NO_ACCESS = "no_access"


class Mode(StrEnum):
    """How a team travels."""

    CAR = "car"
    FOOT = "foot"
    BICYCLE = "bicycle"


class Reason(StrEnum):
    """Why a due site is on no route."""

    CLOSURE = "closure"
    UNREACHABLE = "unreachable"
    NO_WINDOW = "no_window"
    NO_TIME = "no_time"
    BY_HAND = "by_hand"


@dataclass(frozen=True)
class Choice:
    """One of the values a column may take, with what a reader sees for it."""

    value: str
    en: str
    zh: str

    def title(self, lang: Language | None = None) -> str:
        """Return the name of the value in a language."""
        return self.zh if (lang or current()) == "zh" else self.en


@dataclass(frozen=True)
class Column:
    """One column of a table.

    ``text``, ``clock`` (HH:MM), ``windows`` and ``json`` are strings, never null: empty is ``""``. ``date`` is an
    ISO date string and ``time`` an ISO instant in UTC, both ``""`` for none. ``ref`` is the id of a row of table
    `refers_to`, ``""`` for none. ``int``, ``real`` may be null (``None``); ``bool`` is never null.
    """

    name: str
    type: ColumnType
    en: str
    zh: str
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    refers_to: str = ""
    default: str | int | float | bool | None = None
    required: bool = False

    def title(self, lang: Language | None = None) -> str:
        """Return the heading of the column in a language."""
        return self.zh if (lang or current()) == "zh" else self.en

    @property
    def empty(self) -> str | int | float | bool | None:
        """Return what stands in the column when nothing was said."""
        if self.default is not None:
            return self.default
        return {"int": None, "real": None, "bool": False}.get(self.type, "")

    def choice_title(self, value: str, lang: Language | None = None) -> str:
        """Return the name of a value of the column, the value itself where it has none."""
        return next((c.title(lang) for c in self.choices if c.value == value), value)


@dataclass(frozen=True)
class Table:
    """One table of a project; each has a text column ``id`` (UUID) and, with a `shape`, a ``geometry``."""

    name: str
    en: str
    zh: str
    columns: tuple[Column, ...]
    shape: Shape | None = None

    def title(self, lang: Language | None = None) -> str:
        """Return the name of the table in a language."""
        return self.zh if (lang or current()) == "zh" else self.en

    def column(self, name: str) -> Column:
        """Return a column by name; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")


RISKS = (Choice("low", "low", "低"), Choice("medium", "medium", "中"), Choice("high", "high", "高"))
MODES = (Choice("car", "car", "驾车"), Choice("foot", "on foot", "步行"), Choice("bicycle", "bicycle", "骑行"))
STATUSES = (
    Choice("not_due", "not due", "未到期"),
    Choice("due", "due", "应查"),
    Choice("overdue", "overdue", "逾期"),
    Choice("planned", "planned", "已计划"),
    Choice("in_progress", "in progress", "检查中"),
    Choice("passed", "passed", "合格"),
    Choice("findings_open", "findings open", "问题未销"),
    Choice("rectification_overdue", "rectification overdue", "整改逾期"),
    Choice("no_access", "no access", "无法进入"),
)
REASONS = (
    Choice("closure", "inside a closure", "位于封控区内"),
    Choice("unreachable", "not reachable by road", "道路不可达"),
    Choice("no_window", "no opening time fits a shift", "开放时间与班次不合"),
    Choice("no_time", "no time left", "时间不足"),
    Choice("by_hand", "taken off by hand", "人工移出"),
)
HIGHWAYS = tuple(
    Choice(name, en, zh)
    for name, en, zh in (
        ("motorway", "motorway", "高速公路"),
        ("trunk", "trunk road", "快速路"),
        ("primary", "primary road", "主干路"),
        ("secondary", "secondary road", "次干路"),
        ("tertiary", "tertiary road", "支路"),
        ("residential", "residential street", "居住区道路"),
        ("service", "service road", "内部道路"),
        ("pedestrian", "pedestrian street", "步行街"),
        ("footway", "footway", "人行道"),
        ("cycleway", "cycleway", "自行车道"),
    )
)
AREA_KINDS = (
    Choice("district", "district", "区界"),
    Choice("park", "park", "公园"),
    Choice("water", "water", "水域"),
    Choice("building", "building", "建筑"),
)
INSPECTION_STATES = (
    Choice("planned", "planned", "已计划"),
    Choice("in_progress", "in progress", "检查中"),
    Choice("done", "done", "已完成"),
    Choice("no_access", "no access", "无法进入"),
    Choice("cancelled", "cancelled", "已取消"),
)
RESULTS = (Choice("", "–", "–"), Choice("passed", "passed", "合格"), Choice("findings", "findings", "发现问题"))
SEVERITIES = (
    Choice("minor", "minor", "一般"),
    Choice("major", "major", "较重"),
    Choice("critical", "critical", "严重"),
)
FINDING_STATES = (
    Choice("open", "open", "待整改"),
    Choice("rectified", "rectified, to be verified", "已整改待复查"),
    Choice("verified", "verified", "复查合格"),
    Choice("closed", "closed", "已销号"),
)
TOPICS = tuple(
    Choice(name, en, zh)
    for name, en, zh in (
        ("rapid_response", "rapid response", "应急处置"),
        ("vaccination", "vaccination progress", "疫苗接种"),
        ("hotel", "hotel management", "隔离酒店管理"),
        ("returnees", "returnee ledgers", "来穗返穗人员台账"),
        ("cold_chain", "cold chain", "冷链管理"),
        ("testing", "testing-site order", "采样点秩序"),
        ("registration", "temperature and health code", "测温验码登记"),
        ("supplies", "protective supplies", "防护物资"),
        ("closed_area", "closed-area control", "封控区管理"),
    )
)


def _text(name: str, en: str, zh: str, *, required: bool = False) -> Column:
    return Column(name, "text", en, zh, required=required)


def _ref(name: str, table: str, en: str, zh: str, *, required: bool = False) -> Column:
    return Column(name, "ref", en, zh, refers_to=table, required=required)


def _pick(name: str, choices: tuple[Choice, ...], default: str, en: str, zh: str) -> Column:
    return Column(name, "text", en, zh, choices=choices, default=default)


def _int(name: str, en: str, zh: str, unit: str = "", default: int | None = None) -> Column:
    return Column(name, "int", en, zh, unit=unit, default=default)


def _names() -> tuple[Column, ...]:
    return _text("name", "Name", "名称", required=True), _text("name_en", "English name", "英文名称")


SITES = Table(
    "sites",
    "Sites",
    "点位",
    (
        _text("code", "Code", "编号"),
        *_names(),
        Column("kind", "text", "Kind", "点位类型", required=True),
        _ref("subdistrict", "subdistricts", "Subdistrict", "街道"),
        _text("address", "Address", "地址"),
        _text("contact", "Contact", "联系人"),
        _text("phone", "Phone", "电话"),
        Column("windows", "windows", "Opening times", "开放时间"),
        _int("service_min", "Stay", "停留时间", "min"),
        _pick("risk", RISKS, "low", "Risk", "风险等级"),
        _int("interval_days", "Inspection interval", "检查间隔", "d"),
        _int("capacity", "Capacity per hour", "每小时容量"),
        _int("served", "Served per hour", "每小时服务人数"),
        _int("queue", "Queue", "排队人数"),
        _int("target_count", "Persons to be tested", "应检人数"),
        _int("done_count", "Persons tested", "已检人数"),
        _text("note", "Note", "备注"),
    ),
    "Point",
)
KINDS = Table(
    "kinds",
    "Site kinds",
    "点位类型",
    (
        _text("code", "Code", "编号", required=True),
        *_names(),
        _text("symbol", "Symbol", "符号"),
        _int("service_min", "Stay", "停留时间", "min", 20),
        _int("interval_low", "Interval at low risk", "低风险间隔", "d"),
        _int("interval_medium", "Interval at medium risk", "中风险间隔", "d"),
        _int("interval_high", "Interval at high risk", "高风险间隔", "d"),
    ),
)
SUBDISTRICTS = Table(
    "subdistricts",
    "Subdistricts",
    "街道",
    (
        _text("code", "Code", "编号"),
        *_names(),
        _pick("risk", RISKS, "low", "Risk", "风险等级"),
        _text("leader", "Attached leader", "挂点领导"),
        _text("contact", "Contact", "联系人"),
        _text("phone", "Phone", "电话"),
    ),
    "MultiPolygon",
)
STREETS = Table(
    "streets",
    "Streets",
    "道路",
    (
        _text("name", "Name", "名称"),
        _text("name_en", "English name", "英文名称"),
        _pick("highway", HIGHWAYS, "residential", "Class", "等级"),
        Column("oneway", "bool", "One-way", "单行"),
        _int("maxspeed", "Speed limit", "限速", "km/h"),
        Column("bridge", "bool", "Bridge", "桥梁"),
        Column("tunnel", "bool", "Tunnel", "隧道"),
    ),
    "LineString",
)
AREAS = Table("areas", "Areas", "区域", (*_names(), _pick("kind", AREA_KINDS, "park", "Kind", "类型")), "MultiPolygon")
LANDMARKS = Table("landmarks", "Landmarks", "地标", _names(), "Point")
CLOSURES = Table(
    "closures",
    "Closures",
    "封控区",
    (
        *_names(),
        Column("from_date", "date", "From", "开始日期", required=True),
        Column("to_date", "date", "To", "结束日期"),
        _text("note", "Note", "备注"),
    ),
    "MultiPolygon",
)
TEAMS = Table(
    "teams",
    "Teams",
    "检查组",
    (
        _text("code", "Code", "编号"),
        *_names(),
        _ref("subdistrict", "subdistricts", "Area", "责任街道"),
        _text("base", "Base", "出发地"),
        _text("base_en", "Base (English)", "出发地（英文）"),
        Column("shift", "windows", "Shift", "班次", default="08:30-17:30"),
        _text("colour", "Colour", "颜色"),
        Column("active", "bool", "On duty", "在岗", default=True),
    ),
    "Point",
)
INSPECTORS = Table(
    "inspectors",
    "Inspectors",
    "检查人员",
    (
        _text("code", "Code", "编号"),
        *_names(),
        _ref("team", "teams", "Team", "检查组"),
        _text("phone", "Phone", "电话"),
        Column("leader", "bool", "Team leader", "组长"),
        Column("away_from", "date", "Away from", "不在岗开始"),
        Column("away_to", "date", "Away to", "不在岗结束"),
    ),
)
PLANS = Table(
    "plans",
    "Plans",
    "计划",
    (
        _text("title", "Title", "标题"),
        Column("date", "date", "Date", "日期", required=True),
        _pick("mode", MODES, "car", "Travel mode", "出行方式"),
        _int("seed", "Seed", "随机种子"),
        _text("effort", "Effort", "求解量"),
        _int("version", "Version", "版本", default=1),
        Column("created_at", "time", "Made at", "制定时间"),
    ),
)
ROUTES = Table(
    "routes",
    "Routes",
    "路线",
    (
        _ref("plan", "plans", "Plan", "计划", required=True),
        _ref("team", "teams", "Team", "检查组", required=True),
        _int("start_s", "Departure", "出发", "s"),
        _int("end_s", "Return", "返回", "s"),
        _int("metres", "Distance", "里程", "m"),
        _int("travel_s", "Travel time", "行驶时间", "s"),
        Column("locked", "bool", "Locked", "锁定"),
    ),
    "LineString",
)
STOPS = Table(
    "stops",
    "Stops",
    "停靠点",
    (
        _ref("plan", "plans", "Plan", "计划", required=True),
        _ref("team", "teams", "Team", "检查组", required=True),
        _ref("site", "sites", "Site", "点位", required=True),
        _int("seq", "No.", "序号"),
        _int("arrive_s", "Arrival", "到达", "s"),
        _int("start_s", "Start", "开始", "s"),
        _int("leave_s", "Departure", "离开", "s"),
        _int("leg_m", "Leg", "路段里程", "m"),
        _int("leg_s", "Leg time", "路段时间", "s"),
        Column("locked", "bool", "Locked", "锁定"),
    ),
)
LEFT_OUT = Table(
    "left_out",
    "Left out",
    "未排入",
    (
        _ref("plan", "plans", "Plan", "计划", required=True),
        _ref("site", "sites", "Site", "点位", required=True),
        _pick("reason", REASONS, "no_time", "Reason", "原因"),
        _int("minutes", "Minutes short", "相差分钟", "min"),
        _text("subject", "Concerning", "相关对象"),
    ),
)
INSPECTIONS = Table(
    "inspections",
    "Inspections",
    "检查",
    (
        _ref("site", "sites", "Site", "点位", required=True),
        _ref("team", "teams", "Team", "检查组"),
        Column("date", "date", "Date", "日期", required=True),
        Column("started", "clock", "Started", "开始"),
        Column("ended", "clock", "Ended", "结束"),
        _pick("state", INSPECTION_STATES, "planned", "State", "状态"),
        _pick("result", RESULTS, "", "Result", "结果"),
        Column("inspectors", "json", "Inspectors", "检查人员", default="[]"),
        _text("note", "Note", "备注"),
    ),
)
FINDINGS = Table(
    "findings",
    "Findings",
    "问题",
    (
        _ref("inspection", "inspections", "Inspection", "检查", required=True),
        _ref("site", "sites", "Site", "点位", required=True),
        _pick("topic", TOPICS, "rapid_response", "Topic", "专题"),
        _pick("severity", SEVERITIES, "minor", "Severity", "程度"),
        _text("description", "Description", "问题描述", required=True),
        _text("description_en", "English description", "英文描述"),
        _text("owner", "Responsible", "责任人"),
        Column("due", "date", "Rectification deadline", "整改期限"),
        Column("suggestion", "bool", "Suggestion issued", "已发整改意见"),
        _pick("state", FINDING_STATES, "open", "State", "状态"),
        Column("rectified_on", "date", "Rectified on", "整改日期"),
        Column("verified_on", "date", "Verified on", "复查日期"),
    ),
)
SETTINGS = Table(
    "settings", "Settings", "设置", (_text("key", "Key", "键", required=True), _text("value", "Value", "值"))
)
HISTORY = Table(
    "history",
    "History",
    "历史",
    (
        Column("at", "time", "When", "时间"),
        _text("who", "Who", "人员"),
        _text("title", "What", "操作"),
        Column("changes", "json", "Changes", "变更"),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        SITES,
        KINDS,
        SUBDISTRICTS,
        STREETS,
        AREAS,
        LANDMARKS,
        CLOSURES,
        TEAMS,
        INSPECTORS,
        PLANS,
        ROUTES,
        STOPS,
        LEFT_OUT,
        INSPECTIONS,
        FINDINGS,
        SETTINGS,
        HISTORY,
    )
}
"""Every table of a project file, in the order in which rows refer to one another."""
