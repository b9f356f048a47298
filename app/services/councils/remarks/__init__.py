"""Written remarks of members before the session, and the desks of those who write and of those who wait for them.

Remark    what a member writes on one item: a draft that only the writer reads, kept while typing; handed in it is final.
          Others read it when they have handed in their own, or when it is read out in the session.
Who must write, until when, who is reminded when: rules (`councils.<kind>.remarks`, `.comments_days`, `councils.remark_reminders`).
"""
