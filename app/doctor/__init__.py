"""``flask --app wsgi doctor``: is this installation well? One line for each check, and what to do where it is not."""
