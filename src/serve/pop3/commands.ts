import type { Command } from './command.ts';
import { auth } from './commands/auth.ts';
import { createCapa } from './commands/capa.ts';
import { dele } from './commands/dele.ts';
import { list } from './commands/list.ts';
import { noop } from './commands/noop.ts';
import { pass } from './commands/pass.ts';
import { quit } from './commands/quit.ts';
import { retr } from './commands/retr.ts';
import { rset } from './commands/rset.ts';
import { stat } from './commands/stat.ts';
import { stls } from './commands/stls.ts';
import { top } from './commands/top.ts';
import { uidl } from './commands/uidl.ts';
import { user } from './commands/user.ts';
import { utf8 } from './commands/utf8.ts';

/** Every command, in the order in which CAPA tells of them. APOP is left out: it needs passwords in the clear. */
export const commands: readonly Command[] = [
  createCapa(() => commands),
  stls,
  utf8,
  user,
  pass,
  auth,
  stat,
  list,
  uidl,
  top,
  retr,
  dele,
  rset,
  noop,
  quit,
];

const byName: ReadonlyMap<string, Command> = new Map(commands.map((entry) => [entry.name, entry]));

/** By name in upper case. */
export function findCommand(name: string): Command | undefined {
  return byName.get(name);
}
