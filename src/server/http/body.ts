/** Reading a request body: JSON of a bounded size and depth, of a known shape. */
import type { Context } from "hono";
import type { z } from "zod";
import { LIMITS } from "#protocol/limits.ts";
import { problemOf } from "#server/schemas.ts";
import { refuse } from "./problem.ts";

/** The body as the schema says, or a refusal. */
export async function readBody<S extends z.ZodType>(c: Context, schema: S): Promise<z.output<S>> {
  // A form of a foreign page can send text/plain without asking; it cannot send this.
  if (!/^application\/json\s*(?:;|$)/iu.test(c.req.header("Content-Type") ?? "")) {
    throw refuse("unsupported-media-type", "Send the body as application/json.");
  }
  const parsed = schema.safeParse(parse(await readText(c.req.raw)));
  if (!parsed.success) throw refuse("bad-request", problemOf(parsed.error));
  return parsed.data;
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
  const parsed = schema.safeParse(parse(payload));
  if (!parsed.success) throw refuse("bad-request", problemOf(parsed.error));
  return parsed.data.text;
}

/** Stops reading at the bound, whatever length was announced. */
async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let bytes = 0;
  let text = "";
  try {
    // Not cancelled at the bound: that would close the connection before the refusal is read.
    const body: AsyncIterable<Uint8Array> | undefined = request.body?.values({
      preventCancel: true,
    });
    for await (const chunk of body ?? []) {
      bytes += chunk.length;
      if (bytes > LIMITS.bodyBytesMax) break;
      text += decoder.decode(chunk, { stream: true });
    }
    if (bytes <= LIMITS.bodyBytesMax) return text + decoder.decode();
  } catch {
    throw refuse("bad-request", "The body is not UTF-8, or it ended too early.");
  }
  throw refuse("too-large", `A request has up to ${LIMITS.bodyBytesMax / 1024} KiB.`);
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
