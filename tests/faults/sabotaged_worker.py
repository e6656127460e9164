"""``python -m tests.faults.sabotaged_worker``: the worker, with what ``sabotage`` breaks."""

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
import sys  # noqa: E402

from tests.faults import sabotage  # noqa: E402

sabotage.install(dict(os.environ))

from app.background.worker import main  # noqa: E402

sys.exit(main())
