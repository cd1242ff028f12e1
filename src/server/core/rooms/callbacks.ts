/** Callbacks: bots are called when somebody speaks to them; at least once, with growing pauses where it fails. */
import type { CallbackBody } from "#protocol/callback.ts";
import type { Message } from "#protocol/message.ts";
import type { Person } from "#protocol/person.ts";
import { accessRoom } from "#server/core/access/room-access.ts";
import type { SystemAccess } from "#server/core/access/system-access.ts";
import { ChatError } from "#server/core/chat-error.ts";
import type { Clock } from "#server/core/clock.ts";
import type { MessageLog } from "#server/core/delivery/message-log.ts";
import type { AccountStore } from "#server/core/people/account-store.ts";
import type { Tokens } from "#server/core/people/accounts.ts";
import { Repeating } from "#server/core/repeating.ts";
import type { Call, CallStore, ClaimedCall } from "./call-store.ts";
import type { CallTarget } from "./call-target.ts";
import type { Chat } from "./chat.ts";
import type { RoomStore } from "./room-store.ts";

/** How often each server looks for calls. */
const LOOK_MS = 500;
/** Calls of one server at a time. */
const CALLS_AT_ONCE = 20;
/** Longer than a call and its reply take; then another server tries. */
const LEASE_MS = 20_000;
/** A call is given up after so many tries; the last pause is over an hour. */
export const CALL_TRIES_MAX = 8;
const FIRST_PAUSE_MS = 1_000;
const PAUSE_GROWTH = 4;

/** `text` is what the bot answers; `why` is for the log, without anything the other side said. */
export type Called =
  | { readonly ok: true; readonly text: string | undefined }
  | { readonly ok: false; readonly why: string };

export interface Caller {
  /** Posts a body, signed; gives up after five seconds. Never rejects. */
  call(target: CallTarget, body: string): Promise<Called>;
}

interface Parts {
  readonly calls: CallStore;
  readonly caller: Caller;
  readonly chat: Pick<Chat, "send">;
  readonly log: Pick<MessageLog, "page">;
  readonly rooms: Pick<RoomStore, "room">;
  readonly accounts: Pick<AccountStore, "people">;
  readonly tokens: Pick<Tokens, "digest">;
  readonly system: SystemAccess;
  readonly clock: Clock;
  /** A call that failed, and whether it was the last try; holds no address and no text. */
  readonly onFailure: (bot: number, why: string, isLast: boolean) => void;
}

export class Callbacks {
  readonly #parts: Parts;
  readonly #looking: Repeating;
  readonly #running = new Set<Promise<void>>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#looking = new Repeating(parts.clock, LOOK_MS, () => this.look());
  }

  start(): void {
    this.#looking.start();
  }

  /** Resolves when what is under way is done; what is not is left to the others. */
  async stop(): Promise<void> {
    this.#looking.stop();
    await Promise.all(this.#running);
  }

  /** Takes what is due; does nothing while Redis is away. */
  async look(): Promise<void> {
    const { calls, system } = this.#parts;
    const room = CALLS_AT_ONCE - this.#running.size;
    if (room <= 0) return;
    const claimed = await calls.claim(system, room, LEASE_MS).catch(() => []);
    for (const call of claimed) {
      // What fails here is left as it is, and due again when its lease is over.
      const running = this.#carryOut(call)
        .catch(() => undefined)
        .finally(() => this.#running.delete(running));
      this.#running.add(running);
    }
  }

  async #carryOut(call: ClaimedCall): Promise<void> {
    const { calls, caller, system, onFailure } = this.#parts;
    const target = await calls.target(system, call.bot);
    const body = target && (await this.#body(call));
    // Deleted, suspended, silenced or sent out since: nothing is told to who is not there.
    if (target === undefined || body === undefined) return calls.done(system, call);
    const called = await caller.call(target, JSON.stringify(body));
    if (called.ok) {
      if (called.text !== undefined) await this.#reply(call, called.text);
      return calls.done(system, call);
    }
    const isLast = call.tries >= CALL_TRIES_MAX;
    onFailure(call.bot, called.why, isLast);
    if (isLast) return calls.done(system, call);
    return calls.again(system, call, FIRST_PAUSE_MS * PAUSE_GROWTH ** (call.tries - 1));
  }

  async #body({ bot, room, message: id }: Call): Promise<CallbackBody | undefined> {
    const { log, rooms, accounts } = this.#parts;
    // The bot is told what it may read itself.
    const access = accessRoom({ id: bot }, room);
    const [slice, own] = await Promise.all([
      log.page(access, { at: "around", id }, 2),
      rooms.room(access),
    ]);
    const message = slice?.messages.find((each) => each.id === id);
    if (own === undefined || message === undefined || isDeleted(message)) return undefined;
    const [person] = await accounts.people([message.from]);
    if (person === undefined) return undefined;
    const { kind, name } = own;
    return { type: "message", room: { id: room, kind, name }, message, person };
  }

  /** Safe to repeat: however often the bot is called, it replies once. */
  async #reply({ bot, room, message }: Call, text: string): Promise<void> {
    const { calls, chat, tokens, system, onFailure } = this.#parts;
    // Looked up again: it may have been suspended while it thought.
    const target = await calls.target(system, bot);
    if (target === undefined) return;
    if (!target.scopes.includes("write")) {
      onFailure(bot, "its scopes do not let it answer", true);
      return;
    }
    const user: Person = { id: bot, username: "", bot: true };
    const cid = tokens.digest(`${bot} ${room} ${message}`);
    try {
      await chat.send(user, room, { cid, text, replyTo: message });
    } catch (error) {
      if (!(error instanceof ChatError) || PASSING.has(error.code)) throw error;
      onFailure(bot, `its answer was refused: ${error.code}`, true);
    }
  }
}

/** Refusals after which another try makes sense. */
const PASSING: ReadonlySet<string> = new Set(["unavailable", "too-many-requests"]);

function isDeleted({ deleted }: Message): boolean {
  return deleted !== undefined;
}
