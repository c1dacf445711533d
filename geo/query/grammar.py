"""Expressions over sites such as ``risk = high AND due_date < today`` or ``风险等级 = 高 且 名称 包含 小学``, as trees.

    expression  = conjunction { OR conjunction }
    conjunction = negation { AND negation }
    negation    = { NOT } ( "(" expression ")" | condition | ready word )
    condition   = column order value | column order column | column [NOT] IN "(" value { "," value } ")"
                | column [NOT] BETWEEN value AND value | column [NOT] LIKE pattern | column IS [NOT] EMPTY
                | column [NOT] CONTAINS text | column STARTS WITH text | column ENDS WITH text

It is the WHERE clause of SQL, with columns and values under their titles in English or Chinese, in either case and
width. A value needs quotes only where it holds spaces or signs. Nothing of it is ever run as code.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from geo.language import tr
from geo.query import nodes
from geo.query.errors import QueryError
from geo.query.fields import Field, Fields
from geo.query.nodes import Node, Order
from geo.query.phrases import Phrases
from geo.query.reading import BETWEEN_AND, CONNECTIVES, NOT, Reader, nearest

DEEPEST = 40
"""How deeply conditions may be nested; it keeps a hostile text from exhausting Python's stack."""


@dataclass(frozen=True)
class Operator:
    """What a column is held against: an order, or the name of another test; and whether that must fail."""

    test: Order | str
    negated: bool = False


def _operators() -> Phrases[Operator]:
    written: dict[Operator, tuple[str, ...]] = {
        Operator("="): ("=", "==", "等于", "为", "是", "is"),
        Operator("=", negated=True): ("<>", "!=", "≠", "不等于", "不为", "不是", "is not"),
        Operator("<"): ("<", "小于", "早于", "少于", "低于"),
        Operator("<="): ("<=", "≤", "=<", "小于等于", "不大于", "不晚于", "不多于", "不高于"),
        Operator(">"): (">", "大于", "晚于", "多于", "高于"),
        Operator(">="): (">=", "≥", "=>", "大于等于", "不小于", "不早于", "不少于", "不低于"),
        Operator("in"): ("in", "属于"),
        Operator("in", negated=True): ("not in", "不属于"),
        Operator("between"): ("between", "介于"),
        Operator("between", negated=True): ("not between", "不介于"),
        Operator("like"): ("like", "ilike", "类似"),
        Operator("like", negated=True): ("not like", "not ilike", "不类似"),
        Operator("contains"): ("contains", "包含", "含有", "含"),
        Operator("contains", negated=True): ("not contains", "does not contain", "不包含", "不含"),
        Operator("starts"): ("starts with", "begins with", "开头是", "开头为"),
        Operator("ends"): ("ends with", "结尾是", "结尾为"),
        Operator("empty"): ("is null", "is empty", "为空", "是空"),
        Operator("empty", negated=True): ("is not null", "is not empty", "不为空", "非空"),
    }
    return Phrases({phrase: operator for operator, phrases in written.items() for phrase in phrases})


OPERATORS = _operators()


def parse(text: str, fields: Fields, today: date) -> Node:
    """Return what an expression says.

    Parameters
    ----------
    text
        The expression.
    fields
        What it may name.
    today
        The day that "today" means.

    Raises
    ------
    QueryError
        If it says nothing that can be understood; it tells where.
    """
    parser = _Parser(Reader(text, fields, today))
    node = parser.expression(0)
    if not parser.reader.is_done:
        what = tr("“and” or “or” should stand here.")
        parser.reader.fail(what, tr("Put a text into quotes if it holds spaces or signs."), "connective")
    return node


class _Parser:
    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._tests: dict[str, Callable[[Field], Node]] = {
            "in": self._in,
            "between": self._between,
            "like": self._like,
            "contains": lambda field: nodes.Like(field.name, f"%{self._literally(field)}%"),
            "starts": lambda field: nodes.Like(field.name, f"{self._literally(field)}%"),
            "ends": lambda field: nodes.Like(field.name, f"%{self._literally(field)}"),
            "empty": lambda field: nodes.Empty(field.name),
        }

    def expression(self, depth: int) -> Node:
        parts = [self._conjunction(depth)]
        while self._takes("or"):
            parts.append(self._conjunction(depth))
        return parts[0] if len(parts) == 1 else nodes.Or(tuple(parts))

    def _conjunction(self, depth: int) -> Node:
        parts = [self._negation(depth)]
        while self._takes("and"):
            parts.append(self._negation(depth))
        return parts[0] if len(parts) == 1 else nodes.And(tuple(parts))

    def _takes(self, connective: str) -> bool:
        before = self.reader.place
        if self.reader.take(CONNECTIVES) == connective:
            return True
        self.reader.place = before
        return False

    def _negation(self, depth: int) -> Node:
        reader, negated = self.reader, False
        while reader.take(NOT):
            negated = not negated
        start = reader.skip()
        if reader.take_sign("("):
            if depth >= DEEPEST:
                raise QueryError(tr("The conditions are nested too deeply."), "", start, start + 1)
            node = self.expression(depth + 1)
            if not reader.take_sign(")"):
                reader.fail(tr("A closing bracket is missing."), "", "connective")
        else:
            node = self._condition()
        return nodes.Not(node) if negated else node

    def _condition(self) -> Node:
        reader = self.reader
        start = reader.skip()
        field = self._column()
        after = reader.place
        operator = None if field is None else reader.take(OPERATORS)
        if field is not None and operator is not None:
            test = self._tests.get(operator.test)
            node = self._order(field, operator) if test is None else test(field)
            return nodes.Not(node) if operator.negated else node
        reader.place = start
        ready = reader.take(reader.fields.ready)
        if ready is not None and (field is None or reader.place >= after):
            return nodes.Ready(ready)
        if field is None:
            reader.place = start
            return reader.unknown()
        reader.place = after
        message = tr("“{column}” stands alone; compare it with something.", column=field.title())
        return reader.fail(message, tr("Write for example =, <, IN, LIKE or IS EMPTY."), "operator", field)

    def _column(self) -> Field | None:
        """Take a column, be it in double quotes or square brackets, as SQL writes names."""
        reader = self.reader
        start = reader.skip()
        quoted = reader.quoted() if reader.text[start : start + 1] == '"' else None
        if quoted is None and reader.text[start : start + 1] == "[" and (end := reader.text.find("]", start)) > 0:
            quoted, reader.place = reader.text[start + 1 : end], end + 1
        if quoted is None:
            return reader.take(reader.fields.phrases)
        inner = Reader(quoted, reader.fields, reader.today)
        field = inner.take(reader.fields.phrases)
        if field is not None and inner.is_done:
            return field
        reader.place = start
        return None

    # What a column is held against

    def _order(self, field: Field, operator: Operator) -> Node:
        order: Order = operator.test  # type: ignore[assignment]  # what is no other test is an order
        other = self._other_column(field)
        if other is not None:
            return nodes.CompareColumns(field.name, order, other.name)
        if field.type != "choice":
            return nodes.Compare(field.name, order, self._value(field))
        start = self.reader.skip()
        values = self._chosen(field)
        if order == "=":
            return nodes.Among(field.name, frozenset(values))
        if not field.ordered:
            message = tr("The values of “{column}” have no order.", column=field.title())
            raise QueryError(message, tr("Use = or IN."), start, self.reader.place, field=field)
        rank = field.ordered.index(values[0])
        kept = {"<": field.ordered[:rank], "<=": field.ordered[: rank + 1], ">": field.ordered[rank + 1 :]}
        return nodes.Among(field.name, frozenset(kept.get(order, field.ordered[rank:])))

    def _other_column(self, field: Field) -> Field | None:
        """Take a column of the same type where a value could stand; a value of that name goes first."""
        reader = self.reader
        start = reader.skip()
        if field.type == "choice":
            return None
        other = reader.take(reader.fields.phrases)
        if other is not None and other.type == field.type and self._ends():
            return other
        reader.place = start
        return None

    def _ends(self) -> bool:
        """Return whether a condition may end here."""
        reader = self.reader
        return (
            reader.is_done
            or reader.folded[reader.place] == ")"
            or CONNECTIVES.at(reader.folded, reader.place) is not None
        )

    def _value(self, field: Field) -> float | str:
        reader = self.reader
        if field.type == "number":
            return reader.number(field)
        if field.type == "date":
            return reader.day(field)
        quoted = reader.quoted()
        return reader.bare(field) if quoted is None else quoted

    def _chosen(self, field: Field) -> tuple[str, ...]:
        reader = self.reader
        start = reader.skip()
        quoted = reader.quoted()
        if quoted is None:
            values = reader.take(field.words)
        else:
            inner = Reader(quoted, reader.fields, reader.today)
            values = inner.take(field.words)
            values = values if inner.is_done else None
        if values is not None:
            return values
        if quoted == "":
            return ("",)
        end = reader.place if quoted is not None else reader.word_end(start)
        word = reader.text[start:end] if quoted is None else quoted
        titles = field.value_titles()
        close = word and nearest(word, (*titles, *field.words.meanings))
        hint = tr("Did you mean {name}?", name=close) if close else tr("Choose one of: {choices}.",
                  choices=tr(", ").join(titles[:8]))  # fmt: skip
        message = tr("“{word}” is no value of “{column}”.", word=word, column=field.title())
        if not word:
            message = tr("A value for “{column}” is missing.", column=field.title())
        raise QueryError(message, hint, start, end, expected="value", field=field)

    def _in(self, field: Field) -> Node:
        reader = self.reader
        if not reader.take_sign("("):
            reader.fail(tr("IN wants its values in brackets."), tr("Write for example IN (1, 2)."))
        values: set[float | str] = set()
        while True:
            values.update(self._chosen(field) if field.type == "choice" else [self._value(field)])
            if reader.take_sign(")"):
                return nodes.Among(field.name, frozenset(values))
            if not reader.take_sign(",、;"):
                reader.fail(tr("A comma or a closing bracket is missing."))

    def _between(self, field: Field) -> Node:
        self._refuse_choice(field)
        low = self._value(field)
        if not self.reader.take(BETWEEN_AND):
            self.reader.fail(tr("BETWEEN wants two values with “and” between them."))
        return nodes.Between(field.name, low, self._value(field))

    def _like(self, field: Field) -> Node:
        return nodes.Like(field.name, self._pattern(field))

    def _pattern(self, field: Field) -> str:
        if field.type not in {"text", "choice"}:
            start = self.reader.skip()
            message = tr("“{column}” is no text.", column=field.title())
            raise QueryError(message, tr("Use =, <, > or BETWEEN."), start, self.reader.word_end(start), field=field)
        quoted = self.reader.quoted()
        return self.reader.bare(field) if quoted is None else quoted

    def _literally(self, field: Field) -> str:
        return "".join(f"\\{c}" if c in "%_\\" else c for c in self._pattern(field))

    def _refuse_choice(self, field: Field) -> None:
        if field.type == "choice":
            start = self.reader.skip()
            message = tr("The values of “{column}” have no order.", column=field.title())
            raise QueryError(message, tr("Use = or IN."), start, self.reader.word_end(start), field=field)
