"""What the catalogue refuses."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class AppKeyTaken(Refusal):
    code, status, title = "app_key_taken", 409, "Another app has this key; choose another one."


class TooManySecrets(Refusal):
    code, status, title = "too_many_secrets", 409, "As many secrets as may be are active; end an old one first."


class TooManyKeys(Refusal):
    code, status, title = "too_many_keys", 409, "As many public keys as may be are active; end an old one first."


class KeyTaken(Refusal):
    code, status, title = "key_taken", 409, "The app has a key of this id already."


class PublicClient(Refusal):
    code, status, title = "public_client", 409, "A public client cannot keep a secret, so it has none."


class PublisherSuspended(Refusal):
    code, status, title = (
        "publisher_suspended",
        409,
        "The operator suspended this publisher; until that is lifted its apps stand still.",
    )


class PublisherNameTaken(Refusal):
    code, status, title = (
        "publisher_name_taken",
        409,
        "Another publisher has this name, or one that looks like it; choose another one.",
    )


class NoDomain(Refusal):
    code, status, title = "no_domain", 409, "First name the domain that you want to prove."


class ReviewRequired(Refusal):
    code, status, title = "review_required", 409, "The app must pass review before others can install it."


class OwnReview(Refusal):
    code, status, title = "own_review", 409, "You are its publisher; another operator decides about it."


class ReleaseInRollout(Refusal):
    code, status, title = (
        "release_in_rollout",
        409,
        "Another version of the app is in rollout; release it whole, or roll it back, first.",
    )
