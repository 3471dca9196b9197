"""Writes `redline_vectors.json`: cases that hold the redline of Python and that of the browser together.

`python -m tests.unit.ordinances.write_redline_vectors`, after a change of both; look at the difference before it is
kept. The texts are of the demonstration draft's kind, written for this project.
"""

from __future__ import annotations

import json
from pathlib import Path

from portal.ordinances.redline import redline

PATH = Path(__file__).with_name("redline_vectors.json")

KOREAN = [
    ("인공지능사업자를 보호한다.", "인공지능사업자가 보호한다."),
    ("인공지능사업자를 보호한다.", "인공지능이용자를 보호한다."),
    ("사업자는 이용자를 보호한다.", "사업자가 이용자에게 알린다."),
    ("사업자를 지원하는 경우", "이용자를 보호하는 경우"),
    ("제3조제1항에 따른 자료", "제4조제2항에 따른 자료"),
    ("제12조의2제3항제4호", "제12조의3제3항제4호"),
    ("30일 이내에 제출해야 한다.", "60일 이내에 제출해야 한다."),
    ("매출액이 1조원 이상인 자", "매출액이 1,000억원 이상인 자"),
    ("지원한다.", "지원할 수 있다."),
    ("이 영은 공포한 날부터 시행한다.", "이 영은 공포 후 6개월이 경과한 날부터 시행한다."),
    ("위원회는 필요하면 관계 기관의 장에게 자료 제출을 요청할 수 있다.",
     "위원회는 필요하다고 인정하는 경우에는 관계 기관의 장에게 자료의 제출을 요청하여야 한다."),
    ("전문가를 위촉한다.", "전문가의 의견을 들어 위촉한다."),
    ("위험평가를 실시한다", "영향평가를 실시한다"),
    ("사전협의를 거쳐", "사전심의를 거쳐"),
    ("처리결과를 통지", "처리결과에 대한 통지"),
    ("개발ㆍ이용되는 인공지능", "개발ㆍ활용되는 인공지능"),
    ("인공지능 사업자", "인공지능사업자"),
    ("알려야 할 수 있다", "알려야 할  수있다"),
    ("법을 위반한 자는", "영을 위반한 자를"),
    ("AI를 이용하는 자", "AI가 이용되는 자"),
    ('"법"이라 한다', '"영"이라 한다'),
    ("이용 및 보호", "이용 및 활용 및 보호"),
    ("연산량이 10의 26승 이상일 것", "연산량이 10의 25승 이상이거나 안전연구소가 확인한 것일 것"),
    ("중대한 영향을 줄 우려가 있을 것", "중대한 영향을 줄 우려가 있다고 확인되었을 것"),
    ("국가 및 지방자치단체는 기업의 활동을 지원하여야 한다.",
     "정부는 중소기업과 창업기업이 하는 사업에 필요한 경비를 예산의 범위에서 보조할 수 있다."),
    ("과학기술정보통신부장관은 기본계획을 세우거나 바꾼 때에는 그 내용을 공고하고 관계 기관에 알린다.",
     "과학기술정보통신부장관은 기본계획을 세우거나 바꾸려는 때에는 미리 그 내용을 20일 이상 공고하고, "
     "관계 기관과 협회에 알린다."),
    ("", "새로 쓴 조항"),
    ("없어지는 조항", ""),
    ("", ""),
    ("같은 글", "같은 글"),
    (" 앞뒤 빈칸 ", "앞뒤  빈칸\n"),
    ("가나다", "가 나 다"),
    ("漢字를 쓴다", "漢文을 쓴다"),
    ("한글을 쓴다", "한글을 쓴다"),
    ("①②③ 「가」·ㆍ", "①②④ 「나」·ㆍ"),
    ("그림 😀 문자", "그림 😁 문자"),
    ("\u00a0빈\u3000칸\u200b이 다르다", " 빈 칸이 다르다"),
    ("가를 " * 30, "가는 " * 25),
    ("하는" * 60, "하는" * 40 + "되는"),
]  # fmt: skip
ENGLISH = [
    ("The operator shall notify the user in advance.", "The operator shall notify users in advance and in writing."),
    ("within 30 days", "within sixty (60) days"),
    ("An operator falling under any of the following subparagraphs:",
     "An operator that meets both of the following: 1. a turnover of 100 billion won or more"),
    ("Duties falling under any of the following items, which are designated by the Minister",
     "Duties falling under the following items, which the Minister designates"),
    ("The Act's purpose is safety.", "The Act’s purpose is safety; the Decree's is clarity."),
    ("provided to a user", "Provided, That it is given to the users"),
    ("re-use of data", "reuse of data"),
    ("Café owners", "Cafe owners"),
    ("사업자를 지원", "사업자가 지원"),
    ("", "New."),
]


def vectors() -> list[dict[str, object]]:
    """The cases with what Python makes of them."""
    cases = [(old, new, language) for texts, language in ((KOREAN, "ko"), (ENGLISH, "en")) for old, new in texts]
    both = [case for old, new, language in cases for case in ((old, new, language), (new, old, language))]
    return [
        {
            "language": language, "old": old, "new": new,
            "changes": [[change.kind.value, change.text]
                        for change in redline(old, new, "ko" if language == "ko" else "en")],
        }
        for old, new, language in both
    ]  # fmt: skip


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(vector, ensure_ascii=False) for vector in vectors())
    PATH.write_text(f"[\n{lines}\n]\n", "utf-8")
