/**
 * Keeps a copy of the form on the tablet, so that it opens and reloads without a network. It leaves /api/ alone: the page
 * itself keeps consultations and answers, also where there is no service worker (plain http in a school's network).
 * A new version waits until the page says that no child is answering.
 */

const VERSION = "{{version}}";
const CACHE = `webform-${VERSION}`;
const PAGE = "/join";
// Put in by the server: all that the form can ever load, also what is loaded late.
const FILES = {{files}};
const PATIENCE = 3_000;

self.addEventListener("install", (event) => event.waitUntil(keepCopy()));

async function keepCopy() {
  const cache = await caches.open(CACHE);
  // The files carry their version in the address: what the page has just loaded comes from the browser's own memory.
  await Promise.all([cache.addAll(FILES.map((file) => `/webform/${file}?v=${VERSION}`)), keepPage(cache)]);
}

async function keepPage(cache) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = windows.map((one) => new URL(one.url)).find((url) => isJoin(url));
  let response = open && (await fetch(open.pathname, { cache: "force-cache" }));
  let html = response?.ok ? await response.text() : "";
  if (!html.includes(`?v=${VERSION}`)) {
    response = await fetch(PAGE, { cache: "no-cache" });
    if (!response.ok) throw new Error(`page: ${response.status}`);
    html = await response.text();
  }
  // The copy serves every code: without the hint for the one it was made with.
  html = html.replace(/<link rel="preload"[^>]*>/, "");
  const headers = new Headers(response.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  await cache.put(PAGE, new Response(html, { headers }));
}

self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

async function takeOver() {
  const old = (await caches.keys()).filter((name) => name.startsWith("webform-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("message", (event) => {
  if (event.data === "activate") self.skipWaiting();
});

// Pictures and recordings of a questionnaire are kept by the page, beside its questions.
const isFile = ({ pathname }) => pathname.startsWith("/webform/") && !pathname.startsWith("/webform/media/");
const isJoin = (url) => url.pathname === "/join" || url.pathname.startsWith("/join/");

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && isJoin(url)) event.respondWith(fromCopy(PAGE, request));
  else if (request.mode === "navigate" && url.pathname === "/") event.respondWith(freshFirst(request));
  else if (isFile(url)) event.respondWith(fromCopy(request.url, request));
});

async function fromCopy(key, request) {
  const cache = await caches.open(CACHE);
  const copy = await cache.match(key);
  if (copy) return copy;
  const response = await fetch(request);
  if (response.ok && key !== PAGE) await cache.put(key, response.clone());
  return response;
}

/** The network when it answers in time, otherwise the copy; without a copy the network however long it takes. */
async function freshFirst(request) {
  const cache = await caches.open(CACHE);
  const fresh = fetch(request).then(async (response) => {
    if (response.ok) await cache.put(request, response.clone());
    return response;
  });
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE))
    .then(() => cache.match(request))
    .then((copy) => copy ?? fresh);
  return Promise.race([fresh, late]).catch(async (error) => (await cache.match(request)) ?? Promise.reject(error));
}
