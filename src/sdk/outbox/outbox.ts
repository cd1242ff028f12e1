/**
 * The outbox: keeps what was written until the server has it, and sends it in order, each message
 * once.
 */
import type { SendResult } from "#protocol/commands.ts";
import type { CommandError } from "#protocol/errors.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import type { CommandAnswer, Environment } from "#sdk/environment.ts";
import { KlatchError, isPassing } from "#sdk/error.ts";
import type { Link } from "#sdk/link.ts";
import type { Entry } from "#sdk/room/timeline.ts";
import { Timer } from "#sdk/timer.ts";
import { Lane } from "./lane.ts";
import { Journal } from "./outbox-store.ts";
import type { OutboxStore, Unsent } from "./outbox-store.ts";

/** What the outbox asks and tells a room. */
export interface OutboxListener {
  /**
   * Whether sending makes sense now: not while what was missed is still being fetched, because what
   * a fork lost has to go before what was written later.
   */
  maySend(): boolean;
  /** What `entries` answers for it has changed. */
  onChange(): void;
  /** The server has stored it; its entry is gone from here. */
  onStored(unsent: Unsent, result: SendResult): void;
}

/** A message as it was written, before it has its time. */
export type Written = Omit<Unsent, "at" | "error">;

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

/** Unsent messages kept, in all rooms together; a program that writes on and on learns of it. */
export const UNSENT_MAX = 500;

const WAITED_TOO_LONG: CommandError = {
  code: "message-not-allowed",
  detail: "This message waited for a day. If it is not there, try again.",
};

const TOO_MANY = "500 messages wait to be sent. Please try again.";

export class Outbox {
  readonly #environment: Environment;
  readonly #link: Link;
  readonly #journal: Journal;
  readonly #listener: (room: RoomId) => OutboxListener | undefined;
  readonly #lanes = new Map<RoomId, Lane>();
  #owner: Owner | undefined;
  #isLoaded = false;
  #lastAt = 0;

  /** @param listener who listens for a room */
  constructor(
    environment: Environment,
    link: Link,
    store: OutboxStore,
    listener: (room: RoomId) => OutboxListener | undefined,
  ) {
    this.#environment = environment;
    this.#link = link;
    this.#journal = new Journal(store);
    this.#listener = listener;
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
    for (const lane of this.#lanes.values()) lane.unsent.forEach((one) => this.#keep(one));
    void this.#load(owner);
  }

  /** Forgets everything here, as when someone else signs in; the store keeps it. */
  clear(): void {
    this.endPauses();
    this.#lanes.clear();
    this.#owner = undefined;
    this.#isLoaded = false;
  }

  /** Forgets everything of the owner, in the store too. */
  forget(): void {
    for (const lane of this.#lanes.values()) lane.unsent.forEach(({ cid }) => this.#drop(cid));
    this.clear();
  }

  /** Nothing waits any longer for what was refused a moment ago. */
  endPauses(): void {
    for (const lane of this.#lanes.values()) lane.pause.stop();
  }

  /** Sends at once whatever waits. */
  resume(): void {
    this.endPauses();
    this.pump();
  }

  /**
   * Queues a message and sends it as soon as may be; the answer is its line. `cid` must be new.
   *
   * @throws KlatchError `outbox-full`
   */
  add(written: Written): Entry | undefined {
    const waiting = [...this.#lanes.values()].flatMap((lane) => lane.unsent);
    if (waiting.length >= UNSENT_MAX) throw new KlatchError("outbox-full", TOO_MANY);
    return this.#add(written);
  }

  #add(written: Written): Entry | undefined {
    this.#lastAt = Math.max(this.#lastAt + 1, this.#environment.now());
    const unsent: Unsent = { ...written, at: this.#lastAt };
    const lane = this.#lane(unsent.room);
    lane.add(unsent);
    this.#keep(unsent);
    this.pump(unsent.room);
    return lane.entry(unsent.cid);
  }

  /** Sends a refused message again, after those that wait. */
  retry(room: RoomId, cid: string): void {
    const lane = this.#lanes.get(room);
    if (lane?.entry(cid)?.state !== "failed") return;
    const { error: _, ...failed } = lane.remove(cid) ?? {};
    // Past the bound too: it was here before.
    if ("cid" in failed) this.#add(failed);
    this.#listener(room)?.onChange();
  }

  /**
   * Takes a message back. One that the server was given already may have been stored all the same.
   */
  cancel(room: RoomId, cid: string): void {
    if (this.#remove(this.#lanes.get(room), cid) !== undefined) this.#listener(room)?.onChange();
  }

  /**
   * My message was seen stored: its event may come before its acknowledgement, or instead of it.
   * Answers whether it was still waiting here.
   */
  confirm(room: RoomId, cid: string, id: Position): boolean {
    const lane = this.#lanes.get(room);
    if (lane === undefined) return false;
    const wasHere = this.#take(lane, cid, id);
    if (lane.inFlight === cid) this.#settled(lane);
    return wasHere;
  }

  /**
   * Queues again, before all others, what was acknowledged lately with an id after `after` and is
   * not there: Redis lost it. Whatever is there after all keeps its place, because it goes with the
   * same cid.
   */
  resend(room: RoomId, after: Position, isThere: (cid: string) => boolean): void {
    const now = this.#environment.now();
    const lost = this.#lanes.get(room)?.resend({ now, after, isThere }) ?? [];
    for (const unsent of lost) this.#keep(unsent);
    if (lost.length > 0) this.#listener(room)?.onChange();
  }

  /** Sends the next message of a room, or of every room, if nothing is in the way. */
  pump(room?: RoomId): void {
    if (!this.#isLoaded || !this.#link.isOpen) return;
    for (const lane of this.#lanes.values()) {
      const isMeant = room === undefined || room === lane.room;
      if (isMeant && this.#listener(lane.room)?.maySend() !== false) this.#next(lane);
    }
  }

  #next(lane: Lane): void {
    if (lane.inFlight !== undefined || lane.pause.isSet) return;
    const oldest = this.#environment.now() - WAITED_MAX_MS;
    let unsent = lane.next();
    for (; unsent !== undefined && unsent.at < oldest; unsent = lane.next()) {
      this.#fail(lane, unsent, WAITED_TOO_LONG);
    }
    if (unsent !== undefined) this.#give(lane, unsent);
  }

  #give(lane: Lane, unsent: Unsent): void {
    const { at: _, text: message, ...command } = unsent;
    const { cid, room } = command;
    lane.inFlight = cid;
    const isGiven = this.#link.command("send", { ...command, message }, (answer) => {
      // Otherwise it was seen stored already, or its owner is gone.
      if (lane.inFlight === cid && this.#lanes.get(room) === lane) {
        this.#answered(lane, unsent, answer);
      }
    });
    if (isGiven) this.#show(lane, unsent, "sending");
    else lane.inFlight = undefined;
  }

  #answered(lane: Lane, unsent: Unsent, answer: CommandAnswer<"send"> | undefined): void {
    if (answer === undefined) {
      // Nobody knows whether it was stored; the same cid will find out.
      lane.inFlight = undefined;
      this.#show(lane, unsent, "queued");
    } else if (!("error" in answer)) {
      const wasHere = this.#take(lane, unsent.cid, answer.id);
      if (wasHere) this.#listener(lane.room)?.onStored(unsent, answer);
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
    lane.pause.tries = 0;
    this.pump(lane.room);
  }

  #pause(lane: Lane, unsent: Unsent, { retryAfter }: CommandError): void {
    lane.inFlight = undefined;
    lane.pause.retry(() => this.pump(lane.room), retryAfter);
    this.#show(lane, unsent, "queued");
  }

  #fail(lane: Lane, unsent: Unsent, error: CommandError): void {
    const failed = { ...unsent, error };
    if (lane.entry(unsent.cid) !== undefined) this.#keep(failed);
    this.#show(lane, failed, "failed");
  }

  async #load(owner: Owner): Promise<void> {
    const found = await this.#journal.load(owner.key);
    if (this.#owner !== owner) return;
    this.#isLoaded = true;
    for (const [room, unsent] of Map.groupBy(found, (one) => one.room)) {
      const lane = this.#lane(room);
      lane.addFirst(unsent.filter(({ cid }) => lane.entry(cid) === undefined));
    }
    for (const lane of this.#lanes.values()) {
      lane.sign();
      this.#listener(lane.room)?.onChange();
    }
    this.pump();
  }

  #show(lane: Lane, unsent: Unsent, state: Entry["state"]): void {
    if (lane.show(unsent, state)) this.#listener(lane.room)?.onChange();
  }

  /** It is stored; answers whether it was still waiting here. */
  #take(lane: Lane, cid: string, id: Position): boolean {
    const unsent = this.#remove(lane, cid);
    if (unsent !== undefined) lane.retain(unsent, id, this.#environment.now());
    return unsent !== undefined;
  }

  #remove(lane: Lane | undefined, cid: string): Unsent | undefined {
    const unsent = lane?.remove(cid);
    if (unsent !== undefined) this.#drop(cid);
    return unsent;
  }

  /** Writes it into the owner's part of the store; what has no owner yet is written by `open`. */
  #keep(unsent: Unsent): void {
    if (this.#owner !== undefined) this.#journal.put(this.#owner.key, unsent);
  }

  #drop(cid: string): void {
    if (this.#owner !== undefined) this.#journal.remove(this.#owner.key, cid);
  }

  #lane(room: RoomId): Lane {
    const known = this.#lanes.get(room);
    if (known !== undefined) return known;
    const lane = new Lane(room, () => this.#owner?.id ?? 0, new Timer(this.#environment));
    this.#lanes.set(room, lane);
    return lane;
  }
}
