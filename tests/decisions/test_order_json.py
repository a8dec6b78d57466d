from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.decisions.order_json import (
    MAX_BYTES,
    MAX_LINES,
    MAX_NAME,
    MAX_QUANTITY,
    InvalidOrder,
    decode_order,
    encode_order,
)
from actors.messages import KINDS, Line, Order

ORDER = Order(id="web-1", client="web", placed_at=1.5, lines=(Line("PHONE-X", 2),))
CANONICAL = encode_order(ORDER)


def text_of(**fields: str) -> bytes:
    """The order's JSON with some fields' raw text replaced, in canonical spacing."""
    raw = {
        "id": '"web-1"',
        "client": '"web"',
        "kind": '"sale"',
        "placed_at": "1.5",
        "priority": "0",
        "lines": '[{"sku":"PHONE-X","quantity":2}]',
    } | fields
    body = ",".join(f'"{key}":{value}' for key, value in raw.items())
    return f"{{{body}}}".encode("utf-8", "surrogatepass")


def line_text(quantity: str = "2", sku: str = '"PHONE-X"') -> str:
    return f'[{{"sku":{sku},"quantity":{quantity}}}]'


def why_not(body: bytes) -> str:
    with pytest.raises(InvalidOrder) as refusal:
        decode_order(body)
    return str(refusal.value)


def test_the_canonical_text_is_read() -> None:
    assert text_of() == CANONICAL
    assert decode_order(CANONICAL) == ORDER


def test_kind_and_priority_may_be_left_out() -> None:
    body = b'{"id":"web-1","client":"web","placed_at":1.5,"lines":[{"sku":"PHONE-X","quantity":2}]}'
    assert decode_order(body) == ORDER


def test_spacing_and_the_order_of_keys_do_not_matter() -> None:
    fields = json.loads(CANONICAL)
    turned = dict(reversed(fields.items()))
    assert decode_order(json.dumps(turned, indent=3).encode()) == ORDER


@pytest.mark.parametrize(
    "body",
    [
        CANONICAL.replace(b'"id":"web-1"', b'"id":"web-2","id":"web-1"'),
        CANONICAL.replace(b'"id":"web-1"', b'"id":"web-1","id":"web-1"'),
        CANONICAL.replace(b'"id":"web-1"', b'"\\u0069d":"web-2","id":"web-1"'),
        CANONICAL.replace(b'"priority":0', b'"priority":0,"priority":1'),
        text_of(lines='[{"sku":"PHONE-X","quantity":2,"quantity":3}]'),
        text_of(lines='[{"sku":"A","sku":"PHONE-X","quantity":2}]'),
        CANONICAL[:-1] + b',"lines":[{"sku":"PHONE-X","quantity":3}]}',
    ],
)
def test_duplicate_keys_are_refused_at_every_level(body: bytes) -> None:
    assert why_not(body) == "duplicate keys"


WORDS = st.sampled_from(['"A"', '"kind"', '"priority"', r'"\"kind\":"', r'"\"priority\":"'])
SPACES = st.sampled_from(["", " ", "\n"])


@st.composite
def objects(draw: st.DrawFn, needed: dict[str, str], spare: dict[str, str]) -> tuple[str, bool]:
    """The text of an object, and whether a key comes twice in it."""
    keys = [*needed, *draw(st.sets(st.sampled_from([*spare])) if spare else st.just([]))]
    again = draw(st.lists(st.sampled_from(keys), max_size=1))
    pairs = [
        f'"{key}"{draw(SPACES)}:{draw(SPACES)}{(needed | spare)[key]}'
        for key in draw(st.permutations([*keys, *again]))
    ]
    return "{" + ",".join(pairs) + "}", bool(again)


@given(data=st.data())
def test_a_key_that_comes_twice_is_refused_however_the_text_is_written(data: st.DataObject) -> None:
    line, twice_in_line = data.draw(objects({"sku": data.draw(WORDS), "quantity": "2"}, {}))
    needed = {"id": data.draw(WORDS), "client": data.draw(WORDS), "placed_at": "1.5"}
    spare = {"kind": '"return"', "priority": "7"}
    body, twice = data.draw(objects(needed | {"lines": f"[{line}]"}, spare))
    if twice or twice_in_line:
        assert why_not(body.encode()) == "duplicate keys"
    else:
        assert decode_order(body.encode()).lines[0].quantity == 2


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "nan", "1e999", "-1e999"])
def test_numbers_that_json_does_not_have_are_refused(number: str) -> None:
    assert why_not(text_of(placed_at=number))
    assert why_not(text_of(priority=number))
    assert why_not(text_of(lines=line_text(number)))


@pytest.mark.parametrize("field", ["placed_at", "priority"])
def test_an_integer_of_thousands_of_digits_is_refused(field: str) -> None:
    assert "out of range" in why_not(text_of(**{field: "1" + "0" * 5_000}))


def test_unknown_fields_are_refused_at_every_level() -> None:
    assert why_not(CANONICAL[:-1] + b',"colour":1}') == "Object contains unknown field `colour`"
    assert "unknown field `size`" in why_not(text_of(lines='[{"sku":"A","quantity":2,"size":1}]'))


@pytest.mark.parametrize("field", ["id", "client", "placed_at", "lines"])
def test_a_missing_field_is_named(field: str) -> None:
    fields = json.loads(CANONICAL)
    del fields[field]
    assert why_not(json.dumps(fields).encode()) == f"Object missing required field `{field}`"


@pytest.mark.parametrize("quantity", [1, MAX_QUANTITY])
def test_a_quantity_at_its_limit_is_taken(quantity: int) -> None:
    assert decode_order(text_of(lines=line_text(str(quantity)))).lines[0].quantity == quantity


@pytest.mark.parametrize(
    "quantity",
    ["0", "-1", str(MAX_QUANTITY + 1), str(2**64), "true", "false", "null", '"2"', "2.5", "[2]"],
)
def test_any_other_quantity_is_refused(quantity: str) -> None:
    assert "quantity" in why_not(text_of(lines=line_text(quantity)))


def test_lines_are_limited() -> None:
    line = '{"sku":"A","quantity":1}'
    assert len(decode_order(text_of(lines=f"[{','.join([line] * MAX_LINES)}]")).lines) == MAX_LINES
    assert why_not(text_of(lines=f"[{','.join([line] * (MAX_LINES + 1))}]")) == "over 1,000 lines"
    assert why_not(text_of(lines="[]")) == "no lines"


def test_bytes_are_limited() -> None:
    padded = CANONICAL.ljust(MAX_BYTES)
    assert decode_order(padded) == ORDER
    assert why_not(padded + b" ") == "over 256 KiB"


@pytest.mark.parametrize("field", ["id", "client"])
def test_names_are_limited(field: str) -> None:
    longest = "ü" * MAX_NAME
    assert getattr(decode_order(text_of(**{field: f'"{longest}"'})), field) == longest
    assert why_not(text_of(**{field: f'"{longest}x"'})) == "a name is not 1 to 200 characters long"
    assert why_not(text_of(**{field: '""'})) == "a name is not 1 to 200 characters long"


def test_a_product_name_is_limited_like_any_other() -> None:
    assert why_not(text_of(lines=line_text(sku='""'))) == "a name is not 1 to 200 characters long"
    assert (
        why_not(text_of(lines=line_text(sku=f'"{"x" * 201}"')))
        == "a name is not 1 to 200 characters long"
    )


@pytest.mark.parametrize("priority", [-1_000_000, 1_000_000])
def test_a_priority_is_limited(priority: int) -> None:
    assert decode_order(text_of(priority=str(priority))).priority == priority
    beyond = priority + (1 if priority > 0 else -1)
    assert why_not(text_of(priority=str(beyond))) == "priority is outside ±1,000,000"


CONTROLS = [
    *[f"\\u{code:04x}" for code in (0x00, 0x01, 0x1B, 0x1F, 0x7F, 0x80, 0x9F)],
    "\\n",
    "\\t",
    "\\b",
    "\x7f",
    "\x80",
    "\x9b",
    "\x01",
    "\n",
    "\x1b",
]


@pytest.mark.parametrize("sign", CONTROLS, ids=ascii)
def test_control_characters_are_refused_in_every_name(sign: str) -> None:
    for body in (
        text_of(id=f'"a{sign}"'),
        text_of(client=f'"{sign}a"'),
        text_of(lines=line_text(sku=f'"a{sign}b"')),
    ):
        assert why_not(body) in ("a name has control characters", "not JSON: invalid character")


@pytest.mark.parametrize("sign", ["\\ud800", "\\udc00", "\\ud800x", "\udfff"], ids=ascii)
def test_lone_surrogates_are_refused(sign: str) -> None:
    assert why_not(text_of(id=f'"{sign}"'))


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert decode_order(text_of(id='"\\ud83d\\ude00"')).id == "\N{GRINNING FACE}"


def test_escapes_that_are_no_control_characters_are_read() -> None:
    assert decode_order(text_of(id='"a\\u0062\\/\\"\\\\"')).id == 'ab/"\\'


@pytest.mark.parametrize(
    "bad", [b"\xff", b"\xc3", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80"]
)
def test_invalid_utf8_is_refused_in_names_and_keys(bad: bytes) -> None:
    assert why_not(CANONICAL.replace(b"web-1", b"web" + bad)) == "not UTF-8"
    assert why_not(CANONICAL.replace(b'"id"', b'"id' + bad + b'"'))


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"lines":'])
def test_deep_nesting_is_refused(opening: str) -> None:
    depth = MAX_BYTES // len(opening) - 100
    assert why_not((opening * depth).encode())
    assert why_not(text_of(lines=opening * depth))
    assert why_not(text_of(colour=opening * depth))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b'"order"',
        CANONICAL + b"x",
        CANONICAL + b"\0",
        CANONICAL + CANONICAL,
        CANONICAL[:-1],
        b"\xef\xbb\xbf" + CANONICAL,
        CANONICAL.decode().encode("utf-16"),
        CANONICAL.replace(b'"', b"'"),
        CANONICAL.replace(b"}]}", b"},]}"),
        text_of(kind='"gift"'),
        text_of(kind="null"),
        text_of(placed_at='"noon"'),
        text_of(lines="{}"),
    ],
)
def test_what_is_no_order_is_refused(body: bytes) -> None:
    assert why_not(body)


def test_a_complaint_is_short_and_printable_whatever_it_quotes() -> None:
    wild = CANONICAL[:-1] + b',"\\u001b[31m\\u202e' + b"x" * 100_000 + b'":1}'
    words = why_not(wild)
    assert len(words) <= 160
    assert words.isprintable()


def test_alike_mistakes_have_the_same_words_wherever_they_stand() -> None:
    good, bad = '{"sku":"A","quantity":1}', '{"sku":"A","quantity":"1"}'
    assert why_not(text_of(lines=f"[{bad}]")) == why_not(text_of(lines=f"[{good},{good},{bad}]"))


names = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=MAX_NAME)
valid_orders = st.builds(
    Order,
    id=names,
    client=names,
    kind=st.sampled_from(KINDS),
    placed_at=st.floats(allow_nan=False, allow_infinity=False),
    priority=st.integers(-1_000_000, 1_000_000),
    lines=st.lists(
        st.builds(Line, names, st.integers(1, MAX_QUANTITY)), min_size=1, max_size=5
    ).map(tuple),
)


@given(valid_orders, st.booleans(), st.sampled_from([None, 1]), st.randoms(use_true_random=False))
def test_the_fast_path_and_the_slow_path_read_the_same(
    order: Order, escaped: bool, indent: int | None, shuffling: object
) -> None:
    canonical = encode_order(order)
    items = list(json.loads(canonical).items())
    shuffling.shuffle(items)  # type: ignore[attr-defined]
    other = json.dumps(dict(items), ensure_ascii=escaped, indent=indent).encode()
    assert decode_order(canonical) == decode_order(other) == order


def reference(body: bytes) -> bool:
    """Whether a text is a valid order, by the standard library and the design's words alone."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    def named(name: object) -> bool:
        return (
            isinstance(name, str)
            and 1 <= len(name) <= 200
            and not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name)
        )

    def whole(number: object, low: int, high: int) -> bool:
        return type(number) is int and low <= number <= high

    def never(_name: str) -> float:
        raise ValueError

    try:
        order = json.loads(body.decode(), object_pairs_hook=once, parse_constant=never)
        needed = {"id", "client", "placed_at", "lines"}
        return (
            isinstance(order, dict)
            and needed <= order.keys() <= {*needed, "kind", "priority"}
            and named(order["id"])
            and named(order["client"])
            and order.get("kind", "sale") in KINDS
            and type(order["placed_at"]) in (int, float)
            and abs(order["placed_at"]) < 1e308
            and whole(order.get("priority", 0), -1_000_000, 1_000_000)
            and isinstance(order["lines"], list)
            and 1 <= len(order["lines"]) <= 1_000
            and all(
                isinstance(line, dict)
                and line.keys() == {"sku", "quantity"}
                and named(line["sku"])
                and whole(line["quantity"], 1, 1_000_000)
                for line in order["lines"]
            )
        )
    except (ValueError, AssertionError):
        return False


odd_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.integers(),
    st.sampled_from([1.5, 1e300, "", "x", "sale", "\x1b", "\x9f", "\u2028", "ü", [], {}, [{}]]),
)
good_fields: dict[str, st.SearchStrategy[object]] = {
    "id": names,
    "client": names,
    "kind": st.sampled_from(KINDS),
    "placed_at": st.floats(0, 1e6),
    "priority": st.integers(-9, 9),
}
good_line = st.fixed_dictionaries({"sku": names, "quantity": st.integers(1, 9)})
odd_line = st.fixed_dictionaries(
    {"sku": names | odd_values, "quantity": odd_values}, optional={"size": st.none()}
)
nearly_orders = st.fixed_dictionaries(
    {
        "placed_at": st.floats(0, 1e6) | odd_values,
        "lines": st.lists(good_line, min_size=1, max_size=2)
        | st.lists(odd_line | good_line, max_size=2)
        | odd_values,
    },
    optional={
        **{key: good | odd_values for key, good in good_fields.items() if key != "placed_at"},
        "colour": st.none(),
    },
)


@given(nearly_orders, st.booleans())
def test_a_text_is_accepted_exactly_when_the_design_says_so(
    fields: dict[str, object], canonical: bool
) -> None:
    fields = {"id": "web-1", "client": "web"} | fields
    separators = (",", ":") if canonical else None
    body = json.dumps(fields, separators=separators, ensure_ascii=not canonical).encode()
    try:
        decode_order(body)
    except InvalidOrder:
        accepted = False
    else:
        accepted = True
    assert accepted == reference(body)


@given(st.binary(max_size=60), st.integers(0, len(CANONICAL)), st.integers(0, 30))
def test_no_bytes_raise_anything_but_invalid_order(noise: bytes, at: int, cut: int) -> None:
    for body in (noise, CANONICAL[:at] + noise + CANONICAL[at + cut :]):
        try:
            assert isinstance(decode_order(body), Order)
        except InvalidOrder as refusal:
            assert str(refusal)  # noqa: PT017 - the fuzzed text may be valid or not
