"""The parts of the summary: orders, why they were rejected, stock, the load, the actors."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Final

from actors.measure.figures import share_of
from actors.report.layout import Section
from actors.report.tables import aligned, number, share, span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from actors.measure.result import (
        Block,
        BrokerReport,
        ProductResult,
        ProductTotals,
        ReplayReport,
        Result,
    )
    from actors.report.style import Look
    from actors.vocabulary.outcomes import Reason

__all__ = ["actors", "load", "orders", "rejections", "stock", "titled"]

_NAME_WIDTH: Final = 18
_MOST_PRODUCTS: Final = 8
_FEWEST_PRODUCTS: Final = 3
_WORST: Final = 3
_WORDS_LENGTH: Final = 240


def orders(result: Result, blocks: Mapping[str, Block], by: str, look: Look) -> Section:
    """Outcomes and times of each block (a phase or a group), and of all orders together."""
    title = ["ORDERS", "", "", "", "", "latency", "", "", "", "", "wait"]
    names = ["placed", "fulfilled", "partial", "rejected", "mean", "p50", "p95", "p99", "max"]
    header = [f"  by {by}" if blocks else "", *names, "mean"]
    rows = [_block(look.foreign(name, _NAME_WIDTH), block) for name, block in blocks.items()]
    lines = aligned("l" + 10 * "r", [title, header, *rows, _block("total", result)])
    return Section(
        head=[titled(lines[0], "ORDERS", look), look.paint("quiet", lines[1])],
        rows=lines[2:-1],
        foot=[look.paint("strong", lines[-1])],
        keep="ends",
        noun=f"{by}s",
    )


def titled(line: str, title: str, look: Look) -> str:
    """A table's first line with its title made to stand out."""
    return look.paint("strong", title) + look.paint("quiet", line.removeprefix(title))


def _block(name: str, block: Block) -> list[str]:
    counts, latency = block.orders, block.latency_s
    outcomes = (counts.placed, counts.fulfilled, counts.partial, counts.rejected)
    times = (latency.mean, latency.p50, latency.p95, latency.p99, latency.max, block.wait_s.mean)
    return [f"  {name}", *map(number, outcomes), *map(span, times)]


def rejections(result: Result, look: Look, width: int, *, everything: bool) -> Section | None:
    """How many orders were rejected for which reason, and the products and mistakes behind it."""
    counts = result.orders
    if not counts.rejected:
        return None
    by_count = sorted(counts.rejected_by.items(), key=lambda item: -item[1])
    table = [
        [f"  {reason}", number(n), share(share_of(reason, counts)), _behind(reason, result, look)]
        for reason, n in by_count
        if n
    ]
    letters = [
        look.cut(f"    {number(item.count)} x {look.foreign(item.why)}", width - 20)
        + look.paint("quiet", f"  first {look.foreign(item.example, _NAME_WIDTH)}")
        for item in sorted(result.dead_letters, key=lambda item: -item.count)
    ]
    shown = letters if everything else letters[:_WORST]
    total = f"{number(counts.rejected)} of {number(counts.placed)} orders"
    return Section(
        head=[
            f"{look.paint('strong', 'REJECTED')}  {total}, {share(share_of('rejected', counts))}"
        ],
        rows=[look.cut(line, width) for line in aligned("lrrl", table)] + shown,
        more=len(letters) - len(shown),
        noun="mistakes",
    )


def _behind(reason: Reason, result: Result, look: Look) -> str:
    if reason != "out_of_stock":
        return ""
    short = [(sku, item) for sku, item in result.products.items() if item.refused]
    short.sort(key=lambda pair: -pair[1].refused)
    worst = [
        f"{look.foreign(sku, _NAME_WIDTH)} {number(item.refused)} since {span(item.short_since_s)}"
        for sku, item in short[:_WORST]
    ]
    others = [f"{number(len(short) - _WORST)} more products"] if len(short) > _WORST else []
    return ", ".join(worst + others)


def stock(result: Result, look: Look, *, everything: bool) -> Section:
    """The products that matter: those that refused orders or sold out, then the scarcest."""
    ranked = sorted(result.products.items(), key=lambda pair: _importance(pair[1]))
    short = sum(item.short > 0 or item.sold_out_at_s is not None for _, item in ranked)
    most = min(_MOST_PRODUCTS, max(_FEWEST_PRODUCTS, short))
    shown = ranked if everything else ranked[:most]
    names = ["initial", "sold", "returned+restocked", "final", "fill", "sold out at", "refused"]
    rows = [_product(look.foreign(sku, 2 * _NAME_WIDTH), item) for sku, item in shown]
    total = [*_units("all products", result.all_products), "", ""]
    lines = aligned("l" + 7 * "r", [["STOCK", *names], *rows, total])
    return Section(
        head=[titled(lines[0], "STOCK", look)],
        rows=[
            look.paint("warn", line) if item.sold_out_at_s is not None else line
            for line, (_, item) in zip(lines[1:-1], shown, strict=True)
        ],
        foot=[look.paint("strong", lines[-1])] if len(ranked) > 1 else [],
        more=len(ranked) - len(shown),
        noun="products",
    )


def _importance(item: ProductResult) -> tuple[bool, int, float, int]:
    matters = item.refused > 0 or item.sold_out_at_s is not None
    return not matters, -item.refused, 1.0 if item.fill is None else item.fill, -item.sold


def _product(name: str, item: ProductResult) -> list[str]:
    return [*_units(name, item), span(item.sold_out_at_s), number(item.refused)]


def _units(name: str, item: ProductTotals) -> list[str]:
    return [
        f"  {name}",
        number(item.initial),
        number(item.sold),
        number(item.returned + item.restocked),
        number(item.final),
        share(item.fill),
    ]


def load(result: Result, look: Look, width: int, *, everything: bool) -> Section:
    """The bottleneck, the processors and their line, and how a recorded log was read."""
    processors, queue = result.processors, result.processors.queue
    facts = [
        f"{number(processors.count)} at {share(processors.utilisation)}",
        f"queue mean {number(queue.mean)}, max {number(queue.max)}",
    ]
    if result.waited is not None:
        facts.append(f"{share(result.waited)} of orders waited")
    if result.throughput_per_s is not None:
        facts.append(f"{number(result.throughput_per_s)} orders/s done")
    actor = look.foreign(result.bottleneck.actor)
    lines = {
        "BOTTLENECK": f"{actor}, busy {share(result.bottleneck.busy)} of the time",
        "PROCESSORS": f" {look.sign('and')} ".join(facts),
    }
    if result.broker is not None:
        lines |= _broker(result.broker, look)
    invalid: list[str] = []
    if result.replay is not None:
        lines |= _replay(result.replay, look)
        invalid = _invalid(result.replay, look, width, everything=everything)
    facts = [
        look.paint("strong", f"{title:10}") + "  " + look.cut(text, width - 12)
        for title, text in lines.items()
    ]
    return Section(head=facts + invalid)


def _broker(broker: BrokerReport, look: Look) -> dict[str, str]:
    lost = f", {number(broker.lost)} lost" if broker.lost else ""
    facts = [
        f"{number(broker.joined)} workers{lost}",
        f"{number(broker.batches)} batches",
        f"{number(broker.redeliveries)} redeliveries",
        f"{number(broker.dead_letters)} dead letters",
        f"{number(broker.reconnects)} reconnects",
    ]
    shards = f"{number(broker.shards)} by product, in place of router.strategy {broker.strategy}"
    recovered = f", {number(broker.recovered)} orders settled before" if broker.recovered else ""
    return {
        "RUN": look.foreign(broker.run) + recovered,
        "SHARDS": shards,
        "BROKER": f" {look.sign('and')} ".join(facts),
    }


def _replay(replay: ReplayReport, look: Look) -> dict[str, str]:
    read = f"{number(replay.rows)} rows read as {number(replay.orders)} orders"
    made = f", {number(replay.made_products)} products made" if replay.made_products else ""
    rows = _counted(replay.refused_rows, "row") if replay.refused_rows else "no row"
    first = ", ".join(
        f"line {row.line} ({look.foreign(row.why)})" for row in replay.refused[:_WORST]
    )
    lines = {"REPLAY": read + made, "REFUSED": f"{rows}: {first}" if first else rows}
    if replay.invalid_orders:
        lines["INVALID"] = _counted(replay.invalid_orders, "order")
    return lines


def _invalid(replay: ReplayReport, look: Look, width: int, *, everything: bool) -> list[str]:
    """The first invalid orders of a log: what the router said, and what the log shows of it."""
    shown = replay.invalid if everything else replay.invalid[:_WORST]
    lines: list[str] = []
    for told in shown:
        name = look.foreign(told.order, _NAME_WIDTH)
        words = told.why if told.note is None else f"{told.why}: {told.note}"
        text = f"line {told.line}  {name}  {look.foreign(words, _WORDS_LENGTH)}"
        lines += wrap(text, width, initial_indent="  ", subsequent_indent=f"{'':12}")
    more = replay.invalid_orders - len(shown)
    note = f"  {look.sign('cut')} {_counted(more, 'more invalid order')}"
    if more:
        lines.append(look.paint("quiet", note + ("" if everything else " (-v shows all)")))
    return [look.cut(line, width) for line in lines]


def _counted(count: int, noun: str) -> str:
    return f"{number(count)} {noun}" + ("" if count == 1 else "s")


def actors(result: Result, look: Look) -> Section:
    """Each role's actors and messages, which only a reader of everything wants."""
    header = ["ACTORS", "count", "messages", "longest mailbox"]
    rows = [
        [f"  {role}", number(item.count), number(item.messages), number(item.queue_max)]
        for role, item in result.actors.items()
    ]
    lines = aligned("lrrr", [header, *rows])
    counts = result.messages
    total = (
        f"  {number(counts.sent)} messages sent, {number(counts.handled)} handled, "
        f"{number(counts.dead_lettered)} dead-lettered"
    )
    return Section(head=[titled(lines[0], "ACTORS", look)], rows=lines[1:], foot=[total])
