// Small helps for forms and menus. Every page works without this file.

const busyWord = document.documentElement.dataset.busy || "…";

// menus made of <details>: close on Escape and on a click elsewhere
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// after a refused form the list of problems gets the focus; its links lead to the controls
const problems = document.querySelector(".error-summary");
if (problems) problems.focus();

// words written so far, told politely
const words = (text) => text.trim().split(/\s+/).filter(Boolean).length;
for (const area of document.querySelectorAll("textarea[data-words], textarea[data-longest]")) {
  const line = document.getElementById(`${area.id}-count`);
  if (!line) continue;
  const limit = Number(area.dataset.words || 0);
  const show = () => {
    const have = limit ? words(area.value) : area.value.trim().length;
    const most = limit || Number(area.dataset.longest);
    line.textContent = line.dataset.text.replace("{have}", have).replace("{most}", most);
    line.classList.toggle("over", have > most);
  };
  area.addEventListener("input", show);
  show();
}

// a field for one line that is long (a title) grows with its text; line breaks typed or pasted into it become a blank
const oneLine = (text) => text.replace(/\s*[\r\n]+\s*/g, " ");
const growing = window.CSS && CSS.supports("field-sizing", "content");
const grow = (area) => {
  if (growing) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
};
for (const area of document.querySelectorAll("textarea[data-line]")) grow(area);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing && event.target.matches("textarea[data-line]")) event.preventDefault();
});
document.addEventListener("input", (event) => {
  const area = event.target;
  if (!area.matches || !area.matches("textarea[data-line]")) return;
  if (/[\r\n]/.test(area.value)) {
    const at = oneLine(area.value.slice(0, area.selectionStart)).length;
    area.value = oneLine(area.value);
    area.setSelectionRange(at, at);
  }
  grow(area);
}, true);

// amounts are grouped while typing: 1.250.000.000
const grouped = (text) => text.replace(/\D/g, "").replace(/^0+(?=\d)/, "").replace(/\B(?=(\d{3})+$)/g, ".");
const whole = (text) => /^\d*$|^\d{1,3}([. \u00a0]\d{3})+$/.test(text);
for (const input of document.querySelectorAll("input[data-money]")) {
  let before = input.value;
  input.addEventListener("input", (event) => {
    // digits that are added to a whole amount or taken from it; else 1.5 would become 15: such text is left to the server's sentence
    const edited = whole(before) && (/^\d+$/.test(event.data || "") || (event.inputType || "").startsWith("delete"));
    before = input.value;
    if (/[^\d. \u00a0]/.test(input.value) || !(edited || whole(input.value))) return;
    const digits = input.value.slice(0, input.selectionStart).replace(/\D/g, "").length;
    input.value = grouped(input.value);
    let at = 0;
    for (let seen = 0; at < input.value.length && seen < digits; at += 1) {
      if (/\d/.test(input.value[at])) seen += 1;
    }
    input.setSelectionRange(at, at);
    before = input.value;
  });
}

// a form that was sent is not sent again by a second click, and a changed form is not left unasked
let leaving = false;
for (const form of document.querySelectorAll("form[method=post]")) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name === "rehearse") return; // shows in another tab what would be sent: this form stays to be sent
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    leaving = true;
    for (const button of form.querySelectorAll("button[type=submit]")) {
      button.setAttribute("aria-disabled", "true");
      if (button === event.submitter && button.classList.contains("btn")) {
        // it keeps its size: the second of two clicks must not fall on the link beside it, which would undo the sending
        const { width, height } = button.getBoundingClientRect();
        Object.assign(button.style, { minWidth: `${width}px`, minHeight: `${height}px` });
        button.dataset.label = button.textContent;
        button.textContent = busyWord;
      }
    }
  });
  if ("keep" in form.dataset) {
    window.addEventListener("beforeunload", (event) => {
      if (changed && !leaving) event.preventDefault();
    });
  }
}
// back from the history: the kept page must be usable again
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  leaving = false;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button[type=submit]")) {
      button.removeAttribute("aria-disabled");
      if (button.dataset.label) button.textContent = button.dataset.label;
    }
  }
});

// rows of a table-like form: <div data-rows> with a <template> inside and a button [data-add-row]
for (const group of document.querySelectorAll("[data-rows]")) {
  const model = group.querySelector("template");
  const button = group.querySelector("[data-add-row]");
  if (!model || !button) continue;
  let next = Number(group.dataset.rows);
  button.hidden = false;
  button.addEventListener("click", () => {
    const piece = document.createElement("template");
    piece.innerHTML = model.innerHTML.replaceAll("__n__", String(next));
    next += 1;
    const first = piece.content.querySelector("input, select, textarea");
    (group.querySelector("[data-rows-body]") || group).append(piece.content);
    if (first) first.focus();
  });
}

// pages that show a running session ask for a fresh copy now and then
const wait = Number(document.body.dataset.refresh || 0);
if (wait) {
  setInterval(() => {
    const busy = document.activeElement && document.activeElement.matches("input, textarea, select");
    if (!document.hidden && !busy && !leaving) window.location.reload();
  }, wait * 1000);
}

// a table wider than the page can be scrolled with the keyboard too; a window may become narrower at any time
const reach = (wrap) => {
  const hint = wrap.previousElementSibling && wrap.previousElementSibling.matches(".wide-hint") ? wrap.previousElementSibling : null;
  if (wrap.scrollWidth <= wrap.clientWidth) {
    if (hint) hint.remove();
    for (const name of ["tabindex", "role", "aria-label"]) wrap.removeAttribute(name);
    return;
  }
  const caption = wrap.querySelector("caption");
  wrap.tabIndex = 0;
  wrap.setAttribute("role", "group");
  if (!hint) {
    const line = document.createElement("p");
    line.className = "hint wide-hint";
    line.textContent = `↔ ${document.documentElement.dataset.wide || ""}`;
    wrap.before(line);
  }
  wrap.setAttribute("aria-label", caption ? caption.textContent.trim() : document.title);
};
const widths = new ResizeObserver((entries) => entries.forEach((entry) => reach(entry.target)));
for (const wrap of document.querySelectorAll(".table-wrap")) {
  reach(wrap);
  widths.observe(wrap);
}

// the search box: "/" leads to it, titles are suggested while one types
const box = document.querySelector("[data-search]");
if (box) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
  import("./search.js").then((found) => found.suggest(box)).catch(() => {});
}

// the tour of who is new here
const tour = document.querySelector("[data-tour]");
if (tour) import("./tour.js").then((found) => found.walk(tour)).catch(() => {});
