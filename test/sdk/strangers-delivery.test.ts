/** Two strangers over a relay that loses, doubles, reorders and breaks: what each gets to see. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { LIMITS } from "#protocol/limits.ts";
import type { Frame, Role } from "#protocol/stranger.ts";
import type { Strangers } from "#sdk/strangers/strangers.ts";
import { StrangerRelay } from "#test/support/stranger-world.ts";

const seen = ({ talk }: Strangers) =>
  (talk?.lines ?? []).filter(({ from }) => from === "they").map(({ text }) => text);
const own = ({ talk }: Strangers) => (talk?.lines ?? []).filter(({ from }) => from === "you");
const isDelivered = (who: Strangers) => own(who).every(({ state }) => state === "delivered");

/** What may happen to a frame: lost, passed, doubled, late. */
const FATES = fc.constantFrom<readonly { readonly after: number }[]>(
  [],
  [{ after: 0 }],
  [{ after: 0 }],
  [{ after: 0 }, { after: 1 }],
  [{ after: 1 }],
  [{ after: 3 }],
  [{ after: 0 }, { after: 0 }],
);

type Deed =
  | { readonly do: "say"; readonly who: Role }
  | { readonly do: "cut"; readonly who: Role }
  | { readonly do: "wait"; readonly ms: number };

const WHO = fc.constantFrom<Role>(0, 1);
const DEED: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("say"), who: WHO }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cut"), who: WHO }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.nat(3_000) }) },
);

describe("what strangers say", () => {
  test("[SG20] is shown once and in order, whatever is lost, doubled, reordered or broken", async () => {
    const fates = fc.array(FATES, { minLength: 50, maxLength: 200 });
    const deeds = fc.array(DEED, { minLength: 5, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(fates, deeds, fc.nat(), async (fate, all, seed) => {
        const relay = new StrangerRelay(seed);
        const two = await relay.meet();
        let passed = 0;
        relay.fate = () => fate[passed++ % fate.length] ?? [];
        const said: [string[], string[]] = [[], []];
        for (const deed of all) {
          if (deed.do === "cut") relay.cut(deed.who);
          else if (deed.do === "wait") relay.clock.advance(deed.ms);
          else {
            const text = `${deed.who}.${said[deed.who].length}`;
            two[deed.who].say(text);
            said[deed.who].push(text);
          }
          for (const who of [0, 1] as const) {
            const lines = seen(two[who]);
            assert.deepEqual(lines, said[who === 0 ? 1 : 0].slice(0, lines.length));
          }
        }
        // At last the relay carries everything, and both stay.
        relay.fate = () => [{ after: 0 }];
        await relay.until(() => two.every(isDelivered), "all to be delivered");
        assert.deepEqual([seen(two[1]), seen(two[0])], said);
      }),
      { numRuns: 30 },
    );
  });

  test("[SG20] what was said while the other one was away is delivered when they are back", async () => {
    const relay = new StrangerRelay();
    const [ada, brin] = await relay.meet();
    relay.cut(1);
    assert.equal(ada.state.at, "away");
    ada.say("are you there?");
    assert.deepEqual(
      own(ada).map(({ state }) => state),
      ["sending"],
    );
    await relay.until(() => isDelivered(ada));
    assert.deepEqual(seen(brin), ["are you there?"]);
    assert.equal(ada.state.at, "talking");
  });

  test("[SG21] up to 50 lines wait to be confirmed; one more is refused with words", async () => {
    const relay = new StrangerRelay();
    const [ada, brin] = await relay.meet();
    relay.fate = (_: Frame, from) => (from === 0 ? [] : [{ after: 0 }]);
    for (let n = 0; n < LIMITS.unconfirmedLinesMax; n++) ada.say(`line ${n}`);
    assert.throws(() => ada.say("one more"), { code: "outbox-full", message: /wait/u });
    assert.equal(own(ada).length, LIMITS.unconfirmedLinesMax);
    relay.fate = () => [{ after: 0 }];
    await relay.until(() => isDelivered(ada));
    ada.say("one more");
    await relay.until(() => seen(brin).length === LIMITS.unconfirmedLinesMax + 1);
  });

  test("[SG21] no more frames go out than the server lets pass", async () => {
    const relay = new StrangerRelay();
    const [ada] = await relay.meet();
    const start = relay.clock.now();
    const from = relay.passed.length;
    for (let n = 0; n < LIMITS.unconfirmedLinesMax; n++) ada.say(`line ${n}`);
    await relay.until(() => isDelivered(ada));
    const seconds = (relay.clock.now() - start) / 1_000;
    const sent = relay.passed.slice(from).filter((each) => each.from === 0).length;
    assert.ok(sent <= LIMITS.relayBurst + seconds * LIMITS.relayPerSecond, `${sent}, ${seconds} s`);
  });

  test("[SG22] a page that was loaded again comes back to the same chat, without what was said", async () => {
    const relay = new StrangerRelay();
    const keeper = { token: undefined as string | undefined };
    const box = {
      get: () => keeper.token,
      set: (token: string) => (keeper.token = token),
      clear: () => (keeper.token = undefined),
    };
    const [ada, brin] = [relay.visitor(), relay.visitor(box)];
    for (const each of [ada, brin]) each.search({ interests: [], language: "en" });
    await relay.until(() => brin.state.at === "talking" && ada.state.at === "talking");
    ada.say("before");
    await relay.until(() => isDelivered(ada));
    relay.cut(1);
    const again = relay.visitor(box);
    ada.say("meanwhile");
    assert.ok(again.resume());
    await relay.until(() => isDelivered(ada));
    assert.deepEqual(seen(again), ["meanwhile"]);
    again.say("here I am");
    await relay.until(() => seen(ada).includes("here I am"));
    assert.equal(relay.visitor().resume(), false);
  });

  test("[SG22] a second tab with the same token takes the chat over, and the first one says so", async () => {
    const relay = new StrangerRelay();
    const [ada, brin] = await relay.meet();
    relay.tell(1, "moved", {});
    assert.deepEqual(brin.state, { at: "moved" });
    assert.equal(brin.talk, undefined);
    assert.equal(ada.state.at, "talking");
  });

  test("[SG23] typing is told every two seconds at most, shown for six, and ends with the line", async () => {
    const relay = new StrangerRelay();
    const [ada, brin] = await relay.meet();
    const told = () => relay.passed.filter(({ frame }) => frame.kind === "typing").length;
    for (let n = 0; n < 5; n++) ada.typing(true);
    await relay.until(() => brin.talk?.isTheyTyping === true);
    assert.equal(told(), 1);
    relay.clock.advance(LIMITS.typingEveryMs - 200);
    ada.typing(true);
    assert.equal(told(), 1);
    relay.clock.advance(LIMITS.typingShownMs);
    assert.equal(brin.talk?.isTheyTyping, false);
    ada.typing(true);
    await relay.until(() => brin.talk?.isTheyTyping === true);
    ada.say("there");
    await relay.until(() => seen(brin).length === 1);
    assert.equal(brin.talk?.isTheyTyping, false);
    ada.typing(true);
    await relay.until(() => brin.talk?.isTheyTyping === true);
    ada.typing(false);
    await relay.until(() => brin.talk?.isTheyTyping === false);
    ada.typing(true);
    await relay.until(() => brin.talk?.isTheyTyping === true);
    relay.cut(0);
    assert.equal(brin.talk?.isTheyTyping, false);
  });
});
