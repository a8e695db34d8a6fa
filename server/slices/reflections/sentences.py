"""What happens with reflections."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "reflection_state": (
        N_("这篇心得现在的状态不能这样处理。"),
        N_("请刷新页面，看它现在的状态，再决定怎么做。"),
    ),
    "reflection_sent": (
        N_("这篇心得已经送出，现在不能改。"),
        N_("要改，请先撤回；撤回以后又是只有您看得到的草稿。"),
    ),
    "reflection_empty": (N_("还没有写，也没有录音。"), N_("写几句话，或者录一段，再送出。")),
    "reflection_nothing": (
        N_("这篇心得没有文字，录音也没有处理成，没有可以发布的内容。"),
        N_("请退回给作者，请他写几句，或者重新录一段。"),
    ),
    "reflection_sound_waiting": (
        N_("录音还在处理，还没有人听过。"),
        N_("一般几秒钟；请等一等，刷新页面，处理好以后再来。"),
    ),
    "reflection_quotes": (N_("最多引用 %(most)s 处。"), N_("请去掉一些引用，再加新的。")),
    "reflection_quote": (N_("这处引用对不上这节课。"), N_("请刷新页面，从文稿里重新引用。")),
    "reflection_no_words": (
        N_("这一段没有文稿，没有可以引用的话。"),
        N_("可以在正文里自己写下听到的话。"),
    ),
    "reflection_second": (N_("看不懂这个时间。"), N_("请写成 1:23（分:秒），或者只写秒数，例如 83。")),
    "reflection_changed": (
        N_("这篇心得刚才在别处改过。"),
        N_("两份都在这一页上：先看别处存的那一份，再决定怎么存。"),
    ),
    "reflections_many": (N_("一个人最多存 %(most)s 篇心得。"), N_("请删掉一些不要的草稿，再写新的。")),
    "reflection_homeless": (
        N_("还不知道您在哪个党组织，所以不知道该送给谁。"),
        N_("请让支部书记或工作人员把您加进党组织；草稿已经存好。"),
    ),
    "reflection_reach": (N_("不能发布给这个党组织。"), N_("请选您自己管理的党组织。")),
    "reflection_public_off": (
        N_("这里不向没有登录的人公开心得。"),
        N_("请选本支部或上级党组织；要公开，请管理员打开设置 WEIKE_REFLECTIONS_PUBLIC。"),
    ),
    "reflection_lesson_closed": (
        N_("它说的那节课不是对所有人公开的，所以这篇心得也不能公开。"),
        N_("请选本支部或上级党组织。"),
    ),
    "reflection_remark": (N_("还没有写为什么退回。"), N_("请写一两句话，作者看了才知道怎么改。")),
    "reflection_confirm": (N_("没有勾选，所以没有删除。"), N_("真的要删除，请先勾选再点“删除”。")),
    "reflection_not_published": (N_("这篇心得还没有发布，不能转到公众号。"), N_("请等支部发布以后再来。")),
    # sounds
    "reflection_sound_off": (N_("这里不收录音。"), N_("请写成文字；要收录音，请管理员打开设置。")),
    "reflection_sound_missing": (N_("没有收到录音文件。"), N_("请选一个录音文件，再点“上传”。")),
    "reflection_sound_large": (
        N_("这个文件太大，最多 %(most_bytes)s 字节。"),
        N_("请录短一些，或用手机自带的录音机录成 M4A、MP3。"),
    ),
    "reflection_sound_no_room": (
        N_("服务器的空间不够，录音没有收下。"),
        N_("请过一会儿再试，或告诉管理员。"),
    ),
    "reflection_sound_refused": (
        N_("录音没有处理成，所以还不能送出。"),
        N_("请看录音旁边写的原因，换一个录音，或者去掉它。"),
    ),
    "reflection_sound_broken": (
        N_("录音文件不完整或者坏了。"),
        N_("请重新录一次，或重新选文件上传。"),
    ),
    "reflection_sound_long": (N_("录音超过 %(most_min)s 分钟。"), N_("请录短一些，分成几次说也可以。")),
    "reflection_sound_none": (
        N_("这个文件里没有能播放的声音。"),
        N_("请换一个录音文件，M4A、MP3、WAV、WebM 都可以。"),
    ),
    "reflection_sound_failed": (N_("录音几次都没有处理成。"), N_("请重新录一次；还是不行，请告诉管理员。")),
    # done
    "reflection_saved": (N_("已存好，只有您看得到。"), ""),
    "reflection_quoted": (N_("已引用。"), N_("正文里的“〔引…〕”是它的位置，可以移动。")),
    "reflection_sent_done": (N_("已送给支部。"), N_("支部看过以后，会在提醒里告诉您。")),
    "reflection_withdrawn": (N_("已撤回，现在只有您看得到。"), ""),
    "reflection_deleted": (N_("已删除，录音也一起删掉了。"), ""),
    "reflection_published_done": (N_("已发布，作者会收到提醒。"), ""),
    "reflection_returned_done": (N_("已退回给作者，附上了您写的话。"), ""),
    "reflection_sound_taken": (N_("录音收到了，正在处理。"), N_("一般几秒钟；处理好以后就能在这里听。")),
    "reflection_sound_removed": (N_("录音去掉了。"), ""),
    "reflection_asked": (N_("已保存。"), N_("大家在“我的心得”里会看到邀请，写不写由自己定。")),
}
