"""Forms of the pages: Flask-WTF, with the refusals of the services shown at the fields they are about.

form = ContactForm()
if form.validate_on_submit():
    with form.attempt():
        contact = service.create_contact(actor, form.values())
        return redirect(…)
return form.page("portal/contacts/new.html")
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Any, ClassVar

from flask import render_template
from flask.wrappers import Response
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import Field, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from portico.kernel import unit_of_work
from portico.kernel.errors import FieldError, Refusal
from portico.kernel.text import clean_name, stream_safe

# What the person can mend in the form. A missing object, a lack of rights or a dead link is a page of its own.
_MENDABLE = frozenset({400, 401, 409, 412, 422, 429})


class Attempt:
    """A stretch of work inside which refusals become errors of a form, and what was changed is undone."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._savepoint = ExitStack()

    def __enter__(self) -> None:
        if unit_of_work.is_open():
            self._savepoint.enter_context(unit_of_work.session().begin_nested())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._savepoint.__exit__(kind, error, trace)
        if not isinstance(error, Refusal) or error.status not in _MENDABLE:
            return False
        self._form.refuse(error)
        return True


class MultiCheckboxField(SelectMultipleField):  # type: ignore[misc]
    """Several of a few, each with a box of its own."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Form(FlaskForm):  # type: ignore[misc]
    """The base of every form. `pointers` names the field for a JSON Pointer whose first part is not its name."""

    pointers: ClassVar[Mapping[str, str]] = {}
    refusal: Refusal | None = None
    form_errors: list[str]

    def attempt(self) -> Attempt:
        """Refusals inside become errors of this form, and what was changed inside is undone."""
        return Attempt(self)

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal: each field error at its field, the rest above the form."""
        self.refusal = refusal
        placed = [self._place(error) for error in refusal.errors]
        if not any(placed):
            self._add(None, gettext(refusal.detail))

    def _place(self, error: FieldError) -> bool:
        field = self._field_of(error.pointer)
        if field is not None:
            self._add(field, gettext(error.message))
        return field is not None

    def _field_of(self, pointer: str) -> Field | None:
        known = sorted(self.pointers, key=len, reverse=True)
        name = next((self.pointers[start] for start in known if pointer.startswith(start)), None)
        return self._fields.get(name or pointer.strip("/").split("/")[0])

    def _add(self, field: Field | None, message: str) -> None:
        if field is None:
            self.form_errors = [*self.form_errors, message]
        else:
            field.errors = [*field.errors, message]

    @property
    def status(self) -> int:
        """The status of the page that shows this form; a field may take the name."""
        return _status(self)

    def page(self, template: str, **context: Any) -> Response:
        """The page with this form in it: 200 when it is shown first, the refusal's status or 422 with errors."""
        response = Response(render_template(template, form=self, **context), _status(self))
        response.headers.update(self.refusal.headers if self.refusal is not None else {})
        return response


def _status(form: Form) -> int:
    if form.refusal is not None:
        return form.refusal.status
    return 422 if form.errors else 200


def version_in(value: str | int | None) -> int | None:
    """The version that a form was made from, as its hidden field says; None for what is none."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def blank_to_none(value: str | None) -> str | None:
    """What an empty text box means for a field that may be null."""
    return (value or "").strip() or None


def strip(value: str | None) -> str | None:
    """A WTForms filter: without the blanks around it, and safe for validators that normalise what they get."""
    return stream_safe(value).strip() if value else value


def one_line(value: str | None) -> str | None:
    """A WTForms filter for names: cleaned as the API cleans them. Use DataRequired with it: it looks at the result."""
    return clean_name(value) if value else value
