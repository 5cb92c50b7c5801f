"""Shapes of what attendance shows and takes, by activity."""
