/** The gate as rules over files: whoever touches storage holds a pass, and passes are made in one place. */
import type { SourceFile } from "#test/support/tidy-rules.ts";
import { importsOf, targetOf } from "#test/support/tidy-rules.ts";

const GATE = "src/server/core/access/";

/** A port: what the core needs of storage. */
const PORT = /^src\/server\/core\/.*(?:-store|message-log)\.ts$/u;

/** What must not touch storage: the edges, and what runs in browsers. */
const OUTSIDE = /^src\/(?:web|sdk|protocol|server\/(?:http|realtime|outgoing|tutorial))\//u;

/** Who may say that a server acts for itself; whoever else does is given the pass by these. */
const SYSTEM = /^src\/server\/(?:core\/(?:access|delivery)|assembly)\/|^(?:test|bench)\//u;

/** Each begins what a port asks for. */
const PASSES = [
  "RoomAccess",
  "MessageAccess",
  "MemberAccess",
  "OwnAccess",
  "PersonAccess",
  "AdminAccess",
  "AdminPersonAccess",
  "SystemAccess",
  "SystemRoomAccess",
] as const;

/** Methods of ports that take no pass, and why. */
export const WITHOUT_PASS: Readonly<Record<string, string>> = {
  "AccountStore.create": "nobody is signed in yet",
  "AccountStore.isTaken":
    "whether a name is free is for everybody, also before they have an account",
  "AccountStore.find": "by name, for who is about to sign in, or for a text that names them",
  "AccountStore.search": "names are found by everybody who is signed in",
  "AccountStore.people": "names of those whom an answer that was granted speaks of",
  "JoiningStore.registration": "told to everybody before they have an account",
  "JoiningStore.hasOwner": "told to everybody before they have an account",
  "JoiningStore.isGood": "who holds an invitation has no account yet; its token is the pass",
  "LinkStore.owner": "who holds a link is not signed in yet; its token is the pass",
  "PresenceStore.report": "servers say who is connected to them, of their own knowledge",
  "PresenceStore.registered": "of this server itself",
  "PresenceStore.expired": "of servers, not of people",
  "PresenceStore.reap": "of servers that are no more",
  "PresenceStore.retire": "of this server itself",
  "PresenceStore.online": "everybody shares General; who hides is not reported at all",
  "PictureMaker.make": "makes a picture, and keeps nothing",
  "RoomStore.openRooms": "open rooms are found by everybody who is signed in",
  "SessionStore.create": "the password or the link was right a moment ago: there is no session yet",
  "SessionStore.touch": "the session's id is a digest of its token, which is the pass",
  "SessionStore.end": "the session's id is a digest of its token, or from a list of one's own",
  "SessionStore.alive": "the sessions' ids are digests of their tokens, which are the passes",
  "WebhookStore.open": "the token in a webhook's address is the pass",
};

/** Methods of ports that take no pass, or beside it something that names a room. */
export function portProblems(
  { path, text }: SourceFile,
  excepted: Readonly<Record<string, string>> = WITHOUT_PASS,
): readonly string[] {
  if (!PORT.test(path)) return [];
  return methodsOf(text).flatMap(({ name, parameters }) => {
    const [first = "", ...others] = parameters;
    const isPassed = PASSES.some((pass) => typesOf(first).includes(pass));
    if (!isPassed) return excepted[name] === undefined ? [`${path}: ${name} takes no pass`] : [];
    if (excepted[name] !== undefined) return [`${path}: ${name} takes a pass, and is excepted`];
    // A server at its own work goes through rooms, for nobody.
    const isFree = typesOf(first).includes("SystemAccess");
    const loose = isFree ? [] : others.filter((each) => /\bRoomId\b/u.test(each));
    return loose.map((each) => `${path}: ${name} takes a room beside its pass: ${each}`);
  });
}

/** Exceptions for methods that are not there. */
export function exceptionProblems(files: readonly SourceFile[]): readonly string[] {
  const ports = files.filter(({ path }) => PORT.test(path));
  const names = new Set(ports.flatMap(({ text }) => methodsOf(text).map(({ name }) => name)));
  return Object.keys(WITHOUT_PASS)
    .filter((name) => !names.has(name))
    .map((name) => `${name} is excepted, and not there`);
}

/** Edges that touch storage, ids of rooms checked elsewhere, and passes made elsewhere. */
export function gateProblems({ path, text }: SourceFile): readonly string[] {
  const targets = importsOf(text).map((name) => targetOf(name, path) ?? name);
  const touched = OUTSIDE.test(path) ? targets.filter(isStorage) : [];
  const isInCore = path.startsWith("src/server/core/") && !path.startsWith(GATE);
  const made = new RegExp(`\\bas (?:unknown as )?(?:${PASSES.join("|")})\\b`, "u");
  return [
    ...touched.map((target) => `${path}: only the core touches storage, not this: ${target}`),
    ...(isInCore && /\bisRoomId\b/u.test(text) ? [`${path}: ask accessRoom for a room`] : []),
    ...(!SYSTEM.test(path) && /\b(?:asSystem|accessAsSystem)\b/u.test(text)
      ? [`${path}: only delivery and the assembly act for the server itself`]
      : []),
    ...(path.startsWith("src/") && made.test(text) ? [`${path}: a pass is made, not claimed`] : []),
    ...(path.startsWith(GATE) && /^export (?:abstract )?class\b/mu.test(text)
      ? [`${path}: a pass is exported as a type alone, or anybody could make one`]
      : []),
  ];
}

/** Also one that is written as a field. */
const METHOD = /^ {2}(?:readonly )?(?<name>\w+)\??(?:: ?)?(?:<[^>]*>)?\(/gmu;

function isStorage(target: string): boolean {
  return (
    /^(?:src\/server\/redis|@redis)\//u.test(target) ||
    /^src\/server\/.*(?:-store|message-log)\.ts$/u.test(target)
  );
}

interface Method {
  /** `RoomStore.add`. */
  readonly name: string;
  readonly parameters: readonly string[];
}

/** The methods of the interfaces in a file, each with its parameters. */
function methodsOf(text: string): readonly Method[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/gu, "");
  const interfaces = code.matchAll(/^export interface (?<of>\w+)[^{]*\{(?<body>[\s\S]*?)^\}/gmu);
  return [...interfaces].flatMap(({ groups }) => {
    const { of = "", body = "" } = groups ?? {};
    return [...body.matchAll(METHOD)].map((found) => ({
      name: `${of}.${found.groups?.["name"]}`,
      parameters: parametersAt(body, found.index + found[0].length),
    }));
  });
}

/** What stands between brackets, from behind the first one on, at each comma outside others. */
function parametersAt(text: string, from: number): readonly string[] {
  const parameters = [""];
  let depth = 1;
  for (const char of text.slice(from)) {
    if ("([{<".includes(char)) depth++;
    else if (")]}>".includes(char)) depth--;
    if (depth === 0) break;
    if (depth === 1 && char === ",") parameters.push("");
    else parameters.push(`${parameters.pop()}${char}`);
  }
  return parameters.map((each) => each.trim()).filter(Boolean);
}

/** The names of a parameter's type: `of: RoomAccess | SystemRoomAccess`. */
function typesOf(parameter: string): readonly string[] {
  return parameter
    .replace(/^[^:]*:/u, "")
    .split("|")
    .map((type) => type.trim());
}
