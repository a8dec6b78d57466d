"""Commands and flags. Each command imports what it needs when it runs."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Final

import click
from typing_extensions import override

from actors.cli.brokering import broker, over_a_broker, worker
from actors.cli.ending import exit_with
from actors.cli.output import complain_of, say
from actors.cli.values import jobs, replication, replications, seed, speed
from actors.common.compiled import in_use
from actors.common.unhandled import show_unhandled
from actors.common.version import VERSION
from actors.errors import StocksimError
from actors.vocabulary.exit_codes import ExitCode
from actors.vocabulary.runtimes import RUNTIMES, meanings

__all__ = ["app", "main"]

SET_FLAGS: Final = ("replications", "jobs", "executor", "keep", "resume")
TEMPLATES: Final = ("peak", "flash", "steady", "replay")


class DefaultToRun(click.Group):
    """A group whose default command is `run`: `stocksim SCENARIO` is `stocksim run SCENARIO`."""

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {*self.commands, "--help", "-h", "--version"}
        if args and args[0] not in own:
            self._refuse_misspelt_command(ctx, args[0])
            args = ["run", *args]
        return super().parse_args(ctx, args)

    def _refuse_misspelt_command(self, ctx: click.Context, word: str) -> None:
        near = get_close_matches(word, [*self.commands, "--help"], n=1)
        if near and not Path(word).exists():
            message = f"no command and no scenario is named {word!r}; did you mean {near[0]}?"
            raise click.UsageError(message, ctx)


@click.group(
    cls=DefaultToRun,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=f"Exit codes: {ExitCode.listed()}.",
)
@click.version_option(
    VERSION,
    prog_name="stocksim",
    message=f"%(prog)s %(version)s, {'compiled' if in_use() else 'plain Python'}",
)
def app() -> None:
    """Play an order pipeline with real actors and get a verdict you can trust.

    \b
    stocksim SCENARIO            run a scenario (the same as: stocksim run SCENARIO)
    stocksim run --help          every flag of a run
    stocksim new myshop          start a scenario of your own
    """  # noqa: D301 — \b is click's mark for lines that stay as they are


@app.command()
@click.argument("scenario")
@click.option(
    "--runtime",
    type=click.Choice(list(RUNTIMES)),
    help=f"Where actors run; default: as the scenario says. {meanings(*RUNTIMES)}",
)
@click.option("--seed", metavar="N", callback=seed, help="Default: as the scenario says.")
@click.option(
    "--replications",
    metavar="N",
    callback=replications,
    help="Play N independent runs and tell each figure's mean and 95 % interval.",
)
@click.option(
    "--replication",
    metavar="K",
    callback=replication,
    help="Play number K of such runs alone; they count from 0.",
)
@click.option(
    "--jobs", metavar="N", callback=jobs, help="Replications at once; default: one a core."
)
@click.option("--executor", metavar="WHERE", help="Where to play them: local, or dask://HOST:PORT.")
@click.option("--keep", metavar="DIR", help="Keep finished replications in a new folder.")
@click.option("--resume", metavar="DIR", help="Go on with the set that is kept in DIR.")
@click.option(
    "--speed",
    metavar="X",
    callback=speed,
    help="Scenario seconds a real second: how fast threads and pool run; paces virtual.",
)
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Change the scenario, as in clients.web.count=80; may be repeated.",
)
@click.option("--orders", metavar="FILE", help="Write every ended order to FILE as a line of JSON.")
@click.option("--json", "json_file", metavar="FILE", help="Write the result to FILE; - for stdout.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the output.",
)
@click.option("-q", "--quiet", is_flag=True, help="No log lines and no progress.")
@click.option("-v", "--verbose", is_flag=True, help="Every event, and the whole summary.")
@over_a_broker
@click.pass_context
def run(ctx: click.Context, /, scenario: str, **flags: object) -> None:
    """Run a scenario and judge it."""
    from actors.cli.replicating import SetOptions, run_replications  # noqa: PLC0415 — only when run
    from actors.cli.running import RunOptions, run_scenario  # noqa: PLC0415

    several = SetOptions(**{name: flags.pop(name) for name in SET_FLAGS})  # type: ignore[arg-type]
    options = RunOptions.of(scenario, flags)
    if options.quiet and options.verbose:
        raise click.UsageError("-q and -v contradict each other: give one of them")
    if several.replications is not None:
        ctx.exit(run_replications(options, several))
    several.refuse_strays()
    ctx.exit(run_scenario(options))


@app.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.pass_context
def validate(ctx: click.Context, files: tuple[str, ...]) -> None:
    """Check scenarios without running them: every error of every file."""
    from actors.scenario.loader import load_scenario  # noqa: PLC0415 — only when run

    wrong = 0
    for file in files:
        try:
            load_scenario(Path(file))
        except StocksimError as error:
            wrong += 1
            complain_of(error)
        else:
            say(f"{file}: ok")
    ctx.exit(ExitCode.USAGE if wrong else ExitCode.PASSED)


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenarios, for editors."""
    from actors.scenario.schema import json_schema  # noqa: PLC0415 — only when run

    click.echo(json_schema(), nl=False)


@app.command()
@click.argument("name")
@click.option(
    "--template",
    type=click.Choice(TEMPLATES),
    default="peak",
    show_default=True,
    help="What it plays.",
)
def new(name: str, template: str) -> None:
    """Write a commented scenario that runs: NAME.yaml."""
    from actors.cli.templating import write_template  # noqa: PLC0415 — only when run

    for path in write_template(name, template):
        say(f"wrote {path}")


@app.command("compile")
def compile_() -> None:
    """Make stocksim faster: compile its busiest modules (once; needs a C compiler)."""
    from actors.cli.compiling import compile_twins  # noqa: PLC0415 — only when run

    say(f"compiled into {compile_twins()}: used from now on, until a source changes")


app.add_command(worker)
app.add_command(broker)


def main() -> None:
    """The console script: runs a command and exits with its code."""
    show_unhandled()
    exit_with(lambda: app.main(standalone_mode=False))
