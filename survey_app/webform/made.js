/** What children make (drawings, voices, photos): kept on the tablet as soon as it is made, shown again in the review. */

import { hush } from "./aloud.js?v={{version}}";
import { messages } from "./messages-making.js?v={{version}}";
import { emoji, h, learn, t } from "./page.js?v={{version}}";

learn(messages);

/** Bytes: the server takes a little more. */
export const LARGEST_PICTURE = 1_000_000;

/**
 * Keeps what is made for this question, one thing after the other: {save(make), remove()}. `make` gives the blob, asked for
 * when its turn comes, so that of many quick strokes only the last state is kept. Another child's draft is never touched,
 * and what has been skipped stays so.
 */
export function keeper(node, child) {
  const whose = child.seed;
  let last = Promise.resolve();
  let queued;
  const isHers = () => {
    try {
      return child.seed === whose && !child.isSkipped;
    } catch {
      return false;
    }
  };
  const inTurn = (work) => {
    last = last.then(() => isHers() && work()).catch(() => tell(node, "status.not-saved"));
    return last;
  };
  const save = (make) =>
    (queued ??= inTurn(async () => {
      queued = undefined;
      const blob = await make();
      const name = await child.attachments.keep(node, blob, blob.type);
      if (isHers()) child.set(node.name, name);
      else await child.attachments.remove(name);
    }));
  const remove = () => inTurn(() => child.set(node.name, undefined));
  return { save, remove };
}

/** Says below the question what went wrong. */
export function tell(node, key) {
  const place = document.getElementById(`error-${node.name}`);
  if (place) place.textContent = t(key);
}

/** Asks this tablet for what was made; undefined when it is not there. */
export async function kept(node, child) {
  const name = child.answers[node.name];
  return name && child.attachments.read(name).catch(() => undefined);
}

/** What is painted on a canvas as a file; `how` is its media type and quality. */
export const blobOf = (canvas, ...how) => new Promise((resolve) => canvas.toBlob(resolve, ...how));

/** A picture of one's own; `look` is its class. */
export function pictureOf(blob, look, alt) {
  const address = URL.createObjectURL(blob);
  const free = () => URL.revokeObjectURL(address);
  return h("img", { class: look, src: address, alt, onload: free, onerror: free });
}

/** A button that plays this sound and stops it again. */
export function player(blob) {
  let playing;
  const words = h("span", {});
  const sign = emoji("");
  const face = () => {
    sign.textContent = playing ? "⏹️" : "▶️";
    words.textContent = t(playing ? "voice.stop" : "voice.play");
  };
  const stop = () => {
    playing?.pause();
    if (playing) URL.revokeObjectURL(playing.src);
    playing = undefined;
    face();
  };
  const play = () => {
    hush();
    playing = new Audio(URL.createObjectURL(blob));
    playing.onended = playing.onerror = stop;
    playing.ontimeupdate = () => button.isConnected || stop();
    playing.play().catch(stop);
    face();
  };
  const button = h(
    "button",
    { type: "button", class: "button", "data-play": "", onclick: () => (playing ? stop() : play()) },
    sign,
    words,
  );
  face();
  return button;
}

/** An answer in the review. */
export function made(node, child) {
  const place = h("span", { class: "review__answer" });
  kept(node, child).then((blob) => {
    if (!blob) place.append(t("draw.elsewhere"));
    else if (node.type === "audio") place.append(player(blob));
    else place.append(pictureOf(blob, "review__made", t(node.appearance?.length ? "draw.made" : "photo.made")));
  });
  return place;
}
