"""The values that columns may take, as names in the code and as what a reader sees."""

from enum import StrEnum

from geo.model.types import Choice


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
    CLOSED = "closed"
    LIMIT = "limit"
    RETURN = "return"
    BREAK = "break"
    SKILL = "skill"
    AREA = "area"
    CONFLICT = "conflict"
    LOCKED = "locked"
    ADDRESS = "address"
    TOGETHER = "together"


RISKS = (Choice("low", "low", "低"), Choice("medium", "medium", "中"), Choice("high", "high", "高"))
MODES = (Choice("car", "car", "驾车"), Choice("foot", "on foot", "步行"), Choice("bicycle", "bicycle", "骑行"))
TEAM_MODES = (Choice("", "as the plan", "同计划"), *MODES)
PLACE_KINDS = (
    Choice("base", "at the base", "出发地"),
    Choice("home", "at home", "住处"),
    Choice("free", "at any site", "任意点位"),
)
AIMS = (
    Choice("travel", "least travel", "行程最少"),
    Choice("teams", "fewest teams", "组数最少"),
    Choice("even_hours", "even hours", "工时均衡"),
    Choice("even_stops", "even stops", "点位均衡"),
    Choice("finish", "earliest finish", "最早收工"),
)
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
    Choice("closed", "closed on that day", "当日不开放"),
    Choice("limit", "a team's limit of stops or driving", "超出检查组停靠点或行驶上限"),
    Choice("return", "not back in time", "不能按时返回"),
    Choice("break", "no time beside the break", "与休息时间冲突"),
    Choice("skill", "no team has the skill", "检查组不具备所需技能"),
    Choice("area", "outside the teams' areas", "超出检查组责任区"),
    Choice("conflict", "conflict of interest", "回避"),
    Choice("locked", "a lock is in the way", "受锁定限制"),
    Choice("address", "apart from its address", "与同址点位分开"),
    Choice("together", "no second team is free", "缺少同行检查组"),
)
HIGHWAYS = tuple(
    Choice(name, en, zh)
    for name, en, zh in (
        ("motorway", "motorway", "高速公路"),
        ("trunk", "trunk road", "快速路"),
        ("primary", "primary road", "主干路"),
        ("secondary", "secondary road", "次干路"),
        ("tertiary", "tertiary road", "支路"),
        ("unclassified", "minor road", "一般道路"),
        ("residential", "residential street", "居住区道路"),
        ("living_street", "living street", "生活街道"),
        ("service", "service road", "内部道路"),
        ("pedestrian", "pedestrian street", "步行街"),
        ("footway", "footway", "人行道"),
        ("cycleway", "cycleway", "自行车道"),
        ("path", "path", "小路"),
        ("track", "track", "土路"),
        ("steps", "steps", "台阶"),
    )
)
AREA_KINDS = (
    Choice("district", "district", "区界"),
    Choice("park", "park", "公园"),
    Choice("water", "water", "水域"),
    Choice("building", "building", "建筑"),
)
RAILWAY_KINDS = (
    Choice("rail", "railway", "铁路"),
    Choice("subway", "metro", "地铁"),
    Choice("light_rail", "light rail", "轻轨"),
    Choice("tram", "tram", "有轨电车"),
)
PLACED_BY = (
    Choice("", "–", "–"),
    Choice("given", "given coordinates", "资料坐标"),
    Choice("address", "found by address", "按地址匹配"),
    Choice("name", "found by name", "按名称匹配"),
    Choice("hand", "placed by hand", "人工标注"),
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
