// Items of the plan that may fit what is being typed. The page works without this file; nothing is chosen without a click.

const WAIT = 500;

for (const box of document.querySelectorAll("[data-suggest]")) {
  const { suggest, plan, choice, title, aim, choose, chosen, why } = box.dataset;
  const select = document.getElementById(choice);
  const list = box.querySelector("[data-suggest-list]");
  const none = box.querySelector("[data-suggest-none]");
  const status = box.querySelector("[data-suggest-status]");
  const near = document.querySelector("[data-suggest-near]");
  const typed = [title, aim].map((id) => (id ? document.getElementById(id) : null));
  let timer = 0;
  let asked = 0;
  let last = "";

  const pick = (button) => {
    const option = [...select.options].find((o) => o.value === button.dataset.pick);
    if (!option) return;
    select.value = option.value;
    select.dispatchEvent(new Event("input", { bubbles: true }));
    select.dispatchEvent(new Event("change", { bubbles: true }));
    status.textContent = chosen.replace("{item}", option.textContent.trim());
    select.focus();
  };

  const make = (one) => {
    const row = document.createElement("li");
    const label = document.createElement("span");
    label.textContent = one.label;
    row.append(label, " ");
    if (one.why.length) {
      const reason = document.createElement("span");
      reason.className = "hint";
      reason.textContent = why.replace("{words}", one.why.join(", "));
      row.append(reason, " ");
    }
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm btn-outline-primary";
    button.dataset.pick = one.pid;
    const name = document.createElement("span");
    name.className = "visually-hidden";
    name.textContent = ` ${one.item}`;
    button.append(choose, name);
    row.append(button);
    return row;
  };

  const ask = async () => {
    const [words, aims] = typed.map((field) => (field ? field.value.trim() : ""));
    const query = new URLSearchParams({ title: words.slice(0, 500), aim: aims.slice(0, 1000), ...(plan ? { plan } : {}) }).toString();
    if (query === last || words.length + aims.length < 8) return;
    last = query;
    asked += 1;
    const mine = asked;
    try {
      const answer = await fetch(`${suggest}?${query}`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok || mine !== asked) return;
      const found = await answer.json();
      if (mine !== asked) return;
      none.hidden = !found.none;
      list.replaceChildren(...found.suggestions.map(make));
      if (near) {
        near.hidden = found.none || !found.suggestions.length;
        near.textContent = near.dataset.text.replace("{items}", found.suggestions.map((one) => one.item).join(", "));
      }
    } catch {
      // no connection: what is shown stays, the list of all items works
    }
  };

  for (const button of list.querySelectorAll("[data-pick]")) button.hidden = !select;
  if (!select) continue;
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pick]");
    if (button) pick(button);
  });
  for (const field of typed.filter(Boolean)) {
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT);
    });
  }
}
