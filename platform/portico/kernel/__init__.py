"""The kernel: what every domain stands on. It knows neither Flask nor any domain."""
