"""When people were to work, when they did, and what a day of it comes to.

*Rules* say how it should be: an attendance *group* of people with its zone, *shifts* in versions, the
*roster*, *holiday calendars*, and the places, Wi-Fi networks and devices where one may clock. *Punches* are what
happened and never change. *Overlays* are approved absences, overtime and corrections. `reckoning`, which knows no
database, makes a *workday* of these three; a workday is computed anew until its *period* is locked. A punch belongs to
an instance of a shift and never to a date of UTC. Balances of leave belong to apps, who decides belongs to `approvals`.
"""
