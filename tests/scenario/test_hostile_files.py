"""Whatever a file holds, loading it ends in a scenario or in one ScenarioError, and soon."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_texts import PEAK_LOAD, SMALL, load, mistake, mistakes

from actors.errors import ScenarioError
from actors.scenario.document.file_text import decode
from actors.scenario.loader import LoadedScenario, load_scenario, load_text

if TYPE_CHECKING:
    from collections.abc import Callable

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpora" / "naughty-strings.json"
SOON = 30.0  # seconds: what would hang for ever must not; how fast it is, is no test


def checked_outcome(load_it: Callable[..., LoadedScenario], *given: object) -> str:
    """What is said; empty for a scenario. Anything but a ScenarioError fails the test."""
    began = time.perf_counter()
    try:
        load_it(*given)
        said = ""
    except ScenarioError as error:
        said = str(error)
        assert said
        assert all(character.isprintable() or character == "\n" for character in said)
    assert time.perf_counter() - began < SOON
    return said


def bomb(levels: int) -> str:
    """Nine to the power of `levels` scalars in a few hundred bytes."""
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is nothing in it"),
        ("# nothing\n---\n", "there is nothing in it"),
        ("a scenario", "a scenario is a mapping"),
        ("- a", "a scenario is a mapping"),
        ("[" * 200_000, "nested more than 32 levels deep"),
        ("{a: " * 100_000, "nested more than 32 levels deep"),
        ("- " * 100_000, "nested more than 32 levels deep"),
        ("? " * 100_000, "nested more than 32 levels deep"),
        ("".join(" " * n + "a:\n" for n in range(1000)), "nested more than 32 levels deep"),
        (bomb(9), "over 100,000 keys and values, aliases counted"),
        ("a: &a [" + "x," * 60_000 + "]\nb: *a", "over 100,000 keys and values"),
        ("a: &a [*a]", "an alias of something that it is a part of"),
        ("a: &a {b: {c: *a}}", "an alias of something that it is a part of"),
        ("a: *b", "nothing above is anchored as &b"),
        (SMALL + "---\n" + SMALL, "a second document starts here"),
        ("a: 'b", "not YAML"),
        ("a: \x00", "U+0000 cannot stand"),
        ("a: \x1b[31m", "U+001B cannot stand"),
        ("a: \ud800", "U+D800 cannot stand"),
    ],
)
def test_a_hostile_text_is_refused_with_one_mistake(text: str, said: str) -> None:
    assert said in checked_outcome(load, text)
    assert said in mistake(text)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("name: !!python/object/apply:os.system [ls]", "tags (!) are not read"),
        ("name: !x y", "tags (!) are not read"),
        ("router: {<<: {strategy: hash}}", "merge keys (<<) are not read"),
        ("? [a, b]\n: c", "a key must be a single word or text"),
        ("seed: 1\nseed: 2", "duplicate key 'seed': it stands in line 5 too"),
        ("seed: " + "9" * 400, "is far too large"),
        ("seed: " + "9" * 5000, "has more than 500 characters"),
        ("warm_up: " + "9" * 15 + "d", "is more than 31 years"),
        ("description: " + "x" * 20_000, "has more than 10,000 characters"),
        ('name: "\\e[31m"', "control characters"),
        ('name: "\\u2028"', "nothing stands here"),
        ("name: " + "n" * 201, "at most 200 characters"),
    ],
)
def test_a_hostile_value_is_a_mistake_like_others(line: str, said: str) -> None:
    assert said in checked_outcome(load, SMALL + line + "\n")


def test_a_quoted_merge_key_is_a_name() -> None:
    assert load(SMALL.replace("PHONE-X", '"<<"')).products["<<"].stock == 100


def test_an_alias_within_the_limits_is_read() -> None:
    text = SMALL.replace("{stock: 100}", "&p {stock: 100}").replace("{stock: 5}", "*p")
    assert load(text).products["ACC-2"].stock == 100


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "there is nothing in it"),
        (b"stocksim: 1\nname: \xff\xfe\n", ":2:7: the byte 0xff is not UTF-8"),
        (SMALL.encode("utf-16"), ":1:1: the byte 0xff is not UTF-8"),
        (b"\x7fELF\x02\x01\x01\x00", "U+007F cannot stand"),
        (b"\x00" * 100, "U+0000 cannot stand"),
        (b"#" * (1024**2 + 1), "is over 1 MiB"),
        (b"#\n" * (1024**2 // 2), "there is nothing in it"),
    ],
)
def test_a_file_that_is_no_scenario_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(content)
    assert said in checked_outcome(load_scenario, file)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")
    for path, said in {
        tmp_path: "is a folder: name a scenario in it",
        tmp_path / "none.yaml": "does not exist",
        tmp_path / "loop": "cannot be read",
        tmp_path / "pipe": "is not a regular file",
        tmp_path / "nul\0": "cannot be read",
        tmp_path / ("x" * 5000): "cannot be read",
        tmp_path / "evil\x1b[31m.yaml": "does not exist",
        Path("/dev/zero"): "is not a regular file",
    }.items():
        assert said in checked_outcome(load_scenario, path)


def test_a_large_scenario_is_read_soon() -> None:
    products = "".join(f"  P{n:06d}: {{stock: {n}}}\n" for n in range(24_000))
    text = SMALL.replace("products: {", "products:\n" + products + "  X: {stock: 1}\nnope: {")
    assert "unknown key 'nope'" in checked_outcome(load, text)


@pytest.mark.parametrize("key", ["stok", "stock: x, y"])
def test_a_large_scenario_full_of_mistakes_is_refused_soon(key: str) -> None:
    products = "".join(f"  P{n:06d}: {{{key}: {n}}}\n" for n in range(16_000))
    text = SMALL.replace("products: {", "products:\n" + products + "  X: {stock: 1}\nnope: {")
    assert "mistakes at least; the first 50 are shown" in checked_outcome(load, text)


def test_many_unknown_names_among_many_products_are_refused_soon() -> None:
    thresholds = [f"sold of Bx{n} > 1" for n in range(1000)]
    text = SMALL.replace("ACC-1..3", "B-1..99998") + f"thresholds: {json.dumps(thresholds)}"
    assert "no product 'Bx1'; did you mean B-1?" in checked_outcome(load, text)


def test_overlapping_ranges_cannot_take_long() -> None:
    weights = ", ".join(f"B-1..{90_000 - n}: 1" for n in range(2000))
    text = SMALL.replace("ACC-1..3", "B-1..99998").replace(
        "{phases", f"{{orders: {{sku: {{{weights}}}}}, phases"
    )
    assert "more than 300,000 weights" in checked_outcome(load, text)


# --- Strings that break things ------------------------------------------------------------


def naughty_strings() -> list[str]:
    if not CORPUS.exists():
        if "CI" in os.environ:
            pytest.fail(f"the corpus is missing: {CORPUS.name}")
        pytest.skip(f"the corpus is not here: {CORPUS.name}")
    strings: list[str] = json.loads(CORPUS.read_text(encoding="utf-8"))
    return strings


def test_naughty_strings_in_quotes_are_names_or_mistakes() -> None:
    for text in naughty_strings():
        written = json.dumps(text, ensure_ascii=True).replace("\\ud", "\\\\ud")
        for good in ("PHONE-X", "web", "peak", "1ms", "5/s", "ACC-1..3"):
            checked_outcome(load, SMALL.replace(good, written))
        for line in (f"name: {written}", f"description: {written}", f"thresholds: [{written}]"):
            checked_outcome(load, SMALL + line + "\n")


def test_naughty_strings_without_quotes_are_data_or_mistakes() -> None:
    for text in naughty_strings():
        for line in (f"name: {text}", f"{text}: 1", text, f"- {text}"):
            checked_outcome(load, SMALL + line + "\n")
        checked_outcome(load, SMALL, f"name={text}")
        checked_outcome(load, SMALL, f"{text}=1")
        checked_outcome(load, SMALL, text)


def test_a_naughty_name_is_kept_to_the_letter() -> None:
    for name in ("Ω≈ç√∫µ≤≥÷", "田中さん", "👾 🙇", "<script>alert(0)</script>", "' OR 1=1 -- 1"):
        text = SMALL.replace("PHONE-X", json.dumps(name, ensure_ascii=False))
        assert name in load(text).products


@settings(max_examples=300)
@given(content=st.binary(max_size=400))
def test_any_bytes_are_a_scenario_or_a_mistake(content: bytes) -> None:
    def load_it() -> LoadedScenario:
        try:
            text = decode("x", content).text
        except ValueError as error:
            raise ScenarioError(str(error)) from None
        return load_text(text, name="x")

    checked_outcome(load_it)


@settings(max_examples=300)
@given(data=st.data())
def test_any_change_to_a_scenario_is_a_scenario_or_a_mistake(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(PEAK_LOAD)))
    end = min(len(PEAK_LOAD), start + data.draw(st.integers(0, 8)))
    change = data.draw(st.text(st.sampled_from("{}[]:,-?&*!|>'\"%@#\t \n0159.sx/é"), max_size=6))
    checked_outcome(load, PEAK_LOAD[:start] + change + PEAK_LOAD[end:])


@settings(max_examples=200)
@given(override=st.text(st.sampled_from("clients.webphsounr=0123 /{}[]'\"\n"), max_size=30))
def test_any_override_is_taken_or_a_mistake(override: str) -> None:
    checked_outcome(load, SMALL, override)


def test_mistakes_say_nothing_twice() -> None:
    text = SMALL.replace("{web: {", "{web: &w {").replace("5/s}}}}", "5}}}, a: *w, b: *w}")
    assert mistakes(text).count("has no unit") == 1
