"""What people are told: one inbox for each of them, and the ways out of it.

A *notification* is one thing told to one person; its *kind* is declared by the domain that tells (`kinds`). It stands
in the inbox at once. Who wants to be left alone is not rung for it: it is *held* and comes with the others in a
*digest*. Besides the inbox it leaves by the *channels* that the person chose for its kind, each leaving a *sending*.
*Urgent* ones are not held, where the receiver allows that. When somebody is to be left alone is the directory's to say.
"""
