"""Every table and column of a project once, with its type, titles, choices and unit."""

from geo.model.choices import (
    AIMS,
    AREA_KINDS,
    FINDING_STATES,
    INSPECTION_STATES,
    MODES,
    PLACE_KINDS,
    PLACED_BY,
    REASONS,
    RESULTS,
    RISKS,
    SEVERITIES,
    TEAM_MODES,
    TOPICS,
)
from geo.model.columns import names, pick, ref, text, whole
from geo.model.streettables import ADDRESSES, RAILWAYS, STREET_POINTS, STREETS, TURNS
from geo.model.types import Column, Table

SITES = Table(
    "sites",
    "Sites",
    "点位",
    (
        text("code", "Code", "编号"),
        *names(),
        Column("kind", "text", "Kind", "点位类型", required=True),
        ref("subdistrict", "subdistricts", "Subdistrict", "街道"),
        text("address", "Address", "地址"),
        text("contact", "Contact", "联系人"),
        text("phone", "Phone", "电话"),
        Column("windows", "windows", "Opening times", "开放时间"),
        whole("service_min", "Stay", "停留时间", "min"),
        pick("risk", RISKS, "low", "Risk", "风险等级"),
        whole("interval_days", "Inspection interval", "检查间隔", "d"),
        whole("capacity", "Capacity per hour", "每小时容量"),
        whole("served", "Served per hour", "每小时服务人数"),
        whole("queue", "Queue", "排队人数"),
        whole("target_count", "Persons to be tested", "应检人数"),
        whole("done_count", "Persons tested", "已检人数"),
        text("note", "Note", "备注"),
        Column("exceptions", "exceptions", "Opening times on dates", "特定日期开放时间"),
        Column("must_visit", "date", "Must be visited on", "必查日期"),
        text("needs", "Needs (skills, equipment)", "所需技能或装备"),
        whole("teams_needed", "Teams that come together", "同时到场组数"),
        whole("setup_min", "Set-up on arrival", "到场准备时间", "min"),
        Column("return_by", "clock", "Samples at the base by", "样本送达时限"),
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
        text("code", "Code", "编号", required=True),
        *names(),
        text("symbol", "Symbol", "符号"),
        whole("service_min", "Stay", "停留时间", "min", 20),
        whole("interval_low", "Interval at low risk", "低风险间隔", "d", 30),
        whole("interval_medium", "Interval at medium risk", "中风险间隔", "d", 14),
        whole("interval_high", "Interval at high risk", "高风险间隔", "d", 7),
        whole("checklist_min", "Checklist, added to the stay", "检查表用时（另加）", "min"),
        whole("verify_min", "Per finding to verify", "每项问题复查用时", "min"),
    ),
)
SUBDISTRICTS = Table(
    "subdistricts",
    "Subdistricts",
    "街道",
    (
        text("code", "Code", "编号"),
        *names(),
        pick("risk", RISKS, "low", "Risk", "风险等级"),
        text("leader", "Attached leader", "挂点领导"),
        text("contact", "Contact", "联系人"),
        text("phone", "Phone", "电话"),
    ),
    "MultiPolygon",
)
AREAS = Table(
    "areas",
    "Areas",
    "区域",
    (*names(required=False), pick("kind", AREA_KINDS, "park", "Kind", "类型")),
    "MultiPolygon",
)
LANDMARKS = Table("landmarks", "Landmarks", "地标", names(), "Point")
CLOSURES = Table(
    "closures",
    "Closures",
    "封控区",
    (
        *names(),
        Column("from_date", "date", "From", "开始日期", required=True),
        Column("to_date", "date", "To", "结束日期"),
        text("note", "Note", "备注"),
    ),
    "MultiPolygon",
)
TEAMS = Table(
    "teams",
    "Teams",
    "检查组",
    (
        text("code", "Code", "编号"),
        *names(),
        ref("subdistrict", "subdistricts", "Area", "责任街道"),
        text("base", "Base", "出发地"),
        text("base_en", "Base (English)", "出发地（英文）"),
        Column("shift", "windows", "Shift", "班次", default="08:30-17:30"),
        text("colour", "Colour", "颜色"),
        Column("active", "bool", "On duty", "在岗", default=True),
        pick("mode", TEAM_MODES, "", "Travel mode", "出行方式"),
        text("skills", "Skills and equipment", "技能与装备"),
        Column("hard_area", "bool", "Never leaves its area", "不出责任街道"),
        pick("start_kind", PLACE_KINDS, "base", "Day begins", "出发方式"),
        pick("end_kind", PLACE_KINDS, "base", "Day ends", "收工方式"),
        Column("home_lon", "real", "Home: longitude", "住处经度"),
        Column("home_lat", "real", "Home: latitude", "住处纬度"),
        Column("break_window", "windows", "Break within", "休息时段"),
        whole("break_min", "Break", "休息时间", "min"),
        whole("overtime_min", "Overtime at most", "最多加班", "min"),
        whole("max_stops", "Stops at most", "最多点位数"),
        whole("max_km", "Distance at most", "最大里程", "km"),
        whole("max_travel_min", "Travel time at most", "最长行驶时间", "min"),
    ),
    "Point",
)
INSPECTORS = Table(
    "inspectors",
    "Inspectors",
    "检查人员",
    (
        text("code", "Code", "编号"),
        *names(),
        ref("team", "teams", "Team", "检查组"),
        text("phone", "Phone", "电话"),
        Column("leader", "bool", "Team leader", "组长"),
        Column("away_from", "date", "Away from", "不在岗开始"),
        Column("away_to", "date", "Away to", "不在岗结束"),
        text("skills", "Skills", "技能"),
    ),
)
CONFLICTS = Table(
    "conflicts",
    "Conflicts of interest",
    "回避关系",
    (
        ref("inspector", "inspectors", "Inspector", "检查人员", required=True),
        ref("site", "sites", "Site", "点位", required=True),
        text("note", "Note", "备注"),
    ),
)
PLANS = Table(
    "plans",
    "Plans",
    "计划",
    (
        text("title", "Title", "标题"),
        Column("date", "date", "Date", "日期", required=True),
        pick("mode", MODES, "car", "Travel mode", "出行方式"),
        whole("seed", "Seed", "随机种子"),
        text("effort", "Effort", "求解量"),
        whole("version", "Version", "版本", default=1),
        Column("created_at", "time", "Made at", "制定时间"),
        pick("aim", AIMS, "travel", "Aim", "目标"),
        Column("rules", "json", "Rules", "规则", default="{}", kept=True),
        text("horizon", "Days planned together", "多日计划批次"),
    ),
)
ROUTES = Table(
    "routes",
    "Routes",
    "路线",
    (
        ref("plan", "plans", "Plan", "计划", required=True),
        ref("team", "teams", "Team", "检查组", required=True),
        whole("start_s", "Departure", "出发", "s"),
        whole("end_s", "Return", "返回", "s"),
        whole("metres", "Distance", "里程", "m"),
        whole("travel_s", "Travel time", "行驶时间", "s"),
        Column("locked", "bool", "Locked", "锁定"),
    ),
    "LineString",
)
STOPS = Table(
    "stops",
    "Stops",
    "停靠点",
    (
        ref("plan", "plans", "Plan", "计划", required=True),
        ref("team", "teams", "Team", "检查组", required=True),
        ref("site", "sites", "Site", "点位", required=True),
        whole("seq", "No.", "序号"),
        whole("arrive_s", "Arrival", "到达", "s"),
        whole("start_s", "Start", "开始", "s"),
        whole("leave_s", "Departure", "离开", "s"),
        whole("leg_m", "Leg", "路段里程", "m"),
        whole("leg_s", "Leg time", "路段时间", "s"),
        Column("locked", "bool", "Locked", "锁定"),
        whole("lock_place", "Place that it is locked to", "锁定次序"),
    ),
)
LEFT_OUT = Table(
    "left_out",
    "Left out",
    "未排入",
    (
        ref("plan", "plans", "Plan", "计划", required=True),
        ref("site", "sites", "Site", "点位", required=True),
        pick("reason", REASONS, "no_time", "Reason", "原因"),
        whole("minutes", "Minutes short", "相差分钟", "min"),
        text("subject", "Concerning", "相关对象"),
        Column("changes", "json", "What would admit it", "可排入的最小变动", default="[]", kept=True),
    ),
)
INSPECTIONS = Table(
    "inspections",
    "Inspections",
    "检查",
    (
        ref("site", "sites", "Site", "点位", required=True),
        ref("team", "teams", "Team", "检查组"),
        Column("date", "date", "Date", "日期", required=True),
        Column("started", "clock", "Started", "开始"),
        Column("ended", "clock", "Ended", "结束"),
        pick("state", INSPECTION_STATES, "planned", "State", "状态"),
        pick("result", RESULTS, "", "Result", "结果"),
        Column("inspectors", "json", "Inspectors", "检查人员", default="[]"),
        text("note", "Note", "备注"),
    ),
)
FINDINGS = Table(
    "findings",
    "Findings",
    "问题",
    (
        ref("inspection", "inspections", "Inspection", "检查", required=True),
        ref("site", "sites", "Site", "点位", required=True),
        pick("topic", TOPICS, "rapid_response", "Topic", "专题"),
        pick("severity", SEVERITIES, "minor", "Severity", "程度"),
        text("description", "Description", "问题描述", required=True),
        text("description_en", "English description", "英文描述"),
        text("owner", "Responsible", "责任人"),
        Column("due", "date", "Rectification deadline", "整改期限"),
        Column("suggestion", "bool", "Suggestion issued", "已发整改意见"),
        pick("state", FINDING_STATES, "open", "State", "状态"),
        Column("rectified_on", "date", "Rectified on", "整改日期"),
        Column("verified_on", "date", "Verified on", "复查日期"),
    ),
)
DRAWS = Table(
    "draws",
    "Random draws",
    "随机抽取",
    (
        Column("date", "date", "Date", "日期"),
        text("title", "Title", "标题"),
        text("seed", "Seed", "随机种子"),
        Column("record", "json", "Record", "抽取记录", default="{}", kept=True),
        Column("created_at", "time", "Made at", "抽取时间"),
    ),
)
ROUNDS = Table(
    "rounds",
    "Rounds",
    "巡查任务",
    (
        text("title", "Title", "标题", required=True),
        Column("record", "json", "Record", "任务内容", default="{}", kept=True),
    ),
)
SETTINGS = Table(
    "settings", "Settings", "设置", (text("key", "Key", "键", required=True), text("value", "Value", "值"))
)
IMPORTS = Table(
    "imports",
    "Imports",
    "导入",
    (
        Column("at", "time", "When", "时间"),
        text("file", "File", "文件"),
        text("into", "Into table", "导入到"),
        text("datum", "Datum", "坐标系"),
        text("titles", "Column titles", "列标题"),
        Column("mapping", "json", "Columns", "列对应", default="{}", kept=True),
        whole("added", "Rows added", "新增行数"),
        whole("changed", "Rows changed", "更新行数"),
        whole("refused", "Rows refused", "未导入行数"),
    ),
)
HISTORY = Table(
    "history",
    "History",
    "历史",
    (
        Column("at", "time", "When", "时间"),
        text("who", "Who", "人员"),
        text("title", "What", "操作"),
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
        CONFLICTS,
        PLANS,
        ROUTES,
        STOPS,
        LEFT_OUT,
        INSPECTIONS,
        FINDINGS,
        DRAWS,
        ROUNDS,
        IMPORTS,
        SETTINGS,
        HISTORY,
    )
}
"""Every table of a project file, in the order in which rows refer to one another."""
