"""The room of a session: its course, who is there, the applicant, what members discuss; one page for the secretary and for members.

Course    the order of work, a rule (`councils.<kind>.order`): steps of the session and steps of each item. The secretary moves
          on step by step; the course binds discussion, ballots, boxes and the conclusion.
Presence  a member's coming and going in a session, in person or online; the applicant's too, by item.
Note      what a member says to the others on an item before the ballot. Asking: a question of the council to the applicant, and the answer.

What goes out live is one fragment; its version is the council's newest line of the journal, so nothing is missed and nothing else asked.
"""
