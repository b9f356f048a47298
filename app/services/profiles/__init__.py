"""Profiles: who a person is beyond the account: contact, ORCID, scientific CV, and how an organisation is found or asked for.

Cv                   a person's scientific CV (lý lịch khoa học) as it is being written, kept once; the form in force is its questionnaire.
CvVersion            the CV as it was put down on a day: numbered, hashed, never changed. Dossiers attach a version, not the draft.
Task                 a project of this system that stages know somebody led or took part in: offered to the CV, never written into it unasked.

Leaves: `queries.latest_cv(user)`, `queries.cv_by_pid(pid)`, and `drawing.content_of(version)` for Word and PDF.
"""
