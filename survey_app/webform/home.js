/** The public home: a code opens the form; surveys that are open to everybody are listed. */

import { messages } from "./messages-pages.js?v={{version}}";
import { fill, h, handedAround, languageSwitch, learn, t } from "./page.js?v={{version}}";

learn(messages);

// A tablet in the hands of a class stays with its consultation until the teacher takes it out of it.
if (handedAround()) location.replace(`/join/${handedAround()}`);

const field = document.getElementById("code");

languageSwitch(document.getElementById("languages"), () => fill());

document.getElementById("code-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const code = field.value.replace(/\D/g, "");
  if (code.length === 6) return location.assign(`/join/${code}`);
  document.getElementById("code-error").textContent = t("home.code.wrong");
  return field.focus();
});

field.addEventListener("input", () => {
  const digits = field.value.replace(/\D/g, "").slice(0, 6);
  field.value = digits.length > 3 ? `${digits.slice(0, 3)} ${digits.slice(3)}` : digits;
  document.getElementById("code-error").textContent = "";
});

async function listSurveys() {
  const response = await fetch("/api/community-surveys");
  const { surveys } = await response.json();
  document.getElementById("no-surveys").hidden = surveys.length > 0;
  document
    .getElementById("surveys")
    .append(
      ...surveys.map(({ code, title, commune }) =>
        h(
          "li",
          {},
          h(
            "a",
            { class: "button button--wide survey", href: `/join/${code}` },
            h("strong", {}, title),
            h("span", {}, commune),
          ),
        ),
      ),
    );
}

// Without a network the list stays empty; a code works all the same.
listSurveys().catch(() => {});
navigator.serviceWorker?.register("/sw.js");
