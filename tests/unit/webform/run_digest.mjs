// Digests: [text or [byte, …], …] → each in hexadecimal.
import { sha256 } from "./digest.js";

export const run = (contents) => contents.map((one) => sha256(typeof one === "string" ? one : Uint8Array.from(one)));
