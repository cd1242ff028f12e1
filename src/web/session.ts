/** Who is signed in here, and which screen that calls for. */
import type { Me } from "#protocol/api.ts";
import type { Person } from "#protocol/person.ts";
import type { Klatch, LinkState } from "#sdk/index.ts";
import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { DeviceMemory } from "./device-memory.ts";

/**
 * The screen to show. `notice` tells why one is at the door when one did not go there oneself;
 * `returning` says that somebody has signed in on this device before.
 */
export type Stage =
  | { readonly at: "starting" }
  | { readonly at: "welcome"; readonly notice?: string; readonly returning: boolean }
  | { readonly at: "room"; readonly me: Me; readonly klatch: Klatch };

export interface SessionOptions {
  /**
   * A fresh client for each person, so that nothing of the last one is left in it; `me` where
   * known.
   */
  readonly openKlatch: (me?: Me) => Klatch;
  readonly memory: DeviceMemory;
}

const ME = "klatch:me";
const KNOWN = "klatch:known";

const ENDED = "You were signed out, here or on another device. Please sign in again.";

export class Session {
  readonly memory: DeviceMemory;
  readonly #openKlatch: (me?: Me) => Klatch;
  readonly #stage = signal<Stage>({ at: "starting" });
  #klatch: Klatch;
  #unhear: () => void = () => {};

  constructor({ openKlatch, memory }: SessionOptions) {
    this.memory = memory;
    this.#openKlatch = openKlatch;
    this.#klatch = openKlatch();
    this.#hear();
  }

  get stage(): ReadonlySignal<Stage> {
    return this.#stage;
  }

  /**
   * Finds out who is here. Whoever was here last time sees the room at once, while the server is
   * asked; without an answer the room stays, since reading and writing work offline too.
   */
  async start(): Promise<void> {
    const last = this.#recall();
    if (last) this.#enter(last);
    const klatch = this.#klatch;
    try {
      const me = await klatch.whoAmI();
      // The link may have been told first.
      if (klatch !== this.#klatch) return;
      if (!me) this.#leave(last && ENDED);
      else if (me.id !== last?.id || me.role !== last.role) {
        // Somebody else has signed in here meanwhile: nothing of the last one may be left.
        if (last && me.id !== last.id) this.#renew(me);
        this.#enter(me);
      }
    } catch {
      if (!last)
        this.#leave("The server cannot be reached just now. Please try again in a moment.");
    }
  }

  /** Throws KlatchError with words for the person. */
  async signIn(username: string, password: string): Promise<void> {
    this.#enter(await this.#klatch.signIn(username, password));
  }

  /** Throws KlatchError with words for the person. */
  async register(username: string, password: string): Promise<void> {
    this.#enter(await this.#klatch.register(username, password));
  }

  /** Throws KlatchError when the server could not be told; then the person is still signed in. */
  async signOut(): Promise<void> {
    this.#unhear();
    try {
      await this.#klatch.signOut();
    } catch (error) {
      this.#hear();
      throw error;
    }
    this.#leave();
  }

  #enter(me: Me): void {
    this.memory.setItem(ME, JSON.stringify({ id: me.id, username: me.username, role: me.role }));
    this.memory.setItem(KNOWN, "yes");
    if (this.#klatch.me?.id !== me.id) this.#renew(me);
    this.#stage.value = { at: "room", me, klatch: this.#klatch };
    this.#klatch.connect();
  }

  #leave(notice?: string): void {
    this.memory.removeItem(ME);
    this.#renew();
    const returning = this.memory.getItem(KNOWN) !== null;
    this.#stage.value = { at: "welcome", returning, ...(notice && { notice }) };
  }

  #renew(me?: Me): void {
    this.#unhear();
    this.#klatch.close();
    this.#klatch = this.#openKlatch(me);
    this.#hear();
  }

  #hear(): void {
    this.#unhear = this.#klatch.onLink((link) => this.#onLink(link));
  }

  #onLink(link: LinkState): void {
    if (link.at !== "closed" || this.#stage.peek().at !== "room") return;
    if (link.why === "signed-out" || link.why === "not-signed-in") this.#leave(ENDED);
  }

  #recall(): Me | undefined {
    try {
      const kept: unknown = JSON.parse(this.memory.getItem(ME) ?? "null");
      // What was kept before there were roles has none.
      return isPerson(kept) ? { role: "member", ...kept } : undefined;
    } catch {
      return undefined;
    }
  }
}

function isPerson(value: unknown): value is Person {
  if (typeof value !== "object" || value === null) return false;
  if (!("id" in value) || !("username" in value)) return false;
  return typeof value.id === "number" && typeof value.username === "string";
}
