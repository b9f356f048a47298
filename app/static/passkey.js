// Passkeys: the device is asked, its answer goes into the form's field "credential". Also: forms that send themselves, and printing.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

const make = async (options) => {
  const publicKey = { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: known(options.excludeCredentials) };
  const made = await navigator.credentials.create({ publicKey });
  const { clientDataJSON, attestationObject } = made.response;
  return { id: made.id, rawId: made.id, type: made.type, response: { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject) } };
};

const show = async (options) => {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) };
  const shown = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature, userHandle } = shown.response;
  const response = { clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature), userHandle: userHandle ? text(userHandle) : null };
  return { id: shown.id, rawId: shown.id, type: shown.type, response };
};

for (const box of document.querySelectorAll("[data-passkey]")) {
  const form = box.closest("form");
  const status = box.querySelector("[data-passkey-status]");
  const act = box.dataset.passkey === "make" ? make : show;
  box.hidden = false;
  const ask = async () => {
    status.textContent = "";
    if (!window.PublicKeyCredential) {
      status.textContent = box.dataset.unable;
      return;
    }
    try {
      form.elements.credential.value = JSON.stringify(await act(JSON.parse(box.dataset.options)));
    } catch {
      status.textContent = box.dataset.failed;
      return;
    }
    form.submit();
  };
  box.querySelector("[data-passkey-go]")?.addEventListener("click", ask);
  if (act === make) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      ask();
    }, true);
  }
}

document.querySelector("form[data-send-at-once]")?.submit();

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
