// Serves the scanning page without a network: its files are kept, everything else is asked for.
const NAME = "biye-1";
const FILES = ["/scan", "/static/biye.css", "/static/scan.js", "/static/queue.js", "/static/sound.js", "/static/icon.svg", "/vendor/detector.js", "/vendor/zxing.wasm", "/static/biye.webmanifest"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES)));
  self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET" || !FILES.includes(new URL(event.request.url).pathname)) return;
  event.respondWith(fresh(event.request).catch(() => caches.match(event.request, { ignoreSearch: true })));
});

async function fresh(request) {
  const answer = await fetch(request);
  if (answer.ok && !answer.redirected) (await caches.open(NAME)).put(request, answer.clone());
  return answer;
}
