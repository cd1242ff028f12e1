/** The table of authority, test/authority.json: read, and held against what the server really has. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { ERRORS } from "#protocol/errors.ts";

/** In place of every role; and the line above the rows that says which state stands where. */
const EVERYBODY = "everybody";
const HEADING = "roles";

const call = z.strictObject({
  /** `GET /api/rooms/:id`, or the name of a command over the socket. */
  call: z.string(),
  class: z.string(),
  /** Tells several calls of one route apart. */
  as: z.string().optional(),
  /** Where to, if it is a route: names in braces stand for what the scene holds. */
  path: z.string().optional(),
  body: z.record(z.string(), z.unknown()).optional(),
  /** Media type of a file that is sent in place of a body. */
  file: z.string().optional(),
  /** Asked over the socket before it. */
  after: z.string().optional(),
});

const file = z.strictObject({
  about: z.array(z.string()),
  roles: z.record(z.string(), z.string()),
  objects: z.record(z.string(), z.record(z.string(), z.string())),
  classes: z.record(
    z.string(),
    z.strictObject({ of: z.string(), rows: z.record(z.string(), z.string()) }),
  ),
  calls: z.array(call),
  fields: z.array(
    z.strictObject({ call: z.string(), field: z.string(), only: z.array(z.string()) }),
  ),
});

export type Call = z.infer<typeof call>;
export type Table = z.infer<typeof file>;

export function readTable(): Table {
  return file.parse(
    JSON.parse(readFileSync(new URL("../authority.json", import.meta.url), "utf8")),
  );
}

export interface Cell {
  readonly call: Call;
  readonly role: string;
  /** The kind of object the call is about, and its state. */
  readonly of: string;
  readonly state: string;
  readonly expected: string;
}

/** All cells: every call, by every role, of an object in every state. */
export function cellsOf({ calls, classes, objects, roles }: Table): readonly Cell[] {
  return calls.flatMap((each) => {
    const { of = "", rows = {} } = classes[each.class] ?? {};
    const states = Object.keys(objects[of] ?? {});
    return Object.keys(roles).flatMap((role) => {
      const row = rowOf(rows, role);
      return states.map((state, at) => {
        const expected = row.length === 1 ? row[0] : row[at];
        return { call: each, role, of, state, expected: expected ?? "?" };
      });
    });
  });
}

/** What is missing from the table, superfluous in it, or says nothing that can be. */
export function tableProblems(table: Table, there: readonly string[]): readonly string[] {
  const { calls, classes, objects, roles } = table;
  const named = new Set(calls.map(({ call: name }) => name));
  const used = new Set(calls.map((each) => each.class));
  const keys = calls.map(nameOf);
  return [
    ...there.filter((name) => !named.has(name)).map((name) => `missing: ${name}`),
    ...[...named].filter((name) => !there.includes(name)).map((name) => `superfluous: ${name}`),
    ...keys.filter((key, at) => keys.indexOf(key) !== at).map((key) => `twice: ${key}`),
    ...[...used].filter((name) => classes[name] === undefined).map((name) => `no class: ${name}`),
    ...Object.entries(classes).flatMap(([name, { of, rows }]) => [
      ...(used.has(name) ? [] : [`${name}: no call is of this class`]),
      ...classProblems(Object.keys(objects[of] ?? {}), Object.keys(roles), rows).map(
        (problem) => `${name}: ${problem}`,
      ),
    ]),
  ];
}

function classProblems(
  states: readonly string[],
  roles: readonly string[],
  { [HEADING]: heading, ...rows }: Readonly<Record<string, string>>,
): readonly string[] {
  const isHeaded =
    heading === undefined ? states.length === 1 : words(heading).join() === states.join();
  const named = Object.keys(rows).flatMap((key) => (key === EVERYBODY ? roles : words(key)));
  const outcomes = Object.values(rows).map(words);
  return [
    ...(states.length > 0 && isHeaded ? [] : ["its heading is not the states of its objects"]),
    ...outcomes
      .filter(({ length }) => length !== 1 && length !== states.length)
      .map((row) => `one outcome, or one for each state: ${row.join(" ")}`),
    ...outcomes
      .flat()
      .filter((word) => !isWord(word))
      .map((word) => `"${word}" is no outcome`),
    ...roles
      .filter((role) => named.filter((each) => each === role).length !== 1)
      .map((role) => `not exactly one row for ${role}`),
    ...named.filter((role) => !roles.includes(role)).map((role) => `no role ${role}`),
  ];
}

/** `PUT /api/rooms/:id/members/:user, oneself`. */
export function nameOf({ call: name, as }: Call): string {
  return as === undefined ? name : `${name}, ${as}`;
}

function rowOf(rows: Readonly<Record<string, string>>, role: string): readonly string[] {
  const isOf = (names: string) => names === EVERYBODY || words(names).includes(role);
  const found = Object.entries(rows).find(([names]) => isOf(names));
  return found === undefined ? [] : words(found[1]);
}

function words(text: string): readonly string[] {
  return text.split(/\s+/u).filter(Boolean);
}

function isWord(word: string): boolean {
  return word === "ok" || Object.hasOwn(ERRORS, word);
}
