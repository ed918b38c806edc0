"""Writes width_table.inc from the Unicode data that Python carries: python3 make_width_table.py > width_table.inc"""
import sys
import unicodedata


def width(code):
    character = chr(code)
    category = unicodedata.category(character)
    if category in ("Mn", "Me") or (category == "Cf" and code != 0xAD) or 0x1160 <= code <= 0x11FF:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def ranges(wanted):
    start = None
    for code in range(0x80, sys.maxunicode + 2):
        inside = code <= sys.maxunicode and width(code) == wanted
        if inside and start is None:
            start = code
        elif not inside and start is not None:
            yield start, code - 1
            start = None


print("// Made by make_width_table.py from Unicode %s; do not edit." % unicodedata.unidata_version)
for name, wanted in (("no_column", 0), ("two_columns", 2)):
    print("constexpr Range %s[] = {" % name)
    row = "   "
    for first, last in ranges(wanted):
        piece = " {0x%X, 0x%X}," % (first, last)
        if len(row) + len(piece) > 100:
            print(row)
            row = "   "
        row += piece
    print(row)
    print("};")
