from __future__ import annotations

import pytest
from scenario_texts import PEAK_LOAD, SMALL, load, mistake, mistakes, scenario


def test_a_value_is_set_by_its_path() -> None:
    found = scenario(PEAK_LOAD, "clients.web.phases.peak.rate=400/s", "seed=7")
    assert (found.clients["web"].phases["peak"].rate, found.seed) == (400.0, 7)


def test_what_was_set_is_kept_as_written() -> None:
    loaded = load(PEAK_LOAD, "seed=7", "seed=0x8")
    assert (loaded.overrides, loaded.scenario.seed) == ({"seed": "0x8"}, 8)
    assert loaded.sha256 == load(PEAK_LOAD).sha256


def test_a_section_that_the_file_leaves_out_is_made() -> None:
    assert scenario(SMALL, "router.queue_limit=5").router.queue_limit == 5


def test_a_whole_mapping_or_list_can_be_set() -> None:
    found = scenario(SMALL, "products={B: {stock: 3}}", "thresholds=[rejected < 3%]")
    assert list(found.products) == ["B"]
    assert len(found.thresholds) == 1


def test_a_new_name_needs_a_whole_value() -> None:
    assert "NEW" in scenario(SMALL, "products.NEW={stock: 3}").products
    assert "nothing is named 'NEW' in products" in mistake(SMALL, "products.NEW.stock=3")


def test_a_name_may_have_dots() -> None:
    text = SMALL.replace("PHONE-X", "v1.2.b")
    assert scenario(text, "products.v1.2.b.stock=9").products["v1.2.b"].stock == 9


def test_one_product_of_a_range_can_be_set() -> None:
    products = scenario(PEAK_LOAD, "products.ACC-007.stock=5").products
    assert list(products) == list(scenario(PEAK_LOAD).products)
    assert [products[f"ACC-{n:03d}"].stock for n in (6, 7, 8)] == [2000, 5, 2000]


@pytest.mark.parametrize("sku", ["ACC-1", "ACC-2", "ACC-3"])
def test_the_ends_of_a_range_can_be_set(sku: str) -> None:
    products = scenario(SMALL, f"products.{sku}.stock=7").products
    assert [name for name, product in products.items() if product.stock == 7] == [sku]
    assert list(products) == ["PHONE-X", "ACC-1", "ACC-2", "ACC-3"]


def test_a_whole_range_can_be_set() -> None:
    assert scenario(SMALL, "products.ACC-1..3.stock=7").products["ACC-2"].stock == 7


def test_what_shares_an_anchor_is_not_changed_with_it() -> None:
    text = SMALL.replace("{web: {", "{web: &web {").replace("}}}}", "}}}, app: *web}")
    found = scenario(text, "clients.web.count=5")
    assert (found.clients["web"].count, found.clients["app"].count) == (5, 1)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("clients.web.phases.peak.rate=400", "'400' has no unit: write 400/s"),
        (
            "clients.web.phases.paek.rate=4/s",
            "nothing is named 'paek' in clients.web.phases; did you mean peak?",
        ),
        ("cleints.web.count=5", "nothing is named 'cleints' in a scenario; did you mean clients?"),
        ("router.queue_limt=5", "unknown key 'queue_limt'; did you mean queue_limit?"),
        ("seed.x=1", "this must be a single value"),
        ("processors.service_time.mean=1", "a single value or a list: set it as a whole"),
        ("seed=", "nothing stands here"),
        ("seed=[", "not YAML"),
        ("seed=1\n---\n2", "a second document"),
        ("seed=!!int 3", "tags (!) are not read"),
        ("router={strategy: hash, strategy: hash}", "duplicate key 'strategy'"),
        (".".join("a" * 20) + "=1", "more than 16 keys"),
        ("router=" + "[" * 99, "nested more than 32 levels"),
        ("seed=\udcff", "U+DCFF cannot stand"),
    ],
)
def test_a_wrong_override_is_located_in_itself(override: str, said: str) -> None:
    found = mistakes(SMALL, override)
    assert said in found
    assert found.startswith(f"--set {override.partition('=')[0]}=…: ")


@pytest.mark.parametrize("override", ["seed", "", "=1", "...=1"])
def test_an_override_is_a_key_and_a_value(override: str) -> None:
    assert "write KEY=VALUE" in mistake(SMALL, override)


def test_the_caret_stands_below_the_value() -> None:
    assert mistakes(SMALL, "clients.web.count=many").splitlines()[1:] == [
        "    clients.web.count=many",
        "                      ^^^^",
    ]


def test_mistakes_of_the_file_and_of_every_override_are_reported_together() -> None:
    said = mistakes(SMALL + "sed: 1\n", "seed=x", "nope=1", "a")
    assert said.endswith("4 mistakes")
    assert said.startswith("shop:5:1: unknown key 'sed'")
