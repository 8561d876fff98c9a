import { printUtf7 } from '../../wire/imap/mailbox-utf7.ts';

/** A command: text as it goes over the wire, octets as literals. Only the functions below make text of what others wrote. */
export type CommandPart = string | Uint8Array;

const quotable = /^[\x20-\x7e]{0,1000}$/;
const atom = /^[!#$&'+,\-./0-9:;<=>?@A-Z^_`a-z|}~]{1,200}$/;

/** Text as a quoted string, or as a literal where it has to be one: nothing may get into the command unseen. RFC 9051 section 4.3. */
export function stringPart(text: string): CommandPart {
  return quotable.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : Buffer.from(text, 'utf8');
}

/** A mailbox name: as UTF-8 once that is enabled, else in modified UTF-7. RFC 9051 section 5.1, RFC 3501 section 5.1.3. */
export function mailboxPart(name: string, utf8: boolean): CommandPart {
  return utf8 ? stringPart(name) : stringPart(printUtf7(name));
}

/** Words such as names of items and flags. @throws TypeError when it is none: it would be another command */
export function atomPart(word: string, what: string): string {
  const bare = word.startsWith('\\') ? word.slice(1) : word;
  if (!atom.test(bare)) throw new TypeError(`not ${what}: ${JSON.stringify(word.slice(0, 100))}`);
  return word;
}

/** `(\Seen $Work)`. @throws TypeError when one is no flag */
export function flagsPart(flags: readonly string[]): string {
  return `(${flags.map((flag) => atomPart(flag, 'a flag')).join(' ')})`;
}

/** Message numbers or uids: `2,4:7,9:*`, or an array. @throws TypeError when it is no set, or empty */
export function setPart(set: string | readonly number[]): string {
  const text = typeof set === 'string' ? set : printRuns(set);
  const range = /^(?:[1-9][0-9]{0,9}|\*)(?::(?:[1-9][0-9]{0,9}|\*))?$/;
  if (text === '$' || text.split(',').every((part) => range.test(part))) return text;
  throw new TypeError(`not a set of numbers: ${JSON.stringify(text.slice(0, 100))}`);
}

/** Neighbours that ascend are joined. */
function printRuns(numbers: readonly number[]): string {
  const runs: string[] = [];
  for (let at = 0; at < numbers.length; at++) {
    const first = numbers[at] ?? 0;
    while (at + 1 < numbers.length && numbers[at + 1] === (numbers[at] ?? 0) + 1) at++;
    const last = numbers[at] ?? 0;
    runs.push(first === last ? `${first}` : `${first}:${last}`);
  }
  return runs.join(',');
}
