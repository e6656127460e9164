"""The pages behind Settings."""

from app.blueprints.settings import account, devices, profile
from app.blueprints.settings.blueprint import blueprint

__all__ = ["account", "blueprint", "devices", "profile"]
