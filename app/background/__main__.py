"""``python -m app.background``. Monkey-patching comes before every other import."""

from gevent import monkey

monkey.patch_all()

import logging  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402

import gevent  # noqa: E402

from app.background.worker import main  # noqa: E402

gevent.config.track_greenlet_tree = False  # as in gunicorn.conf.py

code = main()
logging.shutdown()
sys.stdout.flush()
sys.stderr.flush()
# The interpreter's own end takes apart what logging's locks need under gevent: a stack trace would be the last thing said.
os._exit(code)
