// Titles below the search box while one types. The box works without this file.

const WAIT = 250;

export function suggest(box) {
  const list = document.createElement("ul");
  list.className = "search-suggested";
  list.hidden = true;
  box.after(list);
  let timer = 0;
  let asked = 0;

  const close = () => {
    list.hidden = true;
  };
  const make = (one) => {
    const row = document.createElement("li");
    const link = document.createElement("a");
    link.href = one.url;
    const kind = document.createElement("span");
    kind.className = "hint";
    kind.textContent = ` ${one.kind}`;
    link.append(one.title, kind);
    row.append(link);
    return row;
  };
  const ask = async () => {
    asked += 1;
    const mine = asked;
    const words = box.value.trim();
    if (words.length < 2) return close();
    try {
      const answer = await fetch(`${box.dataset.search}?${new URLSearchParams({ q: words.slice(0, 300) })}`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok || mine !== asked) return undefined;
      const { found } = await answer.json();
      if (mine !== asked) return undefined;
      list.replaceChildren(...found.map(make));
      list.hidden = !found.length;
    } catch {
      // no connection: Enter still searches
    }
    return undefined;
  };
  const links = () => [...list.querySelectorAll("a")];

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  box.form.addEventListener("keydown", (event) => {
    const all = links();
    const at = all.indexOf(document.activeElement);
    if (event.key === "Escape") {
      close();
      box.focus();
    } else if (event.key === "ArrowDown" && !list.hidden && all.length) {
      event.preventDefault();
      all[Math.min(at + 1, all.length - 1)].focus();
    } else if (event.key === "ArrowUp" && at >= 0) {
      event.preventDefault();
      (all[at - 1] || box).focus();
    }
  });
  box.form.addEventListener("focusout", (event) => {
    if (!box.form.contains(event.relatedTarget)) close();
  });
}
