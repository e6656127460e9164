"""``gunicorn tests.faults.sabotaged_web:app``: the web process, with what ``sabotage`` breaks."""

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402

from tests.faults import sabotage  # noqa: E402

sabotage.install(dict(os.environ))

from wsgi import app  # noqa: E402

__all__ = ["app"]
