"""What projects are called: patterns of real titles (data/titles.csv) with communes, crops, animals and years of the province."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from pathlib import Path

PATTERNS = Path(__file__).parent.parent / "data" / "titles.csv"
PLACES = ("xã Tầm Vu", "xã Bến Lức", "xã Cần Giuộc", "xã Cần Đước", "xã Tân Trụ", "xã Thủ Thừa", "xã Đức Hòa", "xã Đức Huệ", "xã Mộc Hóa", "xã Tân Thạnh",
          "xã Thạnh Hóa", "xã Vĩnh Hưng", "xã Tân Hưng", "xã Thạnh Phước", "xã Mỹ Lệ", "xã Long Hựu", "xã Nhơn Ninh", "xã Hậu Thạnh", "xã Bình Hiệp",
          "xã Mỹ Quý", "xã Hiệp Hòa", "xã An Lục Long", "phường Long An", "phường Tân An", "phường Khánh Hậu", "phường Kiến Tường", "vùng Đồng Tháp Mười",
          "vùng hạ tỉnh Long An", "các xã biên giới", "tỉnh Long An")  # fmt: skip
CROPS = ("thanh long", "chanh không hạt", "lúa nếp", "lúa thơm", "khoai mỡ", "đậu phộng", "rau ăn lá", "mai vàng", "sen", "dưa hấu", "bưởi da xanh",
         "mít", "sầu riêng", "khóm", "nấm bào ngư", "mè đen")  # fmt: skip
ANIMALS = ("tôm thẻ chân trắng", "tôm sú", "cá tra", "cá lóc", "cua biển", "bò thịt", "gà thả vườn", "vịt biển", "heo", "ếch", "lươn không bùn", "ong mật")


@dataclass(frozen=True)
class Title:
    """A title with the code of its item and its field of science."""

    text: str
    item: str
    field: str


class Titles:
    """Titles that differ from one another; the first ones go once round all items, then by weight."""

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.given = rng, set[str]()
        with PATTERNS.open(encoding="utf-8", newline="") as file:
            self.patterns = list(csv.DictReader(file))
        first = {p["item"]: p for p in reversed(self.patterns)}
        self.round = [first[item] for item in dict.fromkeys(p["item"] for p in self.patterns)]
        rng.shuffle(self.round)
        self.weights = [int(p["weight"]) for p in self.patterns]

    def next(self, year: int) -> Title:
        """A title that was not given yet, for a project that is proposed in that year."""
        pattern = self.round.pop() if self.round else self.rng.choices(self.patterns, self.weights)[0]
        for attempt in range(60):
            text = pattern["template"].format(place=self.rng.choice(PLACES), crop=self.rng.choice(CROPS), animal=self.rng.choice(ANIMALS),
                                              years=f"{year}-{year + 5}")  # fmt: skip
            if attempt > 5:
                text += f" giai đoạn {year}-{year + self.rng.randint(2, 6)}" if "giai đoạn" not in text else f", lần {attempt - 4}"
            if text not in self.given:
                break
        self.given.add(text)
        return Title(text, pattern["item"], pattern["field"])
