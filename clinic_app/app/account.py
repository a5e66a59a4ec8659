"""Whose account runs this process, as the operating system says, not as an environment variable claims."""

import getpass
import os
import sys

if sys.platform != "win32":
    import pwd

    def this_account() -> str:
        """Name of the account; its number where it has no name, as in some containers."""
        number = os.geteuid()
        try:
            return pwd.getpwuid(number).pw_name
        except KeyError:
            return f"uid-{number}"
else:

    def this_account() -> str:
        """Name of the account that is logged on."""
        return getpass.getuser()
