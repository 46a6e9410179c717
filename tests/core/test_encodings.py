"""A file without a mark is read in the encoding in which its words are words, and what was guessed is said."""

from __future__ import annotations

import pytest

import core
from core.data import tables

CASES = [
    ("cp1252", "Größe,Gewicht"),
    ("latin-1", "Größe"),
    ("cp1252", "Straße,Höhe,Länge,Öffnung,Maß"),
    ("cp1252", "GRÖSSE,MÄNNER,ÜBER"),
    ("cp1252", "année,température,créée,hôtel,l’été"),
    ("cp1252", "año,niño,teléfono,¿qué?"),
    ("cp1252", "ação,não,coração,três"),
    ("cp1252", "fødselsår,højde,vægt"),
    ("cp1252", "temp °C,length µm,price €,m²"),
    ("cp1252", "Müller,José,Åse,François"),
    ("cp1250", "łąka,żółw,ćma,źdźbło"),
    ("iso8859-2", "łąka,żółw,ćma,źdźbło"),
    ("cp1250", "příklad,výška,šířka,dům"),
    ("cp1250", "magasság,súly,őr,fű"),
    ("cp1251", "Возраст,рост,вес"),
    ("cp1251", "год"),
    ("koi8-r", "Возраст,рост,вес"),
    ("cp1253", "ηλικία,ύψος,Βάρος"),
    ("cp1254", "yaş,ağırlık,şehir,İstanbul"),
    ("gb18030", "温度,压力"),
    ("gb18030", "年"),
    ("gb18030", "x轴,y轴"),
    ("gb18030", "溫度,壓力"),
    ("gb18030", "姓名,城市,性别,王鑫"),
    ("gb18030", "身高（厘米）,A组,第1组"),
    ("shift_jis", "温度,気圧,カテゴリ,データ"),
    ("big5", "溫度,壓力,年齡,城市"),
]


@pytest.mark.parametrize(("encoding", "header"), CASES, ids=[f"{e} {h[:12]}" for e, h in CASES])
def test_words_come_out_as_they_were_written(encoding, header):
    names = header.split(",")
    data = (header + "".join("\n" + ",".join(str(i + j) for j in range(len(names))) for i in range(5))).encode(encoding)
    table = core.read_table(data)
    assert list(table.frame) == names
    assert any("guessed" in notice for notice in table.notices)
    assert list(core.read_table(data, encoding=encoding).frame) == names
    assert encoding in tables.ENCODINGS


def test_what_stands_far_below_is_judged_too():
    data = b"name,x\n" + b"a,1\n" * 50_000 + "Größe,2\n".encode("cp1252") * 3
    assert "Größe" in set(core.read_table(data).frame["name"])


def test_a_later_byte_that_the_likeliest_cannot_be_gives_the_next():
    data = "温度,压力\n1,2\n".encode("gb18030") * 20_000 + b"\xff\xff,1\n"
    table = core.read_table(data)  # not GB18030, whatever its first words say, and yet read
    assert len(table.frame) > 20_000
