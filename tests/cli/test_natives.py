"""Structs rewritten for the compiler: as plain Python they must already be what they were."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from actors.cli.natives import make_native

SOURCE: Final = '''"""Some values."""

from __future__ import annotations

import msgspec


class Stock(msgspec.Struct, frozen=True, gc=False):
    """What "is there": on the shelf."""

    on_hand: int
    reserved: int = 0

    @property
    def available(self) -> int:
        """What can be promised."""
        return self.on_hand - self.reserved


class Early(msgspec.Struct, frozen=True, gc=False):
    """Needed at once."""


EARLY = Early()


class Loose(msgspec.Struct):
    """May be changed, and so it stays a struct."""

    on_hand: int


def fail() -> None:
    raise ValueError
'''


@pytest.fixture
def written(tmp_path: Path) -> Iterator[ModuleType]:
    """The rewritten source, as plain Python."""
    path = tmp_path / "rewritten_values.py"
    path.write_text(SOURCE, "utf-8")
    make_native(path)
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[path.stem] = module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules[path.stem]


def test_it_is_made_compared_and_shown_as_the_struct_was(written: ModuleType) -> None:
    stock = written.Stock(3)
    assert (stock.on_hand, stock.reserved, stock.available) == (3, 0, 3)
    assert stock == written.Stock(on_hand=3, reserved=0)
    assert hash(stock) == hash(written.Stock(3))
    assert stock != written.Stock(3, 1)
    assert stock != (3, 0)
    assert repr(stock) == "Stock(on_hand=3, reserved=0)"
    assert written.Stock.__doc__ == 'What "is there": on the shelf.'


def test_it_can_be_taken_apart_like_the_struct(written: ModuleType) -> None:
    match written.Stock(3, 1):
        case written.Stock(on_hand, reserved):
            assert (on_hand, reserved) == (3, 1)
        case other:
            pytest.fail(repr(other))


def test_other_structs_stay_as_they_are(written: ModuleType) -> None:
    loose = written.Loose(1)
    loose.on_hand = 2
    assert type(type(loose)).__name__ == "StructMeta"
    assert type(type(written.EARLY)).__name__ == "StructMeta"
    assert type(type(written.Stock(1))).__name__ == "type"


def test_line_numbers_stay_those_of_the_source(written: ModuleType) -> None:
    line = SOURCE.splitlines().index("def fail() -> None:") + 1
    assert written.fail.__code__.co_firstlineno == line


def test_a_file_without_such_structs_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "plain.py"
    path.write_text("x = 1\n", "utf-8")
    make_native(path)
    assert path.read_text("utf-8") == "x = 1\n"
