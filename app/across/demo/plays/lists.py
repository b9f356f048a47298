"""A list of past projects, imported: as such lists are, with capitals, rounded money and one row that cannot be right."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.across.demo.cast import Cast
from app.across.imports import actions, running
from app.across.imports.rules import Target

LIST = """Danh mục nhiệm vụ cũ;;;;;;;;
Mã số;Tên đề tài, dự án;Cơ quan chủ trì;Chủ nhiệm;Thời gian thực hiện;Tổng kinh phí (triệu đồng);Tình trạng;Xếp loại;Nguyên nhân
ĐT-2009-03;XÂY DỰNG MÔ HÌNH TRỒNG KHOAI MỠ TRÊN ĐẤT PHÈN HUYỆN THẠNH HÓA;Trung tâm Khuyến nông Vàm Cỏ;ThS. Phan Thị Lụa;Từ tháng 7/2009 - 10/2011;gần 540;đã nghiệm thu;Khá;
ĐT-2012-01;Nghiên cứu kỹ thuật ủ phân hữu cơ từ vỏ đậu phộng;Trung tâm Khuyến nông Vàm Cỏ;KS. Đỗ Văn Lúa;2012-2013;1.250,5;đã nghiệm thu, công nhận;Xuất sắc;
DA-2014-02;Thử nghiệm máy sạ cụm kéo tay;Hợp tác xã Bàu Sen;;18 tháng (2014-2015);320;không đạt;Không đạt;khách quan
ĐT-2016-05;Khảo sát làng nghề dệt chiếu lác và hướng giữ nghề;Bảo tàng Vàm Cỏ Đông;CN. Võ Thị Lác;19/8/8021;210;đã nghiệm thu;Đạt;
ĐT-2019-04;Đề xuất trồng sen lấy ngó;;;2019;150;đề xuất;;
"""


def play(cast: Cast, as_of: datetime) -> None:
    """An officer brought the list some weeks ago; two rows stayed out."""
    at, officer = as_of - timedelta(days=16), cast["officer"]
    batch = actions.take("nhiem-vu-2009-2019.csv", LIST.encode("utf-16"), target=Target.PROJECTS, by=officer, at=at)
    actions.name_columns(batch, batch.mapping, units=batch.units, defaults={}, link_items=False, by=officer, at=at)
    actions.start(batch, by=officer, at=at)
    while running.step(batch, at=at):
        pass
