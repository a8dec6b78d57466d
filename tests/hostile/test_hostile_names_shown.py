"""What is printed about hostile names: the log, the summary, and the messages about mistakes."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from corpora import naughty_strings, product_names
from hostile_text import MOST_MARKS, dangers, piles
from posting import order, play, posting, with_products

from actors.cli.app import app
from actors.cli.ending import exit_with
from actors.errors import ScenarioError
from actors.measure.result import Result
from actors.report.log_pacing import ConsoleLog
from actors.report.style import Look
from actors.report.summary.page import render
from actors.report.terminal import Terminal
from actors.scenario.loader import load_text
from actors.simulation import Cast

TINY = """\
stocksim: 1
products: {TEA: {stock: 1}}
processors: {service_time: 1ms}
clients: {web: {phases: {day: {duration: 1s, rate: 1/s}}}}
"""


def busy_shop() -> tuple[Result, str]:
    """A run in which every name is a naughty string; its result and its whole log."""
    names = product_names()
    strings = naughty_strings()
    loaded = with_products({name: {"stock": 2} for name in names})
    posts: list[bytes | tuple[str, bytes]] = [
        (text, order(text, sku=names[number % len(names)], client=text))
        for number, text in enumerate(strings)
    ]
    for number, text in enumerate(strings):
        posts.append((f"key-{number}", order(f"key-{number}", **{text: 1})))
        posts.append((f"sku-{number}", order(f"sku-{number}", text)))
    stream = io.StringIO()
    log = ConsoleLog(Terminal(stream), Look(colour=False), everything=True)
    result, _ = play(loaded, Cast(open_client=posting(posts)), journal=log)
    log.close()
    return result, stream.getvalue()


def test_the_log_shows_naughty_names_without_a_character_that_acts_or_hides() -> None:
    result, log = busy_shop()
    assert result.crashes == 0
    assert len(log.splitlines()) > 3 * len(naughty_strings())
    assert not dangers(log)
    assert piles(log) <= MOST_MARKS


def test_a_log_line_is_one_line_whatever_is_in_it() -> None:
    _, log = busy_shop()
    assert all(line[9:10] == "." or line[:10].strip() for line in log.split("\n")[:-1])
    assert all("s  " in line[:14] for line in log.split("\n")[:-1])


@pytest.mark.parametrize("everything", [False, True])
def test_the_summary_shows_naughty_names_without_a_character_that_acts_or_hides(
    everything: bool,
) -> None:
    result, _ = busy_shop()
    text = render(result, everything=everything, colour=False)
    assert "dead" in text or "invalid" in text
    assert not dangers(text)
    assert piles(text) <= MOST_MARKS


def test_an_ascii_terminal_gets_only_ascii() -> None:
    result, _ = busy_shop()
    assert render(result, everything=True, colour=False, unicode=False).isascii()


def test_mistakes_quote_naughty_strings_without_a_character_that_acts_or_hides() -> None:
    for text in naughty_strings():
        document = {"stocksim": 1, "products": {"TEA": {text or "-": text}}, text or "-": text}
        for ensure_ascii in (True, False):
            with pytest.raises(ScenarioError) as caught:
                load_text(json.dumps(document, ensure_ascii=ensure_ascii), name="shop")
            assert not dangers(str(caught.value)), text


def test_flags_quote_naughty_strings_without_a_character_that_acts_or_hides(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(TINY, "utf-8")
    usable = [text for text in naughty_strings() if text and "\0" not in text]
    for text in usable[:: len(usable) // 60]:
        for flags in (["--set", text], ["--json", f"{tmp_path}/nowhere/{text}"]):
            run_badly(["run", str(file), *flags])
            told = capsys.readouterr().err
            assert told.startswith("stocksim: "), text
            assert not dangers(told), text


def run_badly(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        exit_with(lambda: app.main(arguments, standalone_mode=False))
    assert leaving.value.code == 2
