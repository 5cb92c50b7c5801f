"""Somebody asks, somebody decides: the one small machine behind everything that needs a yes.

A *request* is about a subject of another domain or of an app. It has *steps*, one after the other, each with people who
may decide: `any` of them is enough, or `all` must agree. Whoever asked never decides; who cannot decide any more is
replaced by the next in their chain; who is away may *delegate*. What a decision means is the owner's of the subject:
it hears of it by events, in the same transaction.
"""
