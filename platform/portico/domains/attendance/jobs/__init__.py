"""Chores of attendance, by activity. Each file is imported here: only then is it known."""
