"""The interface for programs, /api/v1, and the open data, /public/data: the same rows, declared once.

Resource  one kind of thing that may be read: its columns with meaning and unit, its filters, who may (anybody, or a key with a scope). From it come
          the addresses of /api/v1, their description in OpenAPI, the files of the open data and their dictionary.
Report    what a partner with a key may say: fields and the act that takes them. Nothing of money or certificates is decided by it.
Problem   why there is no answer, as RFC 9457 has it.

Public resources hold what the portal shows and nothing else; of people, the investigator's name only.
"""
