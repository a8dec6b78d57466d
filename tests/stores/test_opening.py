"""Stores are opened by URL; what is no store is told without its secrets."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from actors.errors import UsageError
from actors.stores.opening import open_store
from actors.stores.postgres import PostgresStore
from actors.stores.sqlite import SqliteStore

pytest_plugins = ("server_fixtures",)


def test_the_scheme_says_which_store_it_is(tmp_path: Path, postgres_url: str) -> None:
    for url, kind in (
        (f"sqlite:{tmp_path}/stock.db", SqliteStore),
        (postgres_url, PostgresStore),
        (postgres_url.replace("postgresql", "postgres"), PostgresStore),
    ):
        store = open_store(url)
        assert type(store) is kind
        store.close()


@pytest.mark.parametrize(
    "url", ["", "sqlite", "sqlite:", "stock.db", "mysql://me:secret@host/db", "postgresql:secret"]
)
def test_anything_else_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(UsageError, match="is no store: write sqlite:PATH or postgresql:") as caught:
        open_store(url)
    assert "secret" not in str(caught.value)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "actors.stores.postgres", raising=False)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UsageError, match=r"pip install 'stocksim\[postgres\]'"):
        open_store("postgresql://host/db")
