/** Pages that only say something: texts in the language chosen, and the poster's code in two groups of three. */

import { messages } from "./messages-pages.js?v={{version}}";
import { fill, languageSwitch, learn, t } from "./page.js?v={{version}}";

learn(messages);

const problem = document.getElementById("page-error");

languageSwitch(document.getElementById("languages"), () => {
  fill();
  if (problem && location.search.includes("error=")) problem.textContent = t("sign-out.error");
});

const code = document.querySelector("[data-code]");
if (code) {
  const digits = code.dataset.code.replace(/\D/g, "");
  const group = (part) => Object.assign(document.createElement("span"), { textContent: part });
  // Read out digit by digit, not as a number.
  code.setAttribute("role", "img");
  code.setAttribute("aria-label", [...digits].join(" "));
  code.replaceChildren(group(digits.slice(0, 3)), group(digits.slice(3)));
}
