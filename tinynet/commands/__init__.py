"""``python -m tinynet ...``: a file a command."""
