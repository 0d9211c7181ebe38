"""What offices write into tables of tasks, for the tests: row `i` of each list belongs together."""

from __future__ import annotations

DUTIES = [
    "成立创建工作领导小组，明确分管负责人，每季度召开一次推进会。",
    "将创建工作纳入年度计划，落实专项经费，建立督查通报制度。",
    "在主要街道和公共场所设置公益广告，内容更新及时，无破损。",
    "组织志愿者开展文明交通劝导，每月不少于两次，并做好记录。",
    "清理背街小巷卫生死角，做到垃圾日产日清，路面无明显坑洼。",
    "开展“我们的节日”主题活动，每个节日不少于一次，留存照片。",
]
DEDUCTIONS = [
    "未成立领导小组的扣2分，少召开一次会议扣1分。",
    "未列入计划的不得分，无经费的扣3分。",
    "发现一处破损扣0.5分，扣完为止。",
    "每少一次扣1分，无记录的不得分。",
    "发现一处卫生死角扣1分，扣完为止。",
    "每少一个节日扣1分，无照片酌情扣分。",
]
UNITS = ["县教育局", "县公安局", "县城管局", "团县委", "县住建局", "县民政局"]
SUPPORTING = ["县公安局、团县委", "县财政局", "县住建局、各社区", "县教育局", "县城管局、县水务局", "各中小学"]
DATES = ["6月底前", "长期坚持", "9月底前", "每月", "10月底前", "每季度"]
POINTS = ["5", "8", "3", "4", "6", "4"]
MATERIALS = [
    "领导小组文件、会议记录",
    "年度计划和经费凭证复印件",
    "公益广告照片",
    "活动照片、签到表",
    "整治前后对比照片",
    "活动方案、照片",
]
SERIALS = ["1", "2", "3", "4", "5", "6"]


def lines(*columns: list[str], rows: int = 6) -> list[list[str]]:
    """The first rows of these columns side by side."""
    return [list(row) for row in zip(*columns, strict=True)][:rows]
