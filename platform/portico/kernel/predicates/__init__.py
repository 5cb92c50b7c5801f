"""Conditions on objects as data: one tree for dynamic groups, audiences and whatever else asks "which of them".

    {"all": [{"field": "title", "op": "contains", "value": "nurse"}, {"not": {"field": "departments", "op": "any",
     "value": ["dep_…"]}}]}

A tree is `all`, `any` or `not` of trees, or a leaf `{field, op, value}`. Which fields there are says the registry of
the object (`Fields`); `check` says what is wrong with a tree and how to mend it, `compile` makes it a condition of
SQL, `holds` asks it of one object in memory, and the two always agree.

A leaf is true or false, never unknown: an object without the value fails each test but `ne`, `nin`, `none` and
`exists: false`. Texts are compared by their search keys. Days are civil days of the given zone; `today`, `today-30`
and `today+7` are days too. What names a field, option or record that is gone is *invalid*, and never matches all.
"""

from portico.kernel.predicates.checking import PredicateInvalid, check, check_many
from portico.kernel.predicates.compiling import compile
from portico.kernel.predicates.fields import OPERATORS, Field, Fields
from portico.kernel.predicates.holding import holds
from portico.kernel.predicates.schemas import Predicate
from portico.kernel.predicates.shape import MOST_DEEP, MOST_LEAVES, leaves

__all__ = [
    "MOST_DEEP",
    "MOST_LEAVES",
    "OPERATORS",
    "Field",
    "Fields",
    "Predicate",
    "PredicateInvalid",
    "check",
    "check_many",
    "compile",
    "holds",
    "leaves",
]
