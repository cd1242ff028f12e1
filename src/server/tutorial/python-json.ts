/** JSON as Python's `json.dumps` writes it: a blank behind commas and colons, and ASCII alone. */

export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => pythonJson(item)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return ascii(JSON.stringify(value));
  const pairs = Object.entries(value).map(
    ([key, item]) => `${ascii(JSON.stringify(key))}: ${pythonJson(item)}`,
  );
  return `{${pairs.join(", ")}}`;
}

/** UTF-16 units, as Python escapes them. */
function ascii(json: string): string {
  return json.replace(/[^ -~]/gu, escaped);
}

function escaped(char: string): string {
  return Array.from(
    { length: char.length },
    (_, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, "0")}`,
  ).join("");
}
