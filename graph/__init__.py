"""The journey of a ticket as a LangGraph state machine; the only LangGraph in the house."""
