/** A talker: says its lines at a Klatch one after another, again with the same cid until one is stored. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Member } from "#test/support/member.ts";

export class Talker {
  readonly #member: Member;
  /** Where it talks just now; it may be started again at another address. */
  readonly #url: () => string;
  stored = 0;

  constructor(member: Member, url: () => string) {
    this.#member = member;
    this.#url = url;
  }

  /** Resolves when all of them are stored. */
  async talk(lines: readonly { readonly room: string; readonly text: string }[]): Promise<void> {
    for (const [at, { room, text }] of lines.entries()) {
      const cid = `line-${this.#member.me.id}-${at}-${text.replaceAll(/\W/gu, "")}`;
      while (!(await this.#try(room, text, cid))) await sleep(100);
      this.stored++;
    }
  }

  async #try(room: string, text: string, cid: string): Promise<boolean> {
    try {
      const { status } = await this.#member.at(this.#url()).say(text, cid, room);
      if (status === 201) return true;
      if (status !== 429 && status !== 503) throw new Refused(`${text}: ${status}`);
      return false;
    } catch (error) {
      if (error instanceof Refused) throw error;
      // The server was killed: nobody knows what became of it.
      return false;
    }
  }
}

class Refused extends Error {}
