"""The text of a threshold, such as `latency p99 < 1500ms during peak for web`, is read.

    METRIC [STATISTIC] [of SKU] OP VALUE [during PHASE] [for GROUP]

The value's unit decides what is meant: `20%` of the orders placed, `100` orders, `250/s`, `1500ms`.
A name that is not one plain word stands in double quotes.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from actors.common.units import per_second, seconds
from actors.measure.thresholds.comparisons import MEANT, OPERATORS, UNITS
from actors.measure.thresholds.metrics import METRICS, PERCENTILE
from actors.measure.thresholds.threshold import Threshold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from actors.measure.thresholds.comparisons import Operator, Unit

__all__ = ["parse_threshold"]

_LONGEST: Final = 500
_FORM: Final = "METRIC [STATISTIC] [of SKU] OP VALUE [during PHASE] [for GROUP]"
_EXAMPLE: Final = "'latency p99 < 1500ms' or 'rejected < 5% during peak'"


_TOKEN = re.compile(r'"(?P<quoted>[^"]*)"|(?P<op>[<>=!≤≥≠]+)|(?P<word>[^\s"<>=!≤≥≠]+)|(?P<bad>")')
_VALUE = re.compile(
    r"(?P<number>[0-9]{1,15}(?:\.[0-9]{1,15})?)\s*"
    r"(?:(?P<share>%)|(?P<time>ms|s|min|h|d)|/\s*(?P<rate>s|min|h|d))?"
)
_PERCENTILE = re.compile(r"p[0-9]{1,2}(?:\.[0-9]{1,6})?")


class _Token(NamedTuple):
    kind: str
    text: str

    def says(self, *words: str) -> bool:
        return self.kind == "word" and self.text in words


class _Value(NamedTuple):
    value: float
    unit: Unit
    number: str
    suffix: str


def parse_threshold(text: str) -> Threshold:
    """The threshold that the text describes.

    Raises:
        ValueError: the text is no threshold; the message says which part and what is meant.
    """
    left, written_op, right = _split(_tokens(text))
    name, statistic, sku = _subject(left)
    value_words, phase, group = _limit(right)
    value = _value(name, value_words)
    _check_narrowing(name, phase, group)
    return Threshold(
        expression=" ".join(text.split()),
        metric=name,
        statistic=statistic,
        sku=sku,
        op=_operator(written_op, value.unit),
        value=value.value,
        unit=value.unit,
        phase=phase,
        group=group,
        number=value.number,
        suffix=value.suffix,
    )


def _tokens(text: str) -> list[_Token]:
    if len(text) > _LONGEST:
        raise ValueError(f"a threshold has at most {_LONGEST} characters; this has {len(text)}")
    tokens = [_Token(str(m.lastgroup), str(m[str(m.lastgroup)])) for m in _TOKEN.finditer(text)]
    if any(token.kind == "bad" for token in tokens):
        raise ValueError(f"a double quote is not closed in {text!r}")
    return tokens


def _split(tokens: list[_Token]) -> tuple[list[_Token], str, list[_Token]]:
    """The tokens before the operator, the operator, the tokens after it."""
    places = [index for index, token in enumerate(tokens) if token.kind == "op"]
    if not places:
        raise ValueError(f"no comparison: write {_FORM}, such as {_EXAMPLE}")
    if len(places) > 1:
        raise ValueError("two comparisons: write a threshold for each")
    at = places[0]
    return tokens[:at], tokens[at].text, tokens[at + 1 :]


def _subject(tokens: list[_Token]) -> tuple[str, str | None, str | None]:
    """Metric, statistic and SKU, from what stands before the operator."""
    if not tokens:
        raise ValueError(f"no metric before the comparison: write {_FORM}, such as {_EXAMPLE}")
    name = tokens[0].text
    if name not in METRICS:
        raise ValueError(f"{name!r} is not a metric{_suggest(name, METRICS)}")
    rest, sku = tokens[1:], None
    if len(rest) >= 1 and rest[-1].says("of"):
        raise ValueError("'of' needs a SKU after it")
    if len(rest) >= 2 and rest[-2].says("of"):
        rest, sku = rest[:-2], rest[-1].text
        if not METRICS[name].of_product:
            *most, last = (word for word, metric in METRICS.items() if metric.of_product)
            meant = f"{', '.join(most)} and {last}"
            raise ValueError(f"{name} is not a product's: 'of SKU' goes with {meant}")
    return name, _statistic(name, rest), sku


def _statistic(name: str, tokens: list[_Token]) -> str | None:
    choices = METRICS[name].statistics
    if any(token.says("during", "for") for token in tokens):
        raise ValueError("'during PHASE' and 'for GROUP' stand after the value")
    if not choices:
        if tokens:
            raise ValueError(f"{name} takes no statistic, but {tokens[0].text!r} follows it")
        return None
    if not tokens:
        raise ValueError(f"{name} needs a statistic: {_listed(choices)}")
    word = tokens[0].text
    if not (word in choices and word != PERCENTILE) and not (
        PERCENTILE in choices and _is_percentile(word)
    ):
        hint = _suggest_statistic(word, choices)
        raise ValueError(f"{word!r} is not a statistic of {name}{hint}")
    if len(tokens) > 1:
        raise ValueError(f"a comparison must follow '{name} {word}', not {tokens[1].text!r}")
    return word


def _is_percentile(word: str) -> bool:
    return _PERCENTILE.fullmatch(word) is not None and 0 < float(word[1:]) < 100


def _limit(tokens: list[_Token]) -> tuple[list[_Token], str | None, str | None]:
    """The value's words, phase and group, from what stands after the operator."""
    words: list[_Token] = []
    names: dict[str, str] = {}
    rest = list(tokens)
    while rest:
        token = rest.pop(0)
        if not token.says("during", "for"):
            if names:
                raise ValueError(f"{token.text!r} is too much: quote a name that has spaces")
            words.append(token)
            continue
        if token.text in names:
            raise ValueError(f"'{token.text}' stands twice: write a threshold for each")
        if not rest or rest[0].says("during", "for"):
            wanted = "phase" if token.text == "during" else "group"
            raise ValueError(f"'{token.text}' needs a {wanted} after it")
        names[token.text] = rest.pop(0).text
    return words, names.get("during"), names.get("for")


def _value(name: str, tokens: list[_Token]) -> _Value:
    units = METRICS[name].units
    meant = " or ".join(UNITS[unit] for unit in units)
    if not tokens:
        raise ValueError(f"no value after the comparison: {name} takes {meant}")
    if any(token.says("of") for token in tokens):
        raise ValueError("'of SKU' stands before the comparison: 'sold of PHONE-X >= 100'")
    text = " ".join(token.text for token in tokens)
    found = _VALUE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a value: {name} takes {meant}")
    value = _read_value(found)
    if value.unit not in units:
        raise ValueError(f"{text!r} is not {name}'s unit: it takes {meant}")
    if value.unit == "share" and value.value > 1:
        raise ValueError(f"{text!r}: a share is at most 100%")
    return value


def _read_value(found: re.Match[str]) -> _Value:
    """Rounded once, from the exact fraction: `15%` must be the same float as 3 / 20."""
    exact = Fraction(found["number"])
    if found["share"]:
        return _Value(float(exact / 100), "share", found["number"], "%")
    if found["time"]:
        value = seconds(found["number"], found["time"])
        return _Value(value, "time", found["number"], found["time"])
    if found["rate"]:
        value = per_second(found["number"], found["rate"])
        return _Value(value, "rate", found["number"], f"/{found['rate']}")
    return _Value(float(exact), "count", found["number"], "")


def _operator(text: str, unit: Unit) -> Operator:
    operators: list[str] = list(OPERATORS)
    if text not in operators:
        hint = f": did you mean '{MEANT[text]}'?" if text in MEANT else ""
        raise ValueError(f"{text!r} is not a comparison ({' '.join(operators)}){hint}")
    op = cast("Operator", text)
    if unit not in OPERATORS[op].units:
        raise ValueError(f"a {unit} is hardly ever exact: compare it with < <= > or >=, not {op}")
    return op


def _check_narrowing(name: str, phase: str | None, group: str | None) -> None:
    word = "during" if phase is not None else "for" if group is not None else None
    if word is not None and not METRICS[name].of_orders:
        raise ValueError(
            f"{name} belongs to the whole run, not to single orders: it cannot have {word!r}"
        )


def _suggest(word: str, known: Iterable[str]) -> str:
    names = list(known)
    near = get_close_matches(word.lower(), names, n=1)
    return f": did you mean {near[0]!r}?" if near else f" ({_listed(names)})"


def _suggest_statistic(word: str, choices: Sequence[str]) -> str:
    digits = re.sub(r"[^\d.]", "", word)
    if PERCENTILE in choices and _is_percentile(f"p{digits}"):
        return f": did you mean 'p{digits}'?"
    return _suggest(word, [choice for choice in choices if choice != PERCENTILE])


def _listed(names: Sequence[str]) -> str:
    return ", ".join(
        f"{PERCENTILE} (such as p99)" if name == PERCENTILE else name for name in names
    )
