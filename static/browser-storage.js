// The browser's storage for this site, or null where it may not be used.

export function openStorage(get = () => localStorage) {
  try {
    const storage = get();
    storage.setItem("storage-check", "");
    storage.removeItem("storage-check");
    return storage;
  } catch {
    return null;
  }
}
