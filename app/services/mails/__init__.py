"""Texts of mails that officers may write anew, in both languages.

The shipped texts are Jinja files of the rooms, written by programmers. An officer's text is never Jinja: it is the simple
language of papers, lines with `$name`, `#if $name`, `#else`, `#end`. Its names are the expressions of the shipped text, read
off its syntax tree, so that version 0 of every mail is the shipped file itself, said in the simple language, and a written
text can say nothing that the shipped one could not.
"""
