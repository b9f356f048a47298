// The dossier beside the sheet: the page of the dossier is fetched and its text shown, without its forms. A link leads there too.

const tidy = (main) => {
  for (const node of main.querySelectorAll("script, form, .next-step, .to-side, .alert, nav, button")) node.remove();
  for (const node of main.querySelectorAll("[id], [data-keep]")) node.removeAttribute("id");
  for (const link of main.querySelectorAll("a[href]")) {
    link.target = "_blank";
    link.rel = "noopener";
  }
  for (const head of main.querySelectorAll("h1, h2")) {
    const lower = document.createElement(head.tagName === "H1" ? "h2" : "h3");
    lower.append(...head.childNodes);
    head.replaceWith(lower);
  }
  for (const wrap of main.querySelectorAll(".table-wrap")) wrap.tabIndex = 0;
  for (const node of main.querySelectorAll("[aria-labelledby], [aria-describedby]")) {
    node.removeAttribute("aria-labelledby");
    node.removeAttribute("aria-describedby");
  }
};

for (const place of document.querySelectorAll("[data-dossier]")) {
  (async () => {
    try {
      const answer = await fetch(place.dataset.dossier, { redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const main = page.querySelector("main");
      tidy(main);
      const text = document.createElement("div");
      text.className = "dossier-text";
      text.append(...main.childNodes);
      place.replaceChildren(text);
    } catch {
      place.textContent = place.dataset.failed;
    }
  })();
}
