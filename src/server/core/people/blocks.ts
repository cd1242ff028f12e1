/** Blocks: whom a person does not want to hear from, and what follows from that. */
import type { BlocksResult } from "#protocol/blocks.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Person } from "#protocol/person.ts";
import { accessOwn, accessPerson } from "#server/core/access/person-access.ts";
import { ChatError, notFound } from "#server/core/chat-error.ts";
import type { AccountStore } from "./account-store.ts";
import type { BlockStore } from "./block-store.ts";

interface Parts {
  readonly blocks: BlockStore;
  readonly accounts: Pick<AccountStore, "people">;
}

export class Blocks {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Whom somebody blocks, the last one first; told to nobody else. */
  async list(by: Person): Promise<BlocksResult> {
    const found = await this.#parts.blocks.blocks(accessOwn(by));
    if (found.length === 0) return { blocks: [] };
    const people = await this.#parts.accounts.people(found.map(({ user }) => user));
    const since = new Map(found.map((each) => [each.user, each.since]));
    return { blocks: people.map((person) => ({ ...person, since: since.get(person.id) ?? 0 })) };
  }

  /** Repeated, it changes nothing. */
  async block(by: Person, user: number): Promise<void> {
    if (user === by.id) throw new ChatError("bad-request", "Nobody can block themselves.");
    const outcome = await this.#parts.blocks.block(accessPerson(by, user));
    if (outcome === "not-found") throw notFound();
    if (outcome === "too-many") {
      const most = LIMITS.blocksMax;
      throw new ChatError("too-many-marks", `A person blocks up to ${most} others.`);
    }
  }

  async unblock(by: Person, user: number): Promise<void> {
    await this.#parts.blocks.unblock(accessPerson(by, user));
  }
}
