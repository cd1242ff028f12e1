/** The page about the API: the OpenAPI document for people, as plain HTML without a script. */
import type { Answered, JsonSchema, OpenApi, OperationObject, Parameter } from "./openapi.ts";
import { curlLine } from "./curl-line.ts";

/** HTML that is safe as it stands; all other text is escaped on its way in. */
class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Piece = string | number | Html | readonly Piece[] | undefined;

function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return new Html(parts.map((part, at) => part + written(pieces[at])).join(""));
}

function written(piece: Piece): string {
  if (piece === undefined) return "";
  if (piece instanceof Html) return piece.text;
  if (typeof piece === "string" || typeof piece === "number") return escape(String(piece));
  return piece.map(written).join("");
}

function escape(text: string): string {
  return text.replace(/[&<>"']/gu, (char) => `&#${char.charCodeAt(0)};`);
}

/** The whole page. */
export function apiPage(api: OpenApi): string {
  const groups = api.tags
    .map((tag) => ({ ...tag, operations: operationsOf(api, tag.name) }))
    .filter(({ operations }) => operations.length > 0);
  const shapes = Object.entries(api.components.schemas).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>The API of Klatch</title>
        <link rel="icon" href="/favicon.svg" />
        <link rel="stylesheet" href="/api/style.css" />
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
          <p class="home"><a href="/">Klatch</a></p>
          <h1>The API</h1>
          <p class="lead">${marked(api.info.description)}</p>
          <p>For programs: <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
          <p>The lines below run in a shell that knows where, and as whom:</p>
          <pre tabindex="0"><code>KLATCH=http://127.0.0.1:8080 TOKEN=…</code></pre>
        </header>
        <nav aria-label="Groups">
          <ul>
            ${groups.map(({ name }) => html`<li><a href="#${name}">${name}</a></li>`)}
            <li><a href="#shapes">Shapes</a></li>
          </ul>
        </nav>
        <main id="content">
          ${groups.map(
            ({ name, description, operations }) =>
              html`<section aria-labelledby="${name}">
                <h2 id="${name}">${name}</h2>
                <p>${marked(description)}</p>
                ${operations.map((each) => article(each, api))}
              </section> `,
          )}
          <section aria-labelledby="shapes">
            <h2 id="shapes">Shapes</h2>
            ${shapes.map(([name, schema]) => shape(name, schema))}
          </section>
        </main>
      </body>
    </html> `.text;
}

interface Placed {
  readonly method: string;
  readonly path: string;
  readonly it: OperationObject;
}

function operationsOf({ paths }: OpenApi, group: string): readonly Placed[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { tags }]) => tags.includes(group))
      .map(([method, it]) => ({ method: method.toUpperCase(), path, it })),
  );
}

function article({ method, path, it }: Placed, api: OpenApi): Html {
  const { operationId: id, summary, description, parameters = [], requestBody, responses } = it;
  const bodies = Object.entries(requestBody?.content ?? {}).map(
    ([type, { schema }]) => html`<code>${type}</code> ${typeOf(schema)}`,
  );
  const all = Object.entries(responses);
  const refusals = all.filter(([, answer]) => isRefusal(answer));
  const answers = all.filter(([, answer]) => !isRefusal(answer));
  return html`<article aria-labelledby="${id}">
    <h3 id="${id}">${summary}</h3>
    <p class="address">
      <span class="method ${method.toLowerCase()}">${method}</span> <code>${path}</code>
    </p>
    ${description === undefined ? undefined : html`<p>${marked(description)}</p>`}
    ${parameters.length > 0 ? list("Parameters", parameters.map(parameter)) : undefined}${
      bodies.length === 0 ? undefined : list("Body", bodies)
    }${list(
      "Answers",
      answers.map(([status, { description: words, content = {} }]) => {
        const [type, media] = Object.entries(content)[0] ?? [];
        const what =
          type === "application/json" ? html` ${typeOf(media?.schema ?? {})}` : html` ${type}`;
        return html`<code>${status}</code> ${words}${type === undefined ? undefined : what}`;
      }),
    )}
    <details>
      <summary>Refusals</summary>
      <ul>
        ${refusals.map(
          ([status, { description: words }]) =>
            html`<li><code>${status}</code> ${marked(words)}</li> `,
        )}
      </ul>
    </details>
    <pre
      tabindex="0"
    ><code>${curlLine({ method, path, operation: it, schemas: api.components.schemas })}</code></pre>
  </article> `;
}

function isRefusal({ content = {} }: Answered): boolean {
  return "application/problem+json" in content;
}

function list(title: string, items: readonly Html[]): Html {
  return html`<h4>${title}</h4>
    <ul>
      ${items.map((item) => html`<li>${item}</li> `)}
    </ul> `;
}

function parameter({ name, in: where, description, schema }: Parameter): Html {
  const { maximum } = schema;
  const limits = typeof maximum === "number" ? ` up to ${maximum}` : "";
  return html`<code>${name}</code>
    <span class="type">${where}, ${typeOf(schema)}${limits}</span> ${marked(description ?? "")}`;
}

function shape(name: string, schema: JsonSchema): Html {
  const required: readonly unknown[] = Array.isArray(schema["required"]) ? schema["required"] : [];
  const fields = Object.entries(recordOf(schema["properties"]));
  return html`<article aria-labelledby="shape-${name}">
    <h3 id="shape-${name}">${name}</h3>
    <p>${marked(textOf(schema["description"]))}</p>
    <ul>
      ${fields.map(
        ([field, each]) =>
          html`<li>
            <code>${field}</code>
            <span class="type"
              >${typeOf(recordOf(each))}${required.includes(field) ? "" : ", optional"}</span
            >
            ${marked(textOf(recordOf(each)["description"]))}
          </li> `,
      )}
    </ul>
  </article> `;
}

/** A type in a word or two; a named shape as a link to it. */
function typeOf(schema: JsonSchema): Html {
  const { $ref, type, items, additionalProperties, enum: choices } = schema;
  if (typeof $ref === "string") {
    const name = $ref.slice($ref.lastIndexOf("/") + 1);
    return html`<a href="#shape-${name}">${name}</a>`;
  }
  if (type === "array") return html`list of ${typeOf(recordOf(items))}`;
  if (Array.isArray(choices) && choices.length <= 6)
    return html`${choices.map(String).join(" | ")}`;
  if (schema["const"] !== undefined) return html`${JSON.stringify(schema["const"])}`;
  if (type === "object" && Object.keys(recordOf(additionalProperties)).length > 0) {
    return html`object of ${typeOf(recordOf(additionalProperties))}`;
  }
  return html`${textOf(type)}`;
}

/** Words between backticks are code. */
function marked(text: string): readonly Piece[] {
  return text.split("`").map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part));
}

function recordOf(value: unknown): JsonSchema {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
