"""Where apps show up: which surfaces a person sees in a place, at which address, and who is handed a session token.

Whether a person may open a surface is decided here, at each request; `oauth` signs the answer. Pages draw the places.
"""
