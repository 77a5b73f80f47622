"""What people read about an error of a form: for each code, in Vietnamese and English, the cause and the remedy."""

from __future__ import annotations

from survey_app.questionnaire.expression_texts import EXPRESSION_TEXTS, Words, words

PLACE = {"vi": ("trang", "hàng", "cột"), "en": ("sheet", "row", "column")}

_TYPES = (
    "select_one, select_multiple, text, integer, decimal, date, note, range, acknowledge, calculate, hidden, "
    "begin_group, start, end, today, deviceid"
)

TEXTS: dict[str, Words] = {
    # The file
    "file_not_found": words(
        ("Không có tệp “{file}”.", "Kiểm tra tên tệp và thư mục."),
        ("There is no file “{file}”.", "Check the name and the folder."),
    ),
    "file_too_large": words(
        ("Tệp lớn hơn {limit} MB.", "Bỏ hình và các trang không thuộc phiếu hỏi khỏi tệp."),
        ("The file is larger than {limit} MB.", "Take pictures and sheets that are not part of the form out of it."),
    ),
    "file_unreadable": words(
        (
            "Không đọc được tệp như một XLSForm: {message}",
            "Lưu tệp thành .xlsx, .xls, .csv hoặc .md, có trang “survey”.",
        ),
        (
            "The file cannot be read as an XLSForm: {message}",
            "Save it as .xlsx, .xls, .csv or .md, with a sheet “survey”.",
        ),
    ),
    "pyxform": words(
        ("pyxform không chấp nhận biểu mẫu: {message}", "Sửa chỗ mà thông báo nêu, rồi kiểm tra lại."),
        ("pyxform does not accept the form: {message}", "Correct what the message names, then check again."),
    ),
    "unsupported_sheet": words(
        ("Trang “{sheet}” chưa được hỗ trợ.", "Xóa trang này; đưa các lựa chọn vào trang “choices”."),
        ("The sheet “{sheet}” is not supported.", "Delete it; put choices on the sheet “choices”."),
    ),
    "no_questions": words(
        ("Biểu mẫu không có câu hỏi nào.", "Thêm ít nhất một câu hỏi vào trang “survey”."),
        ("The form has no question.", "Add at least one question to the sheet “survey”."),
    ),
    # Settings and languages
    "bad_age": words(
        ("“{value}” không phải là tuổi.", "Ghi số nguyên từ 0 đến 120, hoặc để trống."),
        ("“{value}” is not an age.", "Write a whole number from 0 to 120, or leave it empty."),
    ),
    "ages_reversed": words(
        ("min_age ({low}) lớn hơn max_age ({high}).", "Đổi chỗ hai số."),
        ("min_age ({low}) is greater than max_age ({high}).", "Exchange the two numbers."),
    ),
    "translated_title": words(
        (
            "Cột form_title không thể chia theo ngôn ngữ.",
            "Dùng form_title, và title_vi, title_km, title_en cho từng ngôn ngữ.",
        ),
        (
            "The column form_title cannot be divided by language.",
            "Use form_title, and title_vi, title_km, title_en for each.",
        ),
    ),
    "encrypted_form": words(
        ("Biểu mẫu mã hóa (public_key) chưa được hỗ trợ.", "Để trống cột public_key."),
        ("Encrypted forms (public_key) are not supported.", "Leave the column public_key empty."),
    ),
    "unknown_default_language": words(
        (
            "Không cột nào có ngôn ngữ mặc định “{language}”.",
            "Dùng đúng một ngôn ngữ có trong tiêu đề cột: {languages}.",
        ),
        (
            "No column is in the default language “{language}”.",
            "Use one language of the column headings exactly: {languages}.",
        ),
    ),
    "language_without_code": words(
        ("Ngôn ngữ “{language}” không có mã.", "Ghi mã trong ngoặc ở tiêu đề cột, ví dụ “label::Tiếng Việt (vi)”."),
        (
            "The language “{language}” has no code.",
            "Write the code in brackets in the heading, such as “label::English (en)”.",
        ),
    ),
    "language_twice": words(
        (
            "Mã ngôn ngữ “{code}” được viết theo nhiều cách: {languages}.",
            "Viết tên ngôn ngữ giống nhau ở mọi tiêu đề cột.",
        ),
        (
            "The language code “{code}” is written in several ways: {languages}.",
            "Write the language alike in all headings.",
        ),
    ),
    "column_without_language": words(
        (
            "Cột “{column}” không ghi ngôn ngữ, trong khi các cột khác có ghi.",
            "Ghi ngôn ngữ, ví dụ “{column}::Tiếng Việt (vi)”.",
        ),
        ("The column “{column}” names no language while others do.", "Name it, for example “{column}::English (en)”."),
    ),
    "missing_translation": words(
        ("Thiếu bản tiếng “{language}”.", "Điền vào cột “{column}::{language}” ở hàng này."),
        ("The text in “{language}” is missing.", "Fill the column “{column}::{language}” in this row."),
    ),
    "missing_label": words(
        ("Người trả lời không thấy chữ nào: thiếu label.", "Điền cột label ở mọi ngôn ngữ."),
        (
            "The person who answers would see no words: the label is missing.",
            "Fill the column label in every language.",
        ),
    ),
    # Names, types and groups
    "missing_name": words(
        ("Hàng này không có tên.", "Điền cột name."),
        ("This row has no name.", "Fill the column name."),
    ),
    "bad_name": words(
        (
            "Tên “{name}” không hợp lệ.",
            "Bắt đầu bằng chữ cái hoặc _, sau đó chỉ gồm chữ cái, số, _ - và dấu chấm; tối đa 64 ký tự.",
        ),
        (
            "The name “{name}” cannot be used.",
            "Begin with a letter or _, then only letters, digits, _ - and dots; 64 characters at most.",
        ),
    ),
    "reserved_name": words(
        ("Tên “{name}” là từ dành riêng.", "Đặt tên khác."),
        ("The name “{name}” is reserved.", "Choose another name."),
    ),
    "duplicate_name": words(
        (
            "Tên “{name}” đã dùng ở hàng {other}.",
            "Đặt tên khác: mỗi tên chỉ dùng một lần trong cả biểu mẫu, kể cả trong nhóm.",
        ),
        (
            "The name “{name}” is already used in row {other}.",
            "Choose another: a name is used once in the whole form, groups included.",
        ),
    ),
    "missing_type": words(
        ("Hàng này không có loại câu hỏi.", f"Điền cột type: {_TYPES}."),
        ("This row has no type.", f"Fill the column type: {_TYPES}."),
    ),
    "unsupported_type": words(
        ("Loại “{type}” chưa được hỗ trợ.", f"Dùng một trong các loại: {_TYPES}."),
        ("The type “{type}” is not supported.", f"Use one of: {_TYPES}."),
    ),
    "unsupported_repeat": words(
        (
            "Phần lặp lại (“{type}”) chưa được hỗ trợ.",
            "Viết từng câu hỏi thành một hàng riêng, trong begin_group nếu cần.",
        ),
        (
            "Repeats (“{type}”) are not supported.",
            "Write each question as a row of its own, in a begin_group if need be.",
        ),
    ),
    "unsupported_media": words(
        (
            "Loại “{type}” chưa được hỗ trợ: không lưu ảnh, tiếng nói hay tệp của trẻ em.",
            "Hỏi bằng text hoặc select_one.",
        ),
        (
            "The type “{type}” is not supported: no photo, voice or file of a child is stored.",
            "Ask with text or select_one.",
        ),
    ),
    "unsupported_place": words(
        ("Loại “{type}” chưa được hỗ trợ: không lưu vị trí của trẻ em.", "Hỏi xã/phường bằng select_one nếu thật cần."),
        (
            "The type “{type}” is not supported: no position of a child is stored.",
            "If need be, ask the commune with select_one.",
        ),
    ),
    "unsupported_rank": words(
        (
            "Loại rank chưa được hỗ trợ.",
            "Hỏi điều quan trọng nhất bằng select_one, rồi điều thứ hai bằng một select_one nữa.",
        ),
        (
            "The type rank is not supported.",
            "Ask for the most important with select_one, then for the second with another.",
        ),
    ),
    "unsupported_or_other": words(
        (
            "or_other chưa được hỗ trợ.",
            "Thêm lựa chọn “other” và một câu text với relevant: selected(${{{name}}}, 'other').",
        ),
        (
            "or_other is not supported.",
            "Add a choice “other” and a text question with relevant: selected(${{{name}}}, 'other').",
        ),
    ),
    "unsupported_choice_source": words(
        (
            "Lựa chọn lấy từ nơi khác (“{type}”) chưa được hỗ trợ.",
            "Viết các lựa chọn vào trang “choices”, dùng select_one hoặc select_multiple.",
        ),
        (
            "Choices from elsewhere (“{type}”) are not supported.",
            "Write them on the sheet “choices” and use select_one or select_multiple.",
        ),
    ),
    "unmatched_begin": words(
        ("Nhóm “{name}” không có end_group.", "Thêm hàng end_group sau câu cuối của nhóm."),
        ("The group “{name}” has no end_group.", "Add a row end_group after its last question."),
    ),
    "unmatched_end": words(
        ("end_group này không có begin_group.", "Xóa hàng này hoặc thêm begin_group ở trước."),
        ("This end_group has no begin_group.", "Delete this row or add a begin_group before it."),
    ),
    # Columns
    "unsupported_column": words(
        ("Cột “{column}” chưa được hỗ trợ.", "Để trống cột này."),
        ("The column “{column}” is not supported.", "Leave it empty."),
    ),
    "not_applicable": words(
        ("Cột “{column}” không dùng được cho loại {type}.", "Để trống cột này ở hàng này."),
        ("The column “{column}” does not go with the type {type}.", "Leave it empty in this row."),
    ),
    "calculation_on_question": words(
        (
            "Câu hỏi loại {type} không thể vừa hỏi vừa tính.",
            "Chuyển phép tính sang một hàng loại calculate; cho xem bằng note với ${{tên}}.",
        ),
        (
            "A question of type {type} cannot be asked and calculated.",
            "Move it to a row of type calculate; show it in a note with ${{name}}.",
        ),
    ),
    "missing_calculation": words(
        ("Hàng calculate không có phép tính.", "Điền cột calculation."),
        ("This calculate row has no calculation.", "Fill the column calculation."),
    ),
    "read_only_not_fixed": words(
        ("read_only phải là yes hoặc no, không phải biểu thức “{value}”.", "Ghi yes hoặc no."),
        ("read_only must be yes or no, not the expression “{value}”.", "Write yes or no."),
    ),
    "dynamic_default": words(
        ("Giá trị mặc định “{value}” là biểu thức.", "Ghi một giá trị cố định, hoặc tính ở một hàng calculate."),
        ("The default “{value}” is an expression.", "Write a fixed value, or calculate it in a calculate row."),
    ),
    "wrong_default": words(
        (
            "Giá trị mặc định “{value}” không hợp với loại {type}.",
            "Ghi một giá trị mà người trả lời có thể chọn hoặc nhập.",
        ),
        ("The default “{value}” does not fit the type {type}.", "Write a value that a person could choose or enter."),
    ),
    "unsupported_appearance": words(
        (
            "Kiểu trình bày “{appearance}” chưa được hỗ trợ.",
            "Bỏ nó, hoặc dùng: faces, picture-grid, stars, slider, likert, multiline, field-list.",
        ),
        (
            "The appearance “{appearance}” is not supported.",
            "Take it out, or use: faces, picture-grid, stars, slider, likert, multiline, field-list.",
        ),
    ),
    "unsupported_parameter": words(
        ("Tham số “{parameter}” chưa được hỗ trợ.", "Bỏ tham số này ở cột parameters."),
        ("The parameter “{parameter}” is not supported.", "Take it out of the column parameters."),
    ),
    "bad_range": words(
        (
            "Thang điểm “{value}” không hợp lệ.",
            "Ghi start, end và step là số, step lớn hơn 0, tối đa 1000 bước, ví dụ “start=1 end=5 step=1”.",
        ),
        (
            "The scale “{value}” cannot be used.",
            "Give start, end and step as numbers, step above 0, at most 1000 steps, such as “start=1 end=5 step=1”.",
        ),
    ),
    # Choices
    "unknown_list": words(
        ("Không có danh sách lựa chọn “{list}”.", "Thêm danh sách này vào trang “choices”, hoặc sửa tên ở cột type."),
        (
            "There is no list of choices “{list}”.",
            "Add it to the sheet “choices”, or correct its name in the column type.",
        ),
    ),
    "missing_list_name": words(
        ("Lựa chọn này không thuộc danh sách nào.", "Điền cột list_name."),
        ("This choice belongs to no list.", "Fill the column list_name."),
    ),
    "bad_choice_name": words(
        ("Tên lựa chọn “{name}” không hợp lệ.", "Dùng từ 1 đến 64 ký tự không có dấu cách, ví dụ rat_vui."),
        ("The choice name “{name}” cannot be used.", "Use 1 to 64 characters without spaces, such as very_happy."),
    ),
    "duplicate_choice": words(
        ("Lựa chọn “{name}” đã có trong danh sách này ở hàng {other}.", "Đặt tên khác hoặc xóa một hàng."),
        ("The choice “{name}” is already in this list, row {other}.", "Choose another name or delete one of the rows."),
    ),
    "bad_image": words(
        (
            "“{image}” không phải là tên tệp hình.",
            "Chỉ ghi tên tệp .webp, .png, .jpg hoặc .svg, không có thư mục, giống nhau ở mọi ngôn ngữ.",
        ),
        (
            "“{image}” is not the name of a picture file.",
            "Write only a file name, .webp, .png, .jpg or .svg, without folder, alike in all languages.",
        ),
    ),
    **EXPRESSION_TEXTS,
}
