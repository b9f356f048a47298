// Amounts and totals of an estimate while somebody types. Every page works without this file: the server computes the same when it is saved.

const UNITS = { "": 1, "đ": 1, "đồng": 1, "₫": 1, vnd: 1, "vnđ": 1, "nghìn": 1e3, "ngàn": 1e3, "triệu": 1e6, tr: 1e6, "tỷ": 1e9, "tỉ": 1e9 };
const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
const decimal = (text) => {
  if (/^\d{1,3}([. ]\d{3})+(,\d+)?$/.test(text)) return Number(text.replace(/[. ]/g, "").replace(",", "."));
  if (/^\d{1,3}(,\d{3})+$/.test(text)) return Number(text.replaceAll(",", ""));
  return /^\d+([.,]\d+)?$/.test(text) ? Number(text.replace(",", ".")) : NaN;
};
const amount = (text) => {
  const match = plain(text).match(/^([\d., ]*\d) ?([^\d\s.,]*)( đồng)?$/);
  return match && match[2] in UNITS ? decimal(match[1].trim()) * UNITS[match[2]] : NaN;
};
const shown = (number) => (Number.isFinite(number) ? `${Math.round(number).toString().replace(/\B(?=(\d{3})+$)/g, ".")}\u00a0đ` : "–");

const control = (line, name) => line.querySelector(`[data-cell=${name}]`) || line.querySelector(`[name=${name}]`);
const lineAmount = (line) => {
  const out = control(line, "out");
  const [quantity, price] = [control(line, "quantity").value, control(line, "price").value];
  if ((out && out.checked) || (!quantity.trim() && !price.trim())) return 0;
  return Math.round((Math.round(decimal(plain(quantity)) * 100) * amount(price)) / 100);
};

const add = (place) => {
  const lines = place.querySelectorAll("[data-line]");
  if (!lines.length) {
    const output = place.querySelector("[data-amount]");
    const sum = lineAmount(place);
    output.textContent = sum ? output.dataset.text.replace("{amount}", shown(sum)) : "";
    return;
  }
  const sums = { state: Number(place.dataset.state), counterpart: Number(place.dataset.counterpart) };
  for (const line of lines) {
    const made = lineAmount(line);
    line.querySelector("[data-amount]").textContent = shown(made);
    const source = control(line, "source").value;
    if (source in sums) sums[source] += made || 0;
  }
  for (const [name, sum] of Object.entries({ ...sums, all: sums.state + sums.counterpart })) {
    place.querySelector(`[data-sum=${name}]`).textContent = shown(sum);
  }
  const over = place.querySelector("[data-over]");
  if (over) over.hidden = sums.state <= Number(place.dataset.ceiling);
};

for (const place of document.querySelectorAll("[data-estimate]")) {
  place.addEventListener("input", () => add(place));
  place.addEventListener("change", () => add(place));
}
