"""``python -m app.doctor``. Monkey-patching comes before every other import."""

from gevent import monkey

monkey.patch_all()

from app.doctor.cli import doctor  # noqa: E402

doctor(prog_name="python -m app.doctor")
