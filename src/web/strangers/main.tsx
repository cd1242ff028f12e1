/** Where the page of strangers starts. It loads nothing of who is signed in. */
import { connectStranger } from "#sdk/strangers/socket.ts";
import { realEnvironment } from "#sdk/platform/real-environment.ts";
import { Strangers } from "#sdk/strangers/strangers.ts";
import type { StrangerWorld } from "#sdk/strangers/world.ts";
import { followVisibleHeight } from "#web/visible-height.ts";
import { render } from "preact";
import { proveInWorker } from "./device/prove-in-worker.ts";
import { tabTokenKeeper } from "./device/tab-token.ts";
import { StrangerPage } from "./stranger-page.tsx";
import { StrangerView } from "./stranger-view.ts";

const element = document.getElementById("klatch");
if (!element) throw new Error("The page has lost the element it lives in; please reload it.");

const world: StrangerWorld = {
  ...realEnvironment,
  connect: connectStranger,
  keeper: tabTokenKeeper(),
  prove: proveInWorker,
};
const strangers = new Strangers({ world });
const view = new StrangerView(strangers);
render(<StrangerPage view={view} />, element);
followVisibleHeight();
view.begin();

// A page that is left keeps nothing of what was said, in no cache of the browser either.
addEventListener("pagehide", () => {
  strangers.close(true);
  render(null, element);
});
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) location.reload();
});
