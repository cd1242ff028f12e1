/**
 * A stranger of a canary run: the real client library on a connection of its own, from an address,
 * with a browser and words found nowhere else; every packet on its wire is kept.
 */
import { io } from "socket.io-client";
import { isCommandError } from "#sdk/error.ts";
import { prove } from "#sdk/strangers/proof.ts";
import { Strangers } from "#sdk/strangers/strangers.ts";
import { MemoryTokenKeeper } from "#sdk/strangers/world.ts";
import type { StrangerConnection, StrangerListener, StrangerWorld } from "#sdk/strangers/world.ts";
import { until } from "#test/support/until.ts";
import type { Canaries } from "./canaries.ts";

const PATIENCE = { timeoutMs: 30_000 };

/** A packet as it went over the wire, in either direction. */
export interface Packet {
  readonly isFromServer: boolean;
  readonly text: string;
}

class NotingKeeper extends MemoryTokenKeeper {
  readonly #canaries: Canaries;

  constructor(canaries: Canaries) {
    super();
    this.#canaries = canaries;
  }

  override set(token: string): void {
    const [uid = "", secret = ""] = token.split(".");
    this.#canaries.add("uid", uid);
    this.#canaries.add("token", secret);
    super.set(token);
  }
}

export class Visitor implements Disposable {
  readonly #canaries: Canaries;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #keeper: NotingKeeper;
  readonly #cuts = new Set<() => void>();
  readonly address: string;
  readonly packets: Packet[] = [];
  strangers: Strangers;
  url: string;

  constructor(canaries: Canaries, url: string) {
    this.#canaries = canaries;
    this.#keeper = new NotingKeeper(canaries);
    this.address = canaries.make("address");
    this.#headers = {
      "x-forwarded-for": this.address,
      "user-agent": canaries.make("agent"),
      "accept-language": canaries.make("agent"),
      cookie: `tracker=${canaries.make("agent")}`,
      referer: `http://localhost/${canaries.make("agent")}`,
    };
    this.url = url;
    this.strangers = this.#page();
  }

  /** Looks for whoever shares this, and nobody else. */
  search(interest: string): void {
    this.strangers.search({ interests: [interest], language: "en", onlyInterests: true });
  }

  async talking(): Promise<void> {
    await until(() => this.strangers.state.at === "talking", { what: "they talk", ...PATIENCE });
    const { state } = this.strangers;
    if (state.at !== "talking") return;
    this.#canaries.add("pair", state.pair.id);
    this.#canaries.add("name", state.pair.you.name);
    this.#canaries.add("name", state.pair.they.name);
  }

  /** Says something unique; gives it. */
  say(): string {
    const text = this.#canaries.make("text");
    this.strangers.typing(true);
    this.strangers.say(text);
    return text;
  }

  async reads(text: string): Promise<void> {
    const isThere = () => this.strangers.talk?.lines.some((line) => line.text === text) === true;
    await until(isThere, { what: "a line arrives", ...PATIENCE });
  }

  /** As a page that is loaded again, maybe at another server. */
  async reload(url = this.url): Promise<void> {
    this.vanish();
    this.url = url;
    this.strangers = this.#page();
    this.strangers.resume();
    await this.talking();
  }

  /** As a browser that is killed: not a word of farewell. */
  vanish(): void {
    for (const cut of this.#cuts) cut();
    this.#cuts.clear();
  }

  [Symbol.dispose](): void {
    this.strangers.close();
    this.vanish();
  }

  #page(): Strangers {
    let isCut = false;
    const world: StrangerWorld = {
      now: () => Date.now(),
      random: Math.random,
      setTimer: (run, ms) => {
        const timer = setTimeout(() => {
          if (!isCut) run();
        }, ms);
        return () => {
          clearTimeout(timer);
        };
      },
      connect: (_, listener) => this.#connect(listener, () => isCut),
      keeper: this.#keeper,
      prove,
    };
    this.#cuts.add(() => (isCut = true));
    return new Strangers({ world });
  }

  #connect(listener: StrangerListener, isCut: () => boolean): StrangerConnection {
    const socket = io(`${this.url}/strangers`, {
      transports: ["websocket"],
      reconnection: false,
      forceNew: true,
      extraHeaders: this.#headers,
    });
    const { engine } = socket.io;
    const note = (isFromServer: boolean, text: unknown) => {
      if (typeof text === "string") this.packets.push({ isFromServer, text });
    };
    engine.on("packet", ({ type, data }) => {
      if (type === "message") note(true, data);
    });
    engine.on("packetCreate", ({ type, data }) => {
      if (type === "message") note(false, data);
    });
    const cut = () => {
      socket.off();
      // Without a word: as the system closes what a killed browser had open.
      socket.io.engine.close();
      this.#cuts.delete(cut);
    };
    this.#cuts.add(cut);
    const end = (error?: Error & { readonly data?: unknown }) => {
      cut();
      if (!isCut()) listener.onEnd(isCommandError(error?.data) ? error.data : undefined);
    };
    socket.on("connect", () => listener.onOpen());
    socket.on("connect_error", end);
    socket.on("disconnect", () => end());
    socket.onAny((name: unknown, data: unknown) => {
      if (typeof name === "string") listener.onNotice(name, data);
    });
    return {
      command: (name, body, onAnswer) => {
        socket.emit(name, body, onAnswer);
      },
      close: () => {
        socket.off();
        socket.disconnect();
        this.#cuts.delete(cut);
      },
    };
  }
}
