"""Small shops in which mistakes are played: each brings about what its mistakes need."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from actors.scenario.loader import LoadedScenario, load_text

__all__ = ["SHOPS", "open_shop"]

# Empty shelves and lines of several orders, of which one product may stand twice in an order.
SHORTAGE: Final = """\
stocksim: 1
products: {RARE: {stock: 61, price: 9}, MILD: {stock: 300, price: 5}, PLENTY: {stock: 90000}}
processors: {count: 3, service_time: uniform 10ms..30ms, line_time: 3ms}
clients:
  web:
    count: 4
    phases: {day: {duration: 4s, rate: 110/s}}
    orders: {lines: 1..3, quantity: 1..3, sku: {RARE: 1, MILD: 3, PLENTY: 6}}
"""

# Customers wait for what two depots bring now and then.
BACKORDER: Final = """\
stocksim: 1
products: {CHAIR: {stock: 25}, TABLE: {stock: 15}, LAMP: {stock: 60}}
processors: {count: 2, service_time: uniform 20ms..60ms, fulfilment: backorder}
clients:
  customers:
    count: 3
    phases: {day: {duration: 12s, rate: 20/s}}
    orders: {lines: 1..2, quantity: 1..2}
  depot:
    count: 2
    think: uniform 500ms..900ms
    orders: {kind: restock, lines: 2, quantity: 3..7}
"""

# Cashiers that wait for their answers; towards the end there is not enough of everything.
TILLS: Final = """\
stocksim: 1
products: {RARE: {stock: 120}, PLENTY: {stock: 90000}}
processors: {count: 2, service_time: uniform 20ms..40ms}
clients:
  tills:
    count: 10
    think: uniform 100ms..300ms
    phases: {early: {duration: 4s}, late: {duration: 4s}}
    orders: {lines: 1..2, quantity: 1..3, sku: {RARE: 1, PLENTY: 3}}
"""

# More orders than may wait.
LIMITED: Final = """\
stocksim: 1
products: {TEA: {stock: 90000}, RUM: {stock: 90000}}
router: {queue_limit: 4}
processors: {count: 2, service_time: uniform 20ms..40ms}
clients:
  web:
    count: 3
    phases: {day: {duration: 4s, rate: 70/s}}
    orders: {lines: 1..2}
  tills:
    count: 4
    think: uniform 200ms..400ms
    phases: {day: {duration: 4s}}
"""

# Orders of four priorities, one of them below zero, before processors that are busy all day.
PRIORITIES: Final = """\
stocksim: 1
products: {TEA: {stock: 90000}, RUM: {stock: 90000}}
processors: {count: 2, service_time: uniform 10ms..30ms}
clients:
  web:
    count: 3
    phases: {day: {duration: 4s, rate: 105/s}}
    orders: {lines: 1..2, priority: {-3: 20, 0: 40, 5: 20, 10: 20}}
"""

# Two groups whose days have other phases, one of them with a burst.
PHASES: Final = """\
stocksim: 1
products: {TEA: {stock: 400}, RUM: {stock: 90000}}
processors: {count: 2, service_time: uniform 10ms..30ms}
clients:
  web:
    count: 3
    phases:
      morning: {duration: 2s, rate: 50/s}
      noon: {duration: 1s, rate: 110/s, burst: 30}
      evening: {duration: 2s, rate: 60/s, ramp_to: 20/s}
    orders: {lines: 1..2, quantity: 1..2}
  depot:
    count: 2
    arrivals: even
    phases: {all day: {duration: 5s, rate: 20/s}}
    orders: {sku: {TEA: 1}, quantity: 5..6}
"""

# Things come back, and more of them is delivered.
RETURNS: Final = """\
stocksim: 1
products: {COAT: {stock: 80, price: 90}, SHOE: {stock: 300, price: 60}}
processors: {count: 2, service_time: uniform 10ms..30ms}
clients:
  web:
    count: 3
    phases: {day: {duration: 4s, rate: 80/s}}
    orders: {lines: 1..2, quantity: 1..3, kind: {sale: 80, return: 15, restock: 5}}
"""

# The same with a single line in each order.
SINGLE: Final = """\
stocksim: 1
products: {COAT: {stock: 80}, SHOE: {stock: 300}}
processors: {count: 2, service_time: uniform 10ms..30ms}
clients:
  web:
    count: 3
    phases: {day: {duration: 4s, rate: 80/s}}
    orders: {quantity: 1..3, kind: {sale: 80, return: 15, restock: 5}}
"""

# The shelves take longer than the processors.
SHELVES: Final = """\
stocksim: 1
products: {BEST: {stock: 200}, OTHER: {stock: 120}}
processors: {count: 4, service_time: uniform 4ms..12ms}
inventory: {service_time: uniform 6ms..14ms}
clients:
  web:
    count: 3
    phases: {day: {duration: 4s, rate: 85/s}}
    orders: {lines: 1..2, sku: {BEST: 2, OTHER: 1}}
"""

# The statistics begin late.
WARM_UP: Final = """\
stocksim: 1
warm_up: 2s
products: {TEA: {stock: 150}, RUM: {stock: 90000}}
processors: {count: 2, service_time: uniform 10ms..30ms}
clients:
  web:
    count: 3
    phases: {day: {duration: 4s, rate: 90/s}}
    orders: {lines: 1..2}
"""

# A line of its own for each processor.
LINES: Final = """\
stocksim: 1
products: {TEA: {stock: 90000}}
processors: {count: 3, service_time: uniform 20ms..40ms}
clients:
  web:
    count: 12
    phases: {day: {duration: 4s, rate: 85/s}}
    orders: {lines: 1..2}
"""

# A recorded log with returns, mistakes and an article that nobody sells.
LOG: Final = """\
stocksim: 1
products: {TEA: {stock: 500}, MUG: {stock: 30}}
processors: {service_time: uniform 100ms..400ms}
clients:
  history:
    replay:
      file: morning.csv
      columns: {order: invoice, client: customer, time: when, sku: article, quantity: pieces}
      compress: 60
"""

# The same log from two sides, and a cashier of whose orders three stand in it already.
TWICE: Final = """\
stocksim: 1
products: {TEA: {stock: 500}, MUG: {stock: 60}}
processors: {service_time: uniform 100ms..200ms}
clients:
  history:
    replay:
      file: morning.csv
      columns: {order: invoice, client: customer, time: when, sku: article, quantity: pieces}
      compress: 60
  copy:
    replay:
      file: morning.csv
      columns: {order: invoice, client: customer, time: when, sku: article, quantity: pieces}
      compress: 30
  tills:
    think: uniform 1s..2s
    phases: {day: {duration: 60s}}
"""

SHOPS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "shortage": (SHORTAGE, ()),
    "partial": (SHORTAGE, ("processors.fulfilment=partial", "products.MILD.stock=302")),
    "backorder": (BACKORDER, ()),
    "tills": (TILLS, ()),
    "limited": (LIMITED, ()),
    "priorities": (PRIORITIES, ()),
    "phases": (PHASES, ()),
    "returns": (RETURNS, ()),
    "partial returns": (RETURNS, ("processors.fulfilment=partial",)),
    "single": (SINGLE, ()),
    "shelves": (SHELVES, ()),
    "short shelves": (SHELVES, ("products.BEST.stock=250", "products.OTHER.stock=70")),
    "warm-up": (WARM_UP, ()),
    "turns": (LINES, ("router.strategy=round_robin",)),
    "chance": (LINES, ("router.strategy=random",)),
    "least": (LINES, ("router.strategy=least_loaded",)),
    "hash": (LINES, ("router.strategy=hash",)),
    "log": (LOG, ()),
    "twice": (TWICE, ()),
}


@cache
def open_shop(name: str) -> LoadedScenario:
    """The scenario of a shop, read once."""
    text, overrides = SHOPS[name]
    return load_text(text, name="shop", folder=Path(__file__).parent, overrides=overrides)
