/** `npm run format`: formats all files and mends what the linter can mend. */
import { runCommand } from "#bin/run/command.ts";
import { PACKAGED, ROOT } from "#bin/run/project.ts";
import { runAloud } from "#bin/run/programs.ts";

await runCommand(async () => {
  const fixed = await runAloud(process.execPath, [PACKAGED.oxlint, "--type-aware", "--fix"], {
    cwd: ROOT,
  });
  // Last, since a mended line may need another shape.
  const formatted = await runAloud(process.execPath, [PACKAGED.oxfmt], { cwd: ROOT });
  return formatted === 0 ? fixed : formatted;
});
