"""What people read, in English and 简体中文."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_ENGLISH: Mapping[str, str] = {
    "title": "Earlier tickets",
    "colleague": "A colleague",
    "unknown": "A customer who cannot be shown",
    "suggestion": "Suggested priority",
    "low": "Low",
    "normal": "Normal",
    "high": "High",
    "urgent": "Urgent",
    "pressing_word": "The subject says “{}”",
    "calm_word": "The subject says “{}”, which can wait",
    "one_open": "Another ticket of this customer is open",
    "many_open": "{} other tickets of this customer are open",
    "writes_often": "{} tickets in the 30 days before",
    "no_reason": "Nothing speaks for another priority",
    "earlier": "Earlier tickets",
    "first_time": "This is the first time that they write.",
    "no_history": "Colleagues have no customer history.",
    "more": "and {} more",
    "is_new": "New",
    "is_open": "Open",
    "is_pending": "Pending",
    "is_on_hold": "On hold",
    "is_solved": "Solved",
    "is_closed": "Closed",
    "viewer": "Shown to {}",
    "customer": "Customer",
    "handed_over": "The summary is in the ticket, for your team.",
    "summary": "For whoever takes over",
    "nothing_open": "Nothing else of this customer is open.",
    "by_priority": "By priority",
    "nothing_waits": "Nothing waits for you.",
    "unavailable_title": "Nothing to show",
    "unavailable": "First Responder cannot read this ticket at present.",
}
_CHINESE: Mapping[str, str] = {
    "title": "历史工单",
    "colleague": "一位同事",
    "unknown": "无法显示的客户",
    "suggestion": "建议优先级",
    "low": "低",
    "normal": "普通",
    "high": "高",
    "urgent": "紧急",
    "pressing_word": "主题中出现“{}”",
    "calm_word": "主题中出现“{}”，可以稍后处理",
    "one_open": "该客户还有 1 个未结工单",
    "many_open": "该客户还有 {} 个未结工单",
    "writes_often": "此前 30 天内有 {} 个工单",
    "no_reason": "没有需要调整优先级的理由",
    "earlier": "历史工单",
    "first_time": "这是该客户第一次来信。",
    "no_history": "同事没有客户历史。",
    "more": "还有 {} 个",
    "is_new": "新建",
    "is_open": "处理中",
    "is_pending": "等待回复",
    "is_on_hold": "已搁置",
    "is_solved": "已解决",
    "is_closed": "已关闭",
    "viewer": "查看者：{}",
    "customer": "客户",
    "handed_over": "摘要已写入工单，供团队查看。",
    "summary": "交接摘要",
    "nothing_open": "该客户没有其他未结工单。",
    "by_priority": "按优先级",
    "nothing_waits": "没有等待您处理的工单。",
    "unavailable_title": "暂无内容",
    "unavailable": "第一响应目前无法读取此工单。",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Language:
    """Texts and dates for one reader; `locale` is that of the session token, such as zh-CN or zh_Hans_CN."""

    def __init__(self, locale: str = "en", timezone: str = "UTC") -> None:
        self._chinese = locale.lower().startswith("zh")
        self._texts = _CHINESE if self._chinese else _ENGLISH
        self.tag = "zh-CN" if self._chinese else "en"
        try:
            self._zone = ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError):
            self._zone = ZoneInfo("UTC")

    def text(self, key: str, detail: str | int = "") -> str:
        return self._texts[key].format(detail)

    def status(self, name: str) -> str:
        """A status that came after this app is shown by its name."""
        return self._texts.get(f"is_{name}", name)

    def date(self, moment: datetime) -> str:
        day = moment.astimezone(self._zone)
        if self._chinese:
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
