/** The habits of this project as functions over its files: each gives its problems, in words. */

export interface SourceFile {
  /** From the root, with slashes: `src/server/core/delivery/hub.ts`. */
  readonly path: string;
  readonly text: string;
}

/** Who may import whom, from src/; `bin`, tests, benches, examples and main.ts know everything. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  sdk: ["protocol"],
  web: ["protocol", "sdk"],
  "server/core": ["protocol"],
  // What lies directly in src/server: settings, logs, the data folder.
  server: ["protocol", "server/core"],
  // The shapes of what clients send and are answered.
  "server/shapes": ["protocol", "server/core", "server"],
  "server/redis": ["protocol", "server/core", "server/stranger", "server"],
  "server/secrets": ["protocol", "server/core", "server"],
  "server/pictures": ["protocol", "server/core", "server"],
  "server/stranger": ["protocol", "server/core", "server"],
  "server/realtime": ["protocol", "server/core", "server/stranger", "server/shapes", "server"],
  "server/http": ["protocol", "server/core", "server/stranger", "server/shapes", "server"],
  "server/outgoing": ["protocol", "server/core", "server"],
  "server/tutorial": ["protocol", "server/core", "server/shapes", "server"],
};

/**
 * Packages a layer may use, where not all are allowed: these run in browsers and in simulations.
 */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  sdk: [
    "socket.io-client",
    "@noble/hashes/hkdf.js",
    "@noble/hashes/hmac.js",
    "@noble/hashes/sha2.js",
  ],
  "server/core": [],
};

/**
 * Layers that must not touch Node's own modules, because they run in browsers or in simulations.
 */
const WITHOUT_NODE: ReadonlySet<string> = new Set(["protocol", "sdk", "web", "server/core"]);

const FILE_LINES_MAX = 300;
const TEST_LINES_MAX = 500;
/**
 * The formatter keeps code within 100; what it cannot break, text and comments, may go on to here.
 */
const LINE_CHARS_MAX = 120;
const SCRIPT_LINES_MAX = 40;
const SCRIPT_KEYS_MAX = 4;

/** Imports against the direction of the layers. */
export function layerProblems({ path, text }: SourceFile): readonly string[] {
  const layer = layerOf(path);
  if (layer === undefined) return [];
  const allowed = MAY_IMPORT[layer];
  if (allowed === undefined) return [`${path}: ${layer} is no layer; see src/ in ARCHITECTURE.md`];
  return importsOf(text).flatMap((name) => {
    const target = targetOf(name, path);
    if (target === undefined) return packageProblems(path, layer, name);
    const to = layerOf(target);
    if (to === layer || (to !== undefined && allowed.includes(to))) return [];
    return [`${path}: ${layer} may not import ${target}`];
  });
}

/** Imports that climb: across folders, a name from the root says where one lands. */
export function climbingProblems({ path, text }: SourceFile): readonly string[] {
  const climbing = importsOf(text).filter((name) => name.startsWith("../"));
  return climbing.map((name) => `${path}: import ${name} by its # name`);
}

/** Files and lines that are too long to be read. */
export function sizeProblems({ path, text }: SourceFile): readonly string[] {
  const lines = text.replace(/\n$/u, "").split("\n");
  const most = path.startsWith("test/") ? TEST_LINES_MAX : FILE_LINES_MAX;
  const long = lines.length > most ? [`${path}: ${lines.length} lines, ${most} at most`] : [];
  const wide = lines.flatMap((line, index) =>
    Array.from(line).length > LINE_CHARS_MAX
      ? [`${path}:${index + 1}: wider than ${LINE_CHARS_MAX} columns`]
      : [],
  );
  return [...long, ...wide];
}

/** A file that does not open with what it is for. */
export function purposeProblems({ path, text }: SourceFile): readonly string[] {
  const opening = text.replace(/^#!.*\n/u, "");
  if (/^\/\*\*\s+(?:\*\s+)?[^\s*/]/u.test(opening)) return [];
  return [`${path}: must open with a sentence that says what it is for (/** … */)`];
}

/** Switching a rule off without saying why. */
export function disableProblems({ path, text }: SourceFile): readonly string[] {
  return text.split("\n").flatMap((line, index) => {
    if (!/(?:ox|es)lint-disable|@ts-(?:ignore|expect-error|nocheck)/u.test(line)) return [];
    return line.includes("-- because ") ? [] : [`${path}:${index + 1}: say "-- because …"`];
  });
}

/** Redis scripts that are long, touch many keys, or do not say what they take and give. */
export function scriptProblems({ path, text }: SourceFile): readonly string[] {
  const lines = text.replace(/\n$/u, "").split("\n");
  const body = lines[0]?.startsWith("#!lua") ? lines.slice(1) : lines;
  const end = body.findIndex((line) => !line.startsWith("--"));
  const comment = body.slice(0, end === -1 ? body.length : end).join("\n");
  const keys = [...text.matchAll(/KEYS\[(\d+)\]/gu)].map(([, number]) => Number(number));
  const says = (word: RegExp, what: string) =>
    word.test(comment) ? [] : [`${path}: its first comment must name ${what}`];
  return [
    ...(lines.length > SCRIPT_LINES_MAX ? [`${path}: more than ${SCRIPT_LINES_MAX} lines`] : []),
    ...(Math.max(0, ...keys) > SCRIPT_KEYS_MAX
      ? [`${path}: more than ${SCRIPT_KEYS_MAX} keys`]
      : []),
    ...says(/KEYS/u, "its KEYS"),
    ...says(/ARGV/u, "its ARGV"),
    ...says(/\breturns\b/iu, "what it returns"),
  ];
}

/** Rules of the specification that no test quotes, and quotes of rules that are not there. */
export function ruleProblems(spec: string, tests: readonly SourceFile[]): readonly string[] {
  const rules = new Set([...spec.matchAll(/^- \*\*([A-Z]{2}\d+)\*\* /gmu)].map(([, id]) => id));
  const quoted = new Map<string, string>();
  for (const { path, text } of tests) {
    for (const [, id = ""] of text.matchAll(/["`]\[([A-Z]{2}\d+)\]/gu)) quoted.set(id, path);
    // One test may prove several rules: "[DL1] [DL5] …".
    for (const [ids] of text.matchAll(/["`](?:\[[A-Z]{2}\d+\] ?)+/gu)) {
      for (const [, id = ""] of ids.matchAll(/\[([A-Z]{2}\d+)\]/gu)) quoted.set(id, path);
    }
  }
  return [
    ...[...rules]
      .filter((id) => id !== undefined && !quoted.has(id))
      .map((id) => `no test of ${id}`),
    ...[...quoted].filter(([id]) => !rules.has(id)).map(([id, path]) => `${path}: no rule ${id}`),
  ];
}

/** Settings that the document does not list, lists wrongly, or lists though they are gone. */
export function settingProblems(
  page: string,
  settings: readonly { flag: string; variable: string; default: string; description: string }[],
): readonly string[] {
  const listed = new Set([...page.matchAll(/^\| `--.*\|$/gmu)].map(([row]) => row));
  const wanted = settings.map(
    (each) =>
      `| \`--${each.flag}\` | \`${each.variable}\` | ${each.default}${each.default && " "}| ${each.description} |`,
  );
  return [
    ...wanted.filter((row) => !listed.has(row)).map((row) => `missing: ${row}`),
    ...[...listed].filter((row) => !wanted.includes(row)).map((row) => `not a setting: ${row}`),
  ];
}

interface Manifest {
  readonly [kind: string]: unknown;
}

interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * Packages without an exact version, lock entries with an address, and packages missing from the
 * lock.
 */
export function lockProblems(
  manifest: Manifest,
  lock: { readonly packages: Readonly<Record<string, LockEntry>> },
): readonly string[] {
  const inexact = ["dependencies", "devDependencies", "optionalDependencies"].flatMap((kind) =>
    Object.entries(manifest[kind] ?? {})
      .filter(([, version]) => !/^\d+\.\d+\.\d+$/u.test(String(version)))
      .map(([name, version]) => `package.json: ${name} ${version} is not an exact version`),
  );
  const locked = Object.entries(lock.packages).flatMap(([path, entry]) => {
    const wanted = Object.keys({ ...entry.dependencies, ...entry.optionalDependencies });
    const missing = wanted.filter((name) => !isLocked(lock.packages, path, name));
    return [
      ...(entry.resolved === undefined ? [] : [`package-lock.json: ${path} has an address`]),
      ...(entry.version === undefined ? [`package-lock.json: ${path} has no version`] : []),
      // npm ci refuses a lock that lacks even one package for another platform.
      ...missing.map(
        (name) => `package-lock.json: ${name}, which ${path || "we"} need, is missing`,
      ),
    ];
  });
  return [...inexact, ...locked];
}

/** Looks where Node would: beside the package, then further up. */
function isLocked(packages: Readonly<Record<string, LockEntry>>, from: string, name: string) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    if (packages[`${at}${at && "/"}node_modules/${name}`] !== undefined) return true;
    if (at === "") return false;
  }
}

function packageProblems(path: string, layer: string, name: string): readonly string[] {
  if (name.startsWith("node:")) {
    return WITHOUT_NODE.has(layer) ? [`${path}: ${layer} may not import ${name}`] : [];
  }
  const allowed = PACKAGES[layer];
  return allowed === undefined || allowed.includes(name)
    ? []
    : [`${path}: ${layer} may not import the package ${name}`];
}

/** The layer of a path; `undefined` for what may know everything. */
function layerOf(path: string): string | undefined {
  const [root, first, second, third] = path.split("/");
  if (root !== "src" || first === undefined || path === "src/server/main.ts") return undefined;
  if (path.startsWith("src/server/assembly/")) return undefined;
  return first === "server" && third !== undefined ? `server/${second}` : first;
}

/** The file an import means, from the root; `undefined` for packages. */
export function targetOf(name: string, from: string): string | undefined {
  if (name.startsWith("#bin/") || name.startsWith("#test/")) return name.slice(1);
  if (name.startsWith("#")) return `src/${name.slice(1)}`;
  if (!name.startsWith(".")) return undefined;
  return new URL(name, `file:///${from}`).pathname.slice(1);
}

export function importsOf(text: string): readonly string[] {
  const patterns = [
    /^(?:import|export)\b[^"';=(]*?\bfrom\s+["']([^"']+)["']/gmu,
    /^import\s+["']([^"']+)["']/gmu,
    /\bimport\(\s*["']([^"']+)["']/gmu,
  ];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name = ""]) => name));
}
