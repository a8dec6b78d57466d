"""Flags and commands of a run over RabbitMQ: the worker, and what tidies up after a run.

URLs may hold passwords: they can be given in the environment, where a list of processes does not
show them, and are never repeated in a message.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

import click

from actors.cli.output import say
from actors.errors import UsageError
from actors.vocabulary.runtimes import RUNTIMES

if TYPE_CHECKING:
    from actors.rabbitmq.run.site import Site
    from actors.scenario.loaded import LoadedScenario

__all__ = ["broker", "over_a_broker", "site_of", "worker"]

DEFAULT_STORE: Final = "sqlite:stocksim.db"
MAX_WORKERS: Final = 64
MAX_PROCESSORS: Final = 10_000
MAX_BATCH: Final = 10_000

Command = TypeVar("Command", bound=Callable[..., object])

_broker = click.option(
    "--broker",
    metavar="URL",
    envvar="STOCKSIM_BROKER",
    help="Of RabbitMQ: amqp://USER:PASSWORD@HOST:5672/VHOST; also in STOCKSIM_BROKER.",
)
_store = click.option(
    "--store",
    metavar="URL",
    envvar="STOCKSIM_STORE",
    help=f"Where stock is: sqlite:PATH or postgresql://...; also in STOCKSIM_STORE. "
    f"[default: {DEFAULT_STORE}]",
)


def over_a_broker(command: Command) -> Command:
    """The flags that only `--runtime rabbitmq` has."""
    for option in (
        click.option(
            "--workers",
            type=click.IntRange(0, MAX_WORKERS),
            help="With rabbitmq: worker processes to start here; 0: they run elsewhere.",
        ),
        click.option(
            "--run",
            "run_id",
            metavar="ID",
            help="With rabbitmq: the run's id; one that is there already is continued.",
        ),
        _store,
        _broker,
    ):
        command = option(command)
    return command


def site_of(
    runtime: str | None,
    loaded: LoadedScenario,
    broker: str | None,
    store: str | None,
    run: str | None,
    workers: int | None,
) -> Site | None:
    """Where a run over a broker takes place; None: it is none.

    Raises:
        UsageError: a flag is missing, cannot be used as given, or needs `--runtime rabbitmq`.
    """
    if runtime is None or not RUNTIMES[runtime].over_broker:
        if run is not None or workers is not None:
            raise UsageError("--run and --workers need --runtime rabbitmq")
        return None
    from actors.rabbitmq.both.address import check_run, new_run, parameters_of  # noqa: PLC0415
    from actors.rabbitmq.run.site import Site  # noqa: PLC0415

    url = _needed(broker)
    parameters_of(url)
    return Site(
        broker=url,
        store=store or DEFAULT_STORE,
        run=new_run(loaded.scenario.name) if run is None else check_run(run),
        workers=workers or 0,
    )


def _needed(broker: object) -> str:
    if not isinstance(broker, str) or not broker:
        raise UsageError("RabbitMQ must be named: --broker amqp://guest:guest@localhost:5672/")
    return broker


@click.command()
@_broker
@_store
@click.option(
    "--run", metavar="ID", help="Serve this run until it is over; default: any, one by one."
)
@click.option(
    "--processors",
    type=click.IntRange(1, MAX_PROCESSORS),
    help="Orders served at once; default: as the scenario says.",
)
@click.option(
    "--batch",
    type=click.IntRange(1, MAX_BATCH),
    help="Orders in one transaction of the store, at most.",
)
@click.option(
    "--prefetch",
    type=click.IntRange(1, MAX_BATCH),
    help="Messages of one shard that the broker hands over ahead, each of up to 16 orders.",
)
@click.option("--name", help="What the run calls it; default: host and process.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the output.",
)
@click.option("-q", "--quiet", is_flag=True, help="No log lines.")
@click.option("--ends-with-stdin", is_flag=True, hidden=True)
def worker(**flags: object) -> None:
    """Serve orders of runs over RabbitMQ: --runtime rabbitmq.

    SIGINT and SIGTERM end it in good order: what it has in hand and has not done goes back.
    """
    from actors.cli.working import WorkerOptions, work  # noqa: PLC0415 — only when run

    given = {"broker": _needed(flags.pop("broker")), "store": flags.pop("store") or DEFAULT_STORE}
    work(WorkerOptions.of(flags | given))


@click.group()
def broker() -> None:
    """Look after what runs leave at a broker."""


@broker.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@_broker
@_store
def clean(runs: tuple[str, ...], broker: str | None, store: str | None) -> None:
    """Remove runs: their queues, and with --store what is stored of them."""
    from contextlib import closing  # noqa: PLC0415

    from actors.rabbitmq.both.address import check_run  # noqa: PLC0415 — only when run
    from actors.rabbitmq.both.topology import Topology  # noqa: PLC0415
    from actors.rabbitmq.run.coordinator import connected  # noqa: PLC0415
    from actors.stores.opening import open_store  # noqa: PLC0415

    topologies = [Topology(check_run(run)) for run in runs]
    with connected(_needed(broker)) as connection:
        for topology in topologies:
            lost = topology.remove(connection.channel())
            say(f"{topology.run}: queues removed, {lost:,} messages with them")
    if store:
        with closing(open_store(store)) as opened:
            for topology in topologies:
                opened.forget(topology.run)
                say(f"{topology.run}: forgotten by the store")
