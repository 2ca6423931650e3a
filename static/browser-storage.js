// The browser's storage for this site, or null where it may not be used.

export function openStorage() {
  try {
    localStorage.setItem("storage-check", "");
    localStorage.removeItem("storage-check");
    return localStorage;
  } catch {
    return null;
  }
}
