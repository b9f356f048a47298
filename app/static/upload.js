// Files in pieces: progress is seen, a lost line costs one piece, a reload goes on where it was. The form works without this file.

const form = document.querySelector("#upload");
const panel = document.querySelector("#upload-progress");
const bar = document.querySelector("#upload-bar");
const said = document.querySelector("#upload-said");
const wait = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
const LONGEST = 25 * 60 * 1000; // how long a lost line is waited for

class Refused extends Error {}

// one request, again and again while the line is lost or the server is busy; a refusal ends it
async function send(url, fields) {
  const began = Date.now();
  for (let pause = 1000; ; pause = Math.min(pause * 2, 15000)) {
    let answer = null;
    try {
      const body = new FormData();
      body.set("csrf_token", form.elements.csrf_token.value);
      for (const [name, value] of Object.entries(fields)) body.set(name, value);
      answer = await fetch(url, { method: "POST", body, redirect: "manual" });
    } catch { /* the line is lost */ }
    const plain = answer !== null && (answer.headers.get("content-type") || "").includes("json");
    if (plain) {
      const told = await answer.json();
      if (told.refused) throw new Refused(told.refused);
      return told;
    }
    if (answer !== null && answer.status < 500) throw new Refused(panel.dataset.failed); // signed out, or the page is too old
    if (Date.now() - began > LONGEST) throw new Refused(panel.dataset.failed);
    said.textContent = panel.dataset.waiting;
    await wait(pause);
  }
}

async function digest(file) {
  if (!window.crypto || !window.crypto.subtle) return ""; // without it an upload is not gone on with after a reload
  const found = await window.crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(found), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function show(at, size) {
  const percent = Math.floor((at * 100) / size);
  bar.value = percent;
  if (percent % 10 === 0 || at === size) said.textContent = panel.dataset.sending.replace("{percent}", String(percent));
}

async function upload(file) {
  said.textContent = panel.dataset.reading;
  const replaces = form.elements.replaces ? form.elements.replaces.value : "";
  const begun = await send(panel.dataset.url, { name: file.name, size: file.size, kind: form.elements.kind.value, replaces, sha256: await digest(file) });
  const url = `${panel.dataset.url}/${begun.upload}`;
  let at = begun.at;
  show(at, file.size);
  while (at < file.size) {
    const told = await send(url, { start: at, piece: file.slice(at, at + begun.piece) });
    at = told.at;
    show(at, file.size);
  }
  said.textContent = panel.dataset.checking;
  return send(`${url}/finish`, {});
}

function refuse(sentence) {
  panel.hidden = false;
  said.textContent = sentence;
  said.classList.add("field-error");
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("button[type=submit]")) {
    button.removeAttribute("aria-disabled");
    if (button.dataset.label) button.textContent = button.dataset.label;
  }
  form.elements.file.focus();
}

if (form && panel && window.fetch) {
  form.addEventListener("submit", async (event) => {
    const file = form.elements.file.files[0];
    if (!file || !form.elements.kind.value) return; // the server's own sentences
    event.preventDefault();
    panel.hidden = false;
    said.classList.remove("field-error");
    try {
      const told = await upload(file);
      window.location.assign(told.done);
      if (told.done === window.location.pathname) window.location.reload();
    } catch (failure) {
      refuse(failure instanceof Refused ? failure.message : panel.dataset.failed);
    }
  });
}
