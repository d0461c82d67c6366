"""Assignments: handed out, done, checked and graded, by ``python -m tinynet assignment``."""
