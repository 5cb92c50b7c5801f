"""Installations: one app in one workspace, with what it was granted, for whom, and in which state.

`active ⇄ suspended → uninstalling → dormant → erased`: company, publisher and operator suspend each for itself, and
for 30 days installing anew revives what was uninstalled. Availability limits people; grants limit the app. An
installation runs the version that is released to its bucket: one that wants more works on with what it has, and what
it lacks answers `scope_pending`.
Also here: the plan of a deployment. Tokens belong to `oauth`, places and frames to `interactions`, deliveries to
`webhooks`; they hear of changes by events.
"""
