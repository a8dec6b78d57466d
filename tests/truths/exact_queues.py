"""What queueing theory says about simple shops: the exact values that a simulation must meet.

Rates are orders a second, times are seconds. "Gross" is D. Gross, J. F. Shortle, J. M. Thompson
and C. M. Harris, Fundamentals of Queueing Theory, 4th edition, 2008.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

__all__ = [
    "Machines",
    "batch_response",
    "erlang_b",
    "erlang_c",
    "machine_repair",
    "mmc_wait",
    "mmc_wait_quantile",
    "pollaczek_khinchine",
    "priority_waits",
]


def erlang_b(offered: float, servers: int) -> float:
    """The share of orders lost by M/G/c/c, where nobody waits: Erlang's loss formula.

    A. K. Erlang, Solution of Some Problems in the Theory of Probabilities of Significance in
    Automatic Telephone Exchanges, 1917, in its recursive form (Gross, chapter 2): B(0) = 1,
    B(k) = a B(k - 1) / (k + a B(k - 1)).

    Args:
        offered: the load a, arrival rate times mean service time.
        servers: how many there are.
    """
    lost = 1.0
    for server in range(1, servers + 1):
        lost = offered * lost / (server + offered * lost)
    return lost


def erlang_c(offered: float, servers: int) -> float:
    """The share of orders that wait in M/M/c: C = B / (1 - rho (1 - B)) (Gross, chapter 2)."""
    lost = erlang_b(offered, servers)
    return lost / (1 - offered / servers * (1 - lost))


def mmc_wait(rate: float, servers: int, service: float) -> float:
    """The mean wait in M/M/c: C / (c mu - lambda) (Gross, chapter 2)."""
    return erlang_c(rate * service, servers) / (servers / service - rate)


def mmc_wait_quantile(share: float, rate: float, servers: int, service: float) -> float:
    """The time within which a share of all orders is taken, first come first served, in M/M/c.

    From P(wait > t) = C exp(-(c mu - lambda) t) (Gross, chapter 2).
    """
    waiting = erlang_c(rate * service, servers)
    return max(0.0, math.log(waiting / (1 - share)) / (servers / service - rate))


def pollaczek_khinchine(rate: float, service: float, scv: float) -> float:
    """The mean wait in M/G/1: lambda E[S]^2 (1 + scv) / (2 (1 - rho)) (Gross, chapter 5).

    Args:
        rate: of arrivals.
        service: its mean.
        scv: variance of the service time over its squared mean: 0 for M/D/1, 1 for M/M/1.
    """
    return rate * service**2 * (1 + scv) / (2 * (1 - rate * service))


def batch_response(rate: float, batch: int, service: float) -> float:
    """The mean time in an M/M/1 system whose orders arrive in batches of one size.

    L = rho (K + 1) / (2 (1 - rho)) (Gross, chapter 3, bulk input), divided by the rate.

    Args:
        rate: of orders, not of batches.
        batch: orders at one moment.
        service: its mean, of one order.
    """
    load = rate * service
    return load * (batch + 1) / (2 * (1 - load)) / rate


def priority_waits(rates: Sequence[float], service: float) -> tuple[float, ...]:
    """Mean waits by class in M/M/1 where the highest class waiting is served next.

    Nobody is interrupted: W(k) = R / ((1 - s(k - 1)) (1 - s(k))), where s(k) is the load of the
    classes up to k and R = rho E[S] what is left of the service in hand (A. Cobham, Priority
    Assignment in Waiting Line Problems, Operations Research 2(1), 1954, pages 70-76).

    Args:
        rates: of arrivals, the highest class first.
        service: the mean, one for all.
    """
    loads = [0.0, *accumulate(rate * service for rate in rates)]
    left = loads[-1] * service
    return tuple(left / ((1 - above) * (1 - upto)) for above, upto in pairwise(loads))


class Machines(NamedTuple):
    """A closed system in equilibrium: orders a second, and their mean time in the system."""

    throughput: float
    response: float


def machine_repair(clients: int, think: float, servers: int, service: float) -> Machines:
    """Clients that think, order and wait for the answer: M/M/c//N, the machine-repair model.

    A birth-death chain of the orders in the system (Gross, chapter 2, finite source): it grows
    at the rate (N - n) / Z and shrinks at min(n, c) mu. The response follows by the interactive
    response-time law R = N / X - Z (P. J. Denning and J. P. Buzen, The Operational Analysis of
    Queueing Network Models, ACM Computing Surveys 10(3), 1978).
    """
    weights = [1.0]
    for present in range(1, clients + 1):
        birth, death = (clients - present + 1) / think, min(present, servers) / service
        weights.append(weights[-1] * birth / death)
    busy = sum(min(present, servers) * weight for present, weight in enumerate(weights))
    throughput = busy / sum(weights) / service
    return Machines(throughput, clients / throughput - think)
