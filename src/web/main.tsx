/** Where the page starts: makes the session and hands it to the screens. */
import { Klatch } from "#sdk/index.ts";
import { render } from "preact";
import { App } from "./app.tsx";
import { Place } from "./chat/place.ts";
import { deviceMemory } from "./device-memory.ts";
import { Session } from "./session.ts";
import { takeSecret } from "./secret.ts";
import { followVisibleHeight } from "./visible-height.ts";

const element = document.getElementById("klatch");
if (!element) throw new Error("The page has lost the element it lives in; please reload it.");

const session = new Session({
  openKlatch: (me) => new Klatch(me && { me }),
  memory: deviceMemory(),
});
render(<App session={session} place={new Place()} />, element);
followVisibleHeight();
const link = takeSecret("sign-in");
void (link === undefined ? session.start() : session.follow(link));
