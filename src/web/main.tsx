/** Where the page starts: makes the session and hands it to the screens. */
import { Klatch } from "#sdk/index.ts";
import { render } from "preact";
import { App } from "./app.tsx";
import { deviceMemory } from "./device-memory.ts";
import { Session } from "./session.ts";
import { followVisibleHeight } from "./visible-height.ts";

const place = document.getElementById("klatch");
if (!place) throw new Error("The page has lost the element it lives in; please reload it.");

const session = new Session({
  openKlatch: (me) => new Klatch(me && { me }),
  memory: deviceMemory(),
});
render(<App session={session} />, place);
followVisibleHeight();
void session.start();
