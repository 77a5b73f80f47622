/** Staff sign-in: an ordinary form; here only the language, the error told by the address, and showing the password. */

import { messages } from "./messages-pages.js?v={{version}}";
import { fill, languageSwitch, learn, t } from "./page.js?v={{version}}";

learn(messages);

const password = document.getElementById("password");
const toggle = document.getElementById("show-password");
const problem = new URLSearchParams(location.search).get("error");

languageSwitch(document.getElementById("languages"), () => {
  fill();
  label();
  if (["credentials", "locked", "unavailable"].includes(problem)) {
    document.getElementById("sign-in-error").textContent = t(`sign-in.error.${problem}`);
  }
});

toggle.addEventListener("click", () => {
  password.type = password.type === "password" ? "text" : "password";
  label();
});

function label() {
  const visible = password.type === "text";
  toggle.setAttribute("aria-pressed", String(visible));
  toggle.textContent = t(visible ? "sign-in.hide" : "sign-in.show");
}
