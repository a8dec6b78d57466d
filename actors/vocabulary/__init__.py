"""The words that people and machines read, each declared once.

outcomes    how an order ends and why; what happens when stock is short; kinds of orders
runtimes    where actors run
exit_codes  how the command ends
events      what happens in a run, for its log

Words that are names of code stand with the code: strategies in `decisions.routing`, distributions
in `scenario.distributions`, metrics of thresholds in `measure.thresholds.metrics`.
"""
