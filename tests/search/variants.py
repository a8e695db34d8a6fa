"""A hundred ways to type what is looked for, each beside the plain one: both must find the same first.

Looked for in PASSAGES (passages.py), whose titles and texts are in the index. Traditional forms are written
by hand: the fold uses a converter, and must not be measured against itself.
"""

from __future__ import annotations

TRADITIONAL = {
    "红船启航": "紅船啟航",
    "八一枪声": "八一槍聲",
    "三湾改编": "三灣改編",
    "古田会议": "古田會議",
    "半条被子": "半條被子",
    "遵义转折": "遵義轉折",
    "飞夺泸定桥": "飛奪瀘定橋",
    "过草地的皮带": "過草地的皮帶",
    "窑洞里的问答": "窯洞裡的問答",
    "为人民服务": "為人民服務",
    "南泥湾开荒": "南泥灣開荒",
    "赶考西柏坡": "趕考西柏坡",
    "小推车的胜利": "小推車的勝利",
    "上甘岭": "上甘嶺",
    "两弹一星": "兩彈一星",
    "铁人王进喜": "鐵人王進喜",
    "县委书记的榜样": "縣委書記的榜樣",
    "小岗村的红手印": "小崗村的紅手印",
    "特区的炮声": "特區的炮聲",
    "真理标准": "真理標準",
    "香港回归": "香港回歸",
    "抗洪大堤": "抗洪大隄",
    "深藏功名 退伍军人": "深藏功名 退伍軍人",
    "绿水青山": "綠水青山",
    "塞罕坝": "塞罕壩",
    "发展党员流程": "發展黨員流程",
    "党费收缴": "黨費收繳",
    "民主评议": "民主評議",
    "枫桥经验": "楓橋經驗",
    "粮食安全": "糧食安全",
}

PINYIN = {
    "红船启航": "hongchuanqihang",
    "八一枪声": "bayi qiangsheng",
    "三湾改编": "san wan gai bian",
    "古田会议": "gutianhuiyi",
    "半条被子": "bantiaobeizi",
    "遵义转折": "zunyi zhuanzhe",
    "飞夺泸定桥": "feiduoludingqiao",
    "南泥湾开荒": "nanniwan kaihuang",
    "赶考西柏坡": "gankao xibaipo",
    "上甘岭": "shangganling",
    "两弹一星": "liangdanyixing",
    "铁人王进喜": "tierenwangjinxi",
    "红旗渠": "hongqiqu",
    "雷锋日记": "leifengriji",
    "真理标准": "zhenlibiaozhun",
    "香港回归": "xianggang huigui",
    "汶川救援": "wenchuanjiuyuan",
    "塞罕坝": "saihanba",
    "三会一课": "sanhuiyike",
    "八项规定": "baxiangguiding",
    "枫桥经验": "fengqiaojingyan",
    "接诉即办": "jiesujiban",
    "粮食安全": "liangshianquan",
    "中国式现代化": "zhongguoshi xiandaihua",
    "自我革命": "ziwogeming",
}

INITIALS = {
    "飞夺泸定桥": "fdldq",
    "为人民服务": "wrmfw",
    "铁人王进喜": "trwjx",
    "县委书记的榜样": "xwsjdby",
    "小岗村的红手印": "xgcdhsy",
    "塞罕坝": "shb",
    "三会一课": "SHYK",
    "四种形态": "szxt",
    "巡视利剑": "xslj",
    "港珠澳大桥": "gzadq",
    "全过程人民民主": "qgcrmmz",
    "民法典进家门": "mfdjjm",
}

NUMBERS = {
    "一九二一年七月底": "1921年7月底",
    "一九二七年八月一日": "1927年8月1日",
    "一九二九年底": "1929年底",
    "一九三五年一月": "1935年1月",
    "急行军二百四十里": "急行军240里",
    "二十二名突击队员": "22名突击队员",
    "一九四五年黄炎培": "1945年黄炎培",
    "三五九旅": "359旅",
    "七届二中全会": "7届2中全会",
    "五百四十三万民工": "543万民工",
    "一九六四年": "1964年",
    "二百一十一个": "211个",
    "一九九七年": "1997年",
    "十八亿亩": "18亿亩",
    "五十五颗卫星": "55颗卫星",
    "一千七百三十一克": "1731克",
    "八项规定": "8项规定",
    "两个务必 二中全会": "两个务必 2中全会",
    "三会一课": "3会1课",
    "一千二百六十条": "1260条",
}

FULL_WIDTH = {
    "1935年1月": "１９３５年１月",
    "543万": "５４３万",
    "12345热线": "１２３４５热线",
    "55颗卫星": "５５颗卫星",
    "古田会议 1929": "古田会议　１９２９",
    "1731克": "１７３１克",
    "1978年": "１９７８年",
    "18亿": "１８亿",
    "3会1课": "３会１课",
    "20大": "２０大",
    '"思想建党" 原则': "＂思想建党＂　原则",
    "赶考 -粮食": "赶考　－粮食",
    "year:2021 红船": "ｙｅａｒ：２０２１　红船",
}

VARIANTS: tuple[tuple[str, str], ...] = tuple(
    pair for some in (TRADITIONAL, PINYIN, INITIALS, NUMBERS, FULL_WIDTH) for pair in some.items()
)
