"""What customers and colleagues ask for, from the first word to the last.

A *ticket* has one *requester* (a contact or an employee), at most one *assignee*, six statuses and a *conversation*
of comments: public ones, which the requester reads, and internal ones, which they never do. The requester's side is
a schema of its own. Queues, service levels, ratings, merging and the widget are not here yet.
"""
