"""Words that the decree itself prescribes, the same in every report."""

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
TITLE = "BÁO CÁO"
RECIPIENTS = "Nơi nhận:"
LANGUAGE_TAG = "vi-VN"
