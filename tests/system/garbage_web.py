"""``gunicorn tests.system.garbage_web:app``: the web process, which tells how much garbage lies about in cycles."""

from gevent import monkey

monkey.patch_all()

import gc  # noqa: E402

from app.blueprints.guards import allow_guest  # noqa: E402
from wsgi import app  # noqa: E402

gc.disable()  # nobody else collects what is counted


@app.get("/garbage")
@allow_guest
def garbage() -> dict[str, int]:
    """Collect it; answers how many objects nobody could reach."""
    return {"objects": gc.collect()}
