/** An answer by voice: at most two minutes, to be heard again, made anew or deleted. */

import { hush } from "./aloud.js?v={{version}}";
import { askBefore } from "./doors.js?v={{version}}";
import { keeper, kept, player } from "./made.js?v={{version}}";
import { button, emoji, h, svg, t } from "./page.js?v={{version}}";

const LONGEST = 120_000;
const BITS = 32_000;
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const AROUND = 2 * Math.PI * 46;

/** The control on the screen now: a recording may end when its own has been drawn anew. */
const showing = {};

export function control(node, child) {
  const keep = keeper(node, child);
  const ring = svg("circle", {
    cx: 50,
    cy: 50,
    r: 46,
    class: "voice__ring",
    "stroke-dasharray": AROUND,
    "stroke-dashoffset": AROUND,
  });
  const sign = emoji("🎤");
  const words = h("span", {});
  const said = h("p", { class: "voice__said", role: "status" });
  const place = h("div", { class: "making__made" });
  const record = h(
    "button",
    {
      type: "button",
      class: "voice__button",
      id: `${node.name}-record`,
      "data-record": "",
      onclick: () => (recorder ? recorder.stop() : start()),
    },
    svg(
      "svg",
      { viewBox: "0 0 100 100", class: "voice__circle", "aria-hidden": "true", focusable: "false" },
      svg("circle", { cx: 50, cy: 50, r: 46, class: "voice__track" }),
      ring,
    ),
    sign,
    words,
  );
  const box = h(
    "div",
    { class: "making voice" },
    h("p", { class: "making__how", "data-aloud": "" }, t("voice.how")),
    record,
    said,
    place,
  );
  let recorder;
  let hasOne = false;

  const face = () => {
    box.classList.toggle("is-recording", !!recorder);
    box.classList.toggle("has-one", hasOne && !recorder);
    sign.textContent = recorder ? "⏹️" : "🎤";
    words.textContent = t(recorder ? "voice.finish" : hasOne ? "voice.again" : "voice.start");
    place.hidden = !!recorder;
  };

  function show(blob) {
    hasOne = !!blob;
    const askToDelete = () => askBefore("voice.delete", remove, { "data-delete-yes": "" });
    const away = () => button(t("voice.delete"), askToDelete, "button--quiet", { "data-delete": "" });
    place.replaceChildren(...(blob ? [player(blob), away()] : []));
    face();
  }

  /** What counts: a time of a repeat or a child may have come in between that has an answer of its own. */
  const showKept = async () => show(await kept(node, child).catch(() => undefined));

  async function remove() {
    await keep.remove();
    show();
    said.textContent = t("voice.deleted");
    record.focus();
  }

  async function start() {
    hush();
    if (!navigator.mediaDevices?.getUserMedia || !globalThis.MediaRecorder) return explain("voice.impossible");
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    } catch (error) {
      return explain(error.name === "NotAllowedError" ? "voice.refused" : "voice.none");
    }
    if (!box.isConnected) return release(stream);
    listen(stream);
    return undefined;
  }

  function listen(stream) {
    const pieces = [];
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS });
    const mine = recorder;
    const begun = Date.now();
    const watch = setInterval(() => {
      const part = Math.min(1, (Date.now() - begun) / LONGEST);
      ring.setAttribute("stroke-dashoffset", AROUND * (1 - part));
      if ((part === 1 || !box.isConnected || document.hidden) && mine.state !== "inactive") mine.stop();
    }, 250);
    mine.ondataavailable = ({ data }) => pieces.push(data);
    mine.onstop = async () => {
      clearInterval(watch);
      release(stream);
      recorder = undefined;
      const blob = new Blob(pieces, { type: mine.mimeType.split(";")[0] });
      ring.setAttribute("stroke-dashoffset", AROUND);
      said.textContent = t(Date.now() - begun >= LONGEST ? "voice.full" : "voice.recorded");
      if (blob.size) await keep.save(() => blob);
      await (showing[node.name] ?? showKept)();
      place.scrollIntoView({ block: "nearest" });
    };
    mine.start(1_000);
    said.textContent = t("voice.listening");
    face();
  }

  function explain(key) {
    record.hidden = key === "voice.impossible";
    place.replaceChildren(h("p", { class: "notice", role: "alert", "data-no-voice": key, "data-aloud": "" }, t(key)));
  }

  showing[node.name] = showKept;
  face();
  kept(node, child).then((blob) => blob && show(blob));
  return box;
}

const release = (stream) => stream.getTracks().forEach((track) => track.stop());
