"""Registers the jobs and sweeps of each feature with the worker."""

from interviews.availability import tasks as availability_tasks
from interviews.group_sessions import tasks as group_session_tasks
from interviews.inbox import tasks as inbox_tasks
from interviews.reminders import tasks as reminder_tasks
from interviews.volunteers import tasks as volunteer_tasks

__all__ = ["availability_tasks", "group_session_tasks", "inbox_tasks", "reminder_tasks", "volunteer_tasks"]
