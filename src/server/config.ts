/**
 * The settings: flags and their environment twins, read once; all mistakes are reported together.
 */
import { BlockList, isIP } from "node:net";
import { parseArgs } from "node:util";
import { resolve } from "node:path";
import type { Registration } from "#protocol/joining.ts";
import { StartError } from "./start-error.ts";

export interface Config {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly dataDir: string;
  /** Absent: Klatch runs its own. */
  readonly redisUrl: string | undefined;
  /** A Redis that forgets, for strangers; absent: Klatch runs its own, or none are met. */
  readonly strangerRedisUrl: string | undefined;
  /**
   * Origins pages may come from, like `https://chat.example`; empty: the address Klatch listens on.
   */
  readonly publicOrigins: readonly string[];
  /** Addresses of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: BlockList;
  /** What a Redis must do with what it acknowledges; `disk`: keep it in a log on disk. */
  readonly durability: "disk" | "none";
  /** Who may make an account, until an admin sets something else. */
  readonly registration: Registration;
  readonly demo: boolean;
  /** Whether the Redis chat tutorial's own clients are served, too, and its servers spoken with. */
  readonly tutorial: boolean;
  /** The folder of the tutorial's built page; absent: Klatch's own page is at the root. */
  readonly tutorialPage: string | undefined;
  /** Whether bots may be called at addresses of private networks, and over plain http. */
  readonly privateCallbacks: boolean;
  readonly logLevel: LogLevel | undefined;
}

export type LogLevel = (typeof LOG_LEVELS)[number];
const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "silent"] as const;

export interface Setting {
  readonly flag: string;
  readonly variable: string;
  /** As shown in the documents; empty for none. */
  readonly default: string;
  readonly description: string;
}

/** Every setting there is; docs/self-hosting.md shows this table. */
export const SETTINGS = [
  {
    flag: "port",
    variable: "PORT",
    default: "8080",
    description: "TCP port to listen on; 0 takes a free one",
  },
  {
    flag: "host",
    variable: "HOST",
    default: "127.0.0.1",
    description: "address to listen on; 0.0.0.0 for all",
  },
  {
    flag: "data",
    variable: "DATA_DIR",
    default: "./data",
    description: "folder of Klatch's own Redis",
  },
  {
    flag: "redis-url",
    variable: "REDIS_URL",
    default: "",
    description:
      "redis://, rediss:// or unix: address of your Redis; without it Klatch runs its own",
  },
  {
    flag: "stranger-redis-url",
    variable: "STRANGER_REDIS_URL",
    default: "",
    description: "a second Redis, which forgets, for strangers; needed with REDIS_URL to meet any",
  },
  {
    flag: "public-url",
    variable: "PUBLIC_URL",
    default: "",
    description: "address people open, like https://chat.example; several with commas",
  },
  {
    flag: "trusted-proxies",
    variable: "TRUSTED_PROXIES",
    default: "",
    description: "addresses or networks of your proxies, whose X-Forwarded-For is believed",
  },
  {
    flag: "durability",
    variable: "DURABILITY",
    default: "disk",
    description: "disk: not ready on a Redis without a log on disk; none: take any",
  },
  {
    flag: "registration",
    variable: "REGISTRATION",
    default: "open",
    description: "who may make an account, until an admin sets it: open, or invitation",
  },
  {
    flag: "demo",
    variable: "DEMO",
    default: "",
    description: "fills an empty chat with the tutorial's people, whose passwords everybody knows",
  },
  {
    flag: "tutorial",
    variable: "TUTORIAL",
    default: "",
    description: "also speaks the REST and Socket.IO contract of the Redis chat tutorial",
  },
  {
    flag: "tutorial-page",
    variable: "TUTORIAL_PAGE",
    default: "",
    description: "folder of the tutorial's built page, shown at /; Klatch's own is then at /klatch",
  },
  {
    flag: "private-callbacks",
    variable: "PRIVATE_CALLBACKS",
    default: "",
    description: "lets bots be called at private addresses, too, and over http",
  },
  {
    flag: "log-level",
    variable: "LOG_LEVEL",
    default: "info",
    description: `${LOG_LEVELS.join(", ")}; on a terminal the default is warn`,
  },
] as const satisfies readonly Setting[];

/** Flags that need no value. */
const SWITCHES: ReadonlySet<string> = new Set(["demo", "tutorial", "private-callbacks"]);

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads flags first, variables second. Throws one `StartError` with a line for each mistake. */
export function readConfig(args: readonly string[], env: Environment): Config {
  const mistakes: string[] = [];
  const flags = readFlags(args, mistakes);
  const value = (flag: (typeof SETTINGS)[number]["flag"]): Given => {
    const setting = SETTINGS.find((known) => known.flag === flag);
    const given = flags.get(flag) ?? env[setting?.variable ?? ""];
    const name = flags.has(flag) ? `--${flag}` : (setting?.variable ?? flag);
    return { name, text: given === undefined || given === "" ? undefined : given };
  };
  const config: Config = {
    host: value("host").text ?? "127.0.0.1",
    port: readPort(value("port"), mistakes),
    dataDir: resolve(value("data").text ?? "data"),
    redisUrl: readRedisUrl(value("redis-url"), mistakes),
    strangerRedisUrl: readRedisUrl(value("stranger-redis-url"), mistakes),
    publicOrigins: readOrigins(value("public-url"), mistakes),
    trustedProxies: readNetworks(value("trusted-proxies"), mistakes),
    durability: readDurability(value("durability"), mistakes),
    registration: readRegistration(value("registration"), mistakes),
    demo: readSwitch(value("demo"), mistakes),
    // Its page is of no use without it.
    tutorial: readSwitch(value("tutorial"), mistakes) || value("tutorial-page").text !== undefined,
    tutorialPage: readFolder(value("tutorial-page")),
    privateCallbacks: readSwitch(value("private-callbacks"), mistakes),
    logLevel: readLevel(value("log-level"), mistakes),
  };
  if (mistakes.length > 0) throw new StartError(...mistakes);
  return config;
}

interface Given {
  /** The flag or variable it came from, for the error. */
  readonly name: string;
  readonly text: string | undefined;
}

function readFlags(args: readonly string[], mistakes: string[]): ReadonlyMap<string, string> {
  const flags = new Map<string, string>();
  const options = Object.fromEntries(
    SETTINGS.map(({ flag }) => [
      flag,
      { type: SWITCHES.has(flag) ? "boolean" : "string" } as const,
    ]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      mistakes.push(`"${token.value}" is not understood. Settings look like --port 9000.`);
    } else if (!Object.hasOwn(options, token.name)) {
      const known = SETTINGS.map(({ flag }) => `--${flag}`).join(" ");
      mistakes.push(`${token.rawName} is no setting. There are: ${known}`);
    } else if (!SWITCHES.has(token.name) && token.value === undefined) {
      mistakes.push(`${token.rawName} needs a value, like ${token.rawName} VALUE.`);
    } else {
      flags.set(token.name, token.value ?? "true");
    }
  }
  return flags;
}

function readPort({ name, text }: Given, mistakes: string[]): number {
  if (text === undefined) return 8080;
  const port = /^\d{1,5}$/u.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  mistakes.push(`${name} is "${text}", but a port is a number from 0 to 65535.`);
  return 8080;
}

function readRedisUrl({ name, text }: Given, mistakes: string[]): string | undefined {
  if (text === undefined || /^unix:(?:\/\/)?\/./u.test(text)) return text;
  if (/^rediss?:$/u.test(parseUrl(text)?.protocol ?? "")) return text;
  // Not repeated here: it may hold a password.
  mistakes.push(`${name} is not understood: it looks like redis://host:6379 or unix:/path.`);
  return undefined;
}

function readOrigins({ name, text }: Given, mistakes: string[]): readonly string[] {
  const urls = text?.split(",").map((url) => url.trim()) ?? [];
  return urls.flatMap((url) => {
    const parsed = parseUrl(url);
    if (parsed && /^https?:$/u.test(parsed.protocol) && parsed.pathname === "/") {
      return [parsed.origin];
    }
    mistakes.push(`${name} has "${url}", but an address looks like https://chat.example.`);
    return [];
  });
}

function readNetworks({ name, text }: Given, mistakes: string[]): BlockList {
  const networks = new BlockList();
  for (const network of text?.split(",").map((part) => part.trim()) ?? []) {
    const [address = "", bits, ...rest] = network.split("/");
    const version = isIP(address);
    const most = version === 6 ? 128 : 32;
    const prefix = bits === undefined ? most : /^\d{1,3}$/u.test(bits) ? Number(bits) : -1;
    if (version === 0 || prefix < 0 || prefix > most || rest.length > 0) {
      mistakes.push(`${name} has "${network}", but a network looks like 10.0.0.0/8 or ::1.`);
    } else {
      networks.addSubnet(address, prefix, version === 6 ? "ipv6" : "ipv4");
    }
  }
  return networks;
}

function readFolder({ text }: Given): string | undefined {
  return text === undefined ? undefined : resolve(text);
}

function readSwitch({ name, text }: Given, mistakes: string[]): boolean {
  if (text === undefined || /^(?:0|false|no|off)$/iu.test(text)) return false;
  if (/^(?:1|true|yes|on)$/iu.test(text)) return true;
  mistakes.push(`${name} is "${text}", but it is either true or false.`);
  return false;
}

function readDurability({ name, text }: Given, mistakes: string[]): "disk" | "none" {
  if (text === undefined || text === "disk") return "disk";
  if (text !== "none") mistakes.push(`${name} is "${text}", but it is either disk or none.`);
  return "none";
}

function readRegistration({ name, text }: Given, mistakes: string[]): Registration {
  if (text === undefined || text === "open" || text === "invitation") return text ?? "open";
  mistakes.push(`${name} is "${text}", but it is either open or invitation.`);
  return "open";
}

function readLevel({ name, text }: Given, mistakes: string[]): LogLevel | undefined {
  if (text === undefined) return undefined;
  const level = LOG_LEVELS.find((known) => known === text);
  if (level === undefined) {
    mistakes.push(`${name} is "${text}", but a level is one of ${LOG_LEVELS.join(", ")}.`);
  }
  return level;
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
