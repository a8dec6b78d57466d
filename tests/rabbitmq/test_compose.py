"""The compose file: the schema's word for its form, and ours for what it promises.

No Docker engine is needed, so what only an engine could show is not shown here.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from dockerfile import ROOT

from actors.cli.app import app

FILE: Final = ROOT / "docker-compose.yml"
WORKERS_ENV: Final = ROOT / ".docker" / "workers.env"
VARIABLE: Final = re.compile(r"\$\{(\w+):-([^}]*)\}")

Services = Mapping[str, Mapping[str, Any]]


def read(variables: Mapping[str, str]) -> Services:
    """The services, with variables put in or left at their defaults."""
    text = FILE.read_text(encoding="utf-8")
    filled = VARIABLE.sub(lambda found: variables.get(found[1], found[2]), text)
    services: Services = yaml.safe_load(filled)["services"]
    return services


def workers_env() -> dict[str, str]:
    lines = WORKERS_ENV.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def check(file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    return subprocess.run([*command, str(file)], capture_output=True, text=True, check=False)


def test_the_file_is_what_compose_specifies(tmp_path: Path) -> None:
    checked = check(FILE)
    assert checked.returncode == 0, checked.stdout
    misspelt = tmp_path / "docker-compose.yml"
    misspelt.write_text(FILE.read_text(encoding="utf-8").replace("container_name", "container_nam"))
    assert check(misspelt).returncode == 1


def test_containers_have_the_names_that_people_are_told() -> None:
    services = read({})
    for name in ("app_service", "rabbitmq_service"):
        assert services[name]["container_name"] == name


def test_without_a_profile_there_is_a_run_and_its_broker() -> None:
    unconditional = {name for name, service in read({}).items() if "profiles" not in service}
    assert unconditional == {"app_service", "rabbitmq_service"}


def test_nothing_is_published_but_the_management_page_on_this_machine() -> None:
    published = {name: s["ports"] for name, s in read({}).items() if "ports" in s}
    assert published == {"rabbitmq_service": ["127.0.0.1:15672:15672"]}


def test_every_foreign_image_is_pinned() -> None:
    for service in read({}).values():
        if "build" not in service:
            assert re.fullmatch(r"\w+:\d+\.\d+[\w.-]*", service["image"])


def test_who_depends_on_a_service_waits_until_it_is_healthy() -> None:
    services = read({})
    for service in services.values():
        for needed, how in service.get("depends_on", {}).items():
            assert how["condition"] == "service_healthy"
            assert services[needed]["healthcheck"]["test"]
            # A service that its profile leaves out must not be waited for.
            assert how.get("required", True) == ("profiles" not in services[needed])


@pytest.mark.parametrize("variables", [{}, workers_env()], ids=["alone", "with workers"])
def test_every_command_is_one_that_the_program_takes(variables: Mapping[str, str]) -> None:
    for name in ("app_service", "worker_service"):
        words = read(variables)[name]["command"]
        with app.make_context("stocksim", list(words)) as context:
            _, command, rest = app.resolve_command(
                context, [*context._protected_args, *context.args]
            )
        assert command is not None
        with command.make_context(command.name, rest, parent=context) as parsed:
            assert parsed.params


def test_variables_of_the_workers_file_are_used_and_lead_to_the_services() -> None:
    variables = workers_env()
    assert set(variables) <= {found[0] for found in VARIABLE.findall(FILE.read_text("utf-8"))}
    services = read(variables)
    for name in ("app_service", "worker_service"):
        environment = services[name]["environment"]
        assert "@rabbitmq_service:5672" in environment["STOCKSIM_BROKER"]
        database = services["postgres_service"]["environment"]
        assert environment["STOCKSIM_STORE"] == (
            f"postgresql://{database['POSTGRES_USER']}:{database['POSTGRES_PASSWORD']}"
            f"@postgres_service:5432/{database['POSTGRES_DB']}"
        )
    assert "sqlite:/data/" in read({})["app_service"]["environment"]["STOCKSIM_STORE"]
    assert read({})["app_service"]["volumes"] == ["stock:/data"]
