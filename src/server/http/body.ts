/** Reading a request body: JSON of a bounded size and depth, of a known shape. */
import type { Context } from "hono";
import type { z } from "zod";
import { LIMITS } from "#protocol/limits.ts";
import { problemOf } from "#server/shapes/schemas.ts";
import { ChatError } from "#server/core/chat-error.ts";
import { refuse } from "./problem.ts";

/** The body as the schema says, or a refusal. */
export async function readBody<S extends z.ZodType>(c: Context, schema: S): Promise<z.output<S>> {
  // A form of a foreign page can send text/plain without asking; it cannot send this.
  if (!/^application\/json\s*(?:;|$)/iu.test(c.req.header("Content-Type") ?? "")) {
    throw refuse("unsupported-media-type", "Send the body as application/json.");
  }
  return mustHaveShape(schema, parse(await readText(c.req.raw)));
}

/** The value as the schema says, or a refusal. */
export function mustHaveShape<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw refuse("bad-request", problemOf(parsed.error));
  return parsed.data;
}

/** The query as the schema says, or a refusal. */
export function readQuery<S extends z.ZodType>(c: Context, schema: S): z.output<S> {
  return mustHaveShape(schema, c.req.query());
}

/** The body as it is. Stops reading at the bound, whatever length was announced. */
export async function readBytes(request: Request, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of chunksOf(request, most)) chunks.push(chunk);
  } catch (error) {
    if (error instanceof ChatError) throw error;
    throw refuse("bad-request", "The body ended too early.");
  }
  return Buffer.concat(chunks);
}

interface Said {
  readonly text: string;
}

/**
 * A text in whichever way programs send one: as JSON of this shape; as itself; or in a form, as
 * itself, as `text=`, or as JSON in `payload=`.
 */
export async function readTextOr(c: Context, schema: z.ZodType<Said>): Promise<string> {
  const type = c.req.header("Content-Type") ?? "text/plain";
  if (/^application\/json\s*(?:;|$)/iu.test(type)) return (await readBody(c, schema)).text;
  const isForm = /^application\/x-www-form-urlencoded\s*(?:;|$)/iu.test(type);
  if (!isForm && !/^text\/plain\s*(?:;|$)/iu.test(type)) {
    throw refuse("unsupported-media-type", "Send plain text, a form, or application/json.");
  }
  const text = await readText(c.req.raw);
  if (!isForm || !/^(?:payload|text)=/u.test(text)) return text;
  const form = new URLSearchParams(text);
  const payload = form.get("payload");
  if (payload === null) return form.get("text") ?? "";
  return mustHaveShape(schema, parse(payload)).text;
}

async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  try {
    for await (const chunk of chunksOf(request, LIMITS.bodyBytesMax)) {
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    if (error instanceof ChatError) throw error;
    throw refuse("bad-request", "The body is not UTF-8, or it ended too early.");
  }
}

/** The pieces of a body; refuses with `too-large` as soon as there is more than `most`. */
async function* chunksOf(request: Request, most: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  // Not cancelled at the bound: that would close the connection before the refusal is read.
  const body: AsyncIterable<Uint8Array> | undefined = request.body?.values({ preventCancel: true });
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > most) throw refuse("too-large", `This can have up to ${inUnits(most)}.`);
    yield chunk;
  }
}

function inUnits(bytes: number): string {
  const kib = bytes / 1024;
  return kib < 1024 ? `${kib} KiB` : `${kib / 1024} MiB`;
}

function parse(text: string): unknown {
  if (depthOf(text) > LIMITS.jsonDepthMax) {
    throw refuse("bad-request", `The JSON is nested deeper than ${LIMITS.jsonDepthMax} levels.`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw refuse("bad-request", "The body is not JSON.");
  }
}

/** How deep brackets are nested, those inside texts left out; read before parsing. */
export function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  let isText = false;
  for (let i = 0; i < json.length; i++) {
    const char = json[i];
    if (isText) {
      if (char === "\\") i++;
      else if (char === '"') isText = false;
    } else if (char === '"') isText = true;
    else if (char === "{" || char === "[") deepest = Math.max(deepest, ++depth);
    else if (char === "}" || char === "]") depth--;
  }
  return deepest;
}
