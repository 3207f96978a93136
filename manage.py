#!/usr/bin/env python
"""The studio's commands: `manage.py up` runs it, `manage.py loop` turns its circle once."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
