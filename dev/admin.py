"""`make admin DO="grant +49 170 1234567"`: the command line's `admin` commands, on the Chatter that `make run` started."""

import os
import sys
from pathlib import Path

from dev.run_lock import running
from dev.surroundings import environment_of_run

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Become the command; 1 where nothing runs."""
    data_dir = Path(os.environ.get("CHATTER_DATA_DIR") or ROOT / ".data").resolve()
    told = running(data_dir)
    if not told or not told.get("mongodb_uri"):
        print("No Chatter runs here: start it with `make run` first.", file=sys.stderr)
        return 1
    environ = environment_of_run(os.environ, Path(os.environ.get("CHATTER_ENV_FILE") or ROOT / ".env"), data_dir)
    environ |= {"MONGODB_URI": told["mongodb_uri"], "REDIS_URL": told["redis_url"], "LOG_LEVEL": "ERROR"}
    verb, *who = sys.argv[1:] or ["list"]
    whole = [sys.executable, "-m", "flask", "--app", "wsgi", "admin", verb, *([" ".join(who)] if who else [])]
    os.execve(sys.executable, whole, environ)
    return 0


if __name__ == "__main__":
    sys.exit(main())
