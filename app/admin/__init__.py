"""The dashboard at /admin: pages for administrators, drawn by Flask-Admin's views in Chatter's own look."""

from flask import Flask
from flask_admin import Admin

from app.admin import cli, guard
from app.admin.announcements import AnnouncementsView
from app.admin.audit import AuditView
from app.admin.conversations import ConversationsView
from app.admin.index import IndexView
from app.admin.log import LogView
from app.admin.reports import ReportsView
from app.admin.settings import SettingsView
from app.admin.users import UsersView
from app.blueprints.security import csp_nonce


def init_app(app: Flask) -> None:
    """Mount the dashboard behind its guard, and give the command line its ``admin`` commands."""
    guard.init_app(app)
    index = IndexView(name="Overview", endpoint="admin", url=guard.PREFIX)
    admin = Admin(app, name="Chatter", url=guard.PREFIX, index_view=index, csp_nonce_generator=csp_nonce)
    admin.add_view(UsersView(name="People", endpoint="admin_people", url="people"))
    admin.add_view(ConversationsView(name="Conversations", endpoint="admin_conversations", url="conversations"))
    admin.add_view(ReportsView(name="Reports", endpoint="admin_reports", url="reports"))
    admin.add_view(AnnouncementsView(name="Announcements", endpoint="admin_announcements", url="announcements"))
    admin.add_view(LogView(name="Log", endpoint="admin_log", url="log"))
    admin.add_view(SettingsView(name="Settings", endpoint="admin_settings", url="settings"))
    admin.add_view(AuditView(name="Audit log", endpoint="admin_audit", url="audit"))
    app.cli.add_command(cli.commands)
