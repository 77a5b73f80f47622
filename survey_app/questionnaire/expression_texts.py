"""What people read about an error in an expression: by code, in Vietnamese and English, the cause and the remedy."""

from __future__ import annotations

Words = dict[str, tuple[str, str]]


def words(vi: tuple[str, str], en: tuple[str, str]) -> Words:
    return {"vi": vi, "en": en}


EXPRESSION_TEXTS: dict[str, Words] = {
    "unknown_reference": words(
        ("“${{{name}}}” không phải là tên câu hỏi nào.", "Sửa tên, hoặc thêm câu hỏi đó vào biểu mẫu."),
        ("“${{{name}}}” is not the name of a question.", "Correct the name, or add that question to the form."),
    ),
    "reference_without_value": words(
        ("“${{{name}}}” là {type}, không có câu trả lời.", "Dùng tên của một câu hỏi."),
        ("“${{{name}}}” is a {type} and has no answer.", "Use the name of a question."),
    ),
    "self_outside_constraint": words(
        ("Dấu chấm (.) chỉ dùng được trong constraint.", "Dùng ${{tên}} của một câu hỏi khác."),
        ("The dot (.) can stand in a constraint only.", "Use ${{name}} of another question."),
    ),
    "bare_word": words(
        ("“{word}” không phải là biểu thức.", "Đặt chữ trong dấu nháy ('{word}') hoặc viết câu hỏi là ${{{word}}}."),
        (
            "“{word}” means nothing in an expression.",
            "Put words in quotes ('{word}') or write a question as ${{{word}}}.",
        ),
    ),
    "unknown_column": words(
        ("Danh sách “{list}” không có cột “{word}”.", "Thêm cột vào trang “choices”, hoặc đặt chữ trong dấu nháy."),
        ("The list “{list}” has no column “{word}”.", "Add the column to the sheet “choices”, or put words in quotes."),
    ),
    "cycle": words(
        ("Các câu phụ thuộc nhau thành vòng: {names}.", "Bỏ một trong các tham chiếu ở relevant hoặc calculation."),
        (
            "Questions depend on each other in a circle: {names}.",
            "Take one of the references out of relevant or calculation.",
        ),
    ),
    "expression_syntax": words(
        (
            "Không hiểu biểu thức “{expression}” từ chỗ “{near}”.",
            "Kiểm tra dấu nháy, dấu ngoặc và phép toán (and, or, =, !=, <, >, +, -, *, div, mod).",
        ),
        (
            "The expression “{expression}” cannot be understood from “{near}” on.",
            "Check quotes, brackets and operators (and, or, =, !=, <, >, +, -, *, div, mod).",
        ),
    ),
    "expression_unfinished": words(
        ("Biểu thức “{expression}” chưa hết.", "Viết tiếp, hoặc đóng dấu ngoặc."),
        ("The expression “{expression}” stops too early.", "Finish it, or close the bracket."),
    ),
    "expression_path": words(
        ("Biểu thức “{expression}” dùng đường dẫn XPath, chưa được hỗ trợ.", "Viết câu hỏi là ${{tên}}."),
        ("The expression “{expression}” uses an XPath path, which is not supported.", "Write a question as ${{name}}."),
    ),
    "expression_too_long": words(
        ("Biểu thức quá dài hoặc lồng quá sâu (giới hạn {limit}).", "Chia thành nhiều hàng calculate."),
        ("The expression is too long or too deep (limit {limit}).", "Divide it into several calculate rows."),
    ),
    "last_saved": words(
        ("“${{{name}}}” (câu trả lời lần trước) chưa được hỗ trợ.", "Dùng câu trả lời trong chính phiếu này."),
        ("“${{{name}}}” (answers of an earlier form) is not supported.", "Use an answer of this form."),
    ),
    "unknown_function": words(
        ("Hàm {function}() chưa được hỗ trợ.", "Chỉ dùng: {known}."),
        ("The function {function}() is not supported.", "Use only: {known}."),
    ),
    "argument_count": words(
        ("Hàm {function}() cần {wanted} tham số, ở đây có {given}.", "Kiểm tra dấu phẩy và dấu ngoặc."),
        ("The function {function}() takes {wanted} arguments, here it has {given}.", "Check commas and brackets."),
    ),
    "pattern_not_literal": words(
        ("Mẫu của regex() phải là chữ trong dấu nháy.", "Viết mẫu trực tiếp, ví dụ regex(., '[0-9]{{3}}')."),
        ("The pattern of regex() must be a text in quotes.", "Write it directly, such as regex(., '[0-9]{{3}}')."),
    ),
    "pattern_syntax": words(
        ("Mẫu “{pattern}” viết sai.", "Kiểm tra ngoặc và dấu lặp (* + ? {{n}})."),
        ("The pattern “{pattern}” is not well formed.", "Check brackets and repetitions (* + ? {{n}})."),
    ),
    "pattern_unsupported": words(
        (
            "Mẫu “{pattern}” dùng điều mà máy tính bảng và máy chủ hiểu khác nhau.",
            "Chỉ dùng chữ, [lớp], \\d \\w \\s, nhóm ( ), |, * + ? {{n,m}}.",
        ),
        (
            "The pattern “{pattern}” uses what tablets and server read differently.",
            "Use only letters, [classes], \\d \\w \\s, groups ( ), |, * + ? {{n,m}}.",
        ),
    ),
    "pattern_nested": words(
        (
            "Mẫu “{pattern}” lặp trong lặp, có thể chạy mãi không xong.",
            "Bỏ bớt một dấu lặp hoặc dấu | trong nhóm được lặp.",
        ),
        (
            "The pattern “{pattern}” repeats a repetition, which can take for ever.",
            "Take out one repetition, or the | inside the repeated group.",
        ),
    ),
    "pattern_too_long": words(
        ("Mẫu của regex() dài quá 500 ký tự.", "Viết mẫu ngắn hơn."),
        ("The pattern of regex() has more than 500 characters.", "Write a shorter one."),
    ),
    "function_other_data": words(
        (
            "Hàm {function}() lấy dữ liệu ở ngoài phiếu này, chưa được hỗ trợ.",
            "Đưa dữ liệu vào cột của trang “choices” và lọc bằng choice_filter.",
        ),
        (
            "The function {function}() takes data from outside this form, which is not supported.",
            "Put the data into columns of the sheet “choices” and filter with choice_filter.",
        ),
    ),
    "function_indexed_repeat": words(
        (
            "Hàm {function}() lấy một lần riêng của nhóm lặp, chưa được hỗ trợ.",
            "Dùng sum(), count(), min(), max() hoặc join() cho mọi lần, hoặc ${{tên}} ngay trong nhóm lặp.",
        ),
        (
            "The function {function}() takes a single time of a repeat, which is not supported.",
            "Use sum(), count(), min(), max() or join() over all times, or ${{name}} inside the repeat.",
        ),
    ),
    "function_random": words(
        (
            "Kết quả của {function}() mỗi lần một khác nên máy chủ không kiểm tra lại được.",
            "Để đổi thứ tự lựa chọn, ghi randomize=true ở cột parameters; mỗi phiếu trả lời đã có mã riêng.",
        ),
        (
            "{function}() differs every time, so the server cannot check it.",
            "For choices in random order write randomize=true in parameters; each submission has its own id already.",
        ),
    ),
    "function_inexact": words(
        (
            "Các máy tính bảng tính {function}() ra những chữ số cuối khác nhau.",
            "Dùng + - * div, pow() hoặc sqrt(), hoặc tính sau khi thu thập.",
        ),
        (
            "Tablets differ in the last digits of {function}().",
            "Use + - * div, pow() or sqrt(), or work it out after collecting.",
        ),
    ),
    "function_checklist": words(
        (
            "Hàm {function}() chưa được hỗ trợ.",
            "Cộng từng phần bằng if(), ví dụ if(${{a}} = 'yes', 1, 0) + if(${{b}} = 'yes', 1, 0) >= 1.",
        ),
        (
            "The function {function}() is not supported.",
            "Add up with if(): if(${{a}} = 'yes', 1, 0) + if(${{b}} = 'yes', 1, 0) >= 1.",
        ),
    ),
    "function_place": words(
        (
            "Hàm {function}() cần vị trí, mà phiếu hỏi trẻ em không được hỏi vị trí.",
            "Hỏi xã, phường bằng select_one.",
        ),
        (
            "The function {function}() needs a position, which children are never asked for.",
            "Ask for the commune with select_one.",
        ),
    ),
    "exponent_not_whole": words(
        ("Số mũ của pow() phải là số nguyên từ 0 đến {limit}.", "Viết trực tiếp, ví dụ pow(${{cao}}, 2)."),
        ("The exponent of pow() must be a whole number from 0 to {limit}.", "Write it directly: pow(${{height}}, 2)."),
    ),
    "format_not_literal": words(
        (
            "Mẫu ngày của {function}() phải là chữ trong dấu nháy.",
            "Viết trực tiếp, ví dụ {function}(${{ngay}}, '%d/%m/%Y').",
        ),
        (
            "The format of {function}() must be a text in quotes.",
            "Write it directly, such as {function}(${{day}}, '%d/%m/%Y').",
        ),
    ),
    "format_code": words(
        ("Mã ngày “{mark}” chưa được hỗ trợ.", "Chỉ dùng: {known}; tên thứ, tên tháng thì dùng if()."),
        ("The date code “{mark}” is not supported.", "Use only: {known}; write names of days and months with if()."),
    ),
    "position_dots": words(
        ("position() chỉ dùng được với hai dấu chấm.", "Viết position(..) trong nhóm lặp."),
        ("position() works with two dots only.", "Write position(..) inside a repeat."),
    ),
    "choice_name_question": words(
        (
            "Tham số thứ hai của jr:choice-name() phải là tên câu hỏi trong dấu nháy.",
            "Viết jr:choice-name(${{cau}}, '${{cau}}').",
        ),
        (
            "The second argument of jr:choice-name() must be a question in quotes.",
            "Write jr:choice-name(${{question}}, '${{question}}').",
        ),
    ),
}
