"""The rulebook: what law and practice ask, as versioned data with source, validity and a mark.

Rule      one version of one key: value, unit, source, mark, from - to. A new version ends the one before; none is lost.
Mark      V seen in the text of the act · V2 seen in a secondary text · G general practice, not yet checked.
DayOff    a day that differs from the ordinary calendar: an extra day off, or a Saturday worked in exchange.

Enters: data/*.json (one file per stage, defaults) and officers' revisions. Leaves: values asked by key and day, and
ids frozen by calls and councils so that a later version never changes a running one. No number of law is in code.
"""
