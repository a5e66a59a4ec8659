"""``python -m clinic_app.app``: how one of our processes starts another."""

import sys

from clinic_app.app.cli import main

sys.exit(main())
