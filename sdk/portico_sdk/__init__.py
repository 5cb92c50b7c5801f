"""Write apps for Portico: an API client, signed webhooks, an app router, a manifest check and test tools."""

__version__ = "0.1.0"
