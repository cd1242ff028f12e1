/** A bot: repeats what follows "!echo ". Start it with an address, its name and its password. */
import { Klatch } from "#sdk/index.ts";

const [url = "http://127.0.0.1:8080", name = "echo", password = ""] = process.argv.slice(2);
const klatch = new Klatch({ url });
await klatch.signIn(name, password);
const general = klatch.room("0");
klatch.onLink((link) => {
  // The link comes back by itself, except after its session has ended: then the loop ends too.
  if (link.at === "closed") general.leave();
});
general.join();
klatch.connect();

for await (const event of general.events()) {
  if (event.type !== "message" || event.data.from === klatch.me?.id) continue;
  const [, words] = /^!echo (.+)$/su.exec(event.data.message) ?? [];
  if (words !== undefined) general.send(words);
}
