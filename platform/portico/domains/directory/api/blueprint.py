"""What the files of this folder share."""

from portico.web.api import ApiBlueprint

blp = ApiBlueprint("directory", "Directory")
READ, WRITE = "directory:read", "directory:write"
