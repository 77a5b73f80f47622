"""What people read about an error of a form: for each code, in Vietnamese and English, the cause and the remedy."""

from __future__ import annotations

from survey_app.questionnaire.expression_texts import EXPRESSION_TEXTS, Words, words

PLACE = {"vi": ("trang", "hàng", "cột"), "en": ("sheet", "row", "column")}

_TYPES = (
    "select_one, select_multiple, rank, text, integer, decimal, date, time, range, acknowledge, image, audio, note, "
    "calculate, hidden, begin_group, begin_repeat, start, end, today, deviceid"
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
    "media_missing": words(
        ("Không có tệp “{file}” mà phiếu “{form}” nêu tên.", "Đặt tệp vào thư mục {folder}, đúng tên như trong phiếu."),
        ("The file “{file}”, named in “{form}”, is missing.", "Put it into the folder {folder}, named as in the form."),
    ),
    "media_wrong": words(
        (
            "Nội dung tệp “{file}” của phiếu “{form}” không phải loại hình hoặc âm thanh dùng được.",
            "Thay bằng hình .png, .jpg, .webp, .gif, .svg (không có mã lệnh) hoặc âm thanh .mp3, .m4a, .ogg, .wav, .webm trong {folder}.",
        ),
        (
            "The content of “{file}” of “{form}” is no picture or sound that can be used.",
            "Put a picture (.png, .jpg, .webp, .gif, .svg without scripts) or a sound (.mp3, .m4a, .ogg, .wav, .webm) "
            "in its place in {folder}.",
        ),
    ),
    "media_too_large": words(
        (
            "Tệp “{file}” của phiếu “{form}” lớn hơn {limit} kB.",
            "Thu nhỏ tệp trong {folder}: mỗi máy tính bảng phải tải nó về.",
        ),
        (
            "The file “{file}” of “{form}” is larger than {limit} kB.",
            "Make it smaller in {folder}: every tablet loads it.",
        ),
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
    "sent_elsewhere": words(
        (
            "Biểu mẫu muốn gửi phiếu trả lời đến nơi khác ({setting}).",
            "Để trống cột {setting}: phiếu trả lời chỉ được gửi về đây.",
        ),
        (
            "The form wants its submissions sent elsewhere ({setting}).",
            "Leave the column {setting} empty: submissions come here only.",
        ),
    ),
    "unsupported_setting": words(
        ("Thiết lập “{setting}” chưa được hỗ trợ.", "Để trống cột này ở trang “settings”."),
        ("The setting “{setting}” is not supported.", "Leave this column of the sheet “settings” empty."),
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
    "markup": words(
        (
            "“{markup}” là định dạng (in đậm, tiêu đề, liên kết, HTML); người trả lời sẽ thấy nguyên các dấu này.",
            "Viết chữ thường, không có dấu định dạng.",
        ),
        (
            "“{markup}” is formatting (bold, heading, link, HTML); the person who answers would see the signs themselves.",
            "Write plain words without it.",
        ),
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
    "nested_repeat": words(
        (
            "Phần lặp lại này nằm trong phần lặp lại “{outer}”.",
            "Đặt nó sau end_repeat của “{outer}”, hoặc dùng begin_group thay cho begin_repeat.",
        ),
        (
            "This repeat lies within the repeat “{outer}”.",
            "Put it after the end_repeat of “{outer}”, or make it a begin_group.",
        ),
    ),
    "bad_count": words(
        ("repeat_count không thể là “{value}”.", "Ghi số nguyên từ 1 đến {limit}, hoặc ${{tên}} của một câu hỏi số."),
        (
            "repeat_count cannot be “{value}”.",
            "Write a whole number from 1 to {limit}, or ${{name}} of a question with a number.",
        ),
    ),
    "unsupported_loop": words(
        (
            "Vòng lặp theo danh sách (“{type}”) chưa được hỗ trợ.",
            "Dùng begin_repeat với repeat_count, hoặc viết từng câu hỏi thành một hàng riêng.",
        ),
        (
            "Loops over a list (“{type}”) are not supported.",
            "Use begin_repeat with a repeat_count, or write each question as a row of its own.",
        ),
    ),
    "metadata_in_repeat": words(
        ("Hàng {type} nằm trong phần lặp lại.", "Chuyển nó ra ngoài begin_repeat … end_repeat."),
        ("The row {type} lies within a repeat.", "Move it out of begin_repeat … end_repeat."),
    ),
    "unsupported_media": words(
        (
            "Loại “{type}” chưa được hỗ trợ: không lưu phim, tệp hay tiếng ghi ngầm của trẻ em.",
            "Hỏi bằng audio (em tự ghi âm câu trả lời), image với appearance draw (em vẽ), text hoặc select_one.",
        ),
        (
            "The type “{type}” is not supported: no film, file or hidden recording of a child is stored.",
            "Ask with audio (the child records an answer), image with the appearance draw (she draws), text or select_one.",
        ),
    ),
    "unsupported_personal": words(
        (
            "Loại “{type}” chưa được hỗ trợ: nó ghi lại người trả lời là ai hoặc theo dõi từng thao tác của em.",
            "Xóa hàng này; phiếu trả lời đã có mã riêng.",
        ),
        (
            "The type “{type}” is not supported: it records who answers, or follows every touch.",
            "Delete this row; every submission has an id of its own.",
        ),
    ),
    "unsupported_datetime": words(
        ("Loại “{type}” chưa được hỗ trợ.", "Hỏi ngày bằng date, rồi giờ bằng time."),
        ("The type “{type}” is not supported.", "Ask the day with date, then the time with time."),
    ),
    "unsupported_score": words(
        (
            "“{type}” chỉ có trong KoboToolbox.",
            "Dùng begin_group với appearance field-list, mỗi dòng là một select_one với appearance likert.",
        ),
        (
            "“{type}” is known to KoboToolbox only.",
            "Use begin_group with the appearance field-list, and in it a select_one with the appearance likert for each line.",
        ),
    ),
    "unsupported_ranking": words(
        (
            "“{type}” chỉ có trong KoboToolbox.",
            "Dùng một hàng “rank tên_danh_sách”, và viết các mục vào trang “choices”.",
        ),
        (
            "“{type}” is known to KoboToolbox only.",
            "Use one row “rank list_name”, and write the items on the sheet “choices”.",
        ),
    ),
    "unsupported_matrix": words(
        (
            "“{type}” chỉ có trong KoboToolbox.",
            "Dùng begin_group với appearance field-list, và viết mỗi ô thành một câu hỏi.",
        ),
        (
            "“{type}” is known to KoboToolbox only.",
            "Use begin_group with the appearance field-list, and write each cell as a question.",
        ),
    ),
    "unsupported_place": words(
        ("Loại “{type}” chưa được hỗ trợ: không lưu vị trí của trẻ em.", "Hỏi xã/phường bằng select_one nếu thật cần."),
        (
            "The type “{type}” is not supported: no position of a child is stored.",
            "If need be, ask the commune with select_one.",
        ),
    ),
    "unsupported_or_other": words(
        ("or_other không dùng được với rank.", "Bỏ or_other, và hỏi điều khác bằng một câu text ở hàng sau."),
        (
            "or_other does not go with rank.",
            "Take or_other away, and ask for something else in a text question after it.",
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
            "Chuyển phép tính sang một hàng loại calculate (cho xem bằng note với ${{tên}}), hoặc với câu nhập chữ, số, ngày, giờ hay chọn một: điền read_only yes hoặc cột trigger.",
        ),
        (
            "A question of type {type} cannot be asked and calculated.",
            "Move it to a row of type calculate (show it in a note with ${{name}}), or, for text, numbers, dates, times and select_one: fill read_only with yes, or the column trigger.",
        ),
    ),
    "missing_calculation": words(
        ("Hàng calculate không có phép tính.", "Điền cột calculation."),
        ("This calculate row has no calculation.", "Fill the column calculation."),
    ),
    "dynamic_default": words(
        (
            "Giá trị mặc định “{value}” là biểu thức, không dùng được cho loại {type}.",
            "Ghi một giá trị cố định; nếu là chữ có dấu phép tính hay ngoặc thì bỏ các dấu đó.",
        ),
        (
            "The default “{value}” is an expression, which does not go with the type {type}.",
            "Write a fixed value; if it is words, take signs of arithmetic and brackets out of them.",
        ),
    ),
    "bad_trigger": words(
        (
            "trigger “{value}” không phải là câu hỏi mà người trả lời thấy.",
            "Ghi ${{tên}} của một câu hỏi; nhiều câu thì cách nhau bằng dấu phẩy.",
        ),
        (
            "The trigger “{value}” is not a question that the person who answers sees.",
            "Write ${{name}} of a question; several with commas between them.",
        ),
    ),
    "trigger_elsewhere": words(
        (
            "trigger “${{{name}}}” không ở cùng phần lặp lại với hàng này.",
            "Đặt cả hai trong cùng một begin_repeat, hoặc cả hai ở ngoài.",
        ),
        (
            "The trigger “${{{name}}}” is not in the same repeat as this row.",
            "Put both into one begin_repeat, or both outside of all.",
        ),
    ),
    "bad_autoplay": words(
        ("autoplay “{value}” chưa được hỗ trợ.", "Ghi audio, hoặc để trống."),
        ("autoplay “{value}” is not supported.", "Write audio, or leave it empty."),
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
            "Kiểu trình bày “{appearance}” chưa được hỗ trợ cho loại {type}.",
            "Bỏ nó, hoặc dùng một kiểu của loại này: {known}.",
        ),
        (
            "The appearance “{appearance}” is not supported for the type {type}.",
            "Take it out, or use one that goes with this type: {known}.",
        ),
    ),
    "photo_of_face": words(
        (
            "Kiểu trình bày “{appearance}” chụp mặt của em đang cầm máy.",
            "Dùng draw để em vẽ; ảnh chụp đồ vật, nơi chốn thì để trống appearance.",
        ),
        (
            "The appearance “{appearance}” photographs the face of the child who holds the tablet.",
            "Use draw and let her draw; for a photo of things or places leave the appearance empty.",
        ),
    ),
    "part_of_date": words(
        (
            "Kiểu trình bày “{appearance}” chưa được hỗ trợ: người trả lời sẽ phải ghi cả ngày.",
            "Hỏi năm và tháng bằng integer hoặc select_one.",
        ),
        (
            "The appearance “{appearance}” is not supported: the whole date would be asked.",
            "Ask the year and the month with integer or select_one.",
        ),
    ),
    "unsupported_parameter": words(
        ("Tham số “{parameter}” chưa được hỗ trợ.", "Bỏ tham số này ở cột parameters."),
        ("The parameter “{parameter}” is not supported.", "Take it out of the column parameters."),
    ),
    "bad_parameter": words(
        ("“{parameter}” không thể là “{value}”.", "Ghi một số nguyên lớn hơn 0, ví dụ {parameter}=5."),
        ("“{parameter}” cannot be “{value}”.", "Write a whole number above 0, such as {parameter}=5."),
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
    "bad_audio": words(
        (
            "“{audio}” không phải là tên tệp âm thanh.",
            "Chỉ ghi tên tệp .mp3, .m4a, .ogg, .wav hoặc .webm, không có thư mục.",
        ),
        (
            "“{audio}” is not the name of a sound file.",
            "Write only a file name, .mp3, .m4a, .ogg, .wav or .webm, without folder.",
        ),
    ),
    # References into repeats, and functions that stand in some places only
    "repeat_reference": words(
        (
            "“${{{name}}}” nằm trong phần lặp lại “{repeat}” nên có nhiều câu trả lời.",
            "Đặt nó thẳng trong sum(), min(), max(), concat(), join() hoặc count-non-empty(), hoặc chuyển hàng này vào phần lặp lại đó.",
        ),
        (
            "“${{{name}}}” is in the repeat “{repeat}” and has many answers.",
            "Put it directly into sum(), min(), max(), concat(), join() or count-non-empty(), or move this row into that repeat.",
        ),
    ),
    "repeat_without_value": words(
        ("“${{{name}}}” là phần lặp lại, không có câu trả lời.", "Dùng count(${{{name}}}) để đếm số lần."),
        ("“${{{name}}}” is a repeat and has no answer.", "Use count(${{{name}}}) for how many times it is there."),
    ),
    "file_in_text": words(
        ("“${{{name}}}” là hình hoặc tiếng, không hiện thành chữ được.", "Bỏ “${{{name}}}” khỏi chữ ở hàng này."),
        (
            "“${{{name}}}” is a picture or a sound, which is no words.",
            "Take “${{{name}}}” out of the words in this row.",
        ),
    ),
    "count_without_repeat": words(
        (
            "count() cần một phần lặp lại, hoặc một câu hỏi trong phần lặp lại khác.",
            "Viết count(${{tên}}) với tên của begin_repeat; để đếm lựa chọn, dùng count-selected().",
        ),
        (
            "count() needs a repeat, or a question of another repeat.",
            "Write count(${{name}}) with the name of a begin_repeat; to count choices, use count-selected().",
        ),
    ),
    "position_outside_repeat": words(
        ("position(..) chỉ có nghĩa trong phần lặp lại.", "Chuyển hàng này vào begin_repeat, hoặc bỏ position(..)."),
        (
            "position(..) has a meaning in a repeat only.",
            "Move this row into a begin_repeat, or take position(..) out.",
        ),
    ),
    "choice_name_of_no_choice": words(
        ("“${{{name}}}” không phải là câu hỏi lựa chọn.", "Ghi câu select_one hoặc select_multiple có danh sách đó."),
        (
            "“${{{name}}}” is not a question with choices.",
            "Name the select_one or select_multiple that has the list.",
        ),
    ),
    "once_outside_calculation": words(
        ("once() chỉ dùng được trong calculation hoặc default.", "Chuyển nó sang một hàng calculate."),
        ("once() can stand in calculation or default only.", "Move it to a calculate row."),
    ),
    **EXPRESSION_TEXTS,
}
