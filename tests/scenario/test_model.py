from __future__ import annotations

import pytest
from pydantic import ValidationError
from scenario_texts import PEAK_LOAD, SMALL, load, mistake, mistakes, scenario

from actors.scenario.model import Group, Orders, Phase, Processors, Product, Scenario
from actors.scenario.written_distributions import parse_distribution


def with_clients(clients: str, rest: str = "") -> str:
    """SMALL with other clients, in flow style."""
    return SMALL.replace("{web: {phases: {peak: {duration: 10s, rate: 5/s}}}}", clients) + rest


# --- What a scenario says -----------------------------------------------------------------


def test_the_peak_load_example_says_what_it_says() -> None:
    peak = scenario(PEAK_LOAD)
    web, depot = peak.clients["web"], peak.clients["depot"]
    assert (peak.name, peak.seed, peak.runtime, peak.warm_up) == ("peak_load", 42, "threads", 0.0)
    assert (peak.router.strategy, peak.router.queue_limit) == ("shared_queue", 2000)
    assert (peak.processors.count, peak.processors.service_time.mean) == (8, 0.012)
    assert (web.count, web.arrivals.pattern) == (40, "poisson")
    assert web.phases["flash"] == Phase(duration="1s", rate="300/s", burst=500)
    assert (web.orders.lines.low, web.orders.lines.high) == (1, 5)
    assert depot.think is not None
    assert depot.think.mean == 1.25
    assert depot.orders.kind.items == ("restock",)
    assert [threshold.expression for threshold in peak.thresholds] == [
        "latency p99 < 1500ms",
        "rejected < 15%",
        "throughput > 250/s during peak",
    ]


def test_what_is_left_out_has_its_default() -> None:
    small = scenario(SMALL)
    orders = small.clients["web"].orders
    assert (small.name, small.seed, small.runtime, small.warm_up) == ("shop", 1, "virtual", 0.0)
    assert (small.router.strategy, small.router.queue_limit) == ("shared_queue", None)
    assert (small.processors.count, small.processors.fulfilment) == (1, "all_or_nothing")
    assert small.processors.line_time.mean == small.inventory.service_time.mean == 0.0
    assert (small.clients["web"].count, small.clients["web"].arrivals.pattern) == (1, "poisson")
    assert (orders.lines.high, orders.quantity.high) == (1, 1)
    assert (orders.kind.items, orders.priority.items) == (("sale",), (0,))


def test_a_range_makes_a_product_a_number_padded_as_written() -> None:
    products = list(scenario(PEAK_LOAD).products)
    assert products[:5] == ["LAPTOP-15", "PHONE-X", "CONSOLE-5", "ACC-001", "ACC-002"]
    assert (len(products), products[-1]) == (51, "ACC-048")
    assert list(scenario(SMALL.replace("ACC-1..3", "A9..11")).products)[1:] == ["A9", "A10", "A11"]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("ACC-3..1", "runs backwards"),
        ("ACC-1..ACC-3", "names its prefix once: write ACC-1..3"),
        ("ACC-0..100000", "more than 100,000 names"),
        ("ACC-1..99999, B-1..99999", "more than 100,000 products"),
        ("PHONE-X..3, ACC-1..2: {stock: 1}, ACC-2", "'ACC-2' is listed already, by 'ACC-1..2'"),
    ],
)
def test_a_range_that_cannot_be_meant_is_refused(key: str, said: str) -> None:
    text = SMALL.replace("ACC-1..3", key.replace(",", ": {stock: 1},", 1))
    assert said in mistakes(text)


def test_a_range_shares_its_weight_evenly() -> None:
    choice = load(PEAK_LOAD).sku_choice("web")
    weight = dict(zip(choice.items, choice.weights, strict=True))
    assert sum(choice.weights) == pytest.approx(100)
    assert (weight["PHONE-X"], weight["ACC-007"]) == (4, 90 / 48)


def test_without_weights_every_product_is_as_likely() -> None:
    assert load(PEAK_LOAD).sku_choice("depot").weights == (1.0,) * 51


def test_zipf_ranks_products_in_the_order_written() -> None:
    choice = load(
        with_clients("{web: {phases: {p: {duration: 1s, rate: 1/s}}, orders: {sku: zipf 1}}}")
    )
    assert choice.sku_choice("web").items == ("PHONE-X", "ACC-1", "ACC-2", "ACC-3")
    assert choice.sku_choice("web").weights == (1, 1 / 2, 1 / 3, 1 / 4)


@pytest.mark.parametrize(
    ("written", "pattern", "size"),
    [("poisson", "poisson", 1), ("even", "even", 1), ("batch 10", "batch", 10)],
)
def test_arrivals_are_poisson_even_or_batches(written: str, pattern: str, size: int) -> None:
    arrivals = scenario(SMALL, f"clients.web.arrivals={written}").clients["web"].arrivals
    assert (arrivals.pattern, arrivals.size) == (pattern, size)


def test_priorities_may_have_weights() -> None:
    priority = scenario(SMALL, "clients.web.orders={priority: {0: 90, -5: 10}}")
    assert priority.clients["web"].orders.priority.items == (0, -5)


# --- Phases -------------------------------------------------------------------------------


def test_phases_follow_one_another() -> None:
    peak = scenario(PEAK_LOAD)
    assert peak.timeline("web") == (
        ("opening", 0.0, 4.0),
        ("peak", 4.0, 14.0),
        ("flash", 14.0, 15.0),
        ("evening", 15.0, 19.0),
    )
    assert peak.phase_windows["flash"] == (14.0, 15.0)
    assert peak.horizon == 19.0


def test_a_group_without_phases_has_those_of_the_longest_other() -> None:
    phases = "phases: {%s: {duration: %s, rate: 1/s}}"
    short, long, tie = (phases % pair for pair in (("s", "1s"), ("l", "2s"), ("t", "2s")))
    clients = f"{{a: {{think: 1s}}, b: {{{short}}}, c: {{{long}}}, d: {{{tie}}}}}"
    assert scenario(with_clients(clients)).timeline("a") == (("l", 0.0, 2.0),)


def test_a_closed_group_may_have_phases_of_its_own() -> None:
    found = scenario(with_clients("{a: {think: 1s, phases: {p: {duration: 3s}}}}"))
    assert (found.timeline("a"), found.horizon) == ((("p", 0.0, 3.0),), 3.0)


def test_groups_may_share_a_phase_only_in_one_window() -> None:
    same = (
        "{a: {phases: {p: {duration: 1s, rate: 1/s}}}, b: {phases: {p: {duration: 1s, rate: 9/s}}}}"
    )
    assert scenario(with_clients(same)).phase_windows == {"p": (0.0, 1.0)}
    said = mistake(with_clients(same.replace("1s, rate: 9/s", "2s, rate: 9/s")))
    assert "phase 'p' is 0s to 2s in 'b' and 0s to 1s in 'a'" in said


# --- What goes together -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clients", "said"),
    [
        ("{a: {count: 2}}", "'phases' is missing"),
        ("{a: {phases: {p: {duration: 1s}}}}", "'rate' is missing: write 0/s"),
        ("{a: {think: 1s}}", "this group would never end"),
        (
            "{a: {think: 1s, arrivals: even, phases: {p: {duration: 1s}}}}",
            "'arrivals' cannot stand",
        ),
        ("{a: {think: 1s, phases: {p: {duration: 1s, rate: 1/s}}}}", "'rate' cannot stand"),
        ("{a: {think: 1s, phases: {p: {duration: 1s, burst: 1}}}}", "'burst' cannot stand"),
        ("{}", "there must be at least one"),
        ("{a/b: {phases: {p: {duration: 1s, rate: 1/s}}}}", "cannot have spaces or slashes"),
        ("{a b: {phases: {p: {duration: 1s, rate: 1/s}}}}", "cannot have spaces or slashes"),
        ("{a: {phases: {p: {duration: 0s, rate: 1/s}}}}", "must be more than 0"),
        (
            "{a: {phases: {p: {duration: 30000h, rate: 10/s}}}}",
            "at most 1,000,000,000 can be played",
        ),
        (
            "{a: {count: 0, phases: {p: {duration: 1s, rate: 1/s}}}}",
            "0 is not within 1 and 100,000",
        ),
        (
            "{a: {think: 1s, count: 100000}, b: {think: 1s, phases: {p: {duration: 1s}}}}",
            "100,001 clients in all groups",
        ),
    ],
)
def test_clients_that_could_not_be_played_are_refused(clients: str, said: str) -> None:
    assert said in mistake(with_clients(clients))


def test_time_must_pass_between_a_closed_groups_orders() -> None:
    clients = "{a: {think: 0s, phases: {p: {duration: 1s}}}}"
    assert scenario(with_clients(clients)).horizon == 1.0
    free = "processors.service_time=0s"
    assert "no time would ever pass" in mistake(with_clients(clients), free)
    full = "router.queue_limit=0"
    assert "no time would ever pass at a full queue" in mistake(with_clients(clients), full)


def test_a_warm_up_must_leave_something() -> None:
    assert scenario(SMALL, "warm_up=9s").warm_up == 9.0
    assert "leaves nothing of a run of 10s" in mistake(SMALL, "warm_up=10s")


def test_a_scenario_needs_products() -> None:
    without = SMALL.replace("products: {PHONE-X: {stock: 100}, ACC-1..3: {stock: 5}}\n", "")
    assert "'products' is missing" in mistake(without)
    assert "at least one product" in mistake(SMALL, "products={}")


# --- Names that must exist ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("sku", "said"),
    [
        ("{PHONE-Y: 1}", "there is no product 'PHONE-Y'; did you mean PHONE-X?"),
        ("{ACC-1..4: 1}", "there is no product 'ACC-4'"),
        ("{ACC-1..3: 1, ACC-2: 1}", "'ACC-2' has a weight already"),
        ("{PHONE-X: 0}", "at least one weight must be above 0"),
        ("{PHONE-X: -1}", "the weight '-1' must be from 0"),
        ("{PHONE-X: lots}", "'lots' is not a number"),
        ("PHONE-X", "write uniform, zipf S or weights, as in {PHONE-X: 1}"),
        ("zipf", "needs an exponent"),
        ("zipf -1", "needs an exponent"),
    ],
)
def test_orders_choose_among_the_products_there_are(sku: str, said: str) -> None:
    assert said in mistake(SMALL, f"clients.web.orders={{sku: {sku}}}")


@pytest.mark.parametrize(
    ("threshold", "said"),
    [
        ("sold of PHONE-Y > 1", "no product 'PHONE-Y'; did you mean PHONE-X?"),
        ("rejected < 1% during peek", "no phase 'peek'; did you mean peak?"),
        ("rejected < 1% for wob", "no group 'wob'; did you mean web?"),
        ("latency < 1s", "needs a statistic"),
    ],
)
def test_a_threshold_names_what_there_is(threshold: str, said: str) -> None:
    assert said in mistake(SMALL, f"thresholds=['{threshold}']")


# --- In Python ----------------------------------------------------------------------------


def in_python(**group: object) -> Scenario:
    """A scenario of models rather than of text."""
    return Scenario(
        stocksim=1,
        products={"A": Product(stock=1)},
        processors=Processors(service_time=parse_distribution("1ms")),
        clients={"web": Group.model_validate(group)},
    )


def test_a_program_may_make_a_scenario_of_models() -> None:
    made = in_python(phases={"p": Phase(duration="1s", rate="5/s")}, orders=Orders())
    assert made.timeline("web") == (("p", 0.0, 1.0),)
    assert Scenario.model_validate(made) == made


def test_the_same_checks_hold_for_a_program() -> None:
    with pytest.raises(ValidationError, match="'rate' is missing"):
        in_python(phases={"p": Phase(duration="1s")})


def test_a_scenario_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        scenario(SMALL).seed = 2  # type: ignore[misc] # that is what must not work
