// The room of a session: asks again and again whether something has happened, shows it, and says when the line is lost.
// The page works without this file: by loading it again.

const box = document.querySelector("[data-live]");
const line = document.querySelector("[data-live-state]");
const aloud = document.querySelector("[data-live-said]");
const QUICK = 2000;
const QUIET = 5000;
const HIDDEN = 20000;
const LONGEST = 20000;
let version = box.dataset.version;
let quiet = 0;
let failures = 0;
let timer = 0;
let asking = false;
let stopped = false;
let typedAt = 0;
let said = "";

const hour = () => new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
const say = (what, lost) => {
  line.textContent = (line.dataset[what] || "").replace("{time}", hour());
  line.classList.toggle("live-lost", Boolean(lost));
};
const later = (wait) => {
  clearTimeout(timer);
  if (!stopped) timer = setTimeout(ask, wait * (0.9 + Math.random() * 0.2));
};
const stop = (what) => {
  stopped = true;
  say(what, true);
};

// what is open, typed and in focus stays so when the part is replaced
const keyOf = (node) => {
  const form = node.closest("form");
  return `${form ? form.getAttribute("action") : ""}|${node.getAttribute("name") || node.getAttribute("href") || node.textContent.trim()}`;
};
const put = (html) => {
  const open = [...box.querySelectorAll("details[open][data-key]")].map((d) => d.dataset.key);
  const active = box.contains(document.activeElement) ? keyOf(document.activeElement) : null;
  const piece = document.createElement("template");
  piece.innerHTML = html;
  box.replaceChildren(piece.content);
  for (const details of box.querySelectorAll("details[data-key]")) details.open = open.includes(details.dataset.key);
  if (active === null) return;
  const again = [...box.querySelectorAll("a[href], button, summary, input:not([type=hidden]), textarea")].find((node) => keyOf(node) === active);
  if (again) again.focus({ preventScroll: true });
};

const ask = async () => {
  clearTimeout(timer);
  if (asking || stopped) return;
  if (Date.now() - typedAt < 1500) {
    later(1500);
    return;
  }
  asking = true;
  const patience = new AbortController();
  const bell = setTimeout(() => patience.abort(), 8000);
  let answer = null;
  let told = null;
  try {
    answer = await fetch(box.dataset.live, { headers: { "If-None-Match": `"${version}"` }, redirect: "manual", cache: "no-store", signal: patience.signal });
    if (answer.status === 200) told = await answer.json();
  } catch {
    answer = null;
  }
  clearTimeout(bell);
  asking = false;
  if (answer && (answer.type === "opaqueredirect" || answer.status === 401)) {
    stop("out");
    return;
  }
  if (answer && (answer.status === 404 || answer.status === 403)) {
    stop("gone");
    return;
  }
  if (!answer || (answer.status !== 200 && answer.status !== 304)) {
    failures += 1;
    say("lost", true);
    later(Math.min(1000 * 2 ** (failures - 1), LONGEST));
    return;
  }
  say(failures ? "back" : "fresh", false);
  failures = 0;
  if (told) {
    quiet = 0;
    version = (answer.headers.get("ETag") || "").replace(/^W\//, "").replaceAll('"', "");
    put(told.html);
    if (told.said !== said) aloud.textContent = told.said;
    said = told.said;
  } else {
    quiet += 1;
  }
  later(document.hidden ? HIDDEN : quiet > 30 ? QUIET : QUICK);
};

box.addEventListener("input", () => { typedAt = Date.now(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
window.addEventListener("online", () => ask());
window.addEventListener("offline", () => { failures += 1; say("lost", true); later(1000); });
window.addEventListener("pageshow", (event) => { if (event.persisted) ask(); });
later(QUICK);
