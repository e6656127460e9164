"""``python -m app.background``. Monkey-patching comes before every other import."""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402

from app.background.worker import main  # noqa: E402

sys.exit(main())
