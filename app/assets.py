"""Static files with their content in their address, so that browsers may keep them for ever."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request, send_from_directory, url_for


def init_app(app: Flask) -> None:
    """Give templates ``static_url(name)`` and serve the service worker from the root, which is its scope."""
    folder = Path(str(app.static_folder))

    @lru_cache(maxsize=512)
    def fingerprint(name: str, modified: float) -> str:
        return hashlib.blake2b((folder / name).read_bytes(), digest_size=6).hexdigest()

    def static_url(name: str) -> str:
        path = folder / name
        if not path.is_file():
            return url_for("static", filename=name)
        return url_for("static", filename=name, v=fingerprint(name, path.stat().st_mtime))

    app.jinja_env.globals["static_url"] = static_url

    @app.get("/service-worker.js")
    def service_worker() -> Response:
        response = send_from_directory(folder, "service-worker.js", mimetype="text/javascript")
        response.headers["Cache-Control"] = "no-cache"
        return response

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and "v" in request.args and response.status_code == 200:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
