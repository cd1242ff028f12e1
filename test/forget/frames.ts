/**
 * What a server may tell a page of strangers: every field of every frame by name (P9), and the sizes
 * that something sealed may have (P14).
 */

/** A field without fields of its own is `true`; of a list, what each of it holds. */
type Fields = true | { readonly [name: string]: Fields };

const MASK: Fields = { name: true, hue: true };
const PAIR: Fields = { id: true, role: true, you: MASK, they: MASK, shared: true };
const STAMP: Fields = { at: true, mac: true };
const FRAME: Fields = {
  kind: true,
  epoch: true,
  digest: true,
  key: true,
  seq: true,
  box: true,
  mark: true,
};

const NOTICES: Readonly<Record<string, Fields>> = {
  matched: PAIR,
  open: { pair: true, epoch: true },
  frame: { pair: true, frame: FRAME, stamp: STAMP },
  away: { pair: true, forMs: true },
  ended: { pair: true, reason: true },
  searchAgain: {},
  moved: {},
  closing: { reason: true, code: true, reconnect: true },
};

/** All that an answer to a command may hold. */
const ANSWER: Fields = {
  token: true,
  pair: PAIR,
  state: true,
  wait: true,
  challenge: { nonce: true, bits: true },
  stamp: STAMP,
  error: { code: true, detail: true, retryAfter: true, until: true },
};

const STEP_BYTES = 256;
const TAG_BYTES = 16;

/** What is wrong with a packet of Socket.IO that a server sent; nothing, as a rule. */
export function frameProblems(packet: string): readonly string[] {
  const found = /^(?<type>\d)\/strangers,\d*(?<body>\[.*)$/su.exec(packet)?.groups;
  // Opening and closing the namespace; they carry no more than the connection's id.
  if (found === undefined) return /^[014]\/strangers,/u.test(packet) ? [] : [`unknown: ${packet}`];
  const body: unknown = JSON.parse(found["body"] ?? "");
  if (!isList(body)) return [`no list: ${packet}`];
  const [name, notice] = body;
  if (found["type"] === "3") return [...strange("answer", name, ANSWER), ...sizes(name)];
  const fields = typeof name === "string" ? NOTICES[name] : undefined;
  if (fields === undefined) return [`unknown notice ${String(name)}`];
  return [...strange(String(name), notice, fields), ...sizes(notice)];
}

function strange(at: string, value: unknown, fields: Fields): readonly string[] {
  if (Array.isArray(value)) {
    const isPlain = value.every((each) => typeof each !== "object");
    return isPlain ? [] : [`${at} holds objects`];
  }
  if (typeof value !== "object" || value === null) return [];
  if (fields === true) return [`${at} holds fields`];
  return Object.entries(value).flatMap(([name, each]) => {
    const own = fields[name];
    return own === undefined ? [`${at} has a field ${name}`] : strange(`${at}.${name}`, each, own);
  });
}

/** Sealed frames have whole steps and the tag. */
function sizes(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, each]: [string, unknown]) => {
    if (name !== "box" || typeof each !== "string") return sizes(each);
    const bytes = Buffer.from(each, "base64url").length;
    const isPadded = bytes > TAG_BYTES && (bytes - TAG_BYTES) % STEP_BYTES === 0;
    return isPadded ? [] : [`a box of ${bytes} bytes`];
  });
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
