"""Where apps meet people: surfaces, cards and actions, and what became of each run.

A *surface* is a page, panel or card that an app declares; an *action* is a button that it declares. One run of an
action is an *interaction*: it is written before the app is called, outside of every unit, and its answer after. Whether
a person may see or run something is decided here, at each request; `oauth` signs the tokens. Pages draw the places.
"""
