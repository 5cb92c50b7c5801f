"""The record: who did what, on whose behalf, from where. It is derived from the outbox and never written by hand."""
