"""Where this package's own tables have something of a participant's."""

from core.personal_data import declare_impersonal, hold
from privacy.models import CorrectionRequest, PersonalCopy, WithdrawalRequest

hold("copies", "Copies of your data", PersonalCopy, files=(PersonalCopy.storage_path,), folders=("copies",))
hold("corrections", "What you asked us to correct", CorrectionRequest, hides=("settled_by",))
declare_impersonal("ids, states and times; the ids are emptied when a person is erased", WithdrawalRequest)
