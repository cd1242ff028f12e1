/** The data folder: created for its owner alone, and for one Klatch at a time. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { openDataFolder } from "#server/data-folder.ts";
import { StartError } from "#server/start-error.ts";
import { tempFolder } from "#test/support/temp.ts";

describe("the data folder", () => {
  test("is created, with the folders above it, and only its owner can enter", async () => {
    const path = join(tempFolder(), "a", "b");
    using folder = disposable(await openDataFolder(path));
    assert.equal(statSync(folder.path).mode & 0o777, 0o700);
  });

  test("has one name, whichever way leads to it", async () => {
    const path = tempFolder();
    const link = join(tempFolder(), "link");
    symlinkSync(path, link);
    using folder = disposable(await openDataFolder(link));
    assert.equal(folder.path, path);
  });

  test("in use is refused with the pid of its user and two ways out", async () => {
    const path = tempFolder();
    using _ = disposable(await openDataFolder(path));
    await assert.rejects(openDataFolder(path, { waitMs: 0 }), (error: unknown) => {
      assert.ok(error instanceof StartError);
      assert.match(
        error.message,
        new RegExp(`in use by another Klatch \\(pid ${process.pid}\\)`, "u"),
      );
      assert.match(error.message, /Stop that one, or give this one its own with --data\./u);
      return true;
    });
  });

  test("is free again after a release, and waits for one that is just coming", async () => {
    const path = tempFolder();
    const first = await openDataFolder(path);
    setTimeout(() => first.release(), 300);
    using _ = disposable(await openDataFolder(path));
  });

  test("is free again after its user was killed", async () => {
    const path = tempFolder();
    const script = `
      import { openDataFolder } from "#server/data-folder.ts";
      await openDataFolder(${JSON.stringify(path)});
      console.log("locked");
      setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(holder.stdout, "data");
    await assert.rejects(openDataFolder(path, { waitMs: 0 }), StartError);
    holder.kill("SIGKILL");
    await once(holder, "exit");
    using _ = disposable(await openDataFolder(path));
  });

  test("that is a file is refused", async () => {
    const path = join(tempFolder(), "file");
    writeFileSync(path, "");
    await assert.rejects(openDataFolder(path), /is not a folder\. Choose another with --data\./u);
    await assert.rejects(openDataFolder(join(path, "below")), /is not a folder/u);
  });

  const isRoot = process.getuid?.() === 0;
  const skip = isRoot ? "root may write everywhere" : false;
  test("that cannot be written is refused", { skip }, async () => {
    const path = tempFolder();
    chmodSync(path, 0o500);
    await assert.rejects(openDataFolder(path), /cannot be written\. Give yourself the right/u);
    await assert.rejects(openDataFolder(join(path, "below")), /cannot be written/u);
  });
});

function disposable<Folder extends { release(): void }>(folder: Folder): Folder & Disposable {
  return { ...folder, [Symbol.dispose]: () => folder.release() };
}
