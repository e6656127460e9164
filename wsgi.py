"""The web process: ``gunicorn -c gunicorn.conf.py wsgi:app``. Monkey-patching comes before every other import."""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402

import gevent  # noqa: E402

from app import create_app  # noqa: E402
from app.preflight import NEVER_WORKS  # noqa: E402
from config import ConfigError, Settings  # noqa: E402

gevent.config.track_greenlet_tree = False  # as in gunicorn.conf.py

try:
    app = create_app(Settings.from_env())
except ConfigError as error:
    from app.doctor.cli import looking_for_a_command, unfit

    if looking_for_a_command():
        app = unfit(error)  # `flask --app wsgi doctor` says what else is wrong
    else:
        print(f"Chatter cannot start: {error}", file=sys.stderr)
        sys.exit(NEVER_WORKS)
