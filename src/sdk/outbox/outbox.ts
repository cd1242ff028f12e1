/**
 * The outbox: keeps what was written until the server has it, and sends it in order, each message
 * once.
 */
import type { SendResult } from "#protocol/commands.ts";
import type { CommandError } from "#protocol/errors.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import type { Environment } from "#sdk/environment.ts";
import { isPassing } from "#sdk/error.ts";
import type { Link } from "#sdk/link.ts";
import { retryDelayMs } from "#sdk/retry.ts";
import type { Entry } from "#sdk/room/timeline.ts";
import { Lane } from "./lane.ts";
import { Journal } from "./outbox-store.ts";
import type { OutboxStore, Unsent } from "./outbox-store.ts";

export interface OutboxListener {
  /**
   * Whether sending to this room makes sense now: not while what was missed in it is still being
   * fetched.
   */
  maySend(room: RoomId): boolean;
  /** What `entries(room)` answers has changed. */
  onChange(room: RoomId): void;
  /** The server has stored it; its entry is gone from here. */
  onStored(unsent: Unsent, result: SendResult): void;
}

/** Whose messages: `key` names the part of the store, `id` the author. */
export interface Owner {
  readonly id: number;
  readonly key: string;
}

/**
 * The server remembers a cid for 24 hours. A message that waited longer might have arrived before
 * and would arrive twice, so beyond this its author is asked.
 */
export const WAITED_MAX_MS = 23 * 3_600_000;

const WAITED_TOO_LONG: CommandError = {
  code: "message-not-allowed",
  detail: "This message waited for a day. If it is not in the room yet, try again.",
};

export class Outbox {
  readonly #environment: Environment;
  readonly #link: Link;
  readonly #store: OutboxStore;
  readonly #listener: OutboxListener;
  readonly #lanes = new Map<RoomId, Lane>();
  #owner: Owner | undefined;
  /** Where the owner's messages are kept; `undefined` before anyone is known. */
  #journal: Journal | undefined;
  #written: Promise<unknown> = Promise.resolve();
  #isLoaded = false;
  #lastAt = 0;

  constructor(options: {
    readonly environment: Environment;
    readonly link: Link;
    readonly store: OutboxStore;
    readonly listener: OutboxListener;
  }) {
    this.#environment = options.environment;
    this.#link = options.link;
    this.#store = options.store;
    this.#listener = options.listener;
  }

  /** Oldest first. */
  entries(room: RoomId): readonly Entry[] {
    return this.#lanes.get(room)?.entries ?? [];
  }

  /**
   * Takes over the messages that `owner` left in the store; what was written before anyone was
   * known becomes theirs.
   */
  open(owner: Owner): void {
    if (this.#owner?.key === owner.key) return;
    if (this.#owner !== undefined) this.clear();
    this.#owner = owner;
    const journal = new Journal(this.#store, owner.key, this.#written);
    this.#journal = journal;
    for (const lane of this.#lanes.values()) for (const one of lane.unsent) journal.put(one);
    void journal.load().then((found) => {
      if (this.#journal === journal) this.#loaded(found);
      return undefined;
    });
  }

  /** Forgets everything here, as when someone else signs in; the store keeps it. */
  clear(): void {
    for (const lane of this.#lanes.values()) lane.stopPause?.();
    this.#lanes.clear();
    this.#written = this.#journal?.written ?? this.#written;
    this.#journal = undefined;
    this.#owner = undefined;
    this.#isLoaded = false;
  }

  /** Forgets everything of the owner, in the store too. */
  forget(): void {
    for (const lane of this.#lanes.values()) {
      for (const { cid } of lane.unsent) this.#journal?.remove(cid);
    }
    this.clear();
  }

  /** Queues a message and sends it as soon as may be; the answer is its line. `cid` must be new. */
  add(room: RoomId, cid: string, text: string): Entry | undefined {
    this.#lastAt = Math.max(this.#lastAt + 1, this.#environment.now());
    const unsent: Unsent = { cid, room, text, at: this.#lastAt };
    const lane = this.#lane(room);
    lane.add(unsent);
    this.#journal?.put(unsent);
    this.pump(room);
    return lane.entry(cid);
  }

  /** Sends a refused message again, after those that wait. */
  retry(room: RoomId, cid: string): void {
    const lane = this.#lanes.get(room);
    if (lane?.entry(cid)?.state !== "failed") return;
    const failed = lane.remove(cid);
    if (failed !== undefined) this.add(room, cid, failed.text);
    this.#listener.onChange(room);
  }

  /**
   * Takes a message back. One that the server was given already may have been stored all the same.
   */
  cancel(room: RoomId, cid: string): void {
    if (this.#remove(this.#lanes.get(room), cid) !== undefined) this.#listener.onChange(room);
  }

  /**
   * My message was seen stored: its event may come before its acknowledgement, or instead of it.
   * Answers whether it was still waiting here.
   */
  confirm(room: RoomId, cid: string, id: Position): boolean {
    const lane = this.#lanes.get(room);
    if (lane === undefined) return false;
    const unsent = this.#remove(lane, cid);
    if (unsent !== undefined) lane.retain(unsent, id, this.#environment.now());
    if (lane.inFlight === cid) this.#settled(lane);
    return unsent !== undefined;
  }

  /**
   * Queues again, before all others, what was acknowledged lately with an id after `after` and is
   * not there: Redis lost it. Whatever is there after all keeps its place, because it goes with the
   * same cid.
   */
  resend(room: RoomId, after: Position, isThere: (cid: string) => boolean): void {
    const now = this.#environment.now();
    const lost = this.#lanes.get(room)?.resend({ now, after, isThere }) ?? [];
    for (const unsent of lost) this.#journal?.put(unsent);
    if (lost.length > 0) this.#listener.onChange(room);
  }

  /** Sends the next message of a room, or of every room, if nothing is in the way. */
  pump(room?: RoomId): void {
    if (!this.#isLoaded || !this.#link.isOpen) return;
    const lanes = room === undefined ? [...this.#lanes.values()] : [this.#lanes.get(room)];
    for (const lane of lanes) if (lane && this.#listener.maySend(lane.room)) this.#next(lane);
  }

  #next(lane: Lane): void {
    if (lane.inFlight !== undefined || lane.stopPause !== undefined) return;
    const oldest = this.#environment.now() - WAITED_MAX_MS;
    let unsent = lane.next();
    for (; unsent !== undefined && unsent.at < oldest; unsent = lane.next()) {
      this.#fail(lane, unsent, WAITED_TOO_LONG);
    }
    if (unsent !== undefined) this.#give(lane, unsent);
  }

  #give(lane: Lane, unsent: Unsent): void {
    const { cid, room, text } = unsent;
    lane.inFlight = cid;
    const isGiven = this.#link.command("send", { room, cid, message: text }, (answer) => {
      // Otherwise it was seen stored already, or its owner is gone.
      if (lane.inFlight === cid && this.#lanes.get(room) === lane) {
        this.#answered(lane, unsent, answer);
      }
    });
    if (isGiven) this.#show(lane, unsent, "sending");
    else lane.inFlight = undefined;
  }

  #answered(
    lane: Lane,
    unsent: Unsent,
    answer: SendResult | { readonly error: CommandError } | undefined,
  ): void {
    if (answer === undefined) {
      // Nobody knows whether it was stored; the same cid will find out.
      lane.inFlight = undefined;
      this.#show(lane, unsent, "queued");
    } else if (!("error" in answer)) {
      if (this.#remove(lane, unsent.cid) !== undefined) {
        lane.retain(unsent, answer.id, this.#environment.now());
        this.#listener.onStored(unsent, answer);
      }
      this.#settled(lane);
    } else if (isPassing(answer.error)) this.#pause(lane, unsent, answer.error);
    else {
      this.#fail(lane, unsent, answer.error);
      this.#settled(lane);
    }
  }

  /** The way is free for the next one. */
  #settled(lane: Lane): void {
    lane.inFlight = undefined;
    lane.tries = 0;
    this.pump(lane.room);
  }

  #pause(lane: Lane, unsent: Unsent, { retryAfter }: CommandError): void {
    lane.inFlight = undefined;
    const delay = retryDelayMs(++lane.tries, this.#environment.random(), retryAfter);
    lane.stopPause = this.#environment.setTimer(() => {
      lane.stopPause = undefined;
      this.pump(lane.room);
    }, delay);
    this.#show(lane, unsent, "queued");
  }

  #fail(lane: Lane, unsent: Unsent, error: CommandError): void {
    const failed = { ...unsent, error };
    if (lane.entry(unsent.cid) !== undefined) this.#journal?.put(failed);
    this.#show(lane, failed, "failed");
  }

  #loaded(found: readonly Unsent[]): void {
    this.#isLoaded = true;
    const rooms = Map.groupBy(found, ({ room }) => room);
    for (const [room, unsent] of rooms) {
      const lane = this.#lane(room);
      lane.addFirst(unsent.filter(({ cid }) => lane.entry(cid) === undefined));
    }
    for (const lane of this.#lanes.values()) {
      lane.sign();
      this.#listener.onChange(lane.room);
    }
    this.pump();
  }

  #show(lane: Lane, unsent: Unsent, state: Entry["state"]): void {
    if (lane.show(unsent, state)) this.#listener.onChange(lane.room);
  }

  #remove(lane: Lane | undefined, cid: string): Unsent | undefined {
    const unsent = lane?.remove(cid);
    if (unsent !== undefined) this.#journal?.remove(cid);
    return unsent;
  }

  #lane(room: RoomId): Lane {
    const known = this.#lanes.get(room);
    if (known !== undefined) return known;
    const lane = new Lane(room, () => this.#owner?.id ?? 0);
    this.#lanes.set(room, lane);
    return lane;
  }
}
