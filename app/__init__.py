"""Chatter. ``create_app`` is the table of contents of a web process."""

from pathlib import Path

import click
from flask import Flask

from config import Settings

ROOT = Path(__file__).parent.parent


def create_app(settings: Settings) -> Flask:
    """A web process: the order matters and is explained where it does."""
    from app import admin, assets, blueprints, health, metrics, requests_log
    from app.backup.cli import backup, restore
    from app.blueprints import errors, identity, languages, security
    from app.core import build_core
    from app.doctor.cli import doctor
    from app.realtime.server import RealtimeServer
    from app.realtime.sweeper import Sweeper

    app = Flask(__name__, static_folder=str(ROOT / "static"), template_folder=str(ROOT / "templates"))
    core = build_core(settings, role="web")  # stores first: everything else may need them
    app.extensions["core"] = core
    requests_log.init_app(app)  # before the guards, so that refused requests are logged too
    health.init_app(app, core)  # before sessions: alive needs no store
    security.init_app(app, settings, core.redis)
    identity.init_app(app)
    languages.init_app(app)  # after identity: whoever asks may have chosen a language
    errors.init_app(app)
    assets.init_app(app)
    blueprints.init_app(app)
    admin.init_app(app)
    if click.get_current_context(silent=True) is not None:
        for command in (doctor, backup, restore):
            app.cli.add_command(command)
        return app  # a command such as `flask --app wsgi admin list`: it serves nobody, and takes no part in the log

    realtime = RealtimeServer(app, settings, core.queue)  # last: it needs sessions and services
    app.extensions["realtime"] = realtime
    core.meter.gauges = lambda: {"shards": core.leases.held, "sockets": len(realtime.connections)}
    core.start(
        control={"signed_out": lambda note: realtime.close_devices(note["devices"])},
        commits=settings.embedded_committer,
    )
    Sweeper(realtime).start()
    app.extensions["metrics"] = metrics.serve(core)
    return app


def begin_shutdown(app: Flask) -> None:
    """The platform said stop: hand the leases back and send the sockets elsewhere; requests under way go on."""
    app.extensions["metrics"].stop()  # whoever comes after this process takes its port
    app.extensions["realtime"].drain()
    app.extensions["core"].leases.stop()


def finish_shutdown(app: Flask) -> None:
    """No request is under way any more."""
    app.extensions["realtime"].until_drained()
    app.extensions["core"].stop()
