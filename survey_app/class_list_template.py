"""An empty class list to fill in."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from survey_app.class_list import MOST_CHILDREN


def template(headings: Mapping[str, str], sexes: Sequence[str]) -> bytes:
    """An empty list as .xlsx: field → heading, in this order; the column of the field "sex" offers `sexes`."""
    book = Workbook()
    sheet = book.active or book.create_sheet()
    for at, (field, heading) in enumerate(headings.items(), start=1):
        cell = sheet.cell(1, at, heading)
        cell.font = Font(bold=True)
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = 18
        if field == "sex":
            choice = DataValidation(type="list", formula1=f'"{",".join(sexes)}"', allow_blank=True)
            choice.add(f"{letter}2:{letter}{MOST_CHILDREN + 1}")
            sheet.add_data_validation(choice)
    sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
