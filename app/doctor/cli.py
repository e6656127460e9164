"""The command ``doctor``: ``flask --app wsgi doctor``, or ``python -m app.doctor``, which needs no Flask."""

import json
import sys
from dataclasses import asdict

import click
import structlog
from flask import Flask
from flask.cli import AppGroup, FlaskGroup

from app.doctor.findings import EXIT_CODES
from app.doctor.report import examine
from app.preflight import NEVER_WORKS
from config import ConfigError


@click.command()
@click.option("--quick", is_flag=True, help="Do not read the logs.")
@click.option("--conversation", metavar="ID", help="Read the log of this conversation alone.")
@click.option("--after", metavar="ID", default="", help="Go on behind this conversation.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def doctor(context: click.Context, quick: bool, conversation: str | None, after: str, as_json: bool) -> None:
    """Is this installation well? A line for each check, as it is done.

    It changes nothing. The exit code is 0, 1 where there are warnings, 2 where something is wrong.
    """
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # stdout is the report's
    worst = 0
    for finding in examine(quick=quick, conversation=conversation, after=after):
        worst = max(worst, EXIT_CODES[finding.state])
        line = f"{finding.state:<8} {finding.check}: {finding.words}"
        click.echo(json.dumps(asdict(finding)) if as_json else line)
    context.exit(worst)


def looking_for_a_command() -> bool:
    """Is the application loaded only for Flask's command line to see which commands it has? It will serve nobody."""
    context = click.get_current_context(silent=True)
    return context is not None and isinstance(context.command, FlaskGroup)


def unfit(error: ConfigError) -> Flask:
    """What the command line gets where Chatter cannot start: an application that can be examined and nothing else."""
    app = Flask("app")
    app.cli = _DoctorAlone(error)
    return app


class _DoctorAlone(AppGroup):
    def __init__(self, error: ConfigError) -> None:
        super().__init__()
        self.add_command(doctor)
        self._error = error

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """The doctor; every other command ends as the application would."""
        found = super().get_command(ctx, cmd_name)
        if found is None:
            print(f"Chatter cannot start: {self._error}", file=sys.stderr)
            sys.exit(NEVER_WORKS)
        return found
