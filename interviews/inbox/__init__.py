"""Received email (calendar replies, proposed times, bounces) and messages to staff."""
