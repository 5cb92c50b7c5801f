"""What apps asked of the API, and what they were answered.

A *request* is one call of an operation by an app, as itself or in a person's name: what was asked for, how it ended,
how long it took, by which scopes; never a body, a token or the value of a query parameter. The web process gathers them
(`kernel.api_log`), here they are written, read by the app's developer and by who manages the workspace's apps, and
forgotten after `api_log_kept_days`. What was delivered *to* apps is the business of `webhooks`, calls for actions and
cards of `interactions`.
"""
