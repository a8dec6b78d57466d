"""Stock and outcomes that processes share: one interface, SQLite and PostgreSQL."""
