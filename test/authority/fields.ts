/** What answers hold, field by field. */

/** The fields of a value as paths: `members[].muted`. */
export function fieldsOf(value: unknown, path = ""): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each) => fieldsOf(each, `${path}[]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const at = path === "" ? key : `${path}.${key}`;
    return [at, ...fieldsOf(each, at)];
  });
}

/** Fields that somebody would send who hopes that they are simply stored. */
export const SMUGGLED: Readonly<Record<string, unknown>> = {
  from: 4_242_424_242,
  by: 4_242_424_242,
  user: 4_242_424_242,
  roomId: "smuggled",
  date: 4_242_424_242,
  owner: true,
  isAdmin: true,
  isByAdmin: true,
  passwordHash: "smuggled",
  createdAt: 4_242_424_242,
  suspended: "smuggled",
  hookRoom: "smuggled",
  role: "owner",
  constructor: { prototype: { isAdmin: true } },
};

/** What no answer and no stored value may ever hold of it. */
export const SMUGGLED_MARKS = ["smuggled", "4242424242"];

/** What is in no answer to anybody: hashes of passwords, and where people come from. */
export const SECRET = /\$2[aby]\$\d\d\$|127\.0\.0\.1|::1\b|passwordHash|"password"/u;
