/** What makes a document valid OpenAPI 3.1, as far as ours goes: its problems, in words. */
import { z } from "zod";

const text = z.string().min(1);

/** JSON Schema 2020-12: the keywords that are in use, each of its kind. */
const schema: z.ZodType = z.lazy(() =>
  z.strictObject({
    $ref: z.string().startsWith("#/components/schemas/").optional(),
    type: z.enum(["string", "integer", "number", "boolean", "object", "array", "null"]).optional(),
    description: text.optional(),
    examples: z.array(z.unknown()).optional(),
    default: z.unknown().optional(),
    enum: z.array(z.unknown()).min(1).optional(),
    const: z.unknown().optional(),
    properties: z.record(z.string(), schema).optional(),
    required: z.array(z.string()).optional(),
    additionalProperties: z.union([z.boolean(), schema]).optional(),
    propertyNames: schema.optional(),
    items: schema.optional(),
    anyOf: z.array(schema).min(1).optional(),
    pattern: z.string().optional(),
    format: text.optional(),
    minLength: z.int().nonnegative().optional(),
    maxLength: z.int().nonnegative().optional(),
    minItems: z.int().nonnegative().optional(),
    maxItems: z.int().nonnegative().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    exclusiveMinimum: z.number().optional(),
  }),
);

const content = z.record(
  z.string().regex(/^[a-z]+\/[a-z+.-]+$/u),
  z.strictObject({ schema, example: z.unknown().optional() }),
);

const parameter = z.strictObject({
  name: text,
  in: z.enum(["path", "query", "header", "cookie"]),
  required: z.boolean(),
  description: text.optional(),
  schema,
  example: z.unknown().optional(),
});

const operation = z.strictObject({
  operationId: z.string().regex(/^[a-z][A-Za-z]*$/u),
  tags: z.array(text).min(1),
  summary: text,
  description: text.optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(parameter).min(1).optional(),
  requestBody: z.strictObject({ required: z.boolean(), content }).optional(),
  responses: z
    .record(
      z.string().regex(/^[1-5]\d\d$/u),
      z.strictObject({ description: text, content: content.optional() }),
    )
    .refine((responses) => Object.keys(responses).length > 0, "an operation has an answer"),
});

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"] as const;

const document = z.strictObject({
  openapi: z.string().regex(/^3\.1\.\d+$/u),
  info: z.strictObject({ title: text, version: text, description: text.optional() }),
  servers: z.array(z.strictObject({ url: text })).optional(),
  tags: z.array(z.strictObject({ name: text, description: text.optional() })),
  paths: z.record(z.string().startsWith("/"), z.partialRecord(z.enum(METHODS), operation)),
  components: z.strictObject({
    schemas: z.record(z.string().regex(/^[A-Za-z0-9._-]+$/u), schema),
    securitySchemes: z.record(
      text,
      z.union([
        z.strictObject({ type: z.literal("http"), scheme: text, description: text.optional() }),
        z.strictObject({
          type: z.literal("apiKey"),
          in: z.enum(["query", "header", "cookie"]),
          name: text,
          description: text.optional(),
        }),
      ]),
    ),
  }),
});

type Document = z.output<typeof document>;

/** Everything wrong with it; nothing if it is valid. */
export function openApiProblems(api: unknown): readonly string[] {
  const parsed = document.safeParse(api);
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) => `${path.join(" > ")}: ${message}`);
  }
  return [...operationProblems(parsed.data), ...pointerProblems(parsed.data)];
}

function operationProblems({ paths, tags, components }: Document): readonly string[] {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.values(methods).map((it) => ({ path, it })),
  );
  const ids = operations.map(({ it }) => it.operationId);
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
  // `/a/{x}` and `/a/{y}` would be one path.
  const shapes = Object.keys(paths).map((path) => path.replaceAll(/\{\w+\}/gu, "{}"));
  const same = shapes.filter((shape, at) => shapes.indexOf(shape) !== at);
  const names = new Set(tags.map(({ name }) => name));
  return [
    ...twice.map((id) => `${id} is the id of two operations`),
    ...same.map((path) => `${path} is there twice`),
    ...operations.flatMap(({ path, it }) => {
      const wanted = Array.from(path.matchAll(/\{(\w+)\}/gu), ([, name = ""]) => name);
      const parameters = it.parameters ?? [];
      const given = parameters.filter((each) => each.in === "path").map(({ name }) => name);
      const keys = parameters.map((each) => `${each.in} ${each.name}`);
      return [
        ...wanted.filter((name) => !given.includes(name)).map((name) => `${path}: no ${name}`),
        ...given.filter((name) => !wanted.includes(name)).map((name) => `${path}: what ${name}?`),
        ...(new Set(keys).size < keys.length ? [`${path}: a parameter is there twice`] : []),
        ...parameters
          .filter((each) => each.in === "path" && !each.required)
          .map(({ name }) => `${path}: ${name} is part of the path, and so required`),
        ...it.tags.filter((tag) => !names.has(tag)).map((tag) => `${path}: no tag ${tag}`),
        ...it.security
          .flatMap((each) => Object.keys(each))
          .filter((name) => !Object.hasOwn(components.securitySchemes, name))
          .map((name) => `${path}: no security scheme ${name}`),
      ];
    }),
  ];
}

/** Each pointer leads to a schema, and each schema is pointed to. */
function pointerProblems(api: Document): readonly string[] {
  const pointers = Array.from(
    JSON.stringify(api).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/gu),
    ([, name = ""]) => name,
  );
  const names = Object.keys(api.components.schemas);
  return [
    ...pointers.filter((name) => !names.includes(name)).map((name) => `no schema ${name}`),
    ...names.filter((name) => !pointers.includes(name)).map((name) => `nobody uses ${name}`),
  ];
}
