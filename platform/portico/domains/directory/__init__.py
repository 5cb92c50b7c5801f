"""Directory: the departments and the employees of a workspace, and who is invited.

An *employee* is a person in the workspace and may exist before a login; the login is identity's. Departments are a
tree that stays one under concurrent moves. Invitations tie both: they name the employee and become a membership.
"""
