/** Carries a cell out, on the running server, over HTTP or over a socket. */
import { Line } from "#test/support/member.ts";
import { PNG } from "./picture.ts";
import { filled, pathOf, sceneOf, tokenOf } from "./scene.ts";
import type { Cell } from "./table.ts";
import type { World } from "./world.ts";

export interface Outcome {
  /** `ok`, or the code of the refusal. */
  readonly word: string;
  readonly status: number;
  /** The whole answer but its date, to compare to the byte. */
  readonly print: string;
  readonly text: string;
}

export class Caller {
  readonly #url: string;
  readonly #world: World;
  readonly #lines = new Map<string, Line>();

  constructor(url: string, world: World) {
    this.#url = url;
    this.#world = world;
  }

  run(cell: Cell, extra: object = {}): Promise<Outcome> {
    return cell.call.call.includes("/") ? this.#request(cell, extra) : this.#command(cell, extra);
  }

  close(): void {
    for (const { socket } of this.#lines.values()) socket.disconnect();
    this.#lines.clear();
  }

  async #request(cell: Cell, extra: object): Promise<Outcome> {
    const { call, role } = cell;
    const scene = sceneOf(this.#world, cell);
    const token = tokenOf(this.#world, role);
    const [method = "GET"] = call.call.split(" ");
    const body = call.body && JSON.stringify({ ...filled(call.body, scene), ...extra });
    const type = call.file ?? (body === undefined ? undefined : "application/json");
    const stop = new AbortController();
    const response = await fetch(this.#url + pathOf(call, scene), {
      method,
      redirect: "manual",
      signal: stop.signal,
      headers: {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(type !== undefined && { "Content-Type": type }),
      },
      body: call.file === undefined ? (body ?? null) : PNG,
    });
    // A stream would never end.
    const isStream = response.headers.get("Content-Type") === "text/event-stream";
    const text = isStream ? "" : await response.text();
    if (isStream) stop.abort();
    const { status } = response;
    const headers = [...response.headers].filter(([name]) => name !== "date");
    const print = `${status}\n${headers.map((pair) => pair.join(": ")).join("\n")}\n\n${text}`;
    return { status, text, print, word: status < 300 ? "ok" : codeOf(text) };
  }

  async #command(cell: Cell, extra: object): Promise<Outcome> {
    const { call, role } = cell;
    try {
      const line = await this.#line(role);
      const scene = sceneOf(this.#world, cell);
      if (call.after !== undefined) await line.ask(call.after, { room: scene["room"] });
      const input = { ...filled(call.body ?? {}, scene), ...extra };
      const answer = await line.ask<object>(call.call, input);
      if (call.call === "join" || call.after === "join") await line.ask("leave", input);
      const text = JSON.stringify(answer);
      const word = "error" in answer ? codeOf(text) : "ok";
      return { word, status: 0, text, print: text };
    } catch (error) {
      // Refused at the door.
      const text = error instanceof Error && "data" in error ? JSON.stringify(error.data) : "";
      if (text === "") throw error;
      return { word: codeOf(text), status: 0, text, print: text };
    }
  }

  async #line(role: string): Promise<Line> {
    const open = this.#lines.get(role);
    if (open?.socket.connected === true) return open;
    const token = tokenOf(this.#world, role);
    const line = await Line.open(this.#url, token === undefined ? {} : { token }, {});
    this.#lines.set(role, line);
    return line;
  }
}

/** The code of a refusal, as both edges tell it. */
function codeOf(text: string): string {
  return /"code":"(?<code>[a-z-]+)"/u.exec(text)?.groups?.["code"] ?? "?";
}
