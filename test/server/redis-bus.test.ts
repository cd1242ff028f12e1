/** The bus on Redis: what is wanted is heard, also after a broken link and over a new one. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { Topic } from "#server/core/delivery/bus.ts";
import { connect } from "#server/redis/connect.ts";
import { RedisBus } from "#server/redis/redis-bus.ts";
import { startRedis } from "#test/support/redis-process.ts";
import { until } from "#test/support/until.ts";

const process = await startRedis({ args: ["--appendonly", "no"] });
const commands = await connect(process.url, "klatch:test");
after(async () => {
  commands.destroy();
  await process.stop();
});

/** A bus, and what it heard; its topics are its own. */
async function openBus(url = process.url) {
  const heard: { readonly topic: Topic; readonly payload: string }[] = [];
  let restored = 0;
  const bus = new RedisBus(commands, url, "klatch:test");
  await bus.start({
    heard: (topic, payload) => void heard.push({ topic, payload }),
    restored: () => void restored++,
  });
  const payloads = (topic: Topic) =>
    heard.flatMap((each) => (each.topic === topic ? [each.payload] : []));
  const hears = (topic: Topic, payload: string) =>
    until(() => payloads(topic).includes(payload), { what: `${payload} is heard on ${topic}` });
  return { bus, payloads, hears, restored: () => restored, [Symbol.dispose]: () => bus.close() };
}

/** How many links are subscribed, as Redis itself counts them. */
async function subscribers(topic: Topic): Promise<number> {
  const [, count] = await commands.sendCommand<[string, number]>(["PUBSUB", "SHARDNUMSUB", topic]);
  return count;
}

async function linkCount(): Promise<number> {
  return (await commands.clientList()).filter(({ name }) => name.endsWith(":bus")).length;
}

async function killPubSub(): Promise<void> {
  await commands.sendCommand(["CLIENT", "KILL", "TYPE", "pubsub"]);
}

describe("the bus", () => {
  test("[HB2] hears a topic once subscribe has resolved, its own words included", async () => {
    using open = await openBus();
    await open.bus.subscribe("room:1");
    assert.equal(await subscribers("room:1"), 1);
    for (let i = 0; i < 100; i++) await open.bus.publish("room:1", String(i));
    await open.hears("room:1", "99");
    assert.deepEqual(
      open.payloads("room:1"),
      Array.from({ length: 100 }, (_, at) => String(at)),
    );
  });

  test("carries any text exactly, on its own topic only", async () => {
    using open = await openBus();
    await open.bus.subscribe("room:2");
    const texts = ["", "ünïcödé 👍", "\r\n*1\r\n$4\r\nPING\r\n", "a\0b", "x".repeat(1_000_000)];
    await open.bus.publish("room:22", "not for us");
    for (const text of texts) await open.bus.publish("room:2", text);
    await open.hears("room:2", texts.at(-1) ?? "");
    assert.deepEqual(open.payloads("room:2"), texts);
    assert.deepEqual(open.payloads("room:22"), []);
  });

  test("what is given up is not heard any more", async () => {
    using open = await openBus();
    await open.bus.subscribe("room:3");
    await open.bus.subscribe("room:end");
    await open.bus.unsubscribe("room:3");
    assert.equal(await subscribers("room:3"), 0);
    await open.bus.publish("room:3", "late");
    await open.bus.publish("room:end", "end");
    await open.hears("room:end", "end");
    assert.deepEqual(open.payloads("room:3"), []);
  });

  test("[HB3] the last of many changes in quick succession is what holds", async () => {
    using open = await openBus();
    const { bus } = open;
    for (let round = 0; round < 20; round++) {
      const topic = `room:quick-${round}`;
      await Promise.all([bus.subscribe(topic), bus.unsubscribe(topic), bus.subscribe(topic)]);
      await bus.publish(topic, "heard");
      await open.hears(topic, "heard");
      await Promise.all([bus.unsubscribe(topic), bus.subscribe(topic), bus.unsubscribe(topic)]);
      assert.equal(await subscribers(topic), 0);
    }
  });

  test("[HB3] a killed link comes back with all its topics, and says so once", async () => {
    using open = await openBus();
    const topics = ["room:a", "room:b", "user:1", "server:x"];
    await Promise.all(topics.map((topic) => open.bus.subscribe(topic)));
    assert.equal(open.restored(), 0);
    for (let round = 1; round <= 3; round++) {
      await killPubSub();
      await until(() => open.restored() === round, { what: `restored for the ${round}. time` });
      for (const topic of topics) {
        await open.bus.publish(topic, `after ${round}`);
        await open.hears(topic, `after ${round}`);
        assert.equal(open.payloads(topic).length, round);
        assert.equal(await subscribers(topic), 1);
      }
      assert.equal(open.restored(), round);
    }
  });

  test("[HB3] what changed while the link was down holds when it is back", async () => {
    using open = await openBus();
    await open.bus.subscribe("room:old");
    await killPubSub();
    const changes = [open.bus.unsubscribe("room:old"), open.bus.subscribe("room:new")];
    const [given, taken] = await Promise.allSettled(changes);
    await until(() => open.restored() >= 1, { what: "restored" });
    // A subscription that was refused is made again by whoever wanted it.
    if (taken?.status === "rejected") await open.bus.subscribe("room:new");
    assert.ok(given !== undefined);
    await open.bus.publish("room:new", "heard");
    await open.hears("room:new", "heard");
    await until(async () => (await subscribers("room:old")) === 0, { what: "the old one is left" });
  });

  test("[HB3] a subscription that fails does not undo a later one of the same topic", async () => {
    using open = await openBus();
    const { bus } = open;
    await bus.subscribe("room:before");
    // Redis stands still, so that the first is on its way while its link is given up.
    await process.kill("SIGSTOP");
    const first = bus.subscribe("room:twice");
    const second = bus.subscribe("room:twice");
    await turn();
    bus.replace();
    await assert.rejects(first);
    await process.kill("SIGCONT");
    await second;
    await until(() => open.restored() === 1, { what: "the new link is up" });
    await killPubSub();
    await until(() => open.restored() === 2, { what: "restored" });
    await bus.publish("room:twice", "heard");
    await open.hears("room:twice", "heard");
    assert.equal(open.payloads("room:twice").length, 1);
  });

  test("replaced while messages flow, it hears on, none of them twice", async () => {
    using open = await openBus();
    await open.bus.subscribe("room:flow");
    let sent = 0;
    const flow = async (count: number) => {
      for (let i = 0; i < count; i++) await open.bus.publish("room:flow", String(sent++));
    };
    for (let round = 1; round <= 3; round++) {
      const flowing = flow(200);
      open.bus.replace();
      await flowing;
      await until(() => open.restored() === round, { what: "the new link is up" });
      await flow(1);
      await open.hears("room:flow", String(sent - 1));
    }
    const numbers = open.payloads("room:flow").map(Number);
    assert.equal(new Set(numbers).size, numbers.length);
    assert.deepEqual(
      numbers.toSorted((a, b) => a - b),
      numbers,
    );
    await until(async () => (await subscribers("room:flow")) === 1, { what: "one link is left" });
  });

  test("replaced before it was ever up again, it still comes back", async () => {
    using open = await openBus();
    await open.bus.subscribe("room:again");
    for (let i = 0; i < 5; i++) open.bus.replace();
    await until(() => open.restored() >= 1, { what: "the last link is up" });
    await open.bus.publish("room:again", "heard");
    await open.hears("room:again", "heard");
    assert.equal(open.payloads("room:again").length, 1);
    assert.equal(await subscribers("room:again"), 1);
  });

  test("after Redis itself was killed, everything is heard again", async () => {
    await using other = await startRedis();
    const otherCommands = await connect(other.url, "klatch:test:other");
    using open = await openBus(other.url);
    try {
      await open.bus.subscribe("room:0");
      await other.kill();
      await assert.rejects(open.bus.subscribe("room:1"));
      await other.restart();
      await until(() => open.restored() === 1, { what: "restored" });
      await until(() => otherCommands.isReady, { what: "commands are taken again" });
      await otherCommands.sPublish("room:0", "heard");
      await open.hears("room:0", "heard");
      await open.bus.subscribe("room:1");
      await otherCommands.sPublish("room:1", "heard too");
      await open.hears("room:1", "heard too");
    } finally {
      otherCommands.destroy();
    }
  });

  test("closed, its link is gone", async () => {
    const open = await openBus();
    await open.bus.subscribe("room:closed");
    open.bus.close();
    await until(async () => (await subscribers("room:closed")) === 0, { what: "the link is gone" });
  });

  test("closed while a new link is on its way, it leaves none behind", async () => {
    const open = await openBus();
    await open.bus.subscribe("room:closed");
    const links = await linkCount();
    for (let i = 0; i < 3; i++) open.bus.replace();
    open.bus.close();
    // Links are taken in turn: when this later one is up, those before are too, if they come.
    const later = await openBus();
    await until(async () => (await linkCount()) === links, { what: "only the later link is left" });
    later.bus.close();
    assert.equal(open.restored(), 0);
  });
});
