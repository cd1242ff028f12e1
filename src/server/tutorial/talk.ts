/** What a visitor says: the events of the tutorial's client, read without trust, one after the other. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { LIMITS } from "#protocol/limits.ts";
import { ChatError, notFound } from "#server/core/chat-error.ts";
import type { Clock } from "#server/core/clock.ts";
import type { Chat } from "#server/core/rooms/chat.ts";
import { TokenBucket } from "#server/core/token-bucket.ts";
import { problemOf, text, words } from "#server/shapes/schemas.ts";
import type { Visitor } from "./visitor.ts";

/** Rooms, and people, are named by numbers or texts. */
const id = z.union([text(64), z.number().int().nonnegative().transform(String)]);
const shapes = {
  join: id,
  // The client's `date` is not looked at: a message has the time at which it is stored.
  message: z.object({ roomId: id, message: words(LIMITS.messageCharsMax), from: id.optional() }),
} as const;

export type Speaker = Pick<Chat, "send">;

interface Parts {
  readonly chat: Speaker;
  readonly clock: Clock;
  readonly onError: (error: unknown, event: string) => void;
}

export class Talk {
  readonly #visitor: Visitor;
  readonly #parts: Parts;
  readonly #tooMany: () => void;
  readonly #events: TokenBucket;
  #strikes = 0;
  #done: Promise<unknown> = Promise.resolve();

  /** `tooMany` is called when the client made too many mistakes. */
  constructor(visitor: Visitor, parts: Parts, tooMany: () => void) {
    this.#visitor = visitor;
    this.#parts = parts;
    this.#tooMany = tooMany;
    this.#events = new TokenBucket(parts.clock, LIMITS.commandBurst, LIMITS.commandPerSecond);
  }

  /** Nothing is done before this is. */
  after(ready: Promise<void>): void {
    this.#done = this.#done.then(() => ready);
  }

  /** Settles when everything heard so far is done. */
  get done(): Promise<unknown> {
    return this.#done;
  }

  /**
   * An event as it came. The contract has no answers, but who asks for one, as Socket.IO's clients
   * can, is told `{}`, `{id, date}`, or `{error}`.
   */
  hear(event: string, args: readonly unknown[]): void {
    if (this.#visitor.isOver) return;
    const answer = answerOf(args.at(-1));
    const waitMs = this.#events.take();
    if (waitMs > 0) {
      answer(new ChatError("too-many-requests", "Too many events.", waitMs));
      return;
    }
    this.#done = this.#take(this.#done, event, args[0]).then(answer);
  }

  /** After what came before; resolves to the answer, never rejects. */
  async #take(before: Promise<unknown>, event: string, input: unknown): Promise<unknown> {
    await before;
    try {
      return await this.#run(event, input);
    } catch (error) {
      return this.#known(error, event);
    }
  }

  #run(event: string, input: unknown): Promise<unknown> {
    if (this.#visitor.isOver) return Promise.resolve({});
    switch (event) {
      case "room.join":
        return this.#visitor.join(read(shapes.join, input)).then(() => ({}));
      case "message":
        return this.#send(read(shapes.message, input));
      default:
        throw new ChatError("bad-request", "There is no such event.");
    }
  }

  #send({ roomId, message, from }: z.output<typeof shapes.message>): Promise<unknown> {
    const { user } = this.#visitor.session;
    // Nobody speaks as somebody else; nor does a page whose person has signed in as another meanwhile.
    if (from !== undefined && from !== String(user.id)) throw notFound();
    return this.#parts.chat.send(user, roomId, { cid: randomUUID(), text: message });
  }

  #known(error: unknown, event: string): ChatError {
    if (error instanceof ChatError) {
      if (error.code === "bad-request" && ++this.#strikes >= LIMITS.strikesMax) this.#tooMany();
      return error;
    }
    this.#parts.onError(error, event);
    return new ChatError("internal", "Something went wrong here. Please try again later.");
  }
}

function read<S extends z.ZodType>(shape: S, input: unknown): z.output<S> {
  const parsed = shape.safeParse(input);
  if (!parsed.success) throw new ChatError("bad-request", problemOf(parsed.error));
  return parsed.data;
}

function answerOf(last: unknown): (result: unknown) => void {
  if (typeof last !== "function") return () => undefined;
  return (result) => {
    // oxlint-disable-next-line no-unsafe-call -- because Socket.IO made this function, and takes any value
    last(result instanceof ChatError ? { error: result.toWire() } : result);
  };
}
