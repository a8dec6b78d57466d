"""What can go wrong with a measurement, each with what to do about it.

BenchmarkError
├── CannotMeasure     a part needs what is not installed or does not exist here (exit 2)
└── BadMeasurement    a run failed, or showed that it played something else (exit 1)
"""

from __future__ import annotations

__all__ = ["BadMeasurement", "BenchmarkError", "CannotMeasure"]


class BenchmarkError(Exception):
    """The root: its text says what is wrong, where, and what to do."""


class CannotMeasure(BenchmarkError):
    """Something that the measurement needs is missing; nothing was run."""


class BadMeasurement(BenchmarkError):
    """A run failed or broke off, or what it played was not what it should have played."""
