"""A shop for hostile tests, and clients that post whatever bytes they are given."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from typing_extensions import override

from actors.client import OpenClient
from actors.measure.journal import Detail, Journal
from actors.measure.records import OrderRecord
from actors.measure.result import Result
from actors.messages import Begin
from actors.scenario.loader import LoadedScenario, load_text
from actors.simulation import Cast, Simulation

__all__ = ["order", "play", "posting", "shop", "with_products"]

FAST: Final = 1_000.0  # scenario seconds a second for runtimes whose timers are real

_read: Final = msgspec.json.Decoder(OrderRecord)


def shop(*overrides: str) -> LoadedScenario:
    """Two processors, two plentiful products, and one client that waits for a cue to post."""
    return with_products({"TEA": {"stock": 50_000}, "RUM": {"stock": 50_000}}, *overrides)


def with_products(products: Mapping[str, Mapping[str, float]], *overrides: str) -> LoadedScenario:
    """The same shop with these products."""
    scenario = {
        "stocksim": 1,
        "products": products,
        "processors": {"count": 2, "service_time": "1ms"},
        "clients": {"web": {"phases": {"day": {"duration": "1s", "rate": "0/s"}}}},
    }
    # JSON is YAML, as long as no character outside the first plane is escaped.
    text = json.dumps(scenario, ensure_ascii=False)
    return load_text(text, name="shop", overrides=overrides)


def order(name: str, sku: str = "TEA", /, **fields: object) -> bytes:
    """An order's JSON; `fields` replace or add to the usual ones."""
    usual: dict[str, object] = {
        "id": name,
        "client": "web",
        "placed_at": 0.0,
        "lines": [{"sku": sku, "quantity": 1}],
    }
    return json.dumps(usual | fields).encode()


def posting(bodies: Iterable[bytes | tuple[str, bytes]], group: str = "web") -> type[OpenClient]:
    """A client class whose members of `group` post the bodies at once, on `Begin`.

    A body that is given with a reference travels under it, the others under `post-N`; clients
    of other groups behave as ever.
    """
    posts = [
        (f"post-{number}", body) if isinstance(body, bytes) else body
        for number, body in enumerate(bodies)
    ]

    class Poster(OpenClient):
        keeps_schedule = False

        @override
        def begin(self, begin: Begin) -> None:
            if self.group != group:
                super().begin(begin)
                return
            for ref, body in posts:
                self.send(ref, body, self.now, "")

    return Poster


def play(
    loaded: LoadedScenario,
    roles: Cast,
    runtime: str = "virtual",
    *,
    journal: Journal | None = None,
) -> tuple[Result, Sequence[OrderRecord]]:
    """The result, and every ended order."""
    file = io.BytesIO()
    result = Simulation(
        loaded,
        runtime=runtime,
        speed=None if runtime == "virtual" else FAST,
        roles=roles,
        records=file,
        journal=journal,
        detail=Detail.EVERYTHING,
    ).run()
    return result, [_read.decode(line) for line in file.getvalue().splitlines()]
