"""Starts Common Ground from a checkout: ``python main.py COMMAND`` is ``commonground COMMAND``."""

import sys

from clinic_app.app import main

if __name__ == "__main__":
    sys.exit(main())
