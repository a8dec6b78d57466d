from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from scenario_texts import PEAK_LOAD, SMALL

from actors.scenario.schema import json_schema, keys_at

COMMITTED = Path(__file__).parents[2] / "scenarios" / "stocksim.schema.json"


def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(json_schema()))


def test_the_committed_schema_is_the_models() -> None:
    remedy = "write it anew: python stocksim.py schema > scenarios/stocksim.schema.json"
    assert COMMITTED.read_text(encoding="utf-8") == json_schema(), remedy


def test_the_schema_is_valid_itself() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(json_schema()))


def test_every_key_is_described() -> None:
    schema = json.loads(json_schema())
    for part in (schema, *schema["$defs"].values()):
        assert part["description"]
        for key, value in part["properties"].items():
            assert value.get("description"), key


@pytest.mark.parametrize("text", [PEAK_LOAD, SMALL])
def test_a_good_scenario_passes(text: str) -> None:
    assert list(validator().iter_errors(yaml.safe_load(text))) == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("stocksim: 1", "stocksim: 2"),
        ("stocksim: 1\n", ""),
        ("rate: 5/s", "raet: 5/s"),
        ("rate: 5/s", "rate: 5"),
        ("duration: 10s", "duration: 10"),
        ("stock: 100", "stock: many"),
        ("stock: 100", "stock: -1"),
        ("service_time: 1ms", "service_time: normal 1ms 2"),
        ("{web:", "{web: {orders: {kind: buy}}, other:"),
        ("{web:", "{web: {orders: {lines: 1-5}}, other:"),
        ("{web:", "{web: null, other:"),
    ],
)
def test_a_wrong_scenario_fails(good: str, bad: str) -> None:
    assert good in SMALL
    assert list(validator().iter_errors(yaml.safe_load(SMALL.replace(good, bad)))) != []


def test_the_keys_of_every_place_can_be_asked_for() -> None:
    assert keys_at(("clients", "web", "phases", "p")) == ("duration", "rate", "ramp_to", "burst")
    assert keys_at(("clients", "web", "replay")) == ("file", "columns", "compress", "stock")
    assert keys_at(("clients",)) is None
    assert keys_at(("thresholds", 0)) is None
