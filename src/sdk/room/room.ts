/**
 * A room as its reader and writer sees it: one list of lines, kept up to date, and a way to add to
 * it.
 */
import type { HistoryPage } from "#protocol/api.ts";
import type { SendResult } from "#protocol/commands.ts";
import type { CommandError } from "#protocol/errors.ts";
import type { RoomEvent } from "#protocol/events.ts";
import type { Message } from "#protocol/message.ts";
import { textProblem } from "#protocol/message.ts";
import { START } from "#protocol/position.ts";
import type { Position } from "#protocol/position.ts";
import type { RoomId } from "#protocol/room.ts";
import type { RoomContext } from "./room-context.ts";
import { CatchUp } from "./catch-up.ts";
import type { News } from "./catch-up.ts";
import { newCid } from "#sdk/cid.ts";
import type { Extras, Unsent } from "#sdk/outbox/outbox-store.ts";
import { KlatchError } from "#sdk/error.ts";
import { EventStream } from "./event-stream.ts";
import { Listeners } from "#sdk/listeners.ts";
import type { HistoryQuery } from "#sdk/rest.ts";
import { Timeline } from "./timeline.ts";
import type { Entry } from "./timeline.ts";

/** What changed in `entries`. */
export interface RoomChange {
  /** Lines that are new at the end. */
  readonly added: readonly Entry[];
  /** The list was replaced, or lost its oldest lines: read it anew. */
  readonly reset: boolean;
}

export class Room {
  readonly id: RoomId;
  readonly #context: RoomContext;
  readonly #timeline: Timeline;
  readonly #catchUp: CatchUp;
  readonly #changes = new Listeners<RoomChange>();
  readonly #streams = new Set<EventStream>();
  #entries: readonly Entry[] | undefined;
  #older: Promise<void> | undefined;
  /** What the listeners will be told at the end of what is going on. */
  #untold: { added: Entry[]; reset: boolean } | undefined;

  constructor(id: RoomId, context: RoomContext) {
    this.id = id;
    this.#context = context;
    this.#timeline = new Timeline(() => context.me());
    this.#catchUp = new CatchUp(id, this.#timeline, context, {
      onNews: (news) => this.#hearNews(news),
      onStage: () => this.#change(() => context.outbox.pump(id)),
    });
    context.attach(id, {
      catchUp: this.#catchUp,
      maySend: () => this.state !== "joining" || this.#catchUp.stage.at === "out",
      onChange: () => this.#change(() => undefined),
      onStored: (unsent, result) => this.#stored(unsent, result),
      reset: () => this.#reset(),
    });
  }

  /**
   * Oldest first: stored messages by position, then my own unsent ones in the order they were
   * written. The same array as long as nothing changes, and unchanged lines stay the same objects.
   */
  get entries(): readonly Entry[] {
    this.#entries ??= [
      ...this.#timeline.entries,
      ...this.#context.outbox.entries(this.id).filter(({ cid }) => !this.#timeline.own(cid)),
    ];
    return this.#entries;
  }

  /**
   * `live`: everything said is heard. `refused`: it is not there, or not ours; `error` says it in
   * words.
   */
  get state(): "joining" | "live" | "refused" {
    const { at } = this.#catchUp.stage;
    return at === "live" || at === "refused" ? at : "joining";
  }

  /** Why the room is refused. */
  get error(): CommandError | undefined {
    const stage = this.#catchUp.stage;
    return stage.at === "refused" ? stage.error : undefined;
  }

  /** Whether there is more to load before the first line. */
  get hasOlder(): boolean {
    return this.#timeline.before !== undefined;
  }

  /**
   * Calls `listener` after each change of `entries`, `state` or `hasOlder`; the answer takes it
   * away again.
   */
  onChange(listener: (change: RoomChange) => void): () => void {
    return this.#changes.add(listener);
  }

  /**
   * Live events from now on, in the room's order, each once, also those that were missed while the
   * link was down. After a break too long for that, it goes on with the newest page. Ends with
   * `leave`, or on signing out; while the link is closed it waits. A reader that falls 10,000
   * events behind gets a `KlatchError`.
   */
  events(): AsyncIterableIterator<RoomEvent> {
    const stream = new EventStream((ended) => this.#streams.delete(ended));
    this.#streams.add(stream);
    return stream;
  }

  /** Hears the room from now on, again after every break. Joining a joined room changes nothing. */
  join(): void {
    this.#catchUp.join();
  }

  /**
   * Stops hearing it. Lines stay, unsent messages are still sent, and a later `join` fetches what
   * was missed.
   */
  leave(): void {
    this.#catchUp.leave();
    for (const stream of this.#streams) stream.finish();
  }

  /**
   * Says something. It is shown at once and sent as soon as may be, after everything written before
   * it; this also survives a reload where the store does. Answers the line's `cid`.
   *
   * @param extras `replyTo`: id of the message of this room that it answers; `calls`: that everybody
   * is meant, which the text has to say, too
   * @throws KlatchError `message-not-allowed` if the text cannot be sent, `outbox-full` if too much
   * waits already
   */
  send(text: string, extras?: Extras): string {
    checkText(text);
    const cid = newCid(() => this.#context.environment.random());
    this.#change(({ added }) => {
      const entry = this.#context.outbox.add({ room: this.id, cid, text, ...extras });
      if (entry !== undefined) added.push(entry);
    });
    return cid;
  }

  /**
   * Replaces the text of a stored message of mine. Resolves when that is stored; the change itself
   * comes as an event.
   *
   * @param id the message's place
   * @throws KlatchError `offline` if its fate is unknown or there is no link, or why it was refused
   */
  async edit(id: Position, text: string): Promise<void> {
    checkText(text);
    await this.#context.link.ask("edit", { room: this.id, id, message: text });
  }

  /** Deletes a stored message of mine: its text goes, its place stays. Otherwise like `edit`. */
  async remove(id: Position): Promise<void> {
    await this.#context.link.ask("remove", { room: this.id, id });
  }

  /** Sends a message in state `failed` again; nothing for any other. */
  retry(cid: string): void {
    this.#change(() => this.#context.outbox.retry(this.id, cid));
  }

  /**
   * Takes back a message that is not stored. One in state `sending` may be on its way already: then
   * it comes back as a stored one.
   */
  cancel(cid: string): void {
    this.#change(() => this.#context.outbox.cancel(this.id, cid));
  }

  /**
   * Loads the page before the first line. While one is under way, another call waits for the same.
   *
   * @param known that page, from who has it already: the last of it is next to the first line
   * @throws KlatchError if the server cannot be reached or refuses
   */
  loadOlder(known?: HistoryPage): Promise<void> {
    this.#older ??= this.#loadOlder(known).finally(() => (this.#older = undefined));
    return this.#older;
  }

  /**
   * Fetches a page of the room's history without showing it in `entries`.
   *
   * @throws KlatchError if the server cannot be reached or refuses
   */
  async history(query: HistoryQuery = {}): Promise<HistoryPage> {
    const page = await this.#context.rest.history(this.id, query);
    this.#context.people.learn(page.people);
    return page;
  }

  async #loadOlder(known?: HistoryPage): Promise<void> {
    const before = this.#timeline.before;
    if (before === undefined) return;
    const page = known ?? (await this.history({ before }));
    // The list was replaced meanwhile; this page may not be next to the new one.
    if (this.#timeline.before !== before) return;
    this.#change(() => {
      this.#timeline.prepend(page);
      this.#confirm(page.messages);
    });
  }

  #hearNews(news: News): void {
    const { outbox } = this.#context;
    this.#change((untold) => {
      const confirmed = this.#confirm(news.messages);
      if (news.completeAfter !== undefined) {
        const isThere = (cid: string) => this.#timeline.own(cid) !== undefined;
        outbox.resend(this.id, news.completeAfter, isThere);
      }
      untold.added.push(...news.added.filter(({ cid }) => !confirmed.has(cid)));
      untold.reset ||= this.#timeline.trim() || news.reset;
    });
    for (const event of news.events) for (const stream of this.#streams) stream.push(event);
  }

  /**
   * Takes stored messages of mine out of the outbox; the answer is the cids of those that were in
   * it.
   */
  #confirm(messages: readonly Message[]): ReadonlySet<string> {
    const confirmed = new Set<string>();
    for (const { from, cid, id } of messages) {
      if (from !== this.#context.me() || cid === "") continue;
      if (this.#context.outbox.confirm(this.id, cid, id)) confirmed.add(cid);
    }
    return confirmed;
  }

  /**
   * Runs what changes something and tells the listeners once, when the outermost change is
   * complete.
   */
  #change(run: (untold: { added: Entry[]; reset: boolean }) => void): void {
    const isOutermost = this.#untold === undefined;
    const untold = (this.#untold ??= { added: [], reset: false });
    this.#entries = undefined;
    try {
      run(untold);
    } finally {
      this.#entries = undefined;
      if (isOutermost) this.#untold = undefined;
    }
    if (isOutermost) this.#changes.tell(untold);
  }

  /** A message of mine was acknowledged; its event may come later. */
  #stored(unsent: Unsent, result: SendResult): void {
    const { at: _, text, room: roomId, ...shared } = unsent;
    const { cid } = shared;
    this.#change(() => {
      const message = { ...shared, ...result, from: this.#context.me(), message: text, roomId };
      if (this.#timeline.confirm(message)) this.#catchUp.expect(result.id);
      else this.#context.outbox.resend(this.id, START, (other) => other !== cid);
    });
  }

  #reset(): void {
    this.leave();
    this.#change((untold) => {
      this.#timeline.clear();
      untold.reset = true;
    });
  }
}

function checkText(text: string): void {
  const problem = textProblem(text);
  if (problem !== undefined) throw new KlatchError("message-not-allowed", problem);
}
