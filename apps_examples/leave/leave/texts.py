"""What people read, in English and 简体中文."""

import datetime as dt
from collections.abc import Mapping

_ENGLISH: Mapping[str, str] = {
    "title": "Leave",
    "team_title": "Who is away",
    "days": "{} days",
    "day": "{} day",
    "left": "Left",
    "taken": "Taken or planned this year",
    "expiring": "{} of them until {}",
    "ask": "Ask for days off",
    "send": "Send request",
    "type": "Type",
    "from": "From",
    "to": "To",
    "part": "Half days",
    "part_whole": "Whole days",
    "part_morning": "Morning only; of several days, until noon of the last",
    "part_afternoon": "Afternoon only; of several days, from noon of the first",
    "note": "Note",
    "optional": "optional",
    "working_days": "Working days",
    "mine": "My requests",
    "none_yet": "You have not asked for anything yet.",
    "withdraw": "Withdraw",
    "cancel": "Cancel",
    "which": "{}: {}",
    "asked": "Your request is with whoever decides.",
    "asked_for": "Asked for {} days off.",
    "withdrawn_now": "That is taken back.",
    "is_new": "Being sent",
    "is_pending": "Waits for a decision",
    "is_agreed": "Being written",
    "is_approved": "Approved",
    "is_rejected": "Rejected",
    "is_withdrawn": "Withdrawn",
    "is_expired": "Expired",
    "is_refused": "Not possible",
    "is_cancelled": "Cancelled",
    "type_vacation": "Vacation",
    "type_sick": "Sick leave",
    "type_other": "Other",
    "approval_title": "Leave: {}",
    "refused_title": "Your approved request could not be carried out",
    "not_enough_left": "When it was approved, not enough days were left.",
    "not_enough": "Not enough days are left then. {} can be asked for.",
    "overlap": "Something else is asked for or agreed on one of these days.",
    "month_closed": "The attendance of this month is closed.",
    "no_working_day": "There is no working day among them.",
    "probation": "Vacation begins {} months after joining.",
    "type_unknown": "There is no such type. There are: {}",
    "backwards": "The last day is before the first.",
    "too_far": "Days can be asked for from this year until the end of the next.",
    "day_missing": "Say the first day.",
    "day_format": "Write a day as 2026-12-24.",
    "part_unknown": "Choose whole, morning or afternoon.",
    "people_only": "Only people can ask for days off.",
    "request_gone": "This request is not there any more.",
    "too_late": "This can no longer be changed here. Talk to whoever keeps attendance.",
    "refused": "This cannot be sent:",
    "month_before": "Month before",
    "month_after": "Month after",
    "person": "Person",
    "away": "Away",
    "away_morning": "Away in the morning",
    "away_afternoon": "Away in the afternoon",
    "alone": "Nobody else is in your team yet.",
    "subscribe": "In your own calendar",
    "subscribe_help": "A secret address from which a calendar reads who of your team is away. Only the newest works.",
    "make_feed": "Make an address",
    "feed_made": "Copy it now. It is not shown again.",
    "address": "Address",
    "upcoming": "Next days off",
    "nothing_upcoming": "Nothing is planned.",
    "ledger": "Ledger",
    "ledger_empty": "There is no entry yet.",
    "kind_grant": "Granted",
    "kind_accrue": "Earned",
    "kind_carry": "Carried over",
    "kind_expire": "Expired",
    "kind_use": "Days off",
    "kind_cancel": "Given back",
    "kind_adjust": "Corrected",
    "correct": "Correct the balance",
    "amount": "Days, with minus to take",
    "reason": "Reason",
    "save": "Save",
    "saved": "The correction is in the ledger.",
    "amount_wrong": "Give whole or half days, such as 1.5 or -2, and not 0.",
    "reason_missing": "Say why.",
    "private": "Leave is shown to the person, to their managers and to whoever keeps it.",
    "unavailable": "Leave cannot read what it needs at present. Try again in a moment.",
}
_CHINESE: Mapping[str, str] = {
    "title": "请假",
    "team_title": "谁不在",
    "days": "{} 天",
    "day": "{} 天",
    "left": "剩余",
    "taken": "今年已用或已安排",
    "expiring": "其中 {} 须在 {} 前使用",
    "ask": "申请休假",
    "send": "提交申请",
    "type": "类型",
    "from": "开始",
    "to": "结束",
    "part": "半天",
    "part_whole": "全天",
    "part_morning": "仅上午；多天时到最后一天中午",
    "part_afternoon": "仅下午；多天时从第一天中午开始",
    "note": "备注",
    "optional": "选填",
    "working_days": "工作日",
    "mine": "我的申请",
    "none_yet": "您还没有提交过申请。",
    "withdraw": "撤回",
    "cancel": "取消",
    "which": "{}：{}",
    "asked": "申请已提交，等待审批。",
    "asked_for": "已申请休假 {} 天。",
    "withdrawn_now": "已撤回。",
    "is_new": "提交中",
    "is_pending": "等待审批",
    "is_agreed": "写入中",
    "is_approved": "已批准",
    "is_rejected": "已拒绝",
    "is_withdrawn": "已撤回",
    "is_expired": "已过期",
    "is_refused": "无法执行",
    "is_cancelled": "已取消",
    "type_vacation": "年假",
    "type_sick": "病假",
    "type_other": "其他",
    "approval_title": "请假：{}",
    "refused_title": "您已获批的申请无法执行",
    "not_enough_left": "批准时余额已不足。",
    "not_enough": "届时余额不足，可申请 {} 天。",
    "overlap": "其中某天已有其他申请或休假。",
    "month_closed": "该月考勤已关闭。",
    "no_working_day": "所选日期中没有工作日。",
    "probation": "入职 {} 个月后方可休年假。",
    "type_unknown": "没有该类型。可选：{}",
    "backwards": "最后一天早于第一天。",
    "too_far": "只能申请今年至明年年底的日期。",
    "day_missing": "请填写第一天。",
    "day_format": "日期格式如 2026-12-24。",
    "part_unknown": "请选择 whole、morning 或 afternoon。",
    "people_only": "只有员工可以申请休假。",
    "request_gone": "该申请已不存在。",
    "too_late": "此处已无法更改，请联系考勤管理员。",
    "refused": "无法提交：",
    "month_before": "上个月",
    "month_after": "下个月",
    "person": "人员",
    "away": "不在",
    "away_morning": "上午不在",
    "away_afternoon": "下午不在",
    "alone": "您的团队还没有其他人。",
    "subscribe": "订阅到自己的日历",
    "subscribe_help": "一个保密地址，日历可从中读取团队成员的休假。生成新地址后旧地址失效。",
    "make_feed": "生成地址",
    "feed_made": "请立即复制，之后不再显示。",
    "address": "地址",
    "upcoming": "接下来的休假",
    "nothing_upcoming": "暂无安排。",
    "ledger": "账目",
    "ledger_empty": "还没有记录。",
    "kind_grant": "发放",
    "kind_accrue": "累计",
    "kind_carry": "结转",
    "kind_expire": "过期",
    "kind_use": "休假",
    "kind_cancel": "退回",
    "kind_adjust": "更正",
    "correct": "更正余额",
    "amount": "天数，减少用负数",
    "reason": "原因",
    "save": "保存",
    "saved": "更正已记入账目。",
    "amount_wrong": "请填写整天或半天，例如 1.5 或 -2，不能为 0。",
    "reason_missing": "请填写原因。",
    "private": "请假信息仅本人、其上级和假期管理员可见。",
    "unavailable": "请假应用目前无法读取所需数据，请稍后再试。",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_WEEKDAYS = {"en": ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"), "zh-CN": ("一", "二", "三", "四", "五", "六", "日")}


class Language:
    """Texts, amounts and dates for one reader; `locale` is that of the session token, such as zh-CN or zh_Hans_CN."""

    def __init__(self, locale: str = "en") -> None:
        self._chinese = locale.lower().startswith("zh")
        self._texts = _CHINESE if self._chinese else _ENGLISH
        self.tag = "zh-CN" if self._chinese else "en"

    def text(self, key: str, *details: str | int) -> str:
        return self._texts[key].format(*details)

    def status(self, name: str) -> str:
        return self._texts.get(f"is_{name}", name)

    def type_label(self, key: str, label: str) -> str:
        """The three that ship have words here; a type that the company made has its own."""
        return self._texts.get(f"type_{key}", label)

    def days(self, half_days: int) -> str:
        return self.text("day" if abs(half_days) == 2 else "days", f"{half_days / 2:g}")

    def date(self, day: dt.date) -> str:
        if self._chinese:
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def span(self, first: dt.date, last: dt.date) -> str:
        return self.date(first) if first == last else f"{self.date(first)} – {self.date(last)}"

    def month(self, day: dt.date) -> str:
        return f"{day.year}年{day.month}月" if self._chinese else f"{_LONG[day.month - 1]} {day.year}"

    def weekday(self, day: dt.date) -> str:
        return _WEEKDAYS[self.tag][day.weekday()]
