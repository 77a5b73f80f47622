/** What every page is built with: elements without HTML strings, texts in the language chosen, dialogs. */

// The server puts them in: the texts that every page may need, and the animals of the cards.
const messages = {{messages}};
export const animals = {{animals}};

let language = "vi";

export const LANGUAGES = { vi: "Tiếng Việt", km: "ភាសាខ្មែរ", en: "English" };

export function speak(chosen) {
  language = chosen in messages ? chosen : "vi";
  document.documentElement.lang = language;
}

export const spoken = () => language;

/** Adds a part of the texts that is loaded only where it is needed. */
export function learn(part) {
  for (const [code, texts] of Object.entries(part)) Object.assign(messages[code], texts);
}

/** The message of this key; {name} in it is replaced from `values`. */
export function t(key, values = {}) {
  const text = messages[language][key] ?? messages.vi[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** An element: h("button", {class: "button", onclick}, "text", child…). Text is always text, never HTML. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  dress(element, properties);
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag, properties = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  dress(element, properties);
  element.append(...children);
  return element;
}

function dress(element, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
}

export const emoji = (character) => h("span", { class: "emoji", "aria-hidden": "true" }, character);

/** Hands the eye and the screen reader to what is new. */
export function focusOn(element) {
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** A dialog that asks; `build(close)` gives its content. Escape closes it, the focus goes back where it was. The dialog. */
export function ask(labelKey, build) {
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "dialog-title" });
  const close = () => dialog.close();
  dialog.append(h("h2", { id: "dialog-title", tabindex: "-1", "data-aloud": "" }, t(labelKey)), ...build(close));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("h2").focus();
  return dialog;
}

export const button = (label, onclick, look = "", more = {}) =>
  h("button", { type: "button", class: `button ${look}`.trim(), onclick, ...more }, label);

/** The hotline as a link that telephones dial. */
export const hotline = () =>
  h("a", { class: "hotline", href: "tel:111" }, emoji("☎️"), h("strong", {}, "111"), ` ${t("hotline.free")}`);

/** Fills every element that names a message: <h1 data-t="home.title"></h1>, data-t-label for aria-label. */
export function fill(root = document) {
  for (const element of root.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of root.querySelectorAll("[data-t-label]"))
    element.setAttribute("aria-label", t(element.dataset.tLabel));
}

/** Small language switch of the pages for everybody; remembered, unlike a child's choice on a shared tablet. */
export function languageSwitch(place, changed) {
  const choose = (chosen) => {
    speak(chosen);
    try {
      localStorage.setItem("language", chosen);
    } catch {
      // Without storage the choice holds for this page.
    }
    draw();
    changed();
  };
  const draw = () =>
    place.replaceChildren(
      ...Object.entries(LANGUAGES).map(([code, name]) =>
        button(name, () => choose(code), "button--language", { lang: code, "aria-pressed": String(code === language) }),
      ),
    );
  speak(rememberedLanguage());
  draw();
  changed();
}

/** The code of the consultation that this tablet is handed from child to child for, or null. */
export function handedAround() {
  try {
    return localStorage.getItem("hand-around");
  } catch {
    return null;
  }
}

export function rememberedLanguage() {
  let known;
  try {
    known = localStorage.getItem("language");
  } catch {
    known = null;
  }
  return (
    known ?? navigator.languages?.map((one) => one.slice(0, 2)).find((one) => one in LANGUAGES && one !== "en") ?? "vi"
  );
}
