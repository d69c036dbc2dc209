"""Everything outside: storage, models, helpdesks, notifications, policy folders."""
