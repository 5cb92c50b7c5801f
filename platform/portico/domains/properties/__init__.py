"""Custom fields: what a workspace, or an app in it, wants to know of an object besides what every workspace knows.

A *property* is a definition: of an object type, with a key and a type that never change. *Values* stand in the
column `properties` of the object's own table, under the key; `property_index` holds them once more in a form that
lists are filtered by. The object's domain keeps its rows: it registers its table by one line of `objects.register`,
and asks here what may be written (`service.merge`), what is shown (`queries.shown`) and how a list is filtered
(`queries.filtered`).
"""
