"""Portico: an open workspace platform that a company runs itself (version 0.1.0)."""
