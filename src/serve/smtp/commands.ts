import type { Command } from './command.ts';
import { auth } from './commands/auth.ts';
import { bdat } from './commands/bdat.ts';
import { burl } from './commands/burl.ts';
import { data } from './commands/data.ts';
import { createEhlo } from './commands/ehlo.ts';
import { expn } from './commands/expn.ts';
import { helo } from './commands/helo.ts';
import { createHelp } from './commands/help.ts';
import { mail } from './commands/mail.ts';
import { noop } from './commands/noop.ts';
import { quit } from './commands/quit.ts';
import { rcpt } from './commands/rcpt.ts';
import { rset } from './commands/rset.ts';
import { starttls } from './commands/starttls.ts';
import { vrfy } from './commands/vrfy.ts';

/** Every command. RFC 5321 section 4.1.1 and the extensions named in each file. */
export const commands: readonly Command[] = [
  createEhlo(() => commands),
  helo,
  starttls,
  auth,
  mail,
  rcpt,
  data,
  bdat,
  burl,
  rset,
  noop,
  vrfy,
  expn,
  createHelp(() => commands),
  quit,
];

const byVerb: ReadonlyMap<string, Command> = new Map(commands.map((entry) => [entry.verb, entry]));

/** By verb in upper case. */
export function findCommand(verb: string): Command | undefined {
  return byVerb.get(verb);
}
