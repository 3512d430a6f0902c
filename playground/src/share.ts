// A link holds a run: `#s=1.` and the base64url of the deflated text, then how it is looked at.
// What a link says is judged: decoding stops at 256 KiB, and what is odd is an error that says why.

export const DECODED_BYTES = 256 * 1024;
const VERSION = "1.";

/** How a run is looked at; `at` is an event, -1 before the first. */
export interface View {
  at?: number;
  run?: number;
  case?: number;
  control?: number;
  view?: string;
  /** The first 8 digits of the hash of the trace that the link was made of. */
  h?: string;
}

export interface Link extends View {
  text: string;
}

export async function encode(text: string, view: View = {}): Promise<string> {
  const packed = await pump(new TextEncoder().encode(text), new CompressionStream("deflate-raw"));
  let link = "#s=" + VERSION + base64url(packed);
  for (const key of ["at", "run", "case", "control", "view", "h"] as const) {
    const value = view[key];
    if (value !== undefined) link += `&${key}=${encodeURIComponent(String(value))}`;
  }
  return link;
}

/** Decodes the fragment of a link, or a text that ends in one. Throws an Error with the reason. */
export async function decode(link: string): Promise<Link> {
  const fragment = link.slice(link.indexOf("#") + 1);
  const fields = new Map(fragment.split("&").map((f) => splitOnce(f)));
  const packed = fields.get("s");
  if (packed === undefined) throw new Error("the link holds no run: it has no s=");
  if (!packed.startsWith(VERSION))
    throw new Error("the link is of a version that this page does not know");
  const bytes = await unpack(fromBase64url(packed.slice(VERSION.length)));
  return { text: textOf(bytes), ...viewOf(fields) };
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new Error("the link is damaged: what it holds is not text", { cause: error });
  }
}

/** Whether a fragment claims to hold a run. */
export function holdsRun(fragment: string): boolean {
  return /(^#?|&)s=/.test(fragment);
}

function viewOf(fields: Map<string, string>): View {
  const view: View = {};
  for (const key of ["at", "run", "case", "control"] as const) {
    const value = fields.get(key);
    if (value !== undefined && /^-?\d{1,9}$/.test(value)) view[key] = Number(value);
  }
  const name = fields.get("view");
  if (name !== undefined && /^[a-z]{1,16}$/.test(name)) view.view = name;
  const hash = fields.get("h");
  if (hash !== undefined && /^[0-9a-f]{8}$/.test(hash)) view.h = hash;
  return view;
}

function splitOnce(field: string): [string, string] {
  const at = field.indexOf("=");
  return at < 0 ? [field, ""] : [field.slice(0, at), field.slice(at + 1)];
}

async function unpack(packed: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  try {
    return await pump(packed, new DecompressionStream("deflate-raw"), DECODED_BYTES);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new Error("the link is damaged: it does not unpack", { cause: error });
  }
}

/** Sends bytes through a stream; more than `limit` of them out is a RangeError, and stops it. */
async function pump(
  bytes: Uint8Array<ArrayBuffer>,
  through: GenericTransformStream,
  limit = Infinity,
) {
  const reader = new Blob([bytes])
    .stream()
    .pipeThrough(through as ReadableWritablePair<Uint8Array, Uint8Array>)
    .getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > limit) {
      reader.cancel().catch(() => undefined);
      throw new RangeError("the link holds more than 256 KiB of text");
    }
    parts.push(value);
  }
  const all = new Uint8Array(size);
  for (let i = 0, at = 0; i < parts.length; at += parts[i]!.length, i++) all.set(parts[i]!, at);
  return all;
}

function base64url(bytes: Uint8Array): string {
  let binary = "";
  for (let i = 0; i < bytes.length; i += 8192) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new Error("the link is damaged: it is not base64url");
  if (text.length > 2 * DECODED_BYTES)
    throw new RangeError("the link holds more than 256 KiB of text");
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (c) => c.charCodeAt(0));
  } catch (error) {
    throw new Error("the link is damaged: it is cut short", { cause: error });
  }
}
