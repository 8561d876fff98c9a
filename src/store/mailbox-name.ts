import { mailboxLimits } from './mailbox.ts';

/** C0, DEL, C1, and the line and paragraph separators of Unicode. */
const forbidden = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * Is this a name that a mailbox may get? NFC, levels separated by `/`, none empty and none `.` or `..`, no control
 * characters, no leading `#` (RFC 9051 section 5.1.2), within the limits. `INBOX` in other case is not a good name.
 */
export function isMailboxName(name: string): boolean {
  if (name === '' || name.startsWith('#') || forbidden.test(name) || name !== name.normalize('NFC')) return false;
  if (!name.isWellFormed() || Buffer.byteLength(name) > mailboxLimits.maxNameBytes) return false;
  const levels = name.split('/');
  if (levels.length > mailboxLimits.maxDepth) return false;
  if (levels[0] !== 'INBOX' && levels[0]?.toUpperCase() === 'INBOX') return false;
  return levels.every((level) => level !== '' && level !== '.' && level !== '..');
}

/** The names of the levels above, outermost first. */
export function parentNames(name: string): readonly string[] {
  const levels = name.split('/');
  return levels.slice(0, -1).map((_level, index) => levels.slice(0, index + 1).join('/'));
}
