"""The words and figures by which 减负 is touched, by the points of burden.Burden. Data.

What stands in names of rules is looked at more strictly than what a reason says: a reason is a sentence
about a deed, a name is what points are given for, month after month.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_HAN_NUMBER = "0-9一二三四五六七八九十百两"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WORDS: Mapping[str, tuple[str, ...]] = {
    "sign_ins": _words(
        """登录 登陆 登入 签到 打卡 考勤 上线次数 上线天数 打开次数 打开天数 启动次数 连续天数 刷脸 denglu
        qiandao daka kaoqin login logon signin signon checkin clockin"""
    ),
    "clicks": _words(
        """点击 浏览量 浏览数 浏览次数 阅读量 阅读数 阅读次数 阅读率 阅览量 访问量 访问次数 访问数 观看次数
        观看量 观看率 观看数 播放量 播放次数 播放数 完播 刷课 刷视频 看视频 曝光量 点开率 打开率 click
        pageview viewcount dianji liulan guankan"""
    ),
    "likes": _words(
        """赞数 获赞 集赞 投票 票数 喜欢数 收藏数 收藏量 dianzan toupiao thumbsup upvote 👍 ❤ ♥ 💗 💓 🌹 👏"""
    ),
    "forwards": _words(
        """转发 转载 转帖 转推 朋友圈 评论数 评论量 跟帖 回帖 发帖 弹幕 留言数 分享次数 分享数 分享链接
        分享量 分享率 传播量 zhuanfa forward retweet repost"""
    ),
    "length": _words(
        """字数 篇幅 字以上 万字 百字 字符 页数 多少字 zishu wordcount numberofwords textlength pagecount"""
    ),
    "time": _words(
        """时长 分钟 小时 学时 钟头 刻钟 秒数 秒钟 在线 挂机 学习时间 观看时间 shichang fenzhong xueshi
        minute second hour duration online watched timespent screentime watchtime studytime"""
    ),
    "usage": _words(
        """下载量 下载率 下载数 下载次数 下载app 装机 使用率 使用次数 使用天数 注册率 注册数 开通率 绑定率
        客户端 小程序 关注公众号 关注数 关注量 粉丝 install download usage activeuser"""
    ),
    "photos": _words(
        """照片 相片 拍照 照相 自拍 截图 截屏 录像 录屏 摄像 抓拍 合影 人脸 留痕 痕迹管理 上传图片 上传视频
        现场视频 打卡图 水印相机 共享位置 定位 轨迹 paizhao zhaopian photo selfie screenshot gps
        geolocation"""
    ),
    "ranking": _words(
        """排名 名次 位次 座次 排行 排位 排序 榜单 上榜 榜首 龙虎榜 红黑榜 末位 倒数 冠军 亚军 季军 状元
        积分 绩点 paiming paixu jifen ranking leaderboard scoreboard toplist firstplace numberone"""
    ),
}
"""Wherever they stand in a name, or in a reason."""

PATTERNS: Mapping[str, re.Pattern[str]] = {
    # 重点赞助
    "likes": re.compile("点(?:个|了|过|次)?赞(?![助扬美成])"),
    # 千字文
    "length": re.compile("千字(?!文)|[0-9]{3,}字"),
    # 安装路灯, 激活红色资源, 活跃课堂
    "usage": re.compile(
        "(?:^|软件|程序|应用|平台|手机|app)安装|安装(?:$|率|量|数|人数|情况|软件|app|平台|微课)"
        "|激活(?:$|率|量|数|人数|情况|码|账)|活跃(?:$|度|率|量|数|值|天数|用户|情况|人数)|[日周月]活(?:$|率|数|量|用户)"
        "|^(?:下载|注册|使用)$|学习强国(?!建设|复兴|理论|思想|战略)"
    ),
    "ranking": re.compile(
        f"(?<!堆)积点|第[{_HAN_NUMBER}]+名|[前后][{_HAN_NUMBER}]+(?:名|$)|前百分之|^第[{_HAN_NUMBER}]+$|^no[0-9]+|top[0-9]+"
        f"|[得排争夺获拿列居]第[{_HAN_NUMBER}]+(?!书记|支部|党支部|党小组|[批期轮次季课])"
    ),
}
"""What depends on what stands beside it; in names and in reasons."""

NAMES: Mapping[str, re.Pattern[str]] = {
    # 线上线下, 上线索, 上线路
    "sign_ins": re.compile("(?<!线)上线(?![索路])|上线下线"),
    # 集中观看 is a gathering; 查看课题
    "clicks": re.compile(
        "(?<!集中)(?<!组织)(?<!集体)(?<!现场)观看|看课(?![题堂])|^(?:阅读|浏览|播放|访问|点播)(?:情况|记录)?$"
    ),
    "forwards": re.compile("^(?:分享|评论|留言|跟帖)$"),
    "likes": re.compile("^(?:赞|喜欢|收藏)$"),
    # 自学分享, 自学分组; 及时数据
    "time": re.compile(
        "课时|学分(?![享组散工类析校支部会院层级])|^时间$|(?:阅读|浏览|停留|使用|听课|上网|累计|播放)时间|^用时|[用耗]时$|时数(?![据字码])"
        "|(?<![a-z])[0-9]+(?:h|hr|hrs|min|mins|sec|secs)(?![a-z])"
    ),
    # 微视频制作, 视频会议; 图片展
    "photos": re.compile(
        "视频(?!会|制作|创作|拍摄|作品|大赛|比赛|连线|党课)|现场图(?!书)|图片(?!展|制作|设计)|影像(?!展|馆|制作|作品)|tupian|shipin"
    ),
}
"""What a name may not say, and a sentence may."""

WHOLE: Mapping[str, frozenset[str]] = {
    "sign_ins": frozenset({"logins", "visits", "attendance"}),
    "clicks": frozenset(_words("views view clicks plays hits pv uv watch watches watching viewing")),
    "likes": frozenset(_words("like likes vote votes hearts stars favorites favourites")),
    "forwards": frozenset({"share", "shares", "comment", "comments"}),
    "length": frozenset({"length", "words", "characters", "chars", "pages"}),
    "time": frozenset(_words("time min mins sec secs s h hr hrs credit credits keshi xuefen")),
    "usage": frozenset({"app", "apps", "usage", "dau", "mau"}),
    "photos": frozenset(_words("picture pictures image images video videos track camera snapshot snapshots")),
    "ranking": frozenset(_words("rank ranks top best position champion standings percentile podium")),
}
"""English words that stand in others too: only where they are the whole of a word, or of what is said."""

SOUNDS: Mapping[str, tuple[str, ...]] = {
    "sign_ins": ("deng lu",),
    "likes": ("dian zan",),
    "forwards": ("zhuan fa",),
    "ranking": ("pai ming",),
}
"""Of what sounds like nothing else that somebody would say of a rule."""

SPELLED: Mapping[str, tuple[str, ...]] = {
    "sign_ins": _words("denglu qiandao daka kaoqin shangxian"),
    "clicks": _words("dianji liulan guankan bofang kanke"),
    "likes": _words("dianzan toupiao"),
    "forwards": _words("zhuanfa"),
    "length": _words("zishu pianfu"),
    "time": _words("shichang fenzhong xiaoshi xueshi keshi xuefen zaixian"),
    "usage": _words("anzhuang huoyue"),
    "photos": _words("paizhao zhaopian jietu shipin tupian"),
    "ranking": _words("paiming paixu paihang jifen jidian"),
}
"""What half is written in letters (点zan, 打ka): where a word is part Chinese and part letters."""

IN_REASONS: Mapping[str, tuple[str, ...]] = {
    "sign_ins": _words(
        "登录 登陆 登入 签到 打卡 上线次数 上线天数 denglu login logon signin signon checkin clockin"
    ),
    "time": _words("时长 在线 挂机 学习时间 观看时间"),
    "length": _words("字数 篇幅"),
    "photos": _words("拍照 自拍 截图 截屏 留痕 轨迹"),
}
"""What a reason may not say, where it may say more than a name: four hours of voluntary work are a deed."""

HONEST = re.compile("时代|重点")
"""What joins with its neighbours to a word that is not meant: 学时代楷模, 重点赞助."""

LOOKS = str.maketrans(
    "авсԁеһіјкӏмопрԛѕтуԝхαβεικνορτυχıɡɑℓᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ",
    "abcdehijklmonpqstywxabeiknoptuxigalabcdefghijklmnoprstuvwyz",
) | {0x1F1E6 + n: chr(ord("a") + n) for n in range(26)}
"""Cyrillic and Greek letters that look like Latin ones, small capitals, and letters of flags."""
DIGITS = str.maketrans("013457@$", "oleastas")
STRUCTURE = frozenset({"share"})
"""Words of the language itself that would be taken for others'."""
