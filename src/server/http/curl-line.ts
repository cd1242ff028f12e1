/** An operation as a line for a shell, with the examples that the document gives. */
import type { JsonSchema, OperationObject } from "./openapi.ts";

interface Shown {
  /** Upper case. */
  readonly method: string;
  /** As in the document: `/api/rooms/{id}`. */
  readonly path: string;
  readonly operation: OperationObject;
  readonly schemas: Readonly<Record<string, JsonSchema>>;
}

/** A `curl` command that works where `$KLATCH` is an address and `$TOKEN` a token. */
export function curlLine({ method, path, operation, schemas }: Shown): string {
  const { security, requestBody, responses, parameters = [] } = operation;
  const examples = new Map(parameters.map(({ name, example }) => [name, example]));
  const filled = path.replaceAll(/\{(\w+)\}/gu, (whole, name: string) => {
    const example = examples.get(name) ?? whole;
    return encodeURIComponent(String(example));
  });
  const parts = ["curl"];
  if (responses["200"]?.content?.["text/event-stream"] !== undefined) parts.push("-N");
  if (method !== "GET") parts.push("-X", method);
  parts.push(`"$KLATCH${filled}"`);
  if (security.length > 0) parts.push('-H "Authorization: Bearer $TOKEN"');
  for (const [type, { schema }] of Object.entries(requestBody?.content ?? {}).slice(0, 1)) {
    const body =
      schema["format"] === "binary"
        ? `--data-binary @${type.replace(/^image\//u, "picture.")}`
        : `-d ${quoted(exampleOf(schema, schemas))}`;
    parts.push(`-H ${quoted(`Content-Type: ${type}`)}`, body);
  }
  return parts.join(" ");
}

function exampleOf(schema: JsonSchema, schemas: Shown["schemas"]): string {
  const { $ref, examples } = schema;
  const named =
    typeof $ref === "string" ? schemas[$ref.slice($ref.lastIndexOf("/") + 1)] : undefined;
  if (named !== undefined) return exampleOf(named, {});
  return JSON.stringify(Array.isArray(examples) ? examples[0] : {});
}

/** In single quotes a shell reads everything as it is, but for these themselves. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
