"""No file of the package imports itself by way of others, not even for types alone."""

from __future__ import annotations

import grimp


def circles() -> set[frozenset[str]]:
    """Files that import each other, directly or not: those that every one of them reaches."""
    graph = grimp.build_graph("actors", cache_dir=None)
    imports = {file: graph.find_modules_directly_imported_by(file) for file in graph.modules}
    reached = {file: reachable(file, imports) for file in imports}
    return {
        frozenset(other for other in reached[file] if file in reached[other])
        for file in imports
        if file in reached[file]
    }


def reachable(file: str, imports: dict[str, set[str]]) -> set[str]:
    """All that a file imports, directly or not."""
    found: set[str] = set()
    waiting = [file]
    while waiting:
        fresh = imports[waiting.pop()] - found
        found |= fresh
        waiting += fresh
    return found


def test_files_do_not_import_in_circles() -> None:
    found = [sorted(circle) for circle in circles()]
    assert not found, "take what they share into a file that both import"
