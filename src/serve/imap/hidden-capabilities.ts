import type { Account } from '../../directory/directory.ts';
import type { Command } from './command.ts';
import type { Session } from './session.ts';

/** Every server has these (RFC 3501 section 6): to hide what they can do besides does not take them away. */
const always: ReadonlySet<string> = new Set([
  ...[
    'CAPABILITY',
    'NOOP',
    'LOGOUT',
    'STARTTLS',
    'AUTHENTICATE',
    'LOGIN',
    'SELECT',
    'EXAMINE',
    'CREATE',
    'DELETE',
    'RENAME',
  ],
  ...['SUBSCRIBE', 'UNSUBSCRIBE', 'LIST', 'LSUB', 'STATUS', 'APPEND', 'CHECK', 'CLOSE', 'EXPUNGE', 'SEARCH', 'FETCH'],
  ...['STORE', 'COPY', 'UID SEARCH', 'UID FETCH', 'UID STORE', 'UID COPY'],
]);

/** Is a capability kept from the clients of this account? `THREAD` also stands for `THREAD=REFERENCES`. */
export function isHidden(hidden: readonly string[], capability: string): boolean {
  const name = capability.toUpperCase();
  return hidden.some((one) => name === one || name.startsWith(`${one}=`));
}

/** What the administrator hides from the clients of the session's account, as it is now. */
export function hiddenFrom({ account, services }: Session): readonly string[] {
  const now: Account | undefined = account && services.directory.findAccount(account.id);
  return now?.hiddenCapabilities ?? [];
}

/**
 * Is a command one that its client has not been told of, since all the capabilities that bring it are hidden? The UID form
 * of a command goes with it, and what has no capability of its own with the one that it belongs to.
 */
export function isHiddenCommand(
  session: Session,
  entry: Command,
  commandsByName: ReadonlyMap<string, Command>,
): boolean {
  const hidden = hiddenFrom(session);
  if (hidden.length === 0 || always.has(entry.name)) return false;
  const whole = commandsByName.get(entry.name.replace(/^UID /, '')) ?? entry;
  const names = namesOf(session, entry).length > 0 ? namesOf(session, entry) : namesOf(session, whole);
  return names.length > 0 && names.every((name) => isHidden(hidden, name));
}

function namesOf(session: Session, { capabilities = [], belongsTo }: Command): readonly string[] {
  if (belongsTo !== undefined) return [belongsTo];
  return capabilities.flatMap((one) => (typeof one === 'string' ? one : (one(session) ?? [])));
}
