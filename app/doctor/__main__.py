"""``python -m app.doctor``. Monkey-patching comes before every other import."""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402

from app.doctor.report import main  # noqa: E402

sys.exit(main())
