"""``python -m tinynet``."""

import sys

from tinynet.commands.main import main

if __name__ == "__main__":
    sys.exit(main())
