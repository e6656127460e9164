"""``python -m app.background``. Monkey-patching comes before every other import."""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402

import gevent  # noqa: E402

from app.background.worker import main  # noqa: E402

gevent.config.track_greenlet_tree = False  # as in gunicorn.conf.py

sys.exit(main())
