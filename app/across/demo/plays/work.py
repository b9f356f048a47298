"""What investigators of the demonstration write into the work description, whatever version of the form they were given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.services.questionnaires.answering import visible
from app.services.questionnaires.rules import questions

TEXTS: dict[str, Any] = {
    "overview": "Sản xuất tại địa phương còn dựa vào kinh nghiệm, thiếu số liệu quan trắc; các nghiên cứu trước chưa gắn với điều kiện đất phèn của tỉnh. "
                "Hai nhiệm vụ cấp tỉnh gần đây đã có quy trình nhưng chưa theo dõi được hiệu quả trên diện rộng.",
    "overview_abroad": "Ở Thái Lan và Ấn Độ, giải pháp tương tự giảm 15–25% nước và phân bón, nhưng chi phí thiết bị còn cao so với nông hộ nhỏ.",
    "rationale": "“{title}” giải quyết đúng chỗ còn thiếu: số liệu tại hiện trường, quy trình phù hợp với hộ sản xuất nhỏ và cách duy trì sau khi kết thúc.",
    "content": "Nội dung 1: Khảo sát hiện trạng, chọn điểm.\nNội dung 2: Thiết kế và thử nghiệm giải pháp.\nNội dung 3: Xây dựng mô hình trình diễn.\n"
               "Nội dung 4: Tập huấn, hoàn thiện quy trình và bàn giao.",
    "plan": "Quý 1: khảo sát. Quý 2-4: thử nghiệm. Quý 5-7: mô hình. Quý 8: nghiệm thu.",
    "approach": "Đi từ nhu cầu của cơ quan tiếp nhận và người sản xuất; thử nghiệm nhỏ trước khi làm mô hình.",
    "methods": "Bố trí thí nghiệm khối ngẫu nhiên, ba lần lặp lại; theo dõi năng suất, chi phí, chất lượng theo tuần; xử lý số liệu bằng phân tích phương sai.",
    "novelty": "Lần đầu có bộ số liệu theo dõi liên tục tại tỉnh và quy trình gắn với cơ quan tiếp nhận.",
    "partner_plan": "Trạm khuyến nông huyện cùng khảo sát, theo dõi mô hình và tổ chức tập huấn; kinh phí phối hợp nằm trong dự toán.",
    "application": "Kết quả bàn giao cho cơ quan đặt hàng để nhân rộng tại các xã; giảm 15% chi phí vật tư. Cơ quan tiếp nhận bố trí cán bộ vận hành.",
    "transfer": "Chuyển giao không bồi hoàn cho cơ quan đặt hàng; tổ chức chủ trì hỗ trợ kỹ thuật một năm.",
    "market": "Nhu cầu tại tỉnh ước 3.000 hộ; giá thành thấp hơn sản phẩm nhập khẩu khoảng 30%.",
    "address": "Các xã vùng hạ của tỉnh; trung tâm khuyến nông; hai hợp tác xã đã cam kết tham gia.",
    "effects": "Tăng ít nhất 10% hiệu quả sản xuất của 100 hộ tham gia, giảm phát thải và tạo việc làm ổn định.",
    "effects_field": "Bổ sung số liệu và phương pháp theo dõi cho lĩnh vực.", "effects_host": "Nâng năng lực nghiên cứu của nhóm thực hiện.",
    "effects_policy": "Cung cấp căn cứ để tỉnh ban hành hướng dẫn và chính sách hỗ trợ nhân rộng.",
    "effects_money": "Doanh thu đợt thử nghiệm dự kiến 1,2 tỷ đồng, lãi trước thuế khoảng 12%.",
    "assets": "Thiết bị đo mua mới 04 bộ; sau khi kết thúc bàn giao cho cơ quan tiếp nhận theo quy định.",
    "previous_results": "Đề tài cấp cơ sở đã nghiệm thu loại khá, có quy trình sơ bộ.",
    "origin": "research", "origin_text": "Kết quả đề tài cấp tỉnh đã được công nhận, quy trình đã thử ở quy mô nhỏ.",
    "technology": "Quy trình gồm năm bước, thông số chính đã ổn định ở quy mô phòng thí nghiệm.", "problems": "Chưa ổn định chất lượng khi tăng quy mô mười lần.",
    "production": "Xưởng của tổ chức chủ trì, 400 m², sản lượng thử nghiệm 5 tấn.", "finance_sources": "Vốn tự có của doanh nghiệp tham gia, có xác nhận kèm theo hồ sơ.",
    "basis": "Chương trình 54-CTr/TU ngày 08/4/2024; Kế hoạch 1821/KH-UBND ngày 18/6/2024.",
    "status": "new", "with_partners": True, "with_abroad": False, "with_survey": False, "buys_assets": True,
    "milestones": [
        {"work": "Khảo sát hiện trạng, chọn điểm", "result": "Báo cáo khảo sát", "month_from": 1, "month_to": 3, "who": "Nhóm thực hiện"},
        {"work": "Thử nghiệm giải pháp", "result": "Số liệu thử nghiệm", "month_from": 4, "month_to": 8, "who": "Chủ nhiệm"},
        {"work": "Xây dựng mô hình, tập huấn", "result": "02 mô hình, 100 lượt người", "month_from": 9, "month_to": 11, "who": "Thành viên, trạm khuyến nông"},
        {"work": "Tổng kết, bàn giao", "result": "Báo cáo tổng kết, quy trình", "month_from": 12, "month_to": 12, "who": "Chủ nhiệm"},
    ],
}  # fmt: skip

# what a project of two years ago said in its own words, and a dossier of today that says half of it again
OF_THE_PAST = {
    "methods": "Theo dõi mười hai ao nuôi thâm canh qua hai vụ, lấy mẫu nước đầu vào và nước xả bảy ngày một lần, phân tích đạm tổng số, lân tổng số và nhu cầu ôxy sinh hóa. "
               "Thử nghiệm đất ngập nước nhân tạo trồng lục bình và sậy với ba mức tải trọng, mỗi mức ba lần lặp lại. "
               "Tính chi phí xử lý trên một tấn cá thành phẩm và so sánh với quy định hiện hành về nước thải chăn nuôi.",
}
SAID_AGAIN = {
    "methods": "Thử nghiệm đất ngập nước nhân tạo trồng lục bình và sậy với ba mức tải trọng, mỗi mức ba lần lặp lại. "
               "Theo dõi mười hai ao nuôi thâm canh qua hai vụ, lấy mẫu nước đầu vào và nước xả bảy ngày một lần, bổ sung chỉ tiêu kháng sinh tồn dư trong bùn đáy.",
}  # fmt: skip


def answers_for(definition: Mapping[str, Any], title: str, *, whole: bool = True) -> dict[str, Any]:
    """Answers to what a form asks and an investigator would answer; not `whole`: only those of the first half of its sections."""
    answers: dict[str, Any] = {}
    half = definition["sections"][: (len(definition["sections"]) + 1) // 2]
    codes = {q["code"] for section in (definition["sections"] if whole else half) for q in section["questions"]}
    for question in questions(definition):
        code = question["code"]
        value = TEXTS.get(code, f"Nội dung về {question['label']['vi'].lower()}." if question.get("required") and question["type"] == "long_text" else None)
        if code in codes and value is not None and code in visible(definition, answers):
            answers[code] = value.replace("{title}", title) if isinstance(value, str) else value
    return answers
