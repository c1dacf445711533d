"""Every table and column of a project once, with its type, titles, choices and unit."""

from geo.model.choices import (
    AREA_KINDS,
    FINDING_STATES,
    HIGHWAYS,
    INSPECTION_STATES,
    MODES,
    PLACED_BY,
    RAILWAY_KINDS,
    REASONS,
    RESULTS,
    RISKS,
    SEVERITIES,
    TOPICS,
)
from geo.model.types import Choice, Column, Table


def _text(name: str, en: str, zh: str, *, required: bool = False) -> Column:
    return Column(name, "text", en, zh, required=required)


def _ref(name: str, table: str, en: str, zh: str, *, required: bool = False) -> Column:
    return Column(name, "ref", en, zh, refers_to=table, required=required)


def _pick(name: str, choices: tuple[Choice, ...], default: str, en: str, zh: str) -> Column:
    return Column(name, "text", en, zh, choices=choices, default=default)


def _int(name: str, en: str, zh: str, unit: str = "", default: int | None = None) -> Column:
    return Column(name, "int", en, zh, unit=unit, default=default)


def _names(*, required: bool = True) -> tuple[Column, ...]:
    return _text("name", "Name", "名称", required=required), _text("name_en", "English name", "英文名称")


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
        Column("placed_by", "text", "Position from", "位置来源", choices=PLACED_BY, default="", kept=True),
        Column("confidence", "real", "Confidence of position", "位置可信度", kept=True),
        Column("source", "ref", "Imported with", "导入批次", refers_to="imports", kept=True),
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
        _int("interval_low", "Interval at low risk", "低风险间隔", "d", 30),
        _int("interval_medium", "Interval at medium risk", "中风险间隔", "d", 14),
        _int("interval_high", "Interval at high risk", "高风险间隔", "d", 7),
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
        Column("tags", "json", "Other OSM tags", "其他 OSM 标签", default="{}", kept=True),
    ),
    "LineString",
)
STREET_POINTS = Table(
    "street_points",
    "Points on streets",
    "道路节点",
    (Column("tags", "json", "OSM tags", "OSM 标签", default="{}", kept=True),),
    "Point",
)
TURNS = Table(
    "turns",
    "Turn restrictions",
    "转向限制",
    (
        _text("restriction", "Restriction", "限制", required=True),
        _ref("from_street", "streets", "From", "驶出道路", required=True),
        _ref("via_street", "streets", "Via", "经由道路"),
        _ref("to_street", "streets", "To", "驶入道路", required=True),
        Column("tags", "json", "Other OSM tags", "其他 OSM 标签", default="{}", kept=True),
    ),
    "Point",
)
RAILWAYS = Table(
    "railways",
    "Railways",
    "铁路",
    (
        _text("name", "Name", "名称"),
        _text("name_en", "English name", "英文名称"),
        _pick("kind", RAILWAY_KINDS, "rail", "Kind", "类型"),
        Column("bridge", "bool", "Bridge", "桥梁"),
        Column("tunnel", "bool", "Tunnel", "隧道"),
    ),
    "LineString",
)
ADDRESSES = Table(
    "addresses",
    "House numbers",
    "门牌号",
    (
        _text("street", "Street", "道路", required=True),
        _text("number", "House number", "门牌号", required=True),
    ),
    "Point",
)
AREAS = Table(
    "areas",
    "Areas",
    "区域",
    (*_names(required=False), _pick("kind", AREA_KINDS, "park", "Kind", "类型")),
    "MultiPolygon",
)
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
IMPORTS = Table(
    "imports",
    "Imports",
    "导入",
    (
        Column("at", "time", "When", "时间"),
        _text("file", "File", "文件"),
        _text("into", "Into table", "导入到"),
        _text("datum", "Datum", "坐标系"),
        _text("titles", "Column titles", "列标题"),
        Column("mapping", "json", "Columns", "列对应", default="{}", kept=True),
        _int("added", "Rows added", "新增行数"),
        _int("changed", "Rows changed", "更新行数"),
        _int("refused", "Rows refused", "未导入行数"),
    ),
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
        STREET_POINTS,
        TURNS,
        RAILWAYS,
        ADDRESSES,
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
        IMPORTS,
        SETTINGS,
        HISTORY,
    )
}
"""Every table of a project file, in the order in which rows refer to one another."""
