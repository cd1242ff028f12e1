/** Chooses the screen: the door, or the room. */
import { useComputed } from "@preact/signals";
import { RoomPage } from "./room/room-page.tsx";
import type { Session } from "./session.ts";
import { Welcome } from "./welcome/welcome.tsx";
import { Cup, Wordmark } from "./wordmark.tsx";

export function App({ session }: { readonly session: Session }) {
  const stage = useComputed(() => session.stage.value).value;
  switch (stage.at) {
    case "starting":
      // Appears only when the answer takes so long that a blank page would look broken (see CSS).
      return (
        <main class="starting" aria-busy="true">
          <Cup class="cup cup-large" />
          <p class="visually-hidden">Klatch is starting.</p>
        </main>
      );
    case "welcome":
      return (
        <Welcome
          brand={<Wordmark />}
          art={<Cup class="cup cup-art" />}
          notice={stage.notice}
          returning={stage.returning}
          signIn={(username, password) => session.signIn(username, password)}
          register={(username, password) => session.register(username, password)}
        />
      );
    case "room":
      return (
        <RoomPage
          key={stage.me.id}
          brand={<Wordmark />}
          cup={<Cup class="cup cup-large" />}
          klatch={stage.klatch}
          me={stage.me}
          memory={session.memory}
          signOut={() => session.signOut()}
        />
      );
  }
}
