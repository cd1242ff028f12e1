/** The client library against real servers: sessions, and delivery across cuts of the wire. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { Klatch, KlatchError } from "#sdk/index.ts";
import type { LinkState } from "#sdk/index.ts";
import { PASSWORD } from "#test/support/member.ts";
import { twoServers } from "#test/support/two-servers.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { until } from "#test/support/until.ts";

/** A wire to a server that can be cut. */
async function wireTo(url: string) {
  const sockets = new Set<Socket>();
  const { hostname, port } = new URL(url);
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it listens on TCP
  const address = server.address() as AddressInfo;
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const end = () => {
    cut();
    server.close();
  };
  return { url: `http://127.0.0.1:${address.port}`, cut, end };
}

/** What of the test with the cut wire is shown as stored. */
function shown(klatch: Klatch) {
  const { entries } = klatch.room("0");
  return entries.filter(({ text, state }) => text.startsWith("cut") && state === "stored");
}

describe("the client library and real servers", { concurrency: false }, () => {
  let world: TwoServers;
  const open: Klatch[] = [];
  const client = (url: string) => {
    const klatch = new Klatch({ url });
    open.push(klatch);
    return klatch;
  };

  before(async () => {
    world = await twoServers();
  });
  after(async () => {
    for (const klatch of open) klatch.close();
    await world[Symbol.asyncDispose]();
  });

  test("who registers joins General and hears what is said on another server", async () => {
    const ada = client(world.one.url);
    const brin = client(world.two.url);
    await ada.register("sdk-ada", PASSWORD);
    await brin.register("sdk-brin", PASSWORD);
    for (const one of [ada, brin]) {
      one.room("0").join();
      one.connect();
    }
    await until(() => ada.room("0").state === "live" && brin.room("0").state === "live");
    for (let n = 0; n < 20; n++) ada.room("0").send(`hello ${n}`);
    await until(() => brin.room("0").entries.length === 20);
    await until(() => ada.room("0").entries.every(({ state }) => state === "stored"));
    assert.deepEqual(
      brin.room("0").entries.map(({ id, text }) => [id, text]),
      ada.room("0").entries.map(({ id, text }) => [id, text]),
    );
    const author = brin.room("0").entries[0]?.from ?? 0;
    await until(() => brin.person(author)?.username === "sdk-ada");
    assert.deepEqual(await brin.whoAmI(), brin.me);
    assert.equal((await brin.room("0").history({ limit: 5 })).messages.length, 5);
  });

  test("whatever the wire does, every message is shown once, in one order", async () => {
    const wires = await Promise.all([wireTo(world.one.url), wireTo(world.two.url)]);
    const people = await Promise.all(
      wires.map(async ({ url }, index) => {
        const klatch = client(url);
        await klatch.register(`sdk-cut-${"ab"[index]}`, PASSWORD);
        klatch.room("0").join();
        klatch.connect();
        return klatch;
      }),
    );
    await until(() => people.every((one) => one.room("0").state === "live"));
    const said: string[] = [];
    for (let round = 0; round < 12; round++) {
      for (const [index, one] of people.entries()) {
        const text = `cut ${index} ${round}`;
        said.push(text);
        one.room("0").send(text);
      }
      if (round % 3 === 2) wires[round % 2]?.cut();
      for (const one of people) one.reconnectNow();
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
    }
    await until(() => people.every((one) => shown(one).length === said.length));
    for (const one of people) {
      assert.deepEqual(
        shown(one)
          .map(({ text }) => text)
          .sort(),
        [...said].sort(),
      );
    }
    const [first, second] = people.map((one) => shown(one).map(({ id }) => id));
    assert.deepEqual(first, second);
    for (const wire of wires) wire.end();
  });

  test("older pages come one after the other, without a hole", async () => {
    const cleo = client(world.one.url);
    await cleo.register("sdk-cleo", PASSWORD);
    const room = cleo.room("0");
    room.join();
    cleo.connect();
    await until(() => room.state === "live");
    for (let n = 0; n < 40; n++) room.send(`page ${n}`);
    await until(() => room.entries.filter(({ state }) => state === "stored").length >= 80);
    const again = client(world.two.url);
    await again.signIn("sdk-cleo", PASSWORD);
    again.room("0").join();
    again.connect();
    await until(() => again.room("0").state === "live");
    assert.equal(again.room("0").entries.length, 50);
    while (again.room("0").hasOlder) await again.room("0").loadOlder();
    const all = again.room("0").entries.map(({ id }) => id);
    assert.ok(all.length > 80);
    assert.deepEqual(
      room.entries.map(({ id }) => id),
      all.slice(-room.entries.length),
    );
  });

  test("signing out closes the link for good; a wrong password is said in words", async () => {
    const dora = client(world.one.url);
    await dora.register("sdk-dora", PASSWORD);
    const states: LinkState[] = [];
    dora.onLink((state) => states.push(state));
    dora.connect();
    await until(() => dora.link.at === "open");
    await dora.signOut();
    assert.deepEqual(dora.link, { at: "idle" });
    assert.equal(await dora.whoAmI(), undefined);
    dora.connect();
    await until(() => dora.link.at === "closed");
    assert.deepEqual(dora.link, { at: "closed", why: "not-signed-in" });
    await assert.rejects(
      dora.signIn("sdk-dora", "not the password"),
      (error) => error instanceof KlatchError && error.code === "wrong-credentials",
    );
  });

  test("a program that has closed its client ends at once", async () => {
    const program = `
      import { Klatch } from "#sdk/index.ts";
      const klatch = new Klatch({ url: process.argv[1] });
      await klatch.register("sdk-fern", ${JSON.stringify(PASSWORD)});
      const room = klatch.room("0");
      room.onChange(() => {
        if (!room.entries.some(({ state, text }) => state === "stored" && text === "bye")) return;
        console.log("closed");
        klatch.close();
      });
      room.join();
      klatch.connect();
      room.send("bye");
    `;
    const args = ["--input-type=module", "--eval", program, world.one.url];
    const running = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await once(running.stdout, "data");
      const exit = once(running, "exit", { signal: AbortSignal.timeout(3_000) });
      assert.deepEqual(await exit, [0, null]);
    } finally {
      running.kill("SIGKILL");
    }
  });

  test("a message the server refuses fails with its words", async () => {
    const evan = client(world.one.url);
    await evan.register("sdk-evan", PASSWORD);
    const room = evan.room("77:78");
    room.join();
    evan.connect();
    room.send("to a room that is not mine");
    await until(() => room.entries[0]?.state === "failed");
    assert.equal(room.entries[0]?.error?.code, "not-found");
    assert.equal(room.state, "refused");
  });
});
