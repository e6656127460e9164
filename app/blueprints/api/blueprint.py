"""The shared Blueprint of the REST interface; every module of this package hangs its routes on it."""

from flask import Blueprint

api = Blueprint("api", __name__, url_prefix="/api/v1")
