"""How Vietnamese asks: the kinds of its questions, and the words that only ask."""

from retrieval.models import Kind

_QUESTION_WORDS = (
    "(?:(?:là )?(?:vào )?(?:khi nào|bao giờ|lúc nào|hồi nào|ở đâu|nơi nào|từ đâu|do đâu|vì đâu|vì sao"
    "|tại sao|như thế nào|thế nào|ra sao"
    r"|bao nhiêu|bao lâu|bao xa|mấy|điều gì|cái gì|những gì|gì|những ai|(?-i:(?!AI\b))ai|nào|đâu|hãy"
    "|xin(?! lỗi| phép)|cho biết"
    r"|phải không|hay không|(?:không|chưa)(?=\W*$)|(?:làm|thì) sao)"
    "|(?:kể|nêu)(?: ra)? tên|liệt kê|xảy ra|diễn ra|có thể"
    "|(?:được|bị) (?:gọi|biết đến|xem|coi|mô tả|miêu tả|mệnh danh)(?: (?:là|như))*"
    "|thuật ngữ(?: khác)?(?: (?:cho|của|dành cho))?|tên(?: gọi)?(?: khác)? (?:của|cho|là(?= gì| ai)))"
)
_LEADS = r"^\W*(?:(?:thế|vậy)(?: còn| thì)?|còn|và)(?=\s)"
"""How a question begins that goes on from another."""
ASKS = rf"{_LEADS}|\b{_QUESTION_WORDS}\b"
_KIN = "con trai|con gái|em gái|em trai|anh trai|chị gái|vợ|chồng|cha|mẹ"
_OFFICE = (
    "thủ tướng|bộ trưởng|tổng thống|chủ tịch nước|chủ tịch|tổng bí thư|đại sứ|ngoại trưởng|tổng thư ký|thị trưởng"
    "|giám đốc|thống đốc"
)
_CALLING = r"(?!(?:máy|nước|hàng|thờ|ga|tù|hát|trường|nghỉ|kho|cửa)\b)\w+"
"""The words behind 'nhà' that make it a person: nhà văn, nhà báo; not a building or a state."""
_PERSON = (
    rf"(?:người|nhân vật|vị(?! trí)|ông|bà|nhà {_CALLING}|bác sĩ|giáo sư|trọng tài|cầu thủ|ca sĩ|diễn viên|nhạc sĩ"
    rf"|{_OFFICE})"
)
_PLANET = "(?:thủy|thuỷ|kim|hỏa|hoả|mộc|thổ|thiên vương|hải vương|diêm vương)"
_SAYS = r"(?:nói|phát biểu|tuyên bố|nhận xét|nghĩ|khuyên|khen|chê|chê trách|phê phán|viết|trả lời|bình luận|đáp)"
_ASKED = r"(?:gì|sao|ra sao|thế nào|như thế nào)"
LONG_FORM = r"\b([a-z][a-z\d&.-]{1,9}) (?:là )?(?:chữ )?viết tắt (?:của|cho)\b"
"""Asks for the words that an acronym, its group, stands for."""
KINDS = (
    (
        Kind.COMPARISON,
        r"\b(?:so sánh|so với .* (?:thế nào|ra sao|gì)|khác (?:nhau|biệt|gì)|sự khác|khác .* ở \w+ nào)\b",
    ),
    (
        Kind.COMPARISON,
        r"\bthay đổi (?:như thế nào|ra sao|thế nào)\b|\bhơn\W*$|\bhơn .* ở (?:điểm|chỗ) nào\b|\bhay ít hơn\b",
    ),
    (Kind.WHY, r"\b(?:vì sao|tại sao|do đâu|vì đâu|nhờ đâu|dựa vào đâu|lý do|lí do|nguyên nhân|mục đích)\b"),
    (
        Kind.WHY,
        rf"^\W*sao (?!\w+ là\b|{_PLANET} (?:có|cách|ở|quay|nằm|được)\b)|\b(?:để|nhằm) làm gì\b|\bvì (?!là\b)\w+ gì\b",
    ),
    (
        Kind.WHEN,
        (
            r"\b(?:khi|năm|ngày|tháng|thời gian|lúc|thế kỷ|thập niên|thập kỷ|thời điểm|mùa|hồi|thời|giai đoạn|hôm|dịp"
            r"|thứ) nào\b|\bbao giờ\b|\bnăm bao nhiêu\b"
        ),
    ),
    (
        Kind.HOW_MANY,
        (
            r"\b(?:bao nhiêu|nhiêu|mấy|bao lâu|bao xa|(?:mức|chừng) nào)\b"
            r"|^\W*(?:số lượng|dân số|tỷ lệ|tỉ lệ|diện tích|chiều cao|chiều dài|phần trăm|ngân sách|lương(?! thực)"
            r"|giá(?! như))\b(?!.* (?:nào|gì|ai|đâu)\b)"
        ),
    ),
    (Kind.ROLE, rf"\b(?:{_OFFICE})\b.* là ai\b|\bai (?:là|làm|giữ chức) (?:{_OFFICE})\b"),
    (
        Kind.WHO,
        (
            rf"\b(?-i:(?!AI\b))ai\b|\b{_PERSON} (?:\w+ )?nào\b"
            rf"|\btên (?:của )?(?:(?:các|những) )?(?:người|{_KIN})\b.* là gì"
            rf"|\b(?:người|{_KIN}|ông|bà|họ) (?:.* )?tên là gì|\btên gì\W*$"
        ),
    ),
    (Kind.POSITION, rf"\b(?:lập trường|quan điểm|thái độ|ý kiến)\b|\b{_SAYS} (?:\w+ )?{_ASKED}\b|\bcho rằng .*\bgì\b"),
    (Kind.POSITION, rf"\b{_SAYS}\b.*\b(?:câu|lời|lời lẽ|điều|điểm) (?:gì|nào)\b|\bnghĩ .*\b(?:về|thế nào|ra sao)\b"),
    (
        Kind.WHERE,
        (
            r"\b(?:ở đâu|tới đâu|đến đâu|từ đâu|nằm đâu|nơi nào)\b|\b(?:nước|quốc gia|thành phố|tỉnh|bang"
            r"|khu vực|châu lục|địa điểm|đảo|vùng|quận|cảng|nơi) nào\b|\b(?:ở|tại) (?!điểm|chỗ|mức)(?:\w+ ){1,3}nào\b"
        ),
    ),
    (
        Kind.LIST,
        (
            r"\b(?:liệt kê|kể tên|(?:những|các) (?!năm )(?:\w+ ){1,5}(?<!\bthế )(?<!\bnhư thế )(?:nào|gì)|những gì)\b"
            r"|\b(?:hai|ba|bốn|năm|sáu) (?:\w+ ){1,3}nào\b"
        ),
    ),
    (
        Kind.DEFINITION,
        (
            r"^\W*(?!.*\b(?:của|tên|gọi)\b)(?:\w+\W+){1,5}là (?:\w+ )?gì(?: vậy| thế)?\W*$|\bviết tắt của\b"
            r"|\b(?:định nghĩa|nghĩa là gì|hiểu là gì)\b"
        ),
    ),
    (Kind.HOW, r"\b(?:như thế nào|thế nào|ra sao|(?:bằng|làm|dùng) (?:\w+ ){1,2}(?:nào|gì)|làm sao|kiểu gì)\b"),
    (Kind.WHAT, r"\b(?:gì|nào|đâu|cho biết)\b"),
    (Kind.YES_NO, r"\b(?:có|đã) .*\b(?:không|chưa)\W*$|\bphải không\b|\bhay không\b"),
    (Kind.WHAT, r"\?\s*$"),
)
