// Scans that wait for the network, in the phone's own database: a label's code, a time and a nonce, nothing personal.
const opened = new Promise((done, failed) => {
  const asked = indexedDB.open("biye", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("scans", { keyPath: "nonce" });
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => failed(asked.error);
});

async function within(mode, work) {
  const store = (await opened).transaction("scans", mode).objectStore("scans");
  return new Promise((done, failed) => {
    const asked = work(store);
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

export const keep = (scan) => within("readwrite", (store) => store.put(scan));
export const forget = (nonce) => within("readwrite", (store) => store.delete(nonce));

export async function kept() {
  const waiting = await within("readonly", (store) => store.getAll());
  return waiting.sort((one, other) => one.at.localeCompare(other.at));
}
