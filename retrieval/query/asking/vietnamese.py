"""How Vietnamese asks: the kinds of its questions, and the words that only ask."""

from retrieval.models import Kind

_QUESTION_WORDS = (
    "(?:(?:là )?(?:vào )?(?:khi nào|bao giờ|lúc nào|hồi nào|ở đâu|nơi nào|từ đâu|do đâu|vì đâu|vì sao"
    "|tại sao|như thế nào|thế nào|ra sao"
    "|bao nhiêu|bao lâu|bao xa|mấy|điều gì|cái gì|những gì|gì|những ai|ai|nào|đâu|hãy|xin(?! lỗi| phép)|cho biết"
    r"|phải không|hay không|(?:không|chưa)(?=\W*$)|(?:làm|thì) sao)"
    "|(?:kể|nêu)(?: ra)? tên|liệt kê|xảy ra|diễn ra|có thể"
    "|(?:được|bị) (?:gọi|biết đến|xem|coi|mô tả|miêu tả|mệnh danh)(?: (?:là|như))*"
    "|thuật ngữ(?: khác)?(?: (?:cho|của|dành cho))?|tên(?: gọi)?(?: khác)? (?:của|cho|là(?= gì| ai)))"
)
_LEADS = r"^\W*(?:(?:thế|vậy)(?: còn| thì)?|còn|và)(?=\s)"
"""How a question begins that goes on from another."""
ASKS = rf"{_LEADS}|\b{_QUESTION_WORDS}\b"
_KIN = "con trai|con gái|em gái|em trai|anh trai|chị gái|vợ|chồng|cha|mẹ"
KINDS = (
    (
        Kind.COMPARISON,
        (
            r"\b(?:so sánh|so với .* (?:thế nào|ra sao)|khác (?:nhau|biệt|gì)|sự khác|thay đổi (?:như thế nào"
            r"|ra sao|thế nào))"
        ),
    ),
    (Kind.WHY, r"\b(?:vì sao|tại sao|do đâu|vì đâu|lý do|lí do|nguyên nhân|mục đích)\b"),
    (
        Kind.WHEN,
        (
            r"\b(?:khi|năm|ngày|tháng|thời gian|lúc|thế kỷ|thập niên|thập kỷ|thời điểm|mùa|hồi|thời|giai đoạn"
            r"|thứ) nào\b|\bbao giờ\b|\bnăm bao nhiêu\b"
        ),
    ),
    (
        Kind.HOW_MANY,
        (
            r"\b(?:bao nhiêu|mấy|bao lâu|bao xa|(?:mức|chừng) nào)\b"
            r"|^\W*(?:số lượng|dân số|tỷ lệ|tỉ lệ|diện tích|chiều cao|chiều dài|phần trăm)\b(?!.* nào\b)"
        ),
    ),
    (
        Kind.ROLE,
        (
            r"\b(?:thủ tướng|bộ trưởng|tổng thống|chủ tịch|tổng bí thư|đại sứ|ngoại trưởng|tổng thư ký"
            r"|chủ tịch nước)\b.* là ai\b"
        ),
    ),
    (
        Kind.WHO,
        (
            rf"\bai\b|\b(?:người|nhân vật|vị \w+) nào\b|\btên (?:của )?(?:(?:các|những) )?(?:người|{_KIN})\b.* là gì"
            rf"|\b(?:người|{_KIN}|ông|bà|họ) (?:.* )?tên là gì"
        ),
    ),
    (
        Kind.POSITION,
        r"\b(?:lập trường|quan điểm|thái độ|ý kiến)\b|\b(?:nói|phát biểu|tuyên bố|cho rằng) (?:gì|thế nào)\b",
    ),
    (
        Kind.WHERE,
        (
            r"\b(?:ở đâu|tới đâu|đến đâu|từ đâu|nằm đâu|nơi nào)\b|\b(?:nước|quốc gia|thành phố|tỉnh|bang"
            r"|khu vực|châu lục|địa điểm|đảo|vùng|quận|cảng|nơi) nào\b"
        ),
    ),
    (
        Kind.LIST,
        r"\b(?:liệt kê|kể tên|(?:những|các) (?!năm )(?:\w+ ){1,5}(?<!\bthế )(?<!\bnhư thế )nào|những gì)\b",
    ),
    (
        Kind.DEFINITION,
        r"^\W*(?!.*\b(?:của|tên|gọi)\b)(?:\w+\W+){1,5}là gì\W*$|\bviết tắt của\b|\b(?:định nghĩa|nghĩa là gì)\b",
    ),
    (Kind.HOW, r"\b(?:như thế nào|thế nào|ra sao|bằng cách nào|làm sao)\b"),
    (Kind.WHAT, r"\b(?:gì|nào|đâu|cho biết)\b"),
    (Kind.YES_NO, r"\b(?:có|đã) .*\b(?:không|chưa)\W*$|\bphải không\b|\bhay không\b"),
    (Kind.WHAT, r"\?\s*$"),
)
