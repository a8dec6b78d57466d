"""The summary of a run, on one page.

page        the headline, the verdict, and the parts below in their order
checks      thresholds and the audit's laws
orders      outcomes and times by phase or group: means and percentiles
rejections  reasons, and the products and mistakes behind them
stock       the products that matter most
load        the bottleneck and the processors; with broker and replay, where there were such
roles       actors and messages by role
"""
