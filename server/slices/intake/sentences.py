"""What happens to recordings, to their cuts and transcripts, and to lists that are imported."""

from __future__ import annotations

from collections.abc import Mapping

from server.slices.intake.transcript_sentences import SENTENCES as OF_TRANSCRIPTS
from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    **OF_TRANSCRIPTS,
    # recordings
    "empty_file": (N_("这个文件是空的。"), N_("请在电脑上打开它看看，再上传能播放的那一份。")),
    "not_media": (
        N_("这个文件里没有能播放的音像（看起来是 %(found)s）。"),
        N_("请选择视频或录音文件，例如 MP4、MOV、MKV、MP3；文稿请放在“文稿或字幕”一栏。"),
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
        N_("服务器的存储空间满了，停了下来。"),
        N_("已完成的、已传的都还在。请管理员腾出空间，然后点“重试”，或接着传。"),
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
        N_("同一份录像已经在这里了：《%(title)s》。"),
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
    # how a recording was read: nothing of it is an error
    "picture_left": (
        N_("文件里有几条画面，用了第 %(taken)s 条；没有用的：%(left)s。"),
        N_("要换成另一条，请在处理进度页上选。"),
    ),
    "picture_unreadable": (
        N_("有的画面读不出来（第 %(left)s 条），用了第 %(taken)s 条。"),
        "",
    ),
    "sound_left": (
        N_("文件里有几条声音，用了第 %(taken)s 条；没有用的：%(left)s。"),
        N_("要换成另一条，请在处理进度页上选。"),
    ),
    "sound_silent": (
        N_("第 %(left)s 条声音里没有人说话，用了第 %(taken)s 条。"),
        N_("要换成另一条，请在处理进度页上选。"),
    ),
    "sound_unreadable": (
        N_("有的声音读不出来（第 %(left)s 条），用了第 %(taken)s 条。"),
        "",
    ),
    "picture_broken": (
        N_("录像的画面已经损坏，读不出来：做成的课只有声音，没有画面。"),
        N_("如果原来的文件能看到画面，请重新导出或重新拷贝一份再上传。"),
    ),
    "picture_unknown": (
        N_("录像的画面是我们读不懂的格式（%(found)s）：做成的课只有声音，没有画面。"),
        N_("请用录制它的软件另存为 MP4（H.264），再上传一次。"),
    ),
    "sound_broken": (
        N_("录像的声音已经损坏，读不出来：做成的课只有画面，没有声音。"),
        N_("如果原来的文件听得到声音，请重新导出或重新拷贝一份再上传。"),
    ),
    "sound_unknown": (
        N_("录像的声音是我们读不懂的格式（%(found)s）：做成的课只有画面，没有声音。"),
        N_("请用录制它的软件另存为 MP4（声音用 AAC），再上传一次。"),
    ),
    "picture_untried": (
        N_("画面太多，有 %(count)s 条没有逐一试过。"),
        N_("如果用的不是讲课的那一条，请在处理进度页上选。"),
    ),
    "sound_untried": (
        N_("声音太多，有 %(count)s 条没有逐一听过。"),
        N_("如果用的不是讲课的那一条，请在处理进度页上选。"),
    ),
    "sound_left_only": (N_("声音只在左边，右边几乎没有，已经放到两边。"), ""),
    "sound_right_only": (N_("声音只在右边，左边几乎没有，已经放到两边。"), ""),
    "sound_evened": (N_("声音的格式中途变了，例如从单声道变成立体声，已经统一。"), ""),
    "picture_resized": (
        N_("画面的大小中途变了（%(sizes)s），已经统一放进 %(taken)s。"),
        N_("较小的画面四周会有黑边。"),
    ),
    "tone_hlg": (
        N_("录像是 HDR（HLG）画面，已经转换成普通屏幕的亮度和颜色。"),
        N_("最亮的地方会柔和一些。"),
    ),
    "tone_pq": (
        N_("录像是 HDR（PQ）画面，已经转换成普通屏幕的亮度和颜色。"),
        N_("最亮的地方会柔和一些。"),
    ),
    "tone_wide": (N_("录像用的是广色域（BT.2020），已经转换成普通屏幕的颜色。"), ""),
    "dolby_vision_alone": (
        N_("录像是只有杜比视界能读懂的画面，颜色可能不对。"),
        N_("请在手机或相机里关掉杜比视界，或导出为普通的 MP4，再上传。"),
    ),
    "subtitles_left": (
        N_("文件里自带的字幕没有采用。"),
        N_("需要的话，请把字幕导出为 .srt，作为文稿上传。"),
    ),
    "cover_left": (N_("文件里的封面图片没有采用，这节课只有声音。"), ""),
    # uploads
    "upload_name": (N_("这个文件没有名字。"), N_("请给文件起个名字，再上传。")),
    "upload_type": (
        N_("不收这种文件：%(suffix)s。"),
        N_("请选择视频或录音文件，例如 MP4、MOV、MKV、MP3。"),
    ),
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
    "uploads_open": (
        N_("您有 %(most)s 个上传还没有传完，不能再开始新的。"),
        N_("请先接着传完，或取消一些。"),
    ),
    "uploads_open_here": (
        N_("从您所在的网络已有 %(most)s 个上传还没有传完，不能再开始新的。"),
        N_("请等其中一些传完，或请管理员放宽。"),
    ),
    "uploads_hour": (N_("一个小时里最多开始 %(most)s 个上传。"), N_("请过一会儿再试。")),
    "uploads_hour_here": (
        N_("从您所在的网络一个小时里最多开始 %(most)s 个上传。"),
        N_("请过一会儿再试。"),
    ),
    "uploads_day": (
        N_("您一天最多上传 %(most_bytes)s，现在还能传 %(left_bytes)s。"),
        N_("请明天再传，或请管理员放宽。"),
    ),
    "uploads_day_here": (
        N_("从您所在的网络一天最多上传 %(most_bytes)s，现在还能传 %(left_bytes)s。"),
        N_("请明天再传，或请管理员放宽。"),
    ),
    "upload_taken_over": (
        N_("同一个文件的另一次发送接了过去，这一次停下了。"),
        N_("已收到的都还在，不用做什么。"),
    ),
    "upload_offset": (
        N_("这一段接不上：服务器已经收到了 %(at_bytes)s。"),
        N_("请从那里接着传；上传页面会自己这样做。"),
    ),
    "upload_form": (N_("这种上传方式不支持。"), N_("请用上传页面，或普通的 tus 上传。")),
    "upload_headers": (
        N_("上传的请求缺少 Tus-Resumable、Upload-Length 或 Upload-Offset：中间的代理去掉了这个标头。"),
        N_("请管理员让代理原样传递 /tus/ 的标头。"),
    ),
    "upload_unknown": (N_("服务器上没有这次上传。"), N_("请重新选择文件。")),
    # cuts
    "cuts_not_yet": (N_("录像还没有分好段，现在不能调整。"), N_("请等分段完成后再来。")),
    "cuts_changed": (
        N_("在您编辑的时候，分段已经有了变化，这次没有保存。"),
        N_("您改的还在这一页上；请看过新的分段再决定。"),
    ),
    "remake_not_now": (
        N_("这节课的录像正在处理，或还没有处理过，现在不能重新制作。"),
        N_("请等处理完再试。"),
    ),
    "original_gone": (
        N_("《%(title)s》的原始录像丢失或损坏了（%(key)s），不能用它重新制作；已有的短视频照常播放。"),
        N_("请从备份取回这个文件，放回对象存储（objects）里原来的位置，然后再试。"),
    ),
    "tracks_not_yet": (N_("录像还没有检查完，现在不能选画面和声音。"), N_("请稍后再来。")),
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
    # transcripts
    "transcript_unknown_type": (N_("认不出这种文稿文件。"), N_("可以用：%(known)s。")),
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
        N_("请重新导出字幕；只有文字的话，请存为 .txt 或 .docx。"),
    ),
    # what was odd in a transcript that was taken all the same
    "bad_characters": (
        N_("有 %(count)s 个字认不出来，已用“�”代替。"),
        N_("可以把文稿另存为 UTF-8 编码再传一次。"),
    ),
    "divided": (
        N_("有 %(count)s 段很长，只有开头一个时间；已经分成几行，段内的时间是估算的。"),
        "",
    ),
    "footnotes_left_out": (
        N_("Word 文稿里的 %(count)s 处脚注、尾注没有采用。"),
        N_("如果也要讲到，请写进正文。"),
    ),
    "frames_guessed": (
        N_("有 %(count)s 行字幕的时间写的是帧数，已按每秒 %(rate)s 帧换算。"),
        N_("如果越往后差得越多，请另存为带毫秒的 .srt 再传一次。"),
    ),
    "lines_not_understood": (
        N_("有 %(count)s 行没有读懂，没有采用，第一处在第 %(line)s 行。"),
        N_("请看一看那一行的时间写得对不对。"),
    ),
    "long_cue": (N_("有 %(count)s 行字幕太长，只保留了前 %(most)s 个字。"), ""),
    "milliseconds_guessed": (
        N_("文件没有写明时间的单位，%(count)s 行已经按毫秒读取。"),
        N_("如果时间不对，请另存为 .srt 再传一次。"),
    ),
    "negative_time": (N_("有 %(count)s 行字幕的时间在开头之前，已经挪到开头。"), ""),
    "no_length": (N_("有 %(count)s 行字幕没有时长，已经按阅读的快慢补上。"), ""),
    "no_text": (N_("有 %(count)s 行字幕没有文字，已经去掉。"), ""),
    "overlap": (N_("有 %(count)s 行字幕与后一行的时间重叠，已经缩短。"), ""),
    "same_time": (N_("有 %(count)s 行字幕与前一行同时开始，已经合在一起。"), ""),
    "time_too_late": (
        N_("有 %(count)s 行的时间在 %(most_h)s 小时以后，没有采用。"),
        N_("请看一看这些时间写得对不对。"),
    ),
    "times_of_day": (
        N_("%(count)s 行写的是几点几分，录像几点开始没有写，所以把第一行当作录像的开头。"),
        N_("请听一听对不对；不对时可以移动时间。"),
    ),
    "too_many_cues": (N_("字幕太多，只采用了前 %(most)s 行，后面的 %(count)s 行没有采用。"), ""),
    "unsorted": (N_("有 %(count)s 行字幕的时间前后颠倒，已经按时间排好。"), ""),
    "without_time": (N_("有 %(count)s 行没有时间，没有采用。"), ""),
    # lists
    "is_address": (N_("这里要填文件，不能是网址：%(found)s。"), N_("请先下载到本机，再填文件名。")),
    "is_folder": (N_("这是一个文件夹，不是文件：%(found)s。"), N_("请指明其中的文件。")),
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
    # done
    "retrying": (N_("已重新开始失败的步骤。"), ""),
    "tracks_chosen": (N_("正在用您选的画面和声音重新制作。"), ""),
    "processing_cancelled": (N_("已取消，停止了处理。"), ""),
    "cuts_discarded": (N_("新的分段已放弃，课程保持原样。"), ""),
}

TOLD_APART: Mapping[tuple[str, str], str] = {("too_long", "limit_s"): "recording_too_long"}
"""Engines call a recording "too_long", as everybody calls a text; only they say its limit in seconds."""
