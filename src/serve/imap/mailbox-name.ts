import { mailboxLimits } from '../../store/mailbox.ts';
import { No } from './refusal.ts';

/** Controls, line and paragraph separators: RFC 9051 section 5.1, RFC 5198 section 2. */
const forbidden = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * A name that a mailbox may get; a `/` at the end, which only says that children will follow, is dropped (RFC 9051
 * section 6.3.4). Names are not mended: who lists them must find what was asked for, and SELECT needs no OLDNAME (RFC 9051 section 6.3.2).
 * @throws No with what is wrong.
 */
export function checkMailboxName(asked: string): string {
  const name = asked.endsWith('/') ? asked.slice(0, -1) : asked;
  const problem = findProblem(name);
  if (problem !== undefined) throw new No(`mailbox name ${problem}`, 'CANNOT');
  return name;
}

/** False when no mailbox can ever have this name. */
export function isPossibleName(name: string): boolean {
  return findProblem(name.endsWith('/') ? name.slice(0, -1) : name) === undefined;
}

function findProblem(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (forbidden.test(name)) return 'has control characters';
  if (name.normalize('NFC') !== name) return 'is not in Unicode form NFC';
  if (name.startsWith('#')) return 'starts with #';
  const levels = name.split('/');
  if (levels.includes('')) return 'has an empty level';
  if (levels.includes('.') || levels.includes('..')) return 'has a level . or ..';
  if (levels.length > mailboxLimits.maxDepth) return 'has too many levels';
  if (Buffer.byteLength(name) > mailboxLimits.maxNameBytes) return 'is too long';
  return undefined;
}
