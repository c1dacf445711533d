"""The tables of streets and of what lies along them, as columns with types, titles, choices and units."""

from geo.model.choices import HIGHWAYS, RAILWAY_KINDS
from geo.model.columns import pick, ref, text, whole
from geo.model.types import Column, Table

STREETS = Table(
    "streets",
    "Streets",
    "道路",
    (
        text("name", "Name", "名称"),
        text("name_en", "English name", "英文名称"),
        pick("highway", HIGHWAYS, "residential", "Class", "等级"),
        Column("oneway", "bool", "One-way", "单行"),
        whole("maxspeed", "Speed limit", "限速", "km/h"),
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
        text("restriction", "Restriction", "限制", required=True),
        ref("from_street", "streets", "From", "驶出道路", required=True),
        ref("via_street", "streets", "Via", "经由道路"),
        ref("to_street", "streets", "To", "驶入道路", required=True),
        Column("tags", "json", "Other OSM tags", "其他 OSM 标签", default="{}", kept=True),
    ),
    "Point",
)
RAILWAYS = Table(
    "railways",
    "Railways",
    "铁路",
    (
        text("name", "Name", "名称"),
        text("name_en", "English name", "英文名称"),
        pick("kind", RAILWAY_KINDS, "rail", "Kind", "类型"),
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
        text("street", "Street", "道路", required=True),
        text("number", "House number", "门牌号", required=True),
    ),
    "Point",
)
