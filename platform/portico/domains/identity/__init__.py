"""Identity: workspaces, users, memberships, sessions, personal tokens, one-time links.

A *user* is a login and may belong to several workspaces; a *membership* is a user in one of them and holds the role.
Who the person is inside the workspace (name, departments) belongs to the directory, which hears of new members by
the event `member.joined`. Sessions say who; paths and tokens say where.
"""
