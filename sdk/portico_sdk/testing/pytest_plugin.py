"""Fixtures for apps under test; pytest loads this module by the entry point `pytest11`."""
