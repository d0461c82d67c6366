"""What every room needs and nobody outside has to know: checks, files, progress."""
