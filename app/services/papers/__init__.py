"""Official papers: a text template and plain data make one block structure, from which Word and PDF are drawn.

Paper       an issued paper: its blocks are frozen, hashed, and never drawn from changed data again. It ends only by a newer
            one that withdraws or replaces it; anybody may check it by the code in its margin (/public/check).
Wording     a version of a template's text that officers wrote, in force from a day; number 0 is the shipped file.
LegalBasis  a line of "Căn cứ …" with the days it is in force and the kinds of paper that print it.
Counter     gapless running numbers of series the system owns (receipts, dossiers, project codes).

A template is a text file at <room>/templates/<room>/papers/<name>.txt, named "<room>/<name>"; <name>.json beside it declares
the values it may use, with an example of each, vocabulary.json what they mean. Who issues a paper gives exactly these: a
test fails for a value more or less. Line by line:

    #title QUYẾT ĐỊNH                      centred, bold
    #subtitle Về việc phê duyệt $title     centred, bold, under a short rule
    #basis Căn cứ Luật …;                  italic line of legal basis
    #bases $bases                          one such line for each text of the list
    #heading I. Thành phần                 bold line
    #article Điều #. Phê duyệt …            numbered in order; the rest of the line follows in ordinary type
    - text                                 a point of a list
    #field Tổ chức chủ trì: $host          a label and a value
    #table $lines | TT=# | Nội dung=title | Thành tiền=amount|money     rows from a list of objects; # counts
    #total Tổng cộng: $total|money         bold line under a table
    #sign left: ĐẠI DIỆN BÊN B / $pi       a signer's title / name (left or right; two make one row)
    #recipients Như Điều 3; Lưu: VT        "Nơi nhận" at the foot
    #if $name … #else … #end               shown when the value is not empty (not nested)
    #from $host                            the body that writes: its letterhead, not the Department's
    #between                               minutes or contract between parties: the head in the middle, no letterhead
    #sealed                                only readers of the subject may open the paper, whatever their office
    anything else                          a paragraph; blank lines separate

Lines of a value that stands as a paragraph become paragraphs of their own, each with a full stop. "Điều #" in any
other command is the last article so far. $bases, $office and $signer are there without being given: the bases of the
day, and who signs for the issuing body. The last signature at the right is never without a name. Recipients stand at the left of the
signature when nobody signs there, else below.

Values: $name, or ${name|filter}; filters: money (1.250.000.000 đồng), words (amount in words), date (18/06/2026),
longdate (ngày 18 tháng 6 năm 2026). Inside #table and #total a bare "|money" works too. Values are inert: nothing
in them is read as a template, as Typst or as markup; control characters and those that turn the direction of
writing are taken out.

The PDF is set by Typst in a child process, the Word file by python-docx, both from the same frozen blocks. The scan
of the signed paper is kept beside it as a file of kind "signed_scan"; the paper itself never changes.
"""
