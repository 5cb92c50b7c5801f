"""People and companies outside the workspace, and the identifiers they are known by.

A *contact* is a person; an *identifier* is an e-mail address, a phone number or the id another system gave them
(`external`, with a namespace). An identifier belongs to one contact unless it is marked *shared*, and the database
holds to that. A *company* is an organisation, perhaps below another one; its *domains* belong to it alone. What a
workspace wants to know besides stands in `properties`; what contacts ask for is `tickets`.
"""
