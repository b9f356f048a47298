// Forms whose questions are data: rows of tables, questions that hang on an answer, saving while typing.
// Every page works without this file: buttons then send the form.

const answerOf = (form, code) => {
  const control = form.elements[code];
  if (!control) return "";
  if (control instanceof RadioNodeList) {
    return [...control].filter((c) => (c.type !== "checkbox" && c.type !== "radio") || c.checked).map((c) => c.value).join("\n");
  }
  if (control.type === "file") {
    const taken = form.elements[`${code}-remove`];
    return control.value || (control.dataset.stored && !(taken && taken.checked) ? control.dataset.stored : "");
  }
  return control.type === "checkbox" || control.type === "radio" ? (control.checked ? control.value : "") : control.value.trim();
};
const number = (text) => {
  const bare = text.replace(/[đ\s]/g, "");
  const plain = /^\d{1,3}([.]\d{3})+$/.test(bare) ? bare.replaceAll(".", "") : bare.replace(",", ".");
  return bare === "" ? NaN : Number(plain);
};
const holds = (op, have, want) => {
  if (op === "filled") return have !== "";
  if (op === "empty") return have === "";
  if (op === "more_than") return number(have) > Number(want);
  if (op === "less_than") return number(have) < Number(want);
  const same = have.split("\n").includes(want) || (want !== "" && number(have) === Number(want));
  return op === "is" ? same : !same;
};
const ask = (form) => {
  const hidden = new Set();
  for (const box of form.querySelectorAll("[data-when]")) {
    const have = hidden.has(box.dataset.when) ? "" : answerOf(form, box.dataset.when);
    box.hidden = !holds(box.dataset.op, have, box.dataset.value);
    const inner = box.querySelector("input:not([type=hidden]), select, textarea");
    const code = box.dataset.rowsOf || (inner && inner.name);
    if (box.hidden && code) hidden.add(code);
  }
};

const rows = (form, event) => {
  const button = event.target.closest("[data-row-add], [data-row-remove]");
  if (!button) return;
  const group = button.closest("[data-rows-of]");
  const body = group.querySelector("[data-rows-body]");
  event.preventDefault();
  if (button.matches("[data-row-remove]")) {
    const next = button.closest("tr").nextElementSibling || button.closest("tr").previousElementSibling;
    button.closest("tr").remove();
    ((next && next.querySelector("input, select, textarea")) || group.querySelector("[data-row-add]")).focus();
  } else if (body.rows.length < Number(group.dataset.most)) {
    const numbers = [...body.querySelectorAll("[name]")].map((c) => Number((c.name.match(/-(\d+)-/) || [0, -1])[1]));
    const piece = document.createElement("template");
    const next = Math.max(-1, ...numbers) + 1;
    piece.innerHTML = group.querySelector("template[data-row-model]").innerHTML.replaceAll("__n__", String(next)).replaceAll("__m__", String(next + 1));
    const row = piece.content.querySelector("tr");
    body.append(row);
    row.querySelector("input, select, textarea").focus();
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
};

const autosave = (form) => {
  const line = form.querySelector("[data-save-state]");
  let timer = 0;
  let dirty = false;
  let stopped = false;
  let running = null;
  let sending = false;
  const say = (what, time) => { line.textContent = (line.dataset[what] || "").replace("{time}", time || ""); };
  const later = (wait) => { clearTimeout(timer); timer = setTimeout(save, wait); };
  const send = async () => {
    const data = new FormData(form);
    data.set("draft_key", data.get("once") || "");
    data.delete("once");
    for (const control of form.querySelectorAll("input[type=file]")) data.delete(control.name); // a file goes out with the button, once
    dirty = false;
    let answer;
    try {
      answer = await fetch(form.dataset.autosave, { method: "POST", body: data, redirect: "error" });
    } catch {
      answer = null;
    }
    if (answer && !answer.ok && (answer.headers.get("Content-Type") || "").startsWith("application/json")) {
      stopped = answer.status === 409; // for good, the deadline has passed; what is too long may still be mended
      dirty = true;
      line.textContent = (await answer.json()).refused;
      return;
    }
    if (answer && answer.status === 409) {
      stopped = true;
      dirty = true;
      say("conflict");
      return;
    }
    if (!answer || !answer.ok) {
      dirty = true;
      say("failed");
      later(15000);
      return;
    }
    const told = await answer.json();
    for (const [code, text] of Object.entries(told.calculated || {})) {
      const place = document.getElementById(code);
      if (place && place.matches("[data-calculated]") && place.textContent !== text) place.textContent = text;
    }
    if (told.gap) { say("gap"); return; }
    form.elements.version.value = told.version;
    if (told.edit) {
      form.action = told.edit;
      form.dataset.autosave = told.autosave;
      window.history.replaceState(null, "", told.edit);
    }
    say(dirty ? "waiting" : "saved", told.time);
  };
  const save = async () => {
    clearTimeout(timer);
    if (!dirty || stopped || sending || running) return;
    running = send();
    await running;
    running = null;
    if (dirty && !stopped && !sending) later(2000);
  };
  form.addEventListener("input", () => {
    dirty = true;
    if (stopped) return;
    say("waiting");
    later(2000);
  });
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    sending = true;
    if (!running) return;
    event.preventDefault(); // what is being saved must end first, or this sending would be overtaken by it
    const { submitter } = event;
    await running;
    delete form.dataset.sent;
    form.requestSubmit(submitter);
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  window.addEventListener("beforeunload", (event) => { if (dirty && !sending) event.preventDefault(); });
};

for (const form of document.querySelectorAll("form[data-sheet]")) {
  form.addEventListener("click", (event) => rows(form, event));
  form.addEventListener("input", () => ask(form));
  form.addEventListener("change", () => ask(form));
  ask(form);
  if (form.dataset.autosave) autosave(form);
}
// a plain form that is kept while typing
for (const form of document.querySelectorAll("form[data-autosave]:not([data-sheet])")) autosave(form);
