"""What happened and what to do about it, for every code a person may meet.

The sentences are Chinese here; other languages are in the catalogues.
Engines and rules speak in codes with values (`transcode.errors`, `library.core.errors`); this is where a code
becomes sentences. A test finds the codes that are raised and fails on one that is missing here.
"""

from __future__ import annotations

from collections.abc import Mapping

from server.web.i18n import N_

_RECORDING = {
    "empty_file": (N_("这个文件是空的。"), N_("请在电脑上打开它看看，再上传能播放的那一份。")),
    "not_media": (
        N_("这个文件里没有能播放的音像（看起来是%(found)s）。"),
        N_("请选择视频或录音文件，例如 MP4、MOV、MKV、MP3。"),
    ),
    "playlist_in_disguise": (
        N_("这个文件只是一张播放清单，不是录像本身。"),
        N_("请上传清单所指的那个录像文件。"),
    ),
    "truncated": (
        N_("录像不完整：文件的结尾或索引缺失。"),
        N_("请从录像设备重新拷贝，确认本机能从头播到尾，再上传。"),
    ),
    "nothing_playable": (
        N_("文件里既没有画面，也没有声音。"),
        N_("请确认选对了文件；屏幕录像要在结束录制之后再上传。"),
    ),
    "recording_too_long": (
        N_("录像长 %(duration_s)s，超过了上限 %(limit_s)s。"),
        N_("请分成几节课上传。"),
    ),
    "broken_clock": (
        N_("录像的时间在 %(at_s)s 处断开，像是几段录像直接拼成的。"),
        N_("请用剪辑软件导出为一个 MP4，或分段上传。"),
    ),
    "sound_changes": (
        N_("声音的格式中途变了，例如从单声道变成立体声，无法处理。"),
        N_("请用剪辑软件导出为一个 MP4，再上传。"),
    ),
    "damaged": (
        N_("录像损坏得太厉害，读不出画面或声音。"),
        N_("请从录像设备重新拷贝，确认本机能播放，再上传。"),
    ),
    "too_many_streams": (
        N_("文件里的音轨、字幕等超过 %(limit)s 条，无法处理。"),
        N_("请先导出为只有一条画面和一条声音的 MP4。"),
    ),
    "too_short": (N_("录像太短，没有可以播放的内容。"), N_("请确认选对了文件。")),
    "too_large_picture": (
        N_("画面尺寸 %(width)s×%(height)s 太大，无法处理。"),
        N_("请先导出为不超过 4K 的视频。"),
    ),
    "encrypted": (N_("录像有加密保护，无法处理。"), N_("请上传没有加密的原件。")),
    "unsupported_container": (
        N_("暂不支持这种文件格式：%(found)s。"),
        N_("请先转换为 MP4 再上传。"),
    ),
    "unsupported_codec": (
        N_("暂不支持这种编码：%(found)s。"),
        N_("请先转换为 H.264 编码的 MP4 再上传。"),
    ),
    "disk_full": (
        N_("服务器的存储空间满了，处理停了下来。"),
        N_("已完成的短视频不受影响。请管理员腾出空间，然后点“重试”。"),
    ),
    "timeout": (N_("这一步用时太久，已经停下。"), N_("可以点“重试”；仍然如此，请联系管理员。")),
    "cancelled": (N_("处理被取消了。"), N_("需要时可以点“重试”。")),
    "tool_failed": (
        N_("转换时出了错。"),
        N_("可以点“重试”；仍然如此，请换一份录像，或联系管理员。"),
    ),
    "tool_missing": (
        N_("服务器上缺少转换工具 %(tool)s。"),
        N_("请管理员运行 weike doctor，然后点“重试”。"),
    ),
    "output_too_large": (N_("转换出的文件大得不正常，已经停下。"), N_("请换一份录像，或联系管理员。")),
    "short_output": (N_("转换出的视频不完整，没有采用。"), N_("请点“重试”。")),
    "uneven_output": (N_("转换出的几种清晰度对不齐，没有采用。"), N_("请点“重试”。")),
    "bad_output": (N_("转换出的视频有缺损，没有采用。"), N_("请点“重试”。")),
    "original_missing": (N_("找不到上传的原件。"), N_("请重新上传这份录像。")),
    "io_error": (
        N_("服务器读写文件时出了错（%(said)s）。"),
        N_("可以点“重试”；仍然如此，请管理员检查磁盘。"),
    ),
    "already_here": (
        N_("同一份录像已经在这里了：《%(title)s》"),
        N_("不必再传；确实需要两份，可以点“重试”。"),
    ),
    "recording_gone": (N_("这份录像已经不在了。"), N_("请重新上传。")),
    "gave_up": (
        N_("处理这份录像时多次意外中断，已经停下。"),
        N_("可以点“重试”；仍然如此，请联系管理员。"),
    ),
    "unexpected": (
        N_("这一步出了意料之外的错。"),
        N_("可以点“重试”；仍然如此，请管理员查看日志。"),
    ),
    "lesson_has_recording": (N_("这节课已经有录像了。"), N_("请为新的录像另建一节课。")),
    "nothing_to_retry": (N_("没有失败的步骤。"), N_("请刷新后再看。")),
    "nothing_to_cancel": (N_("现在没有正在进行的处理。"), N_("请刷新后再看。")),
}

_CUTS = {
    "cuts_not_yet": (N_("录像还没有分好段，现在不能调整。"), N_("请等分段完成后再来。")),
    "cuts_changed": (
        N_("在您编辑的时候，分段已经有了变化，这次没有保存。"),
        N_("您改的还在这一页上；请看过新的分段再决定。"),
    ),
    "nothing_to_discard": (N_("没有正在制作的新分段。"), N_("请刷新后再看。")),
    "cuts_none": (N_("至少要留下一个短视频。"), N_("请把要保留的部分放回来。")),
    "cuts_too_many": (N_("短视频太多了：%(count)s 个，最多 %(most)s 个。"), N_("请合并一些。")),
    "cut_outside": (N_("第 %(n)s 个短视频的边界在录像之外。"), N_("请把它拖回录像的范围里。")),
    "cut_overlaps": (N_("第 %(n)s 个短视频的开头在前一个结束之前。"), N_("请把两个短视频的边界分开。")),
    "cut_too_short": (N_("第 %(n)s 个短视频太短，至少要 %(least_s)s。"), N_("请与相邻的合并，或去掉它。")),
    "cut_too_long": (
        N_("第 %(n)s 个短视频长 %(length_s)s，超过了 %(most_s)s。"),
        N_("请把它分成两个。"),
    ),
    "cut_title_too_long": (
        N_("第 %(n)s 个短视频的名字太长：最多 %(most)s 个字，现在有 %(length)s 个。"),
        N_("请缩短一些。"),
    ),
}

_TRANSCRIPT = {
    "transcript_unknown_type": (N_("认不出这种文稿文件。"), N_("可以用 .srt、.vtt、.txt 或 .docx。")),
    "transcript_too_large": (N_("文稿文件太大。"), N_("文稿应是文字，不带图片。")),
    "transcript_empty": (N_("文稿文件里没有文字。"), N_("请确认选对了文件。")),
    "transcript_not_text": (
        N_("文稿文件里不是文字。"),
        N_("请确认选对了文件；Word 文稿请存为 .docx。"),
    ),
    "transcript_broken": (
        N_("文稿文件读不出来，可能已损坏。"),
        N_("请另存为 UTF-8 编码的 .srt 或 .txt 再试。"),
    ),
    "transcript_no_cues": (
        N_("字幕文件里没有一行能读懂的时间。"),
        N_("请重新导出字幕；只有文字的话，请存为 .txt。"),
    ),
}

WARNINGS: Mapping[str, tuple[str, str]] = {
    "bad_characters": (
        N_("有些字认不出来，已用“�”代替。"),
        N_("可以把文稿另存为 UTF-8 编码再传一次。"),
    ),
    "unsorted": (N_("有些字幕的时间前后颠倒，已经按时间排好。"), ""),
    "overlap": (N_("有些字幕的时间重叠，已经把前一行缩短。"), ""),
    "same_time": (N_("同一时间的几行字幕已经合在一起。"), ""),
    "no_length": (N_("有些字幕没有时长，已经按阅读的快慢补上。"), ""),
    "negative_time": (N_("有些字幕的时间在开头之前，已经挪到开头。"), ""),
    "no_text": (N_("没有文字的字幕已经去掉。"), ""),
    "long_cue": (N_("太长的字幕已经截短。"), ""),
    "too_many_cues": (N_("字幕太多，只采用了前面的部分。"), ""),
    "past_the_end": (N_("文稿比录像长，多出的部分没有采用。"), N_("请检查文稿与录像是否对应。")),
}
"""What was odd in a transcript that was taken all the same."""

_ENTRY = {
    "invalid": (N_("填写的内容不能用。"), N_("请改正后再提交。")),
    "empty": (N_("这一项不能为空。"), N_("请填写后再提交。")),
    "too_long": (N_("太长了：最多 %(most)s 个字，现在有 %(length)s 个。"), N_("请缩短一些。")),
    "too_many": (N_("太多了：最多 %(most)s 个。"), N_("请去掉一些。")),
    "date_unreadable": (N_("读不懂这个日期：%(text)s。"), N_("请写成 2026-03-05 这样。")),
    "language_unknown": (N_("没有这种语言。"), N_("可以选：%(known)s。")),
    "bad_day": (N_("这不是一个日期。"), N_("请写成 2026-03-05 这样。")),
    "bad_seal": (
        N_("这不是校验码。"),
        N_("校验码由 0 到 9 和 a 到 f 组成：网页上是前 16 位，报表上是全部 64 位。"),
    ),
    "days_reversed": (N_("结束的日期在开始的日期之前。"), N_("请把两个日期对调。")),
    "bad_range": (
        N_("没有这个时间范围。"),
        N_("可以选最近 7 天、最近 30 天、今年或全部，也可以填起止日期。"),
    ),
    "unknown_choice": (N_("没有这个选项。"), N_("请从列出的选项中选择。")),
    "space_inside": (N_("用户名里不能有空格。"), ""),
    "password_short": (N_("密码太短。"), N_("至少要 %(least)s 个字符；一句好记的话就很好。")),
    "password_common": (N_("这个密码太容易被猜到。"), N_("请换一个，例如一句只有您记得的话。")),
    "passwords_differ": (N_("两次输入的密码不一样。"), N_("请重新输入。")),
    "username_taken": (N_("这个用户名已经有人用了。"), N_("请换一个，例如加上村名或年份。")),
    "confirm_username": (N_("为防误删，请准确输入这个人的用户名。"), ""),
    "last_admin": (N_("这是最后一位管理员，不能删除。"), N_("请先另设一位管理员。")),
    "confirm_title": (N_("为防误删，请准确输入这节课的标题。"), ""),
    "password_wrong": (N_("现在的密码不对。"), N_("请重新输入。")),
    "upload_type": (
        N_("不收这种文件：%(suffix)s。"),
        N_("请选择视频或录音文件，例如 MP4、MOV、MKV、MP3。"),
    ),
    "too_large": (N_("文件太大，或者空间不够。"), N_("请压缩后再试，或请管理员放宽限制。")),
    "upload_size": (
        N_("文件有 %(size_bytes)s，超过了上限 %(most_bytes)s。"),
        N_("请压缩或分成几节课上传。"),
    ),
    "upload_quota": (
        N_("您的上传空间只剩 %(left_bytes)s，放不下 %(size_bytes)s 的文件。"),
        N_("请删去不再需要的课，或请管理员增加空间。"),
    ),
    "disk_room": (
        N_("服务器的空间不够放下这个文件（还剩 %(free_bytes)s）。"),
        N_("请管理员腾出空间。"),
    ),
    "upload_form": (N_("这种上传方式不支持。"), N_("请用上传页面，或普通的 tus 上传。")),
    "upload_unknown": (N_("服务器上没有这次上传。"), N_("请重新选择文件。")),
    "length_needed": (N_("请求没有说明长度。"), N_("请联系管理员检查网络代理。")),
    "body_size": (N_("发来的内容太大：最多 %(most_bytes)s。"), N_("请缩小后再试。")),
    "search_name_taken": (
        N_("您已经有一个叫“%(name)s”的搜索了。"),
        N_("请换一个名字，或者先删除那一个。"),
    ),
    "searches_full": (
        N_("保存的搜索已经有 %(most)s 个，不能再多了。"),
        N_("请先在“我的搜索”里删除一些。"),
    ),
    "beat_unreadable": (N_("读不懂这份播放记录。"), ""),
    "beat_key": (N_("这份播放记录没有凭据，不能算数。"), N_("请刷新页面，重新播放。")),
    "beat_later": (N_("现在记不下播放记录，已经看的不会丢。"), N_("过几秒会自动再交。")),
    "people_count": (N_("集中学习的人数要在 2 到 %(most)s 之间。"), N_("请按实际到场的人数填写。")),
}

_LISTS = {
    "is_address": (N_("这里要填文件，不能是网址：%(found)s。"), N_("请先下载到本机，再填文件名。")),
    "is_folder": (N_("这是一个文件夹，不是文件：%(found)s。"), N_("请指明其中的文件。")),
    "file_missing": (N_("找不到这个文件：%(found)s。"), N_("请检查文件名和所在的文件夹。")),
    "manifest_columns": (
        N_("清单里缺少必要的列：%(needed)s（现有：%(found)s）。"),
        N_("请补上这些列。"),
    ),
    "manifest_unreadable": (N_("清单读不出来。"), N_("请另存为 .xlsx，或 UTF-8 编码的 .csv。")),
    "manifest_type": (N_("不收这种清单：%(suffix)s。"), N_("可以用：%(known)s。")),
    "manifest_empty": (N_("清单是空的。"), N_("请确认选对了文件。")),
    "key_twice": (N_("第 %(line)s 行已经用了这个编号。"), N_("请给每一课不同的编号。")),
    "not_json": (N_("这一行不是一个 JSON 对象。"), N_("请每行写一个 {…}。")),
    "not_text": (N_("这里要填文字。"), N_("请改正后再导入。")),
    "broken_quotes": (N_("这一行的引号不成对。"), N_("请改正后再导入，或改用 .xlsx。")),
    "too_many_cells": (
        N_("这一行有 %(count)s 格，表头只有 %(most)s 格。"),
        N_("含逗号的文字请加引号，或改用 .xlsx。"),
    ),
    "formula_error": (N_("这一格的公式出错了：%(found)s。"), N_("请改成文字后再导入。")),
    "formula_without_value": (
        N_("这一行有公式还没有算出结果。"),
        N_("请用 Excel 或 WPS 打开并保存一次，再导入。"),
    ),
}

_WORDING = {
    "word_parted": (
        N_("“%(word)s”里有顿号、逗号、分号、冒号或等号。"),
        N_("一个词里不要有这些符号；意思相同的几个词，请作为同义词加入（粘贴时用 = 连接）。"),
    ),
    "word_without_letters": (N_("“%(word)s”里没有字，搜索用不上。"), N_("请写出文字、字母或数字。")),
    "word_of_many_units": (
        N_("“%(word)s”太长了：最多 %(most)s 个字，现在有 %(count)s 个（一个外文单词、一个数字各算一个字）。"),
        N_("这更像一句话；请只留其中的词。"),
    ),
    "word_of_many_letters": (
        N_("这个词太长了：最多 %(most)s 个字母，现在有 %(count)s 个。"),
        N_("这更像一句话；请只留其中的词。"),
    ),
    "entry_shares": (
        N_("“%(word)s”里有词已经在另一组同义词里：%(where)s。"),
        N_("意思都相同就并成一组；否则另记一组。"),
    ),
    "group_of_one": (
        N_("同义词至少要有两个不同的词，这里只有“%(word)s”。"),
        N_("简体和繁体、全角和半角、“二十大”和“20大”算同一个词，不必分写。"),
    ),
    "entry_there": (
        N_("“%(word)s”已经在词库里了：%(where)s。"),
        N_("不必再加；要改，请在列表里修改那一条。"),
    ),
    "entry_there_shipped": (N_("“%(word)s”在自带的词里已经有了：%(where)s。"), N_("不必再加。")),
    "entry_there_off": (
        N_("“%(word)s”是自带的，现在停用着。"),
        N_("需要的话，请在列表里启用它。"),
    ),
    "entry_off_already": (N_("“%(word)s”已经停用了。"), ""),
    "entry_not_shipped": (N_("自带的词里没有“%(word)s”，停用不了。"), N_("自己加的词请在列表里删除。")),
    "entry_unknown": (N_("词库里没有自己加的“%(word)s”。"), N_("请写出这一条全部的词，可以先列出来看看。")),
    "words_full": (N_("自己加的词已经满 %(most)s 个了。"), N_("请先删去不再需要的。")),
    "groups_full": (N_("自己加的同义词已经满 %(most)s 组了。"), N_("请先删去不再需要的。")),
    "entry_changed": (
        N_("在您编辑的时候，别人改了这一条，这次没有保存。"),
        N_("它现在是：%(word)s。请看过再决定。"),
    ),
    "entry_gone": (N_("这一条已经不在词库里了，可能刚被别人删除。"), N_("需要的话，可以重新加入。")),
    "file_not_text": (N_("这个文件里不是文字。"), N_("请另存为 UTF-8 编码的 .txt 再试。")),
    "too_many_lines": (N_("行数太多：一次最多 %(most)s 行，现在有 %(count)s 行。"), N_("请分几次粘贴。")),
}

_ACCESS = {
    "token_unknown": (N_("这个令牌不对，或已作废。"), N_("请在“我的账号”里建立新的令牌。")),
    "not_sealed": (N_("%(day)s 还没有封存。"), N_("一天过完之后的夜里才封存。")),
    "person_unknown": (N_("没有叫 %(name)s 的用户。"), N_("请检查用户名。")),
    "not_found": (N_("这里没有您要找的内容。"), N_("它可能已被撤下，或者网址不完整。可以试试搜索。")),
    "sign_in_needed": (N_("请先登录。"), N_("登录后会回到这一页。")),
    "sign_in_failed": (
        N_("用户名或密码不对。"),
        N_("请检查输入法和大小写；忘了密码，请找管理员要一个重设链接。"),
    ),
    "forbidden": (N_("您的角色不能做这件事。"), N_("需要的话，请联系您所在支部的管理员。")),
    "csrf": (N_("这一页放得太久了，为了安全没有提交。"), N_("请刷新后再试一次。")),
    "conflict": (N_("它的状态刚刚变了，这个操作不再适用。"), N_("请刷新后再看。")),
    "not_published": (N_("它现在没有发布。"), ""),
    "already_published": (N_("它已经发布了。"), ""),
    "nothing_to_publish": (
        N_("它还没有可以播放的短视频，也没有文稿，暂时不能发布。"),
        N_("请等处理完成。"),
    ),
    "clip_not_ready": (N_("这一段还在制作。"), N_("请过几分钟再来。")),
    "play_unknown": (N_("没有这次播放。"), N_("请刷新页面。")),
    "no_root": (N_("还没有建立党组织。"), N_("请管理员重新启动服务。")),
    "sign_in_wait": (N_("密码错得太多了。"), N_("请过 %(wait_s)s 再试。")),
    "throttled": (N_("试得太频繁了。"), N_("请过 %(wait_s)s 再试。")),
    "link_used_or_expired": (N_("这个链接已经用过，或者过期了。"), N_("请向发链接给您的人再要一个。")),
    "link_expired": (N_("播放地址已过期。"), N_("请刷新页面继续观看。")),
    "index_busy": (N_("搜索正在整理，暂时查不了。"), N_("请过几分钟再试；课程列表不受影响。")),
    "index_damaged": (N_("搜索索引损坏，暂时查不了。"), N_("请管理员运行 weike reindex；课程列表不受影响。")),
    "error": (N_("出了点问题，没有完成。"), N_("请再试一次；仍然如此，请把编号告诉管理员。")),
}

_DONE = {
    "signed_in": (N_("已登录，欢迎您。"), ""),
    "signed_out": (N_("已退出登录。"), ""),
    "welcome": (N_("账号建好了，欢迎您。"), ""),
    "saved": (N_("已保存。"), ""),
    "published": (N_("已发布。"), ""),
    "withdrawn": (N_("已撤下。"), ""),
    "audience_changed": (N_("观看范围已修改。"), ""),
    "download_failed": (
        N_("这个文件现在做不出来。"),
        N_("请过一会儿再试；仍然如此，请联系管理员。"),
    ),
    "downloads_busy": (N_("现在下载的人太多。"), N_("请过几分钟再试。")),
    "poster_changed": (N_("封面已更换。"), ""),
    "deleted": (N_("已删除。"), ""),
    "retrying": (N_("已重新开始失败的步骤。"), ""),
    "processing_cancelled": (N_("已取消，停止了处理。"), ""),
    "cuts_discarded": (N_("新的分段已放弃，课程保持原样。"), ""),
    "password_changed": (N_("密码已修改。"), ""),
    "token_revoked": (N_("令牌已作废。"), ""),
    "others_signed_out": (N_("其他设备都已退出登录。"), ""),
    "role_given": (N_("已授予角色。"), ""),
    "role_taken": (N_("已收回角色。"), ""),
    "entry_added": (N_("已加入词库，下一次搜索就会用上。"), ""),
    "entry_removed": (N_("已从词库里删除。"), ""),
    "entry_on": (N_("已启用。"), ""),
    "entry_off": (N_("已停用，搜索不再用它。"), N_("随时可以重新启用。")),
    "invite_revoked": (N_("邀请链接已作废。"), ""),
    "person_on": (N_("账号已启用。"), ""),
    "person_off": (N_("账号已停用。"), ""),
    "person_erased": (N_("账号和姓名已删除，统计数字不变。"), ""),
    "search_saved": (N_("这次搜索已保存。"), N_("以后可以在“我的搜索”里再打开，看看有没有新的。")),
    "search_renamed": (N_("名字已修改。"), ""),
    "search_removed": (N_("已从“我的搜索”里删除。"), ""),
}

REASONS: Mapping[str, tuple[str, str]] = {
    **_RECORDING,
    **_CUTS,
    **_TRANSCRIPT,
    **WARNINGS,
    **_ENTRY,
    **_LISTS,
    **_WORDING,
    **_ACCESS,
    **_DONE,
}
"""Every code a person may meet: (what happened, what to do)."""

BY_VALUE = {("too_long", "limit_s"): "recording_too_long"}
"""A code that two engines use, told apart by a value that only one of them gives."""
