"""The statutory clock: every step of the lifecycle with its limit, what is late, whose turn it is, how long each step takes.

Step      one stretch of work with a limit: from which event, until which, whose turn it is, which rule limits it. STEPS are data.
Limit     so many working or calendar days by a version of a rule; no days means "no limit set".
Item      one step of one file: started, stopped while the other side amends, due, done, days used. Derived, never stored.
Light     late, soon, running, stopped, without a limit; done in time or late.

Enters: times of the stages' records, the journal's events (what was returned and came again), rules, days off.
Leaves: nothing; it is a window.
"""
