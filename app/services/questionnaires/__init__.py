"""Questionnaires: forms as data, in numbered versions.

Questionnaire  a form that a stage asks to be filled (the order form of ideas): code and name.
Version        one wording of it: draft → in force (by document number, date and first day) or discarded. In force it is frozen.
Definition     what a version asks: sections of questions, and checks between answers. Types, operators, checks and sources of
               pre-filled answers come from fixed lists; there is no code in a form.
Answers        {question code: value}. A text that cannot be read as its type stays as typed until it is mended. A file is an
               attachment of the record (`filing`); tables hold none.

Enters: data/*.json (the first versions) and drafts of officers. Leaves: the version in force on a day, what is visible, what is
wrong, how two versions differ, and one way to show any of them. A record keeps the version it began with; its stage keeps the
answers. A stage says with `register` which questions it reads itself, and with `register_list` what may be chosen.
"""
