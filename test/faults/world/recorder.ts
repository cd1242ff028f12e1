/**
 * Writes the history of a world: what clients gave to servers and what they were told, seen at the
 * SDK's two faces.
 */
import { writeFileSync } from "node:fs";
import { realEnvironment } from "#sdk/index.ts";
import type { ConnectionListener, Environment, Room } from "#sdk/index.ts";
import type { Closing } from "#protocol/closings.ts";
import type { JoinResult, SendCommand, SendResult } from "#protocol/commands.ts";
import type { CommandError } from "#protocol/errors.ts";
import type { Injection, Listing, Operation, Sending } from "#test/checkers/history.ts";

export class Recorder {
  readonly operations: Operation[] = [];
  /** Acknowledgements that arrived so far, whether their messages had been heard before or not. */
  acknowledged = 0;
  /** Who was told by a server that it ends their connection, and why. */
  readonly closings: { readonly proc: string; readonly reason: Closing["reason"] }[] = [];
  readonly #began = performance.now();

  /** Milliseconds since the world began. */
  get now(): number {
    return Math.round(performance.now() - this.#began);
  }

  fault(f: Injection["f"], val: string): void {
    this.operations.push({ t: this.now, proc: "nemesis", room: "", f, type: "info", val });
  }

  list(f: Listing["f"], proc: string, room: string, val: Listing["val"]): void {
    this.operations.push({ t: this.now, proc, room, f, type: "ok", val });
  }

  member(f: "join" | "kick", proc: string, room: string): void {
    this.operations.push({ t: this.now, proc, room, f, type: "ok" });
  }

  /** Records what a room tells, for as long as it does. */
  async hear(proc: string, room: Room): Promise<void> {
    for await (const event of room.events()) {
      if (event.type !== "message") continue;
      const { id, data } = event;
      const { cid } = data;
      this.operations.push({ t: this.now, proc, room: room.id, f: "hear", type: "ok", id, cid });
    }
  }

  /**
   * The real world, with every `send` and its answer recorded, and every join that does not go on
   * where the client was. `server` names who is at the other end.
   */
  environment(proc: string, server: () => string): Environment {
    return { ...realEnvironment, connect: (...how) => this.#connect(proc, server, how) };
  }

  #connect(
    proc: string,
    server: () => string,
    [options, listener]: Parameters<Environment["connect"]>,
  ): ReturnType<Environment["connect"]> {
    const open = new Set<SendCommand>();
    const over = () => {
      for (const command of open) this.#send(proc, "info", command, { server: server() });
      open.clear();
    };
    const heard: ConnectionListener = {
      onOpen: () => listener.onOpen(),
      onEvents: (events) => listener.onEvents(events),
      onClosing: (why) => {
        this.closings.push({ proc, reason: why.reason });
        listener.onClosing(why);
      },
      onEnd: (error) => {
        over();
        listener.onEnd(error);
      },
    };
    const connection = realEnvironment.connect(options, heard);
    return {
      command: (name, body, onAnswer) => {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because `name` says so
        const command = name === "send" ? (body as SendCommand) : undefined;
        if (command !== undefined) {
          open.add(command);
          this.#send(proc, "invoke", command, {});
        }
        connection.command(name, body, (answer) => {
          if (command !== undefined && open.delete(command)) {
            // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because `name` says so
            this.#answer(proc, server(), command, answer as SendResult | Refusal);
          } else if (name === "join" && "since" in body && "state" in answer) {
            // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because `name` says so
            this.#joined(proc, body.room, answer as JoinResult);
          }
          onAnswer(answer);
        });
      },
      close: () => {
        over();
        connection.close();
      },
    };
  }

  #joined(proc: string, room: string, { state }: JoinResult): void {
    if (state === "recovered") return;
    this.operations.push({ t: this.now, proc, room, f: "break", type: "ok", state });
  }

  #answer(proc: string, server: string, command: SendCommand, answer: SendResult | Refusal): void {
    if ("error" in answer) {
      // Unavailable means that Redis did not answer: the message may be stored all the same.
      const isKnown = answer.error.code !== "unavailable" && answer.error.code !== "internal";
      this.#send(proc, isKnown ? "fail" : "info", command, { server, code: answer.error.code });
      return;
    }
    this.acknowledged++;
    this.#send(proc, "ok", command, { server, id: answer.id });
  }

  #send(
    proc: string,
    type: Sending["type"],
    { room, cid }: SendCommand,
    more: Partial<Sending>,
  ): void {
    this.operations.push({ t: this.now, proc, room, f: "send", type, cid, ...more });
  }

  /** Writes everything as JSON, a line for each. */
  save(path: string): void {
    writeFileSync(path, this.operations.map((each) => `${JSON.stringify(each)}\n`).join(""));
  }
}

interface Refusal {
  readonly error: CommandError;
}
