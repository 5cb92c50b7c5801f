"""The forms of the account face."""

from __future__ import annotations

from typing import ClassVar

from flask_babel import gettext, lazy_gettext
from wtforms import EmailField, Field, HiddenField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Email, InputRequired, Length, StopValidation

from portico.domains.identity.passwords import LONGEST, SHORTEST
from portico.web.forms import Form, strip

_EMAIL = [InputRequired(), Email(), Length(max=254)]
_NEW_PASSWORD = [InputRequired(), Length(min=SHORTEST, max=LONGEST)]
_KNOWN_PASSWORD = [InputRequired(), Length(max=LONGEST)]


class SignIn(Form):
    email = EmailField(
        lazy_gettext("E-mail"), _EMAIL[:1], filters=[strip], render_kw={"autocomplete": "username", "autofocus": True}
    )
    password = PasswordField(lazy_gettext("Password"), _KNOWN_PASSWORD, render_kw={"autocomplete": "current-password"})


class Passkey(Form):
    """What the passkey answered, as JSON; a script writes it."""

    credential = HiddenField()


class Typed:
    """Needed, unless a passkey answered in its place."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, form: Passkey, field: Field) -> None:
        if not field.data and not form.credential.data:
            raise StopValidation(gettext("Type it in, or use a passkey."))


class SecondStep(Passkey):
    code = StringField(
        lazy_gettext("One-time code"),
        [Typed(), Length(max=40)],
        filters=[strip],
        render_kw={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false", "autocapitalize": "off"},
    )


class Again(Passkey):
    password = PasswordField(
        lazy_gettext("Your password, or a code"),
        [Typed(), Length(max=LONGEST)],
        render_kw={"autocomplete": "current-password", "autofocus": True},
    )


class NewTotp(Form):
    offered = HiddenField()
    code = StringField(
        lazy_gettext("The code that the app shows"),
        [InputRequired(), Length(max=40)],
        filters=[strip],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"},
    )


class SetUp(Form):
    workspace_name = StringField(
        lazy_gettext("Name of the workspace"),
        [InputRequired(), Length(max=100)],
        filters=[strip],
        description=lazy_gettext("Usually the name of your company. You can change it later."),
        render_kw={"autocomplete": "organization"},
    )
    display_name = StringField(
        lazy_gettext("Your name"),
        [InputRequired(), Length(max=200)],
        filters=[strip],
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(lazy_gettext("E-mail"), _EMAIL, filters=[strip], render_kw={"autocomplete": "username"})
    password = PasswordField(
        lazy_gettext("Password"),
        _NEW_PASSWORD,
        description=lazy_gettext("At least %(count)s characters. A short sentence works well.", count=SHORTEST),
        render_kw={"autocomplete": "new-password"},
    )


class AcceptInvitation(Form):
    """With the password of a login that is there, or with a new one: the label says which."""

    password = PasswordField(lazy_gettext("Password"), _KNOWN_PASSWORD)


class Forgot(Form):
    email = EmailField(lazy_gettext("E-mail"), _EMAIL, filters=[strip], render_kw={"autocomplete": "username"})


class NewPassword(Form):
    password = PasswordField(
        lazy_gettext("New password"),
        _NEW_PASSWORD,
        description=lazy_gettext("At least %(count)s characters. A short sentence works well.", count=SHORTEST),
        render_kw={"autocomplete": "new-password"},
    )


class Preferences(Form):
    locale = SelectField(lazy_gettext("Language"))
    timezone = SelectField(lazy_gettext("Time zone"), description=lazy_gettext("All times are shown in this zone."))


class ChangePassword(Form):
    current_password = PasswordField(
        lazy_gettext("Present password"), _KNOWN_PASSWORD, render_kw={"autocomplete": "current-password"}
    )
    new_password = PasswordField(
        lazy_gettext("New password"),
        _NEW_PASSWORD,
        description=lazy_gettext("At least %(count)s characters. A short sentence works well.", count=SHORTEST),
        render_kw={"autocomplete": "new-password"},
    )


class NewToken(Form):
    name = StringField(
        lazy_gettext("What is it for?"),
        [InputRequired(), Length(max=100)],
        filters=[strip],
        description=lazy_gettext("For example: the nightly export."),
    )
    days = SelectField(lazy_gettext("Expires after"), [InputRequired()], coerce=int)
    scopes = SelectMultipleField(lazy_gettext("What it may do"), [InputRequired()])
