"""The Blueprint that the modules of this package hang their routes on."""

from flask import Blueprint

blueprint = Blueprint("auth", __name__)
