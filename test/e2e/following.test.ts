/** What others do meanwhile, on a page that is open: moderators, people who come, rooms that are new. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Locator } from "playwright-core";
import type { BansResult } from "#protocol/room.ts";
import { SIZES, Visitor, openBrowser } from "#test/e2e/browser.ts";
import { Member } from "#test/support/member.ts";
import type { TwoServers } from "#test/support/two-servers.ts";
import { twoServers } from "#test/support/two-servers.ts";

describe("following", { concurrency: false }, () => {
  let world: TwoServers;
  let browser: Browser;
  before(async () => {
    [world, browser] = await Promise.all([twoServers(), openBrowser()]);
  });
  after(async () => {
    await browser.close();
    await world[Symbol.asyncDispose]();
  });

  test("[RM14] an open list of people follows what another moderator does, on another server", async () => {
    await using ada = await Visitor.at(browser, world.one.url, { name: "Ada" });
    await ada.makeRoom("Kitchen");
    const room = roomOf(ada);
    const api = await Member.enter(world.two.url, "Ada", "signIn");
    const [brin, cleo] = [
      await Member.enter(world.two.url, "Brin"),
      await Member.enter(world.two.url, "Cleo"),
    ];
    const people = await ada.showPeople();
    const put = (path: string, body: unknown = {}, by = api) =>
      by.call("PUT", `/api/rooms/${room}/${path}`, body);
    await put(`members/${brin.me.id}`, {}, brin);
    await row(people, "Brin").waitFor();
    await people.getByText("2 people").waitFor();
    await put(`members/${brin.me.id}`, { role: "moderator" });
    await row(people, "Brin").getByText("Moderator").waitFor();
    await put(`members/${cleo.me.id}`, {}, cleo);
    await row(people, "Cleo").waitFor();
    await put(`mutes/${cleo.me.id}`, {}, brin);
    await row(people, "Cleo").getByText("Muted").waitFor();
    await put(`bans/${cleo.me.id}`, { reason: "adverts" }, brin);
    await row(people, "Cleo").waitFor({ state: "detached" });
    await people.getByText("Banned until it is lifted, by Brin: adverts").waitFor();
    await brin.call("DELETE", `/api/rooms/${room}/bans/${cleo.me.id}`);
    await people.getByText(/^Banned until/u).waitFor({ state: "detached" });
    ada.assertNoComplaints();
  });

  test("[RM14] who is not in a room is banned by name, and found nowhere in it", async () => {
    await using dora = await Visitor.at(browser, world.one.url, { name: "Dora" });
    const emil = await Member.enter(world.two.url, "Emil");
    await dora.makeRoom("Cellar");
    const room = roomOf(dora);
    const people = await dora.showPeople();
    const looks = [
      ["wide", "dark"],
      ["phone", "light"],
    ] as const;
    for (const [size, colorScheme] of looks) {
      await dora.page.setViewportSize(SIZES[size]);
      await dora.page.emulateMedia({ colorScheme });
      await people.getByRole("button", { name: /^Ban somebody/u }).click();
      await people.getByRole("searchbox", { name: "Whom to ban" }).fill("em");
      await people.getByRole("button", { name: "Choose Emil" }).click();
      await dora.assertAccessible(`banning by name, ${size}, ${colorScheme}`);
      // Nothing of the form is beside its dialog.
      const form = await people.getByRole("form").boundingBox();
      const dialog = await people.boundingBox();
      assert.ok(form && dialog && form.x >= dialog.x);
      if (size === "wide") await people.getByRole("button", { name: /^Ban somebody/u }).click();
    }
    await people.getByLabel("Reason").fill("was here before");
    await people.getByRole("button", { name: "Ban Emil" }).click();
    await people.getByText("Banned until it is lifted, by Dora: was here before").waitFor();
    assert.equal(await people.getByRole("searchbox", { name: "Whom to ban" }).count(), 0);
    const api = await Member.enter(world.one.url, "Dora", "signIn");
    const { bans } = (await api.call("GET", `/api/rooms/${room}/bans`)).json<BansResult>();
    assert.deepEqual(
      bans.map(({ id }) => id),
      [emil.me.id],
    );
    const tried = await emil.call("PUT", `/api/rooms/${room}/members/${emil.me.id}`, {});
    assert.equal(tried.status, 403);
    dora.assertNoComplaints();
  });

  test("[PF6] another name shows at once where it is shown, and who registers in the list of everybody", async () => {
    await using gil = await Visitor.at(browser, world.one.url, { name: "Gil" });
    const hal = await Member.enter(world.two.url, "Hal");
    await hal.say("hello, I am Hal");
    await gil.hears("hello, I am Hal");
    await gil.page.getByTitle("Talk to Hal in private").last().click();
    await gil.isIn("Hal");
    await gil.go("General");
    await hal.call("PATCH", "/api/me", { displayName: "Henry" });
    await gil.page.getByTitle("Talk to Henry in private").last().waitFor();
    await gil.roomItem("Henry").waitFor();
    const people = await gil.showPeople();
    assert.equal(await row(people, "Ivo").count(), 0);
    await Member.enter(world.two.url, "Ivo");
    await row(people, "Ivo").waitFor();
    await hal.call("PATCH", "/api/me", { username: "Harry" });
    await row(people, "Harry").waitFor();
    gil.assertNoComplaints();
  });

  test("[RM15] a new room is above older ones in which nothing was said since", async () => {
    await using fay = await Visitor.at(browser, world.one.url, { name: "Fay" });
    for (const name of ["Attic", "Barn", "Cave"]) {
      await fay.makeRoom(name);
      // Rooms of one second have no order.
      const made = Math.floor(Date.now() / 1_000);
      await fay.page.waitForTimeout(1_000 * (made + 1) - Date.now() + 1);
    }
    const shown = () => fay.page.locator(".room-item-name").allInnerTexts();
    assert.deepEqual(await shown(), ["General", "Cave", "Barn", "Attic"]);
    await fay.page.reload();
    await fay.isIn("Cave");
    assert.deepEqual(await shown(), ["General", "Cave", "Barn", "Attic"]);
    await fay.go("Barn");
    await fay.say("hay");
    await fay.page.locator(".room-item", { hasText: "hay" }).waitFor();
    assert.deepEqual(await shown(), ["General", "Barn", "Cave", "Attic"]);
    fay.assertNoComplaints();
  });
});

function roomOf(visitor: Visitor): string {
  return new URL(visitor.page.url()).searchParams.get("room") ?? "";
}

function row(people: Locator, name: string): Locator {
  return people.locator(".person-row", { hasText: name });
}
