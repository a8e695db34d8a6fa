"""What happens when lines are corrected."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "words_changed": (
        N_("这节课的字幕刚刚在别处改过，这次的改动还没有保存。"),
        N_("请对照现在的字幕，再改一次。"),
    ),
    "words_being_heard": (
        N_("机器还在听写这节课，字幕还会变。"),
        N_("请等听写完成之后再校对。"),
    ),
    "no_words": (N_("这节课还没有可以校对的字幕。"), N_("请先上传文稿或字幕。")),
    "words_without_times": (
        N_("这份文稿没有时间，做不成字幕文件。"),
        N_("可以下载 .txt 或 .docx；录像听写过之后会有时间。"),
    ),
    "nothing_to_compare": (
        N_("这节课只有一份文稿，没有可以对照的。"),
        N_("再上传一份字幕或讲稿，或者让机器听写，就可以一行一行对照着选。"),
    ),
    "versions_without_times": (
        N_("两份里只有一份有时间，没有办法一行一行对照。"),
        N_("录像听过之后，没有时间的讲稿会对上时间；在“文稿与字幕”可以听写。"),
    ),
    "no_room_for_line": (
        N_("“%(text)s”这一句放不进去：前后两行之间没有时间了。"),
        N_("请先不动这一句，在“校对字幕”里写进旁边的一行。"),
    ),
    "choices_saved": (N_("选好的已经存成新的一版；原来的都在“各个版本”里，可以换回去。"), ""),
    "nothing_chosen": (N_("没有选，什么都没有改。"), ""),
    "no_line_left": (N_("不能把所有的字幕都删掉。"), N_("至少留下一行；整份不要，请在“文稿与字幕”换一份。")),
    "edit_out_of_place": (
        N_("要改的行不在这份字幕里，或者重复了。"),
        N_("行号从 0 算起，从前到后，每一行只改一次。"),
    ),
    "line_untimed": (N_("这份文稿没有时间，改动里也不能有时间。"), N_("请把 start_s 和 end_s 都填 null。")),
    "line_without_time": (N_("有一行没有时间。"), N_("请给出开始和结束的秒数。")),
    "lines_backwards": (
        N_("字幕的时间倒退了：从 %(start_s)s 到 %(end_s)s。"),
        N_("每一行的结束要在开始之后，后一行不能早于前一行。"),
    ),
    "line_outside": (
        N_("有一行的时间超出了原来那几行的范围（%(first_s)s 到 %(last_s)s）。"),
        N_("校对只改文字和分行；整体移动时间，请用“文稿与字幕”。"),
    ),
    "same_wording": (N_("两边写的是一样的。"), N_("请写出应当怎样写。")),
    "nobody_teaches": (N_("这节课没有写讲师，也没有所有者。"), N_("请先填写讲师。")),
}
