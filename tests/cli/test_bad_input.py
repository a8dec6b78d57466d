"""Whatever is wrong is said once, on stderr, before anything runs or is written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from command import QUICK, Outcome, stocksim

pytest_plugins = ("command_fixtures",)

Here = Callable[..., Outcome]

FLAGS: list[tuple[Sequence[str], str]] = [
    (["--json", "."], "--json . is a folder: name a file in it"),
    (["--json", "gone/x.json"], "there is no folder gone: make it first"),
    (["--json", "new/"], "--json new/ is a folder"),
    (["--json", ""], "--json needs the name of a file"),
    (["--json", "quick.yaml"], "--json quick.yaml would overwrite a file that the scenario reads"),
    (["--json", "./link.yaml"], "would overwrite a file that the scenario reads"),
    (["--json", "a\0b"], "--json a\\x00b"),
    (["--json", "x" * 5_000], "File name too long"),
    (["--orders", "quick.yaml"], "would overwrite a file that the scenario reads"),
    (["--orders", "."], "--orders . is a folder"),
    (["--orders", "gone/x.jsonl"], "there is no folder gone"),
    (["--orders", "-"], "--orders - is not possible"),
    (["--orders", "both", "--json", "./both"], "they need two files"),
    (["--speed", "0"], "'0' is not a number above 0"),
    (["--speed", "-1"], "'-1' is not a number above 0"),
    (["--speed", "nan"], "'nan' is not a number above 0"),
    (["--speed", "inf"], "'inf' is not a number above 0"),
    (["--speed", "fast"], "'fast' is not a number above 0"),
    (["--seed", "-1"], "'-1' is not a whole number"),
    (["--seed", "1.5"], "'1.5' is not a whole number"),
    (["--seed", str(2**63)], "is not a whole number"),
    (["--seed", "9" * 5_000], "is not a whole number"),
    (["--seed", "٣"], "is not a whole number"),
    (["--runtime", "cloud"], "'cloud' is not one of 'virtual', 'threads', 'pool'"),
    (["--color", "blue"], "'blue' is not one of"),
    (["-q", "-v"], "-q and -v contradict each other"),
    (["--jsn", "x"], "--jsn"),
    (["second.yaml"], "second.yaml"),
    (["--set", "nonsense"], "KEY=VALUE"),
    (["--set", "=1"], "--set"),
    (["--set", "clients.web.cuont=3"], "did you mean count?"),
    (["--set", "processors.count=0"], "processors.count"),
    (["--set", "clients={}"], "clients"),
    (["--set", "products.TEA.stock=[1"], "products.TEA.stock"),
]


@pytest.fixture
def folder(quick: Path) -> Iterator[Path]:
    """A folder with a scenario and a link to it, which must be unchanged afterwards."""
    link = quick.with_name("link.yaml")
    link.symlink_to(quick)
    earlier = quick.with_name("earlier.jsonl")
    earlier.write_text("kept\n", "utf-8")
    yield quick.parent
    assert quick.read_text("utf-8") == QUICK
    assert earlier.read_text("utf-8") == "kept\n"
    assert set(quick.parent.iterdir()) >= {quick, link, earlier}


def assert_one_message(outcome: Outcome, words: str) -> None:
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith("stocksim: ")
    assert words in outcome.err
    assert outcome.err.count("stocksim: ") == 1
    assert "Traceback" not in outcome.err
    assert len(outcome.err.splitlines()) <= 4


@pytest.mark.parametrize(("flags", "words"), FLAGS, ids=[" ".join(f)[:40] for f, _ in FLAGS])
def test_a_flag_that_cannot_be_used_is_one_message_and_nothing_runs(
    flags: Sequence[str], words: str, here: Here, folder: Path
) -> None:
    before = sorted(folder.iterdir())
    assert_one_message(here("quick.yaml", *flags), words)
    assert sorted(folder.iterdir()) == before


def test_a_run_that_cannot_begin_leaves_earlier_output_as_it_was(folder: Path) -> None:
    before = sorted(folder.iterdir())
    too_many = ["--set", "processors.count=6000", "--runtime", "threads"]
    outputs = ["--orders", "earlier.jsonl", "--json", "never.json"]
    assert_one_message(
        stocksim("quick.yaml", *outputs, *too_many, cwd=folder), "use --runtime pool"
    )
    assert sorted(folder.iterdir()) == before


SCENARIOS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "there is nothing in it"),
    "blank": (b"\n  \n# only this\n", "there is nothing in it"),
    "binary": (bytes(range(256)), "not UTF-8"),
    "elf": (b"\x7fELF\x02\x01\x01\0\0", "elf.yaml:1:"),
    "utf16": (QUICK.encode("utf-16"), "utf16.yaml:1:"),
    "latin": (QUICK.replace("quick", "caf\xe9").encode("latin-1"), "not UTF-8"),
    "list": (b"- a\n- b\n", "mapping"),
    "word": (b"hello", "mapping"),
    "json": (b"{", "json.yaml:1:"),
    "deep": (b"[" * 100_000, "deep.yaml"),
    "bomb": (b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", "bomb.yaml"),
    "no_clients": (QUICK.replace("clients:", "clientz:").encode(), "clients"),
    "no_service": (QUICK.replace("service_time", "servicetime").encode(), "service_time"),
    "zero": (QUICK.replace("count: 2, service", "count: 0, service").encode(), "count"),
    "twice": ((QUICK + "name: again\n").encode(), "name"),
    "control": (QUICK.replace("quick", '"\\e[2J"').encode(), "control"),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_that_is_none_is_explained_and_nothing_runs(
    name: str, here: Here, folder: Path
) -> None:
    content, words = SCENARIOS[name]
    (folder / f"{name}.yaml").write_bytes(content)
    outcome = here(f"{name}.yaml", "--json", "never.json", "--orders", "never.jsonl")
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith("stocksim: ")
    assert words in outcome.err
    assert "Traceback" not in outcome.err
    assert len(outcome.err.splitlines()) < 30
    assert not any(ord(sign) < 32 and sign != "\n" for sign in outcome.err)
    assert not list(folder.glob("never*"))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("quikc.yaml", "did you mean quick.yaml?"),
        ("quick", "did you mean quick.yaml?"),
        ("nothing/at/all.yaml", "does not exist"),
        (".", "folder"),
        ("", "stocksim: "),
        ("a\0b", "stocksim: "),
        ("x" * 5_000, "stocksim: "),
        ("\x1b[31m.yaml", "\\x1b[31m.yaml"),
    ],
)
def test_a_scenario_that_is_not_there_is_one_message(
    name: str, words: str, here: Here, folder: Path
) -> None:
    outcome = here("run", name)
    assert_one_message(outcome, words)
    assert "\x1b" not in outcome.err
    assert folder.exists()


def test_a_scenario_outside_of_the_folder_is_suggested(here: Here, folder: Path) -> None:
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "other.yaml").write_text(QUICK, "utf-8")
    assert_one_message(here("other"), "did you mean scenarios/other.yaml?")


def test_a_replay_column_that_is_not_there_is_reported_with_a_suggestion(
    here: Here, folder: Path
) -> None:
    (folder / "day.csv").write_text("invoice,who,at,article,pieces\n1,ann,0,TEA,1\n", "utf-8")
    columns = "{order: invoice, client: who, time: at, sku: artcle, quantity: pieces}"
    (folder / "replay.yaml").write_text(
        "stocksim: 1\nproducts: {TEA: {stock: 1}}\nprocessors: {service_time: 1s}\n"
        f"clients: {{history: {{replay: {{file: day.csv, columns: {columns}}}}}}}\n",
        "utf-8",
    )
    assert_one_message(here("replay.yaml"), "did you mean article?")
    for flag in ("--json", "--orders"):
        (folder / "fine.yaml").write_text(
            (folder / "replay.yaml").read_text("utf-8").replace("artcle", "article"), "utf-8"
        )
        assert_one_message(here("fine.yaml", flag, "day.csv"), "would overwrite")
    assert (folder / "day.csv").read_text("utf-8").startswith("invoice")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_closed_folder_is_reported_before_the_run(here: Here, folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o500)
    for flag in ("--json", "--orders"):
        assert_one_message(here("quick.yaml", flag, "closed/x"), "permission denied")


def test_a_scenario_that_is_never_at_its_end_is_refused_unread(folder: Path) -> None:
    outcome = stocksim("/dev/zero", cwd=folder)
    assert_one_message(outcome, "/dev/zero")
