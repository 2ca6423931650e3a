"""Pages that list times that suit someone."""

from interviews.views.matching import staff_times, times_to_choose, unmet_needs

__all__ = ["staff_times", "times_to_choose", "unmet_needs"]
