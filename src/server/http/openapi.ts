/** The API as an OpenAPI 3.1 document, made from what the routes say of themselves. */
import { z } from "zod";
import type { ErrorCode } from "#protocol/errors.ts";
import { ERRORS } from "#protocol/errors.ts";
import * as answers from "#server/shapes/answers.ts";
import type { DescribedRoute, Operation } from "./operation.ts";
import { GROUPS } from "./operation.ts";

/** A JSON Schema, as zod writes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
  readonly example?: string | number;
}

export interface Media {
  readonly schema: JsonSchema;
  readonly example?: unknown;
}

export interface Answered {
  readonly description: string;
  readonly content?: Readonly<Record<string, Media>>;
}

export interface OperationObject {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<Record<string, Media>>;
  };
  readonly responses: Readonly<Record<string, Answered>>;
}

export interface OpenApi {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, JsonSchema>>;
  };
}

/** Raised with what clients must know of; the package as a whole has a version of its own. */
const API_VERSION = "1";

const TEXT: JsonSchema = { type: "string" };
const FILE: JsonSchema = { type: "string", format: "binary" };

const PARAMETERS: Readonly<Record<string, Pick<Parameter, "description" | "schema" | "example">>> =
  {
    id: { description: "Id of the room: `0` is General.", schema: TEXT, example: "0" },
    user: { description: "Id of the person.", schema: { type: "integer" }, example: 2 },
    message: { description: "Id of the message.", schema: TEXT, example: "1615480369.000123" },
    bot: { description: "Id of the bot.", schema: { type: "integer" }, example: 7 },
    report: { description: "Id of the report.", schema: { type: "integer" }, example: 1 },
    session: { description: "What `GET /api/sessions` calls it.", schema: TEXT, example: "5f2a9c" },
    invitation: {
      description: "What `GET /api/admin/invitations` calls it.",
      schema: TEXT,
      example: "5f2a9c",
    },
    hook: { description: "Id of the webhook.", schema: { type: "integer" }, example: 8 },
    token: { description: "The secret part of its address.", schema: TEXT, example: "T0K3N" },
    hash: {
      description: "What `picture` says of the person.",
      schema: TEXT,
      example: "0123456789abcdef0123456789abcdef",
    },
    emoji: { description: "The emoji.", schema: TEXT, example: "👍" },
  };

/** Any request can be refused like this, … */
const ALWAYS: readonly ErrorCode[] = ["url-too-long", "internal", "unavailable"];
/** … one with a session, one that changes something, and one with a body also like this. */
const OF_SESSION: readonly ErrorCode[] = ["not-signed-in", "not-allowed"];
const OF_UNSAFE: readonly ErrorCode[] = ["origin-refused"];
const OF_BODY: readonly ErrorCode[] = ["bad-request", "too-large", "unsupported-media-type"];
const OF_FILE: readonly ErrorCode[] = ["bad-request", "too-large"];

/** The whole document; `cookie` is the name of the session cookie here. */
export function openApi(routes: readonly DescribedRoute[], cookie: string): OpenApi {
  const components = new Components();
  const paths: Record<string, Record<string, OperationObject>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/gu, "{$1}");
    paths[path] = { ...paths[path], [route.method]: operationOf(route, components) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Klatch",
      version: API_VERSION,
      description:
        "Chat over plain HTTP. Bodies are JSON, up to 64 KiB; unknown fields are ignored. " +
        "What is live comes over `GET /api/events`, or over Socket.IO (docs/PROTOCOL.md). " +
        "What is not there and what is not yours are answered alike.",
    },
    servers: [{ url: "/" }],
    tags: Object.entries(GROUPS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: components.found,
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "The token of a bot, with its scopes; or of a person's session.",
        },
        cookie: {
          type: "apiKey",
          in: "cookie",
          name: cookie,
          description: "The same token, as a browser holds it; needs an `Origin` of Klatch's own.",
        },
      },
    },
  };
}

function operationOf({ method, path, told }: DescribedRoute, components: Components) {
  const parameters = [...pathParameters(path), ...queryParameters(told), ...headersOf(told)];
  const { group, summary, details, body } = told;
  const description = [details, noteOf(told)].filter((text) => text !== undefined).join(" ");
  return {
    operationId: operationId(method, path),
    tags: [group],
    summary,
    ...(description !== "" && { description }),
    security: securityOf(told),
    ...(parameters.length > 0 && { parameters }),
    ...((body ?? told.files) && {
      requestBody: {
        required: true,
        content: {
          ...(body && { "application/json": { schema: components.schema(body) } }),
          ...Object.fromEntries((told.texts ?? []).map((type) => [type, { schema: TEXT }])),
          ...Object.fromEntries((told.files ?? []).map((type) => [type, { schema: FILE }])),
        },
      },
    }),
    responses: responsesOf(method, told, components),
  };
}

function noteOf({ access = "people" }: Operation): string | undefined {
  if (access === "public") return "Without a session.";
  if (access === "anyone") return undefined;
  return access === "people" ? "Not for bots." : `A bot needs the scope \`${access}\`.`;
}

/** A bot's token needs a scope; people, and what anyone may do, need none. */
function securityOf({ access = "people" }: Operation) {
  if (access === "public") return [];
  const scopes = access === "people" || access === "anyone" ? [] : [access];
  return [{ bearer: scopes }, { cookie: [] }];
}

/** `GET /api/rooms/:id/members` is `getRoomsIdMembers`. */
function operationId(method: string, path: string): string {
  const words = path
    .replace(/^\/api/u, "")
    .split(/[^A-Za-z]+/u)
    .filter(Boolean);
  return method + (words.length > 0 ? words.map(capital).join("") : "Root");
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

function responsesOf(method: string, told: Operation, components: Components) {
  const { answer, type = "application/json", also = {} } = told;
  const status = told.status ?? (answer === undefined ? 204 : 200);
  const content = answer && { content: { [type]: { schema: components.schema(answer) } } };
  const responses: Record<string, Answered> = {
    [status]: { description: status === 204 ? "Done." : "Done, with this answer.", ...content },
  };
  for (const [other, description] of Object.entries(also)) {
    responses[other] = { description, ...content };
  }
  const schema = components.schema(answers.problem);
  for (const [refused, codes] of Map.groupBy(
    codesOf(method, told),
    (code) => ERRORS[code].status,
  )) {
    // `/readyz` says 503 with an answer of its own.
    responses[refused] ??= {
      description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title}.`).join(" "),
      content: { "application/problem+json": { schema } },
    };
  }
  return responses;
}

/** All codes that a route may be refused with. */
function codesOf(method: string, told: Operation): readonly ErrorCode[] {
  return [
    ...new Set([
      ...(told.problems ?? []),
      ...(told.query ? (["bad-request"] as const) : []),
      ...(told.body ? OF_BODY : []),
      ...(told.files ? OF_FILE : []),
      ...(told.access === "public" ? [] : OF_SESSION),
      ...(method === "get" ? [] : OF_UNSAFE),
      ...ALWAYS,
    ]),
  ];
}

function pathParameters(path: string): readonly Parameter[] {
  return Array.from(path.matchAll(/:(?<name>\w+)/gu), ({ groups }) => {
    const name = groups?.["name"] ?? "";
    return { name, in: "path", required: true, schema: TEXT, ...PARAMETERS[name] };
  });
}

function queryParameters({ query }: Operation): readonly Parameter[] {
  if (query === undefined) return [];
  return Object.entries<z.core.$ZodType>(query.shape).map(([name, field]) => {
    const { $schema: _, description, ...schema } = jsonSchema(field);
    return {
      name,
      in: "query",
      required: false,
      ...(typeof description === "string" && { description }),
      schema,
    };
  });
}

function headersOf({ headers = {} }: Operation): readonly Parameter[] {
  return Object.entries(headers).map(([name, description]) => {
    return { name, in: "header", required: false, description, schema: TEXT };
  });
}

/** Schemas that have a name stand once, and are pointed to. */
class Components {
  readonly found: Record<string, JsonSchema> = {};

  schema(schema: z.ZodType): JsonSchema {
    const { $schema: _, $defs = {}, ...own } = jsonSchema(schema);
    for (const [name, each] of Object.entries($defs)) this.found[name] ??= moved(each);
    return moved(own);
  }
}

function jsonSchema(schema: z.core.$ZodType) {
  return z.toJSONSchema(schema, { io: "input" });
}

function moved(schema: JsonSchema | z.core.JSONSchema.JSONSchema): JsonSchema {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  // oxlint-disable-next-line no-unsafe-type-assertion -- because it was one, and only pointers have changed
  return JSON.parse(text) as JsonSchema;
}
