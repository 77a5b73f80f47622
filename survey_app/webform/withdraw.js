/** Takes answers back: whoever has the receipt decides. */

import { messages } from "./messages-pages.js?v={{version}}";
import { fill, h, languageSwitch, learn, t } from "./page.js?v={{version}}";

learn(messages);

const form = document.getElementById("withdraw-form");
const field = document.getElementById("receipt");
const error = document.getElementById("receipt-error");
const result = document.getElementById("result");

languageSwitch(document.getElementById("languages"), () => fill());

field.addEventListener("input", () => (error.textContent = ""));

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const receipt = field.value.toUpperCase().replace(/[^A-Z0-9]/g, "");
  if (receipt.length !== 10) return complain("withdraw.wrong");
  const submit = form.querySelector("button");
  submit.disabled = true;
  try {
    const response = await fetch("/api/withdrawals", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ receipt }),
    });
    if (response.status === 404) return complain("withdraw.unknown");
    if (response.status === 429) return complain("withdraw.slow-down");
    if (!response.ok || !(await response.json()).withdrawn) return complain("withdraw.failed");
    form.hidden = true;
    result.append(h("h2", {}, t("withdraw.done.title")), h("p", {}, t("withdraw.done.lead")));
  } catch {
    return complain("withdraw.failed");
  } finally {
    submit.disabled = false;
  }
  return undefined;
});

function complain(key) {
  error.textContent = t(key);
  field.focus();
}
