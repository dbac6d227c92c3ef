"""Two Japanese and two Vietnamese reports of our own wording about Official Security Assistance."""

from pathlib import Path

REPORTS = {
    "enyo.txt": (
        "政府、マレーシアに警戒監視機材を供与へ\n\n2023年12月16日 共同通信社\n\n"
        "岸田文雄首相は16日、東京でマレーシアのアンワル首相と会談し、政府安全保障能力強化支援（OSA）の文書に署名した。"
        "日本は警戒監視用の救難艇など4億円相当の機材をマレーシアに供与する。"
        "首相は「地域の平和に資する。協力を続けたい。」と述べた。\n\n"
        "ベトナムの防衛省幹部は、日本の支援を歓迎すると表明した。\n\n関連記事\n"
    ),
    "kyogi.txt": (
        "日本とベトナム、次官級の2プラス2を新設\n\n令和6年11月28日 読売新聞\n\n"
        "日本とベトナムの両政府は、外務・防衛の次官級による協議の枠組みを設けることで合意した。"
        "初会合は2025年12月に東京で開かれる予定だ。\n\n"
        "両国の協力が進んだのは、南シナ海の情勢が緊迫しているためだ。\n"
    ),
    "doi-thoai.txt": (
        "Việt Nam và Nhật Bản lập cơ chế đối thoại 2+2\n\nThứ Năm, 28/11/2024 15:30 GMT+7\nTTXVN\n\n"
        "Thủ tướng Phạm Minh Chính và Thủ tướng Nhật Bản Ishiba Shigeru đã hội đàm tại Hà Nội."
        " Hai bên nhất trí thành lập cơ chế đối thoại cấp thứ trưởng về ngoại giao và quốc phòng."
        " GS.TS. Trần Văn Bình cho rằng Mỹ và Ấn Độ cũng quan tâm đến cơ chế này.\n\n"
        "Nhật Bản sẽ cung cấp hai tàu tuần tra vì tình hình Biển Đông phức tạp.\n\n"
        ">> Xem thêm: Quan hệ Việt Nam - Nhật Bản\n"
    ),
    "hoa-binh.txt": (
        "Hòa bình và ổn định ở khu vực\n\nNgày 5 tháng 4 năm 2024\nBáo Nhân Dân\n\n"
        "Đại sứ Nhật Bản phát biểu tại Đại học Quốc gia Hà Nội rằng hoà bình cần đối thoại."
        " Bà cho biết Nhật Bản đã viện trợ 150 triệu yên cho Việt Nam trong năm 2023.\n"
    ),
}


def write_reports(folder: Path) -> Path:
    """Write the reports into a folder."""
    for name, text in REPORTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
