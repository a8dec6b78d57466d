"""A reference says which messages its actor handles, and a type checker holds senders to it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar, get_args, get_origin

import pytest
from typing_extensions import get_original_bases

from actors.client import Client, ClosedClient, OpenClient, ReplayClient
from actors.collector import Collector
from actors.common.compiled import in_use
from actors.inventory import Inventory
from actors.messages import Halt
from actors.processor import Processor
from actors.router import Router
from actors.runtime.actor import Actor

ROOT: Final = Path(__file__).parents[1]
STORY: Final = sorted((ROOT / "actors").glob("*.py"))

HEAD: Final = """
from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from actors.client import ClosedClient, OpenClient
from actors.inventory import Inventory
from actors.messages import (
    Add, Answer, Begin, Done, Handled, Outcome, Place, Ready, Refused, Reserve, Serve, Settle, Turns
)
from actors.ref import Ref
from actors.router import Router
from actors.runtime.actor import Actor, receives
from actors.testing import Probe, Stage


def known(
    both: Ref[Place | Done],
    router: Ref[Place | Ready | Done],
    answer: Ref[Answer],
    processor: Ref[Serve],
    place: Place,
    reserve: Reserve,
    inventory: Inventory,
    open_client: OpenClient,
    closed_client: ClosedClient,
    stage: Stage,
    probe: Probe,
) -> None:
"""

# Each is a function's body; what is to be refused is refused in its last line.
ACCEPTED: Final[Mapping[str, str]] = {
    "any message that a reference takes": """
        both.tell(place)
        both.tell(Done(processor, True, "a", "fulfilled"))
    """,
    "a wider reference where a narrower one is wanted": """
        narrower: Ref[Place] = both
        narrower.tell(place)
        ones: Sequence[Ref[Place]] = [both, router]
        by_name: Mapping[str, Ref[Place]] = {"router": router}
    """,
    "an actor's own reference for what it declares": """
        shelf: Ref[Reserve | Add | Settle] = inventory.actor_ref
        shelf.tell(reserve)
        peers: Sequence[Ref[Turns]] = [open_client.actor_ref]
        Begin(peers)
        waiting: Ref[Outcome] = closed_client.actor_ref
    """,
    "a reference to somebody who is asked to answer": """
        Reserve("a", 1, 0, 1, "partial", True, answer)
        reserve.reply_to.tell(Answer("a", 1, 0, "A", 1))
        Ready(processor)
    """,
    "any message for a probe, in whoever's place it stands": """
        probe.actor_ref.tell(place)
        probe.actor_ref.tell("anything")
        stands: Ref[Place | Done] = probe.actor_ref
    """,
    "what a stage has spawned": """
        def make() -> Router:
            raise NotImplementedError
        stage.spawn("router", make).actor_ref.tell(place)
    """,
    "a handler for the message that it is marked with": """
        class Sink(Actor[Place | Done]):
            @receives(Place, Done)
            def take(self, message: Place | Done) -> None:
                self.actor_ref.tell(message)
    """,
}

REFUSED: Final[Mapping[str, tuple[str, str]]] = {
    "a message that a reference does not take": ("arg-type", "both.tell(reserve)"),
    "a message with a name before it": ("call-arg arg-type", "both.tell('router', place)"),
    "a message to a name": ("arg-type", "both.tell('router')"),
    "a narrower reference where a wider one is wanted": (
        "assignment",
        """
        narrow: Ref[Place] = both
        wide: Ref[Place | Done] = narrow
        """,
    ),
    "a reference to somebody else than is asked to answer": (
        "arg-type",
        'Reserve("a", 1, 0, 1, "partial", True, processor)',
    ),
    "an answer of another kind": ("arg-type", "reserve.reply_to.tell(place)"),
    "an open client as one who waits for outcomes": (
        "assignment",
        "waiting: Ref[Outcome] = open_client.actor_ref",
    ),
    "a processor that takes no orders": ("arg-type", "Ready(answer)"),
    "what an actor that was spawned does not declare": (
        "arg-type",
        """
        def make() -> Router:
            raise NotImplementedError
        stage.spawn("router", make).actor_ref.tell(reserve)
        """,
    ),
    "a note to oneself under a name": ("attr-defined", 'inventory.tell("router", place)'),
    "an outcome for a sender that may not wait": (
        "union-attr",
        'place.reply_to.tell(Outcome("a", "fulfilled", None))',
    ),
    "a handler for another message than it is marked with": (
        "arg-type",
        """
        class Deaf(Actor[Place]):
            @receives(Done)
            def take(self, place: Place) -> None:
                print(place)
        """,
    ),
    "an actor that does not say what it handles": (
        "type-arg",
        """
        class Mute(Actor):
            pass
        """,
    ),
}

COMPLAINT: Final = re.compile(r"(?P<file>\w+)\.py:\d+: error: .*\[(?P<code>[\w-]+)\]$")


def body_of(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    indent = min(len(line) - len(line.lstrip()) for line in lines)
    return "\n".join("    " + line[indent:] for line in lines)


def module_of(sentence: str) -> str:
    return sentence.replace(" ", "_").replace("'", "").replace(",", "")


@cache
def complaints(folder: Path) -> Mapping[str, list[str]]:
    """The codes of what mypy finds in each file, in one go; its cache is the repository's."""
    bodies = {**ACCEPTED, **{name: text for name, (_, text) in REFUSED.items()}}
    files = []
    for name, text in bodies.items():
        files.append(folder / f"{module_of(name)}.py")
        files[-1].write_text(f"{HEAD}{body_of(text)}\n")
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", ROOT / "setup.cfg", *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not run.stderr
    found: dict[str, list[str]] = {module_of(name): [] for name in bodies}
    for line in run.stdout.splitlines():
        complaint = COMPLAINT.search(line)
        if complaint is not None and complaint["file"] in found:
            found[complaint["file"]].append(complaint["code"])
        else:
            assert not line.startswith(str(folder)), line
    return found


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mypy")
    return tmp_path_factory.mktemp("typed")


@pytest.mark.timeout(600)  # mypy reads the whole package, the first time
@pytest.mark.parametrize("what", ACCEPTED)
def test_the_type_checker_accepts(what: str, folder: Path) -> None:
    assert complaints(folder)[module_of(what)] == []


@pytest.mark.timeout(600)
@pytest.mark.parametrize("what", REFUSED)
def test_the_type_checker_refuses(what: str, folder: Path) -> None:
    assert complaints(folder)[module_of(what)] == REFUSED[what][0].split()


# What actors declare.

ROLES: Final[tuple[type[Actor[Any]], ...]] = (
    OpenClient,
    ClosedClient,
    ReplayClient,
    Router,
    Processor,
    Inventory,
    Collector,
)


def declared(role: type) -> set[type]:
    """The messages in a class's `Actor[...]`, or in that of the generic class that it extends."""
    for base in get_original_bases(role):
        origin = get_origin(base)
        if isinstance(origin, type) and Actor in origin.__mro__:
            (messages,) = get_args(base)
            assert not isinstance(messages, TypeVar)
            return set(get_args(messages) or [messages])
    raise AssertionError(f"{role.__name__} declares nothing")


@pytest.mark.skipif(in_use(), reason="compiled classes do not know what they were declared with")
@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.__name__)
def test_an_actor_handles_exactly_the_messages_that_it_declares(role: type[Actor[Any]]) -> None:
    assert declared(role) == set(role.handlers)


def test_what_all_clients_handle_is_that_they_are_halted() -> None:
    assert set(Client.handlers) == {Halt}


# Nobody is told anything by a name.


@pytest.mark.parametrize("module", STORY, ids=lambda module: module.stem)
def test_nobody_in_the_story_tells_anything_to_a_name(module: Path) -> None:
    text = module.read_text("utf-8")
    assert 'tell("' not in text
    if module.stem == "testing":
        return  # a stage may be told things from outside
    for call in ast.walk(ast.parse(text)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            assert call.func.attr != "tell" or len(call.args) == 1
