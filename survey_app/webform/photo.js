/** A photo of things and places: made small on the tablet and freed of where and with what it was taken. */

import { LARGEST_PICTURE, blobOf, keeper, kept, pictureOf, tell } from "./made.js?v={{version}}";
import { button, emoji, h, t } from "./page.js?v={{version}}";

const SIDE = 1280;

export function control(node, child) {
  const keep = keeper(node, child);
  const place = h("div", { class: "making__made" });
  const words = h("span", {});
  const input = h("input", {
    type: "file",
    id: `${node.name}-photo`,
    accept: "image/*",
    capture: "environment",
    "aria-describedby": `${node.name}-how error-${node.name}`,
    onchange: async () => {
      const [file] = input.files;
      input.value = "";
      if (!file) return;
      try {
        const small = await shrunk(file, node.parameters?.["max-pixels"] ?? SIDE);
        await keep.save(() => small);
        show(small);
      } catch {
        tell(node, "photo.unreadable");
      }
    },
  });
  const show = (blob) => {
    words.textContent = t(blob ? "photo.again" : "photo.take");
    place.replaceChildren(
      ...(blob
        ? [
            pictureOf(blob, "making__picture", t("photo.made")),
            button(
              t("photo.delete"),
              async () => {
                await keep.remove();
                show();
                input.focus();
              },
              "button--quiet",
              { "data-delete": "" },
            ),
          ]
        : []),
    );
  };
  show();
  kept(node, child).then((blob) => blob && show(blob));
  return h(
    "div",
    { class: "making" },
    h("p", { class: "notice", id: `${node.name}-how`, "data-aloud": "" }, t("photo.how")),
    place,
    h("label", { class: "tile making__take" }, input, emoji("📷"), words),
  );
}

/** Drawn anew in this size: what else the file held (place, time, device) stays behind. */
async function shrunk(file, side) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const canvas = document.createElement("canvas");
  for (let scale = Math.min(1, side / Math.max(picture.width, picture.height)); ; scale *= 0.7) {
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await blobOf(canvas, "image/jpeg", 0.8);
    if (blob.size <= LARGEST_PICTURE) return blob;
  }
}
