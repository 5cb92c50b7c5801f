"""The page in the portal."""

from flow_composer.messages import is_chinese
from portico_sdk.session import PanelContext


def show(context: PanelContext) -> str:
    tag, title = ("zh-CN", "流程") if is_chinese(context.locale) else ("en", "Flows")
    return f'<!doctype html><html lang="{tag}"><head><title>{title}</title></head><body><h1>{title}</h1></body></html>'
