"""``flask --app wsgi backup DIR`` and ``restore DIR``: all that MongoDB holds, the logs whole, in files that prove themselves.

docs/operations/backup.md says how it is used, docs/decisions/0038 why it is consistent while people write.
"""
