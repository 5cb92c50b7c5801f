"""Cards and the answers of actions: one schema and one check, the same for the developer's tests and the portal.

    for finding in check_card(card, actions=["approve"]):
        print(finding.path, finding.message, finding.mending)

`portico_sdk.apps.blocks` builds them. Needs the extra `cli` (marshmallow).
"""

from portico_sdk.cards._check import card_schema, check_answer, check_card, interaction_schema
from portico_sdk.cards._schema import BLOCKS, CARD_BYTES

__all__ = ["BLOCKS", "CARD_BYTES", "card_schema", "check_answer", "check_card", "interaction_schema"]
