"""Where the dashboard begins. A view of our own: Flask-Admin's would serve its Bootstrap and jQuery besides."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from app.admin.view import AdminView


class IndexView(AdminView):
    @expose("/")
    def index(self) -> ResponseReturnValue:
        return redirect(url_for("admin_people.index"))

    def is_visible(self) -> bool:
        """It has no line in the menu."""
        return False
