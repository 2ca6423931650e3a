// The line that says whether a form is saved.

export const NO_CONNECTION = "no connection";
export const SIGNED_OUT = "you are no longer signed in. Open your personal link again in this browser";
export const ANOTHER_PERSON = "somebody else has opened their link in this browser";
export const NO_ANSWER = "the service is not available at the moment";

// isManual: only the page's buttons save. savedAt: a time of day, or empty if nothing was saved since the page was opened.
export function describeSaving({ isSaved, problem, isStored, isManual, savedAt }) {
  if (isSaved) return savedAt ? `Saved at ${savedAt}.` : describeStart(isManual);
  if (isManual) return `Not saved yet: save this page to apply your changes. ${describeStorage(isStored)}`;
  if (!problem) return "Saving…";
  return `Not saved yet: ${endSentence(problem)} ${describeStorage(isStored)}`;
}

function describeStart(isManual) {
  return isManual ? "Your changes apply when you save this page." : "We save your answers as you type.";
}

function describeStorage(isStored) {
  return isStored ? "Your words are kept in this browser." : "Do not close this page.";
}

function endSentence(text) {
  return text.endsWith(".") ? text : `${text}.`;
}
