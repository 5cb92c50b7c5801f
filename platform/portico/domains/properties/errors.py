"""What properties refuse."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class PropertyExists(Refusal):
    code, status = "property_exists", 409
    title = "The object has a property of this key, perhaps an archived one; restore that, or take another key."


class TooManyProperties(Refusal):
    code, status, title = "too_many_properties", 409, "An object has at most 300 properties, archived ones included."


class PropertyOfApp(Refusal):
    code, status = "property_of_app", 409
    title = "This property belongs to an app: the app's next version changes it, and uninstalling the app ends it."
