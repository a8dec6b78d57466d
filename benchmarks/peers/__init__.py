"""The others: the same work as stocksim's, each written as its own users would write it."""
