// Scans labels one after another: by camera, picture, USB scanner or keyboard; sends them, or keeps them until it can.
import { keep, kept, forget } from "./queue.js";
import { sound } from "./sound.js";

const at = (id) => document.getElementById(id);
const SAME_AGAIN = 4000; // milliseconds in which the camera's same code is one scan
const TITLES = { moved: "正确", repeated: "已登记过", sighting: "不应在此", refused: "未登记", kept: "已存，待发送" };
const expected = new Set();
const done = new Set();
const LONGEST = 300;
let last = { code: "", way: "", at: 0 };
let sending = false;
let reader;

function direction() {
  return document.querySelector("[name=direction]:checked").value;
}

async function scanned(code) {
  const now = Date.now();
  const way = direction();
  if (code === last.code && way === last.way && now - last.at < SAME_AGAIN) return;
  last = { code, way, at: now };
  // No label is as long: a foreign code that is cut is refused by itself, and never blocks what waits with it.
  await keep({ code: code.slice(0, LONGEST), direction: way, nonce: crypto.randomUUID(), at: new Date(now).toISOString() });
  show({ outcome: "kept", sentence: code });
  await send();
}

async function send() {
  if (sending) return;
  sending = true;
  try {
    while (await sent());
  } finally {
    sending = false;
  }
}

// Sends what waits; says whether it got an answer and something more may be waiting.
async function sent() {
  const waiting = await kept();
  at("pending").textContent = waiting.length;
  if (!waiting.length) return false;
  const answer = await fetch("/api/scans", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ scans: waiting.slice(0, 200), device: navigator.userAgentData?.platform ?? "" }),
  }).catch(() => null);
  if (answer?.status === 404) show({ outcome: "kept", sentence: "登录已失效，请重新登录；已扫的不会丢失。" });
  if (!answer?.ok) return false;
  for (const told of (await answer.json()).results) {
    await forget(told.nonce);
    count(told);
    show(told);
  }
  return true;
}

function count(told) {
  if (!told.code) return;
  done.add(told.code);
  expected.delete(told.code);
  at("scanned").textContent = done.size;
  at("expected").textContent = expected.size;
}

function show(told) {
  const verdict = at("verdict");
  verdict.className = `verdict ${told.outcome}`;
  verdict.firstElementChild.textContent = TITLES[told.outcome];
  verdict.lastElementChild.textContent = told.sentence;
  const line = document.createElement("li");
  line.className = told.outcome;
  line.textContent = `${new Date().toLocaleTimeString("zh-CN")} ${TITLES[told.outcome]} ${told.sentence}`;
  if (told.outcome !== "kept") at("log").prepend(line);
  sound(told.outcome);
}

// Browsers without a reader of their own get one, WebAssembly included, from this site.
function loaded() {
  reader ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = "/vendor/detector.js";
    script.onload = () => {
      BarcodeDetectionAPI.prepareZXingModule({ overrides: { locateFile: () => "/vendor/zxing.wasm" } });
      done(BarcodeDetectionAPI);
    };
    script.onerror = failed;
    document.head.append(script);
  });
  return reader;
}

async function detector() {
  if ("BarcodeDetector" in window) return new BarcodeDetector({ formats: ["qr_code"] });
  const ponyfill = await loaded();
  return new ponyfill.BarcodeDetector({ formats: ["qr_code"] });
}

async function watch() {
  const camera = at("camera");
  camera.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  camera.hidden = false;
  await camera.play();
  const reads = await detector();
  const look = async () => {
    for (const found of await reads.detect(camera).catch(() => [])) await scanned(found.rawValue);
    setTimeout(look, 150);
  };
  look();
}

async function fromPicture(file) {
  const found = await (await detector()).detect(await createImageBitmap(file));
  if (found.length) await scanned(found[0].rawValue);
  else show({ outcome: "refused", sentence: "图中没有识别到二维码，请靠近重拍或输入编号。" });
}

async function expect() {
  const answer = await fetch("/api/expected").catch(() => null);
  if (!answer?.ok) return;
  for (const one of (await answer.json()).expected) if (!done.has(one.code)) expected.add(one.code);
  at("expected").textContent = expected.size;
}

at("start").addEventListener("click", () =>
  watch().catch((why) => show({ outcome: "refused", sentence: `摄像头打不开（${why.name}），请拍照或输入编号。` })),
);
at("picture").addEventListener("change", (event) => event.target.files[0] && fromPicture(event.target.files[0]));
at("typed").addEventListener("submit", (event) => {
  event.preventDefault();
  const code = at("code").value.trim();
  at("code").value = "";
  if (code) scanned(code);
});
addEventListener("online", send);
setInterval(send, 5000);
expect();
send();
if (location.hash.length > 1) {
  scanned(location.hash.slice(1));
  history.replaceState(null, "", "/scan");
}
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/worker.js");
