// The tour on the desk: one stop after the other, with a frame around what it speaks of. Without this file all stops are read at once.

export function walk(panel) {
  const stops = [...panel.querySelectorAll("[data-stop]")];
  const line = document.createElement("p");
  const place = document.createElement("p");
  place.setAttribute("role", "status");
  const button = (text, step) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-sm btn-outline-primary";
    made.textContent = text;
    made.addEventListener("click", () => show(at + step));
    return made;
  };
  let at = 0;
  let framed = null;
  const back = button(panel.dataset.back, -1);
  const next = button(panel.dataset.next, 1);
  const unframe = () => {
    if (framed) framed.classList.remove("tour-frame");
    framed = null;
  };

  function show(wanted) {
    at = Math.max(0, Math.min(wanted, stops.length - 1));
    unframe();
    framed = [...document.querySelectorAll(stops[at].dataset.stop)].find((found) => !panel.contains(found)) || null;
    if (framed) framed.classList.add("tour-frame");
    place.textContent = `${panel.dataset.place.replace("{n}", at + 1).replace("{all}", stops.length)}: ${stops[at].textContent}`;
    // a button that had the focus and can go no further hands it to the other
    const held = document.activeElement;
    back.disabled = at === 0;
    next.disabled = at === stops.length - 1;
    if (held === back && back.disabled) next.focus();
    if (held === next && next.disabled) back.focus();
  }

  line.append(back, " ", next);
  panel.querySelector("ol").hidden = true;
  panel.querySelector("ol").after(place, line);
  show(0);
}
