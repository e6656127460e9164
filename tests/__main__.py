"""``python -m tests …``: pytest in a process patched by gevent, as Chatter's own processes are.

The browser tests run by plain ``pytest tests/browser``: Playwright has an event loop of its own.
"""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402

import pytest  # noqa: E402

sys.exit(pytest.main(sys.argv[1:]))
