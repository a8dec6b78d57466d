from __future__ import annotations

import json

import msgspec
import pytest

from actors.errors import UsageError
from actors.messages import Line, Luck, Order, Place, Serve
from actors.rabbitmq.both.address import check_run, new_run, parameters_of, where
from actors.rabbitmq.both.wire import (
    Announcement,
    AnyLetter,
    Bundle,
    Flush,
    Flushed,
    Gone,
    Here,
    Job,
    Labours,
    OrderEnd,
    OrderEnded,
    Poison,
    StoredOrder,
    bundles,
    decode,
    encode,
)

ORDER = Order(id="web-1-1", client="web-1", placed_at=1.5, lines=(Line("TEA", 2),))
JOB = Job(
    scenario="0123456789abcdef",
    order=ORDER,
    scheduled=1.5,
    sender="client/web-1",
    group="web",
    phase="peak",
    luck=(0.25, 0.5, 0.75),
    attempt=3,
)
ENDING = OrderEnd(
    worker="w",
    status="rejected",
    reason="out_of_stock",
    short=("TEA",),
    filled=(0,),
    queued=True,
    busy_s=0.25,
    held_s=0.5,
    sold_out=("TEA",),
)
OUTCOME = OrderEnded(order="web-1-1", shard=3, end=ENDING)
LETTERS: list[AnyLetter] = [
    JOB,
    OUTCOME,
    Bundle(letters=(JOB, OUTCOME)),
    StoredOrder(job=JOB, end=ENDING),
    Flush(mark="m"),
    Flushed(mark="m", shard=3, worker="w", labours=Labours(orders=1)),
    Here(worker="w", processors=2, labours=Labours()),
    Gone(worker="w", labours=Labours()),
    Announcement(
        run="r",
        shards=16,
        speed=1.0,
        service_time="exponential 5ms",
        line_time="0ms",
        fulfilment="partial",
        processors=8,
        members=("a", "b"),
    ),
]


def wide(lines: int) -> Job:
    """An order of many lines with the longest names, of signs that take four bytes."""
    names = [f"{number:04}" + "\U0001f600" * 196 for number in range(lines)]
    order = msgspec.structs.replace(ORDER, lines=tuple(Line(name, 1) for name in names))
    return msgspec.structs.replace(JOB, order=order)


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: type(letter).__name__)
def test_every_letter_is_json_with_its_type_and_version_and_comes_back_equal(
    letter: AnyLetter,
) -> None:
    text = encode(letter)
    fields = json.loads(text)
    assert fields["type"] == type(letter).__name__
    assert fields["v"] == 4
    assert decode(text) == letter


def test_bundles_keep_every_letter_and_its_place_and_none_is_too_long_to_be_read() -> None:
    jobs = [JOB, *[wide(300)] * 5, *[JOB] * 7]
    bodies = list(bundles(map(encode, jobs), 5))
    read = [decode(body) for body in bodies]
    assert [
        each for bundle in read if isinstance(bundle, Bundle) for each in bundle.letters
    ] == jobs
    assert [len(bundle.letters) for bundle in read if isinstance(bundle, Bundle)] == [3, 2, 5, 3]


def test_an_order_comes_out_as_it_was_served() -> None:
    place = Place("web-1-1", b"", 1.5, "client/web-1", "web", "peak", luck=Luck(0.1, 0.2, 0.3))
    served = Job.of(Serve(ORDER, place, queued=False, attempt=3), "0123456789abcdef").serve()
    assert served.order == ORDER
    assert (served.attempt, served.queued) == (3, False)
    assert served.place.scheduled == 1.5
    assert served.place.luck == place.luck
    assert json.loads(served.place.body)["id"] == "web-1-1"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "truncated"),
        (b"[]", "Expected `object`"),
        (b'{"v":4}', "missing required field `type`"),
        (b'{"type":"Job","v":4}', "missing required field"),
        (b'{"type":"Spell","v":4}', "Spell"),
        (encode(JOB).replace(b'"v":4', b'"v":2'), "Invalid enum value 2"),
        (b'{"type":"Bundle","v":4,"letters":[]}', "length >= 1"),
        (encode(Bundle(letters=(JOB,))).replace(b'"quantity":2', b'"quantity":0'), "outside"),
        (encode(JOB).replace(b"TEA", b"\\u0000"), "control characters"),
        (encode(wide(400)), "over 256 KiB"),
        (encode(JOB).replace(b'"quantity":2', b'"quantity":0'), "a quantity is outside"),
        (encode(JOB).replace(b'"quantity":2', b'"quantity":2.5'), "Expected `int`"),
        (encode(JOB).replace(b"TEA", b""), "a name is not 1 to 200"),
        (b'"' + b"x" * 2**20 + b'"', "over 1024 KiB"),
        (b'{"type":"\\u001b[31m"}', "Invalid value"),
    ],
)
def test_poison_says_why_in_printable_words(body: bytes, why: str) -> None:
    with pytest.raises(Poison, match=why) as caught:
        decode(body)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("number", [b"1.0", b"1.5", b"-0.25"])
def test_luck_that_is_no_uniform_number_is_poison(number: bytes) -> None:
    with pytest.raises(Poison):
        decode(encode(JOB).replace(b"0.25", number))


@pytest.mark.parametrize(
    "url", ["", "localhost:5672", "http://localhost", "amqp://h:port/", "amqp://[::1/"]
)
def test_what_is_no_brokers_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(UsageError, match="--broker") as caught:
        parameters_of(url)
    assert not url or url not in str(caught.value)


def test_a_place_shows_no_password() -> None:
    parameters = parameters_of("amqp://anna:sesame@example.org:5673/shop")
    assert where(parameters) == "example.org:5673, virtual host 'shop'"
    assert parameters.heartbeat == 5
    assert parameters_of("amqp://h/?heartbeat=1").heartbeat == 1


@pytest.mark.parametrize("run", ["", "a/b", "../x", "-r", "x" * 65, "ü", "a\nb"])
def test_a_run_id_must_do_in_a_queues_name(run: str) -> None:
    with pytest.raises(UsageError, match="cannot name a run"):
        check_run(run)


@pytest.mark.parametrize("name", ["peak_load", "../../etc", "", "ü" * 200, "a b"])
def test_a_new_run_id_is_a_good_one_and_another_each_time(name: str) -> None:
    assert check_run(new_run(name)) != check_run(new_run(name))
