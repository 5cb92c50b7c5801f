"""One search over what a person may see.

A *kind* is something that can be found: records by the words that their domains keep in `kernel.search`, apps and
actions by their titles. Each asks its own domain's list, so nothing is found that a list would not show. This domain
keeps nothing. Pages of the portal are no data: the doors add them.
"""
