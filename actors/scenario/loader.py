"""YAML → a checked scenario with its recordings, or one error that lists every mistake.

    text ── compose ──▶ tree ── --set ──▶ tree ── validate ──▶ Scenario ── recordings ──▶ loaded

Nothing is run, and no file is read outside of the scenario's folder.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from actors.scenario.document.explain import explain
from actors.scenario.document.file_text import decode, read_bytes
from actors.scenario.document.mistakes import Mistake, Unreadable, scenario_error
from actors.scenario.document.nodes import MappingNode, Scalar, plain_data
from actors.scenario.document.overrides import Override
from actors.scenario.document.paths import suggest_path
from actors.scenario.document.source import Place, Source
from actors.scenario.document.traps import value_hint
from actors.scenario.document.yaml_nodes import compose
from actors.scenario.loaded import LoadedScenario
from actors.scenario.model import Replay, Scenario
from actors.scenario.names import MAX_PRODUCTS, check_name
from actors.scenario.problems import Problem, problems_of
from actors.scenario.recorded.replay import ReplayError, read_recording
from actors.scenario.references import unknown_in_threshold
from actors.scenario.structure import mapping_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from actors.scenario.recorded.recording import Recording

__all__ = ["LoadedScenario", "load_scenario", "load_text", "suggest_path"]


def load_scenario(path: str | Path, overrides: Sequence[str] = ()) -> LoadedScenario:
    """The scenario of a YAML file.

    Args:
        path: the file.
        overrides: texts such as `router.queue_limit=500`, applied in their order.

    Raises:
        ScenarioError: the file cannot be read, or is wrong; the text lists every mistake.
    """
    path = Path(path)
    try:
        content = read_bytes(path)
        source = decode(str(path), content)
    except Unreadable as error:
        near = suggest_path(path)
        hint = "" if near is None else f"; did you mean {near}?"
        mistake = replace(error.mistake, message=error.mistake.message + hint)
        raise scenario_error([mistake]) from None
    digest = hashlib.sha256(content).hexdigest()
    return _load(source, path.stem, path, path.parent, digest, overrides)


def load_text(
    text: str, *, name: str, folder: Path | None = None, overrides: Sequence[str] = ()
) -> LoadedScenario:
    """The scenario of a YAML text.

    Args:
        text: YAML.
        name: what messages call it, and the scenario's name where it has none.
        folder: where the files that it names are; None: it may name none.
        overrides: as for `load_scenario`.

    Raises:
        ScenarioError: the text is wrong; the error lists every mistake.
    """
    content = text.encode("utf-8", "replace")
    digest = hashlib.sha256(content).hexdigest()
    return _load(Source(name, text.removeprefix("\ufeff")), name, None, folder, digest, overrides)


def _load(
    source: Source,
    name: str,
    path: Path | None,
    folder: Path | None,
    digest: str,
    overrides: Sequence[str],
) -> LoadedScenario:
    try:
        root, mistakes = _compose_mapping(source)
    except Unreadable as error:
        raise scenario_error([error.mistake]) from None
    root, changes = _override(root, overrides, mistakes)
    data = {"name": _usable(name), **mapping_at(plain_data(root))}
    recordings, problems = _record(data, folder)
    scenario = None
    try:
        scenario = Scenario.model_validate(data, context={"folder": folder})
    except ValidationError as error:
        problems += problems_of(error)
    if scenario is not None and not problems:
        loaded = LoadedScenario(scenario, path, digest, changes, recordings)
        problems += _made_products(loaded)
        if not problems and not mistakes:
            return loaded
    raise scenario_error([*mistakes, *explain(problems, root)])


def _compose_mapping(source: Source) -> tuple[MappingNode, list[Mistake]]:
    root, mistakes = compose(source)
    if isinstance(root, MappingNode):
        return root, mistakes
    if root is None or (isinstance(root, Scalar) and root.empty):
        message = "there is nothing in it: a scenario starts with stocksim: 1"
        raise Unreadable(Mistake(Place(source, 0, 0), message))
    hint = value_hint(root.text) if isinstance(root, Scalar) else ""
    message = "a scenario is a mapping of keys to values, from stocksim: 1 on"
    raise Unreadable(Mistake(root.place, message + hint))


def _override(
    root: MappingNode, overrides: Sequence[str], mistakes: list[Mistake]
) -> tuple[MappingNode, dict[str, str]]:
    """The changed tree, and value by key; one wrong override does not hide another."""
    changes: dict[str, str] = {}
    for written in overrides:
        try:
            override = Override(written)
            root = override.applied_to(root)
        except Unreadable as error:
            mistakes.append(error.mistake)
            continue
        mistakes += override.mistakes
        changes[override.path] = override.text
    return root, changes


def _usable(name: str) -> str:
    try:
        return check_name(name)
    except ValueError:
        return "scenario"


def _record(
    data: Mapping[str, object], folder: Path | None
) -> tuple[dict[str, Recording], list[Problem]]:
    """The logs that can be read, whatever else is wrong, and what keeps the others from it."""
    recordings: dict[str, Recording] = {}
    problems: list[Problem] = []
    for name, group in mapping_at(data, "clients").items():
        written = mapping_at(group, "replay")
        known = {key: value for key, value in written.items() if key in Replay.model_fields}
        if "file" not in known:
            continue  # the scenario's own validation says why, here and below
        try:
            replay = Replay.model_validate(known, context={"folder": folder})
            recordings[name] = read_recording(replay, name)
        except ReplayError as error:
            problems.append(Problem(("clients", name, "replay", error.key), str(error)))
        except ValidationError:
            continue
    return recordings, problems


def _made_products(loaded: LoadedScenario) -> list[Problem]:
    """What could not be known before the logs were read."""
    if not loaded.made_products:
        return []
    products = loaded.products
    if len(products) > MAX_PRODUCTS:
        group = next(iter(loaded.recordings))
        message = f"the log makes {len(products):,} products; {MAX_PRODUCTS:,} are the limit"
        return [Problem(("clients", group, "replay", "stock"), message)]
    return [
        problem
        for index, threshold in enumerate(loaded.scenario.thresholds)
        for problem in unknown_in_threshold(threshold, ("thresholds", index), products, None, None)
    ]
