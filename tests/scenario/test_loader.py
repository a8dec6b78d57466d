from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from scenario_texts import PEAK_LOAD, SMALL, load, mistake, mistakes, scenario

from actors.common.visible_text import columns
from actors.errors import ScenarioError
from actors.scenario.loader import load_scenario, suggest_path

# Every mistake of a kind, each once; `^` below marks where it is reported.
WRONG = """\
stocksim: 1
sed: 42
^
runtime: thread
         ^
products:
  LAPTOP-15: {stock: 900, price: 899.00}
  PHONE-X: {stock: many}
                   ^
  ACC-001..048: {stock: 2,000, price: 19.90}
                          ^
  ACC-007: {stock: 4}
  ^
processors:
  service_tme: lognormal 12ms 0.5
  ^
  fulfilment: all
              ^
clients:
  web:
    arrivals: poison
              ^
    phases:
      opening: {duration: 4s, rate:50/s}
                              ^
      peak: {duration: 10, rate: 1,000/s}
                       ^
                                 ^
                                   ^
      flash:
        duration:4s
        ^
    orders:
      lines: 5..1
             ^
      sku: {LAPTOP-15: 4, PHONE-Y: 4, ACC-001..049: 1}
                          ^
                                      ^
      kind: {sale: 95, returns: 5}
                       ^
      priority: hi
                ^
  depot:
    think: 3
           ^
    arrivals: even
    ^
    orders: {kind: restock, qantity: 20}
                            ^
  depot: {think: 3s}
  ^
thresholds:
  - latency p99 < 1500
    ^
  - rejected < 15% during peek
    ^
  - sold of LAPTOP-16 > 3
    ^
"""


def planted(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The scenario without the marks, and the lines and columns that they mark."""
    lines: list[str] = []
    places: list[tuple[int, int]] = []
    for line in text.splitlines():
        if line.strip() == "^":
            places.append((len(lines), line.index("^") + 1))
        else:
            lines.append(line)
    return "\n".join(lines) + "\n", places


def places_in(said: str) -> list[tuple[int, int]]:
    heads = [line for line in said.splitlines() if line.startswith("shop:")]
    return [(int(line), int(column)) for _, line, column, *_ in (h.split(":") for h in heads)]


# --- Mistakes -----------------------------------------------------------------------------


def test_every_mistake_is_reported_at_its_line_and_column() -> None:
    text, places = planted(WRONG)
    said = mistakes(text)
    assert places_in(said) == places
    assert said.endswith(f"{len(places)} mistakes")


def test_a_misspelt_key_is_reported_with_a_suggestion_and_a_caret() -> None:
    assert mistakes(SMALL.replace("rate", "raet")) == (
        "shop:4:48: unknown key 'raet'; did you mean rate?\n"
        "    clients: {web: {phases: {peak: {duration: 10s, raet: 5/s}}}}\n"
        "                                                   ^^^^"
    )


@pytest.mark.parametrize(
    ("name", "shown", "width"),
    [
        ("日本", "日本", 4),
        ("e\u0301\u0302", "e\u0301\u0302", 1),
        ("a\u202eb", r"a\u202eb", 8),
        ("a\U000e0041b", r"a\U000e0041b", 12),
        ("a\u3164\ufe0f", r"a\u3164\ufe0f", 13),
        ("a" + 6 * "\u0301", "a" + 4 * "\u0301" + r"\u0301\u0301", 13),
        ("\u0301", "\u0301", 0),
        ("\xa0", r"\xa0", 4),
        ("각", "각", 2),
    ],
)
def test_the_caret_stands_below_its_place_whatever_stands_before(
    name: str, shown: str, width: int
) -> None:
    text = SMALL.replace("PHONE-X: {stock: 100}", f'"{name}":\t{{stock: x}}')
    _, line, caret, *_ = mistakes(text).split("\n")
    assert line == rf'    products: {{"{shown}":\t{{stock: x}}, ACC-1..3: {{stock: 5}}}}'
    assert caret == " " * (len('    products: {"') + width + len(r'":\t{stock: ')) + "^"


@pytest.mark.parametrize("filler", ["\u202e", "日", "e\u0301", "\U000e0041"])
def test_the_line_around_a_place_fits_however_much_is_escaped_in_it(filler: str) -> None:
    for before, after in ((90, 0), (0, 190), (90, 90)):
        name = "a" + filler * before + "b"
        tail = "c" + filler * after
        text = SMALL.replace("PHONE-X", f'"{name}": {{stock: x}}, "{tail}"')
        _, line, caret, *_ = mistakes(text).split("\n")
        assert columns(line) <= 104
        at = caret.index("^")
        assert columns(line.partition("x}")[0]) == at


def test_a_long_line_is_shown_around_its_mistake() -> None:
    text = SMALL.replace("{PHONE-X", "{" + "A: {stock: 1}, " + "B" * 190 + ": {stock: x}, PHONE-X")
    _, excerpt, caret = mistakes(text).splitlines()
    assert len(excerpt) <= 104
    assert excerpt[caret.index("^")] == "x"


def test_the_first_fifty_mistakes_are_shown() -> None:
    said = mistakes(SMALL + "".join(f"x{n}: 1\n" for n in range(70)))
    assert said.count("unknown key") == 50
    assert said.endswith("70 mistakes at least; the first 50 are shown")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (SMALL.replace("rate: 5/s", "rate:50/s"), "put a space after the colon: rate: 50/s"),
        (SMALL.replace("rate: 5/s", "rate: 1/s,000"), "a comma ends a value inside { }"),
        (SMALL.replace("5/s", "5 per s"), "is not a rate"),
        (SMALL.replace("5/s", "5/s#fast"), "put a space before the # of a comment"),
        (SMALL.replace("5/s", "0"), "'0' has no unit: write 0/s"),
        (SMALL.replace("5/s", "'1,000/s'"), "has a comma: write 1000/s"),
        (SMALL + "seed: 1_000", "write 1000"),
        (SMALL + "seed: 1,000", "write 1000"),
        (SMALL + "seed: '1000'", "write the number without quotes"),
        (SMALL + "seed: 1e3", "'1e3' is not a whole number"),
        (SMALL + "-{sku: A}", "put a space after the dash"),
        (SMALL + "thresholds:\n  -rejected < 1%", "put a space after the dash"),
        (SMALL + "router:\n\tstrategy: hash", "a tab cannot indent"),
        (SMALL + "description: a: b", "put a text that has a colon in quotes"),
        (SMALL + "description: @a", "put a text that starts with @ in quotes"),
        (SMALL.replace("PHONE-X: {", "PHONE-X:{"), "put a space after the colon"),
        (SMALL + "router:", "nothing follows this key"),
        (SMALL + "name:", "nothing stands here"),
        (SMALL + "name: [a]", "this must be a single value, not a list"),
        (SMALL + "router: {strategy: lest_loaded}", "did you mean least_loaded?"),
        (SMALL.replace("1ms", "12"), "'12' has no unit: write 12ms"),
        (SMALL.replace("1ms", "lognormal 12ms"), "needs a mean and a CV"),
        (SMALL.replace("stocksim: 1", "stocksim: 2"), "this stocksim reads format 1, not 2"),
    ],
)
def test_what_was_probably_meant_is_said(text: str, hint: str) -> None:
    assert hint in mistake(text)


def test_a_rate_may_have_spaces() -> None:
    assert scenario(SMALL.replace("5/s", "5 / s")).clients["web"].phases["peak"].rate == 5.0


# --- Names --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["0123", "NO", "12:30", "1e3", "null", "~", "0x1F", "2024-02-30", "true", "1_000"]
)
def test_names_are_taken_as_written(name: str) -> None:
    text = (
        f"stocksim: 1\nname: {name}x\nproducts: {{? {name} : {{stock: 1}}}}\n"
        f"processors: {{service_time: 1ms}}\n"
        f"clients: {{? {name} : {{phases: {{? {name} : {{duration: 1s, rate: 1/s}}}},"
        f" orders: {{sku: {{? {name} : 1}}}}}}}}\n"
        f"thresholds: ['sold of {name} > 0', 'rejected < 1% during {name} for {name}']\n"
    )
    found = load(text)
    assert (list(found.products), list(found.scenario.clients)) == ([name], [name])
    assert found.scenario.timeline(name)[0][0] == name
    assert found.sku_choice(name).items == (name,)


def test_a_scenario_without_a_name_has_its_files(tmp_path: Path) -> None:
    file = tmp_path / "flash_sale.yaml"
    file.write_text(SMALL)
    assert load_scenario(file).scenario.name == "flash_sale"


# --- Files --------------------------------------------------------------------------------


def test_a_scenario_is_known_by_the_digest_of_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "peak.yaml"
    file.write_text(PEAK_LOAD)
    found = load_scenario(file, ["seed=3"])
    assert found.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (found.path, found.overrides) == (file, {"seed": "3"})


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "bom.yaml"
    file.write_text("\ufeff" + SMALL.replace("stock: 100", "stock: x"), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"bom\.yaml:2:29: 'x' is not a whole number"):
        load_scenario(file)


def test_windows_line_ends_keep_the_places(tmp_path: Path) -> None:
    file = tmp_path / "crlf.yaml"
    file.write_bytes(SMALL.replace("stock: 100", "stock: x").replace("\n", "\r\n").encode())
    with pytest.raises(ScenarioError, match=r"crlf\.yaml:2:29: 'x'"):
        load_scenario(file)


def test_a_missing_scenario_is_reported_with_a_suggestion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "peak_load.yaml").write_text(SMALL)
    monkeypatch.chdir(tmp_path)
    meant = Path("scenarios") / "peak_load.yaml"
    for written in ("peak_load", "peek_load.yaml", "scenarios/peakload.yaml"):
        assert suggest_path(Path(written)) == meant
        with pytest.raises(
            ScenarioError, match=r"does not exist; did you mean scenarios.peak_load\.yaml"
        ):
            load_scenario(Path(written))
    assert suggest_path(Path("unlike")) is None
    assert suggest_path(meant) is None


# --- Recorded logs ------------------------------------------------------------------------

LOG = "order,who,at,sku,n\nA,eve,0,x,1\nB,bob,3,y,2\nC,bob,4,PHONE-X,2\n"
COLUMNS = "{order: order, client: who, time: at, sku: sku, quantity: n}"


def replay(keys: str, products: str = "products: {PHONE-X: {stock: 100}}") -> str:
    return (
        f"stocksim: 1\n{products}\nprocessors: {{service_time: 1ms}}\n"
        f"clients:\n  history:\n    replay:\n{keys}"
    )


def test_a_recording_is_read_when_the_scenario_is(tmp_path: Path) -> None:
    (tmp_path / "day.csv").write_text(LOG)
    text = replay(f"      file: day.csv\n      columns: {COLUMNS}\n      stock: 7\n")
    found = load(text, folder=tmp_path)
    assert [order.id for order in found.recording("history").orders] == ["A", "B", "C"]
    assert [(sku, product.stock) for sku, product in found.products.items()] == [
        ("PHONE-X", 100),
        ("x", 7),
        ("y", 7),
    ]
    assert found.made_products == 2
    assert found.scenario.timeline("history") == ()


def test_products_may_all_be_made_by_a_replay(tmp_path: Path) -> None:
    (tmp_path / "day.csv").write_text(LOG)
    keys = f"      file: day.csv\n      columns: {COLUMNS}\n"
    found = load(replay(keys + "      stock: 7\n", "name: r"), folder=tmp_path)
    assert list(found.products) == ["x", "y", "PHONE-X"]
    assert "'products' is missing" in mistake(replay(keys, "name: r"), folder=tmp_path)


def test_a_threshold_may_name_a_product_that_a_replay_made(tmp_path: Path) -> None:
    (tmp_path / "day.csv").write_text(LOG)
    text = replay(f"      file: day.csv\n      columns: {COLUMNS}\n      stock: 7\n")
    assert load(text + "thresholds: [sold of y >= 1]\n", folder=tmp_path).made_products == 2
    said = mistake(text + "thresholds: [sold of z >= 1]\n", folder=tmp_path)
    assert said.startswith("shop:10:14: there is no product 'z'")


@pytest.mark.parametrize(
    ("file", "columns", "said"),
    [
        ("none.csv", COLUMNS, "shop:7:13: none.csv: No such file"),
        ("day.csv", COLUMNS.replace("time: at", "time: when"), "shop:8:7: "),
        ("../day.csv", COLUMNS, "shop:7:13: a file is named from the scenario's folder on"),
        ("/etc/passwd", COLUMNS, "shop:7:13: a file is named from the scenario's folder on"),
        ("link.csv", COLUMNS, "shop:7:13: 'link.csv' leads out of the scenario's folder"),
        ("loop.csv", COLUMNS, "shop:7:13: "),
        ('"a\\0b.csv"', COLUMNS, "shop:7:13: "),
        ("a" * 300 + ".csv", COLUMNS, "shop:7:13: "),
        ("sub", COLUMNS, "shop:7:13: "),
        ("day.csv", COLUMNS.replace("sku: sku", "sk: sku"), "'sk' is not one of order, client"),
    ],
)
def test_a_log_that_cannot_be_read_is_a_located_mistake(
    tmp_path: Path, file: str, columns: str, said: str
) -> None:
    shop = tmp_path / "shop"
    (shop / "sub").mkdir(parents=True)
    (shop / "day.csv").write_text(LOG)
    (tmp_path / "day.csv").write_text(LOG)
    (shop / "link.csv").symlink_to(tmp_path / "day.csv")
    (shop / "loop.csv").symlink_to(shop / "loop.csv")
    assert said in mistake(replay(f"      file: {file}\n      columns: {columns}\n"), folder=shop)


def test_a_threshold_cannot_name_a_phase_where_there_are_none(tmp_path: Path) -> None:
    (tmp_path / "day.csv").write_text(LOG)
    text = replay(f"      file: day.csv\n      columns: {COLUMNS}\n")
    said = mistake(text + "thresholds: [rejected < 1% during p]\n", folder=tmp_path)
    assert "there is no phase 'p'" in said


def test_a_missing_log_is_reported_beside_other_mistakes(tmp_path: Path) -> None:
    text = replay(f"      file: none.csv\n      columns: {COLUMNS}\n      compres: 2\n")
    assert places_in(mistakes(text + "sed: 1\n", folder=tmp_path)) == [(7, 13), (9, 7), (10, 1)]


def test_a_text_without_a_folder_names_no_file() -> None:
    said = mistake(replay(f"      file: day.csv\n      columns: {COLUMNS}\n"))
    assert "without a folder of its own" in said


def test_nothing_stands_beside_a_replay(tmp_path: Path) -> None:
    (tmp_path / "day.csv").write_text(LOG)
    keys = f"      file: day.csv\n      columns: {COLUMNS}\n    count: 2\n"
    said = mistake(replay(keys), folder=tmp_path)
    assert said.startswith("shop:9:5: 'count' cannot stand beside 'replay'")


def test_a_group_that_orders_needs_listed_products(tmp_path: Path) -> None:
    (tmp_path / "day.csv").write_text(LOG)
    keys = f"      file: day.csv\n      columns: {COLUMNS}\n      stock: 1\n"
    group = "  web: {phases: {p: {duration: 1s, rate: 1/s}}}\n"
    assert "nothing to order" in mistake(replay(keys + group, "name: r"), folder=tmp_path)
