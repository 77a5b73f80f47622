/** Drawing with a finger, a mouse or the arrow keys; kept as a picture after every stroke. */

import { askBefore } from "./doors.js?v={{version}}";
import { LARGEST_PICTURE, blobOf, keeper, kept } from "./made.js?v={{version}}";
import { button, emoji, h, t } from "./page.js?v={{version}}";

const WIDTH = 1000;
const HEIGHT = 750;
const PAPER = "#ffffff";
const INKS = {
  black: "#26211e",
  red: "#d3302b",
  orange: "#f08a1c",
  yellow: "#f9cf2e",
  green: "#1f8f4e",
  blue: "#2166cc",
  purple: "#7d43b0",
  pink: "#f27fae",
  brown: "#8b5a30",
  rubber: PAPER,
};
const BREADTHS = { thin: 6, middle: 14, thick: 32 };
const STEP = 25;

/** The pens that this child has in her hand stay the same from one drawing to the next. */
let ink = "black";
let breadth = "middle";

export function control(node, child) {
  const keep = keeper(node, child);
  const canvas = h("canvas", {
    class: "drawing__paper",
    id: `${node.name}-paper`,
    width: WIDTH,
    height: HEIGHT,
    tabindex: "0",
    role: "application",
    "aria-label": t("draw.paper"),
    "aria-describedby": `${node.name}-how`,
  });
  const pen = canvas.getContext("2d");
  const said = h("p", { class: "unseen", role: "status" });
  const point = h("span", { class: "drawing__point", hidden: true });
  const strokes = [];
  let ground;
  let stroke;

  const undo = tool("↩️", "draw.undo", () => {
    strokes.pop();
    paintAll();
    keepNow();
  });
  const clear = tool("🗑️", "draw.clear", () => askBefore("draw.clear", startAnew, { "data-clear-yes": "" }));

  function startAnew() {
    strokes.length = 0;
    ground = undefined;
    paintAll();
    keepNow();
    canvas.focus();
  }

  const isBlank = () => !ground && !strokes.length;
  const tools = () => {
    undo.disabled = !strokes.length;
    clear.disabled = isBlank();
  };

  function paintAll() {
    pen.fillStyle = PAPER;
    pen.fillRect(0, 0, WIDTH, HEIGHT);
    if (ground) pen.drawImage(ground, 0, 0, WIDTH, HEIGHT);
    strokes.forEach((one) => paint(one, 0));
    tools();
  }

  /** The part of a stroke after its point number `from`. */
  function paint({ points, color, width }, from) {
    Object.assign(pen, { strokeStyle: color, lineWidth: width, lineCap: "round", lineJoin: "round" });
    pen.beginPath();
    pen.moveTo(...points[Math.max(0, from - 1)]);
    for (const [x, y] of points.slice(from)) pen.lineTo(x, y);
    pen.stroke();
  }

  function begin(at) {
    stroke = { points: [at], color: INKS[ink], width: BREADTHS[breadth] * (ink === "rubber" ? 2 : 1) };
    strokes.push(stroke);
    paint(stroke, 0);
    tools();
  }

  function goTo(...places) {
    const from = stroke.points.length;
    stroke.points.push(...places);
    paint(stroke, from);
  }

  function finish() {
    if (!stroke) return;
    stroke = undefined;
    keepNow();
  }

  const keepNow = () => (isBlank() ? keep.remove() : keep.save(() => picture(canvas)));

  const placeOf = ({ clientX, clientY }) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return [((clientX - left) / width) * WIDTH, ((clientY - top) / height) * HEIGHT];
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (stroke || event.button) return;
    canvas.setPointerCapture(event.pointerId);
    point.hidden = true;
    begin(placeOf(event));
    stroke.pointer = event.pointerId;
  });
  canvas.addEventListener("pointermove", (event) => {
    if (stroke?.pointer !== event.pointerId) return;
    const all = event.getCoalescedEvents?.() ?? [];
    goTo(...(all.length ? all : [event]).map(placeOf));
  });
  for (const over of ["pointerup", "pointercancel"])
    canvas.addEventListener(over, (event) => stroke?.pointer === event.pointerId && finish());

  let at = [WIDTH / 2, HEIGHT / 2];
  const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const showPoint = () => {
    point.hidden = false;
    point.style.left = `${(at[0] / WIDTH) * 100}%`;
    point.style.top = `${(at[1] / HEIGHT) * 100}%`;
    point.classList.toggle("is-down", !!stroke);
  };
  canvas.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (!move && event.key !== " ") return;
    event.preventDefault();
    if (move) {
      at = [clamp(at[0] + move[0] * STEP, WIDTH), clamp(at[1] + move[1] * STEP, HEIGHT)];
      if (stroke) goTo(at);
    } else {
      if (stroke) finish();
      else begin(at);
      said.textContent = t(stroke ? "draw.down" : "draw.up");
    }
    showPoint();
  });
  canvas.addEventListener("blur", () => {
    point.hidden = true;
    if (stroke?.pointer === undefined) finish();
  });

  paintAll();
  kept(node, child).then(async (blob) => {
    if (!blob) return;
    ground = await createImageBitmap(blob);
    paintAll();
  });

  return h(
    "div",
    { class: "drawing" },
    h(
      "p",
      { class: "making__how", id: `${node.name}-how`, "data-aloud": t("draw.how") },
      t("draw.how"),
      h("span", { class: "unseen" }, ` ${t("draw.keys")}`),
    ),
    h("div", { class: "drawing__sheet" }, canvas, point),
    pens(node, "ink", INKS, ink, (name) => (ink = name)),
    h(
      "div",
      { class: "drawing__tools" },
      pens(node, "breadth", BREADTHS, breadth, (name) => (breadth = name)),
      undo,
      clear,
    ),
    said,
  );
}

const clamp = (value, most) => Math.min(most, Math.max(0, value));

const tool = (sign, key, act) => {
  const made = button(emoji(sign), act, "pen", { "aria-label": t(key), title: t(key) });
  made.dataset.tool = key.split(".")[1];
  return made;
};

const NAMES = {
  black: "draw.black",
  red: "draw.red",
  orange: "draw.orange",
  yellow: "draw.yellow",
  green: "draw.green",
  blue: "draw.blue",
  purple: "draw.purple",
  pink: "draw.pink",
  brown: "draw.brown",
  rubber: "draw.rubber",
  thin: "draw.thin",
  middle: "draw.middle",
  thick: "draw.thick",
};

/** Radio buttons that look like what they draw. */
function pens(node, kind, all, chosen, choose) {
  const one = (name) => {
    const input = h("input", {
      type: "radio",
      name: `${node.name}-${kind}`,
      "aria-label": t(NAMES[name]),
      checked: name === chosen,
      "data-pen": name,
      onchange: () => choose(name),
    });
    const sign = h(
      "span",
      { class: `pen__sign pen__sign--${name}`, "aria-hidden": "true" },
      name === "rubber" ? "🧽" : "",
    );
    if (kind === "ink") sign.style.backgroundColor = all[name];
    return h("label", { class: "tile pen" }, input, sign);
  };
  return h(
    "div",
    { class: `pens pens--${kind}`, role: "radiogroup", "aria-label": t(kind === "ink" ? "draw.ink" : "draw.breadth") },
    Object.keys(all).map(one),
  );
}

/** Flat colours make a small PNG; a drawing with very many strokes may need the other. */
async function picture(canvas) {
  const exact = await blobOf(canvas, "image/png");
  return exact.size <= LARGEST_PICTURE ? exact : blobOf(canvas, "image/jpeg", 0.8);
}
