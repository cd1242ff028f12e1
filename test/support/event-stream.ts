/** A reader of the event stream, as strict as a browser. */
import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { get } from "node:http";
import type { Member } from "#test/support/member.ts";
import { until } from "#test/support/until.ts";

export interface Frame {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: { readonly [key: string]: unknown };
}

/** Whether it is an object whose fields can be looked at. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Frames end at an empty line, fields at a line end. */
export class Stream implements AsyncDisposable {
  readonly response: IncomingMessage;
  text = "";
  isEnded = false;

  constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding("utf8").on("data", (part: string) => {
      this.text += part;
    });
    response.on("error", () => undefined);
    response.on("close", () => {
      this.isEnded = true;
    });
  }

  static open(member: Member, query = "", lastEventId?: string): Promise<Stream> {
    const headers = {
      Authorization: `Bearer ${member.token}`,
      ...(lastEventId !== undefined && { "Last-Event-ID": lastEventId }),
    };
    return new Promise((resolve, reject) => {
      get(`${member.url}/api/events${query}`, { headers, agent: false }, (response) => {
        resolve(new Stream(response));
      }).on("error", reject);
    });
  }

  get frames(): readonly Frame[] {
    return this.text
      .split("\n\n")
      .slice(0, -1)
      .flatMap((block) => {
        const lines = block.split(/\r\n|\r|\n/u).filter((line) => !line.startsWith(":"));
        if (lines.length === 0) return [];
        const field = (name: string) =>
          lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
        const data: unknown = JSON.parse(field("data") ?? "{}");
        assert.ok(isRecord(data));
        return [{ event: field("event") ?? "message", id: field("id"), data }];
      });
  }

  /** How many frames of this kind came; cheap for many. */
  count(event: string): number {
    return this.text.split(`event: ${event}\n`).length - 1;
  }

  said(): readonly string[] {
    return this.frames.flatMap(({ event, data }) => {
      if (event !== "message") return [];
      return isRecord(data["data"]) ? [String(data["data"]["message"])] : [];
    });
  }

  async until(count: number): Promise<void> {
    await until(() => this.frames.length >= count, { what: `${count} frames` });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.response.destroy();
    return Promise.resolve();
  }
}
