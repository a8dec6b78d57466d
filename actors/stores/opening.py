"""From a URL to a store: which kind it is, with nothing imported but that one."""

from __future__ import annotations

from actors.errors import UsageError
from actors.stores.store import Store

__all__ = ["open_store"]


def open_store(url: str, *, patience: float = 30.0) -> Store:
    """The store at a URL: `sqlite:PATH` or `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`.

    Args:
        url: where it is.
        patience: seconds for which a store that cannot be reached is tried again.

    Raises:
        UsageError: not such a URL, or the package that it needs is not installed.
        StoreUnreachable: it cannot be reached or used.
    """
    scheme, colon, rest = url.partition(":")
    if scheme == "sqlite" and rest:
        from actors.stores.sqlite import SqliteStore  # noqa: PLC0415 — only this one

        return SqliteStore(rest, patience=patience)
    if scheme in ("postgresql", "postgres") and rest.startswith("//"):
        try:
            from actors.stores.postgres import PostgresStore  # noqa: PLC0415 — an extra
        except ImportError:
            raise UsageError(
                "a PostgreSQL store needs psycopg: pip install 'stocksim[postgres]'"
            ) from None
        return PostgresStore(url, patience=patience)
    # What comes before the colon holds no password; what follows may.
    given = scheme + colon + ("…" if rest else "")
    raise UsageError(f"{given!r} is no store: write sqlite:PATH or postgresql://HOST/DATABASE")
