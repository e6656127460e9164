"""``python -m migrations``: run what is missing; ``--dry-run`` only names it."""

import sys

from pymongo.errors import PyMongoError

from app.logs import configure
from app.models.connection import connect
from config import ConfigError, Settings
from migrations.runner import missing, run


def main() -> int:
    try:
        settings = Settings.from_env()
        configure(settings, "migrations")
        database = connect(settings.mongodb_uri)
        if "--dry-run" in sys.argv:
            print("\n".join(missing(database)) or "nothing to do")
            return 0
        ran = run(settings, database)
        print(f"migrated: {', '.join(ran)}" if ran else "nothing to migrate")
        return 0
    except ConfigError as error:
        print(f"Chatter cannot migrate: {error}", file=sys.stderr)
    except PyMongoError as error:
        print(f"Chatter cannot migrate: MongoDB does not answer ({type(error).__name__}).", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
