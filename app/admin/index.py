"""Where the dashboard begins: how it stands now, and how it went. A view of our own, because Flask-Admin's would serve its
Bootstrap and jQuery besides."""

import platform
from importlib.metadata import version

from flask import current_app, jsonify
from flask.typing import ResponseReturnValue

from app.admin.view import AdminView, Asked, expose
from app.health import parts_of
from app.services.figures import Span
from app.services.registry import services


class Plot(Asked):
    span: Span = "hour"


class IndexView(AdminView):
    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The page; what stands in it is fetched by its script."""
        return self.show("overview")

    @expose("/figures")
    def figures(self) -> ResponseReturnValue:
        """How it stands now: ``Figures.live``, and ``parts``, each ``{ok, milliseconds, problem?}``."""
        live = services().figures.live()
        core = current_app.extensions.get("core")
        versions = {
            "Python": platform.python_version(),
            **{name: version(name) for name in ("Flask", "gevent", "pymongo")},
            **live["versions"],
        }
        return jsonify({**live, "versions": versions, "parts": parts_of(core) if core is not None else {}})

    @expose("/series")
    def series(self) -> ResponseReturnValue:
        """How it went: ``{points}`` of the last ``?span=`` hour, day or month."""
        return jsonify(points=services().figures.series(Plot.here().span))
