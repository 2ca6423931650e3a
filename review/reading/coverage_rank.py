"""Which status of a question counts where several recordings of one interview have one."""

from transcripts.models import CoverageStatus

COVERAGE_RANK = {  # of several parts, the one with the highest rank counts
    CoverageStatus.ANSWERED: 4,
    CoverageStatus.UNPROMPTED: 3,
    CoverageStatus.DECLINED: 2,
    CoverageStatus.ASKED: 1,
    CoverageStatus.NOT_ASKED: 0,
}
