"""Reads of attendance, by activity; each begins at whom the actor may see."""
