"""Tables of attendance, by activity."""
