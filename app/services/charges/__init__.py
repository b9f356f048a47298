"""Who looks after what: the officer in charge of a file, and deputies while somebody is away.

File      an idea, a call, a dossier or a project, by kind and public id.
Charge    the officer in charge of a file. A dossier without one is looked after by the officer of its call, a project by that of its dossier.
Deputy    somebody of the same office who looks after the files of an absent person from one day to another. No right is lent: the deputy
          acts in the own name and with the own rights, and counts as one person wherever two are asked for.

Enters: who hands a file to whom and why; who is away. Leaves: the officer in charge, the deputy of a day. Every change is journaled on the file.
"""
