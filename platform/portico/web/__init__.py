"""The Flask toolkit: one decorator for API operations, one for pages. No domain."""
