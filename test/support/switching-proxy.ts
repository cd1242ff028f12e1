/** One address before several servers, as a balancer has: every new connection goes where it is told. */
import { once } from "node:events";
import type { Socket } from "node:net";
import { connect, createServer } from "node:net";

export class SwitchingProxy implements AsyncDisposable {
  /** Port of the server that the next connection goes to. */
  target: number;
  url = "";
  readonly #open = new Set<Socket>();
  readonly #server = createServer((from) => this.#pass(from));

  private constructor(target: number) {
    this.target = target;
  }

  static async to(target: number): Promise<SwitchingProxy> {
    const proxy = new SwitchingProxy(target);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    const address = proxy.#server.address();
    if (address === null || typeof address === "string") throw new Error("No port.");
    proxy.url = `http://127.0.0.1:${address.port}`;
    return proxy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise<void>((closed) => {
      this.#server.close(() => closed());
    });
  }

  #pass(from: Socket): void {
    const to = connect(this.target, "127.0.0.1");
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      this.#open.add(one);
      one.pipe(other);
      // An end of one is the end of both.
      one.on("error", () => other.destroy());
      one.on("close", () => {
        this.#open.delete(one);
        other.destroy();
      });
    }
  }
}
