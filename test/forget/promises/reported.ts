/** A report is the only way in which words become durable, and just those that were chosen (P12). */
import type { StrangerReportsResult } from "#protocol/stranger.ts";
import type { Finding } from "#test/forget/findings.ts";
import { told } from "#test/forget/findings.ts";
import { entriesOf } from "#test/forget/places.ts";
import type { ForgetWorld } from "#test/forget/world.ts";
import { Member } from "#test/support/member.ts";
import { until } from "#test/support/until.ts";

const KEPT_S = 30 * 24 * 3600;

export async function reportFinding(world: ForgetWorld): Promise<Finding> {
  const owner = await Member.enter(world.one.url, "olga");
  const two = await world.pair();
  const [ada, bob] = two;
  const said: string[] = [];
  for (let line = 0; line < 3; line++) {
    said.push(bob.say());
    await ada.reads(said.at(-1) ?? "");
  }
  const answer = ada.say();
  await bob.reads(answer);
  const isShown = ({ text }: { readonly text: string }) => text === said[1];
  const chosen = ada.strangers.talk?.lines.find(isShown)?.id ?? "";
  await until(() => ada.strangers.talk?.reportable.includes(chosen) === true);
  await ada.strangers.report("spam", new Set([chosen]));
  const { reports } = await reportsOf(owner);
  const excerpt = reports[0]?.excerpt ?? [];
  const entries = await entriesOf(world.durable);
  const core = /zqtext[\da-f]+/u.exec(said[1] ?? "")?.[0] ?? "?";
  const strays = entries.flatMap(({ key, text }) =>
    world.canaries
      .finder()
      .in(Buffer.from(`${key}\n${text}`))
      .filter(({ value }) => value !== core || !key.startsWith("stranger_report:"))
      .map((hit) => told(hit, key)),
  );
  const isExact = excerpt.length === 1 && excerpt[0]?.text === said[1];
  const report = entries.find(({ key }) => key.startsWith("stranger_report:"))?.key ?? "";
  const lifeS = await world.durable.ttl(report);
  const id = reports[0]?.id ?? "";
  await owner.call("POST", `/api/admin/strangers/reports/${id}`, { verdict: "dismiss" });
  const left = (await entriesOf(world.durable)).filter(({ text }) => text.includes(core));
  for (const each of two) each[Symbol.dispose]();
  // The log of that Redis holds it until it is rewritten, and so does the report on the wire.
  world.canaries.give(core);
  return {
    promise: "P12",
    how: "a report of one line of four: exactly that is kept, for 30 days or until it is decided",
    looked: `${entries.length} keys, ${excerpt.length} line`,
    hits: [
      ...strays,
      ...(isExact ? [] : ["what admins see is not what was chosen"]),
      ...(lifeS > 0 && lifeS <= KEPT_S ? [] : [`a report lives ${lifeS} s`]),
      ...left.map(({ key }) => `${key} is there after the report was decided`),
    ],
  };
}

async function reportsOf(owner: Member): Promise<StrangerReportsResult> {
  return (await owner.call("GET", "/api/admin/strangers/reports")).json<StrangerReportsResult>();
}
