"""Test an app without a server: a fake Portico, signed webhooks and a held clock."""
