"""The hostile texts that tests throw at stocksim: JSON that is none, and strings that break things.

They lie beside the checkout; where they do not, the tests that need them are skipped, and fail
in CI.
"""

from __future__ import annotations

import json
import os
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

import pytest

__all__ = ["json_texts", "naughty_strings", "product_names"]

SHARED: Final = Path(__file__).parents[2].parent / "shared"
CORPORA: Final = SHARED / "corpora"
LONGEST_NAME: Final = 200


def demand(path: Path) -> None:
    """Skip the test that needs `path` where it is absent; in CI it must be there."""
    if not path.exists():
        assert "CI" not in os.environ, f"the test data is missing: {path}"
        pytest.skip(f"needs the test data at {path}")


@cache
def json_texts() -> tuple[bytes, ...]:
    """The 318 texts of JSONTestSuite, by file name."""
    folder = CORPORA / "json-test-suite" / "test_parsing"
    demand(folder)
    texts = tuple(path.read_bytes() for path in sorted(folder.glob("*.json")))
    assert len(texts) == 318
    return texts


@cache
def naughty_strings() -> tuple[str, ...]:
    """The 515 strings of the Big List of Naughty Strings."""
    file = CORPORA / "naughty-strings.json"
    demand(file)
    strings = tuple(json.loads(file.read_text("utf-8")))
    assert len(strings) == 515
    return strings


@cache
def product_names() -> tuple[str, ...]:
    """Those naughty strings that may name a product, each once."""
    return tuple(name for name in dict.fromkeys(naughty_strings()) if _may_name_a_product(name))


def _may_name_a_product(name: str) -> bool:
    """What the scenario format promises: 1 to 200 characters that YAML may have, not a range."""
    unfit = any(unicodedata.category(sign) in {"Cc", "Cn", "Cs", "Zl", "Zp"} for sign in name)
    return 1 <= len(name) <= LONGEST_NAME and not unfit and ".." not in name
