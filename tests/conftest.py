"""What every test has at hand."""

# Imported rather than named as a plugin: the cast needs Django's apps to be ready.
from tests.cast import member, owner, project, quick_passwords, speak, stranger  # noqa: F401
