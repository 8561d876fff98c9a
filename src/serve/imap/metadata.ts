import type { Annotation, AnnotationTarget } from '../../store/annotation.ts';
import { printAstring, printMailbox, printString } from '../../wire/imap/print-string.ts';
import type { Session } from './session.ts';
import { openAccess } from './sharing/access.ts';

/** What of the annotations of a mailbox is asked for. */
export interface MetadataQuery {
  readonly entries: readonly string[];
  readonly maxSize: number;
  readonly depth: number;
}

/** An answer: entries with their values, undefined where there is none; the size of the largest that was too large, 0 for none. */
export interface FoundMetadata {
  readonly values: ReadonlyMap<string, Uint8Array | undefined>;
  readonly longest: number;
}

/** Whose annotations a command means: a mailbox by name, or '' for the account itself. RFC 5464 section 4.1. @throws No NONEXISTENT, NOPERM without these rights */
export async function annotationTarget(session: Session, name: string, needed: string): Promise<AnnotationTarget> {
  const accountId = session.currentAccount().id;
  if (name === '') return { accountId, mailboxId: undefined };
  const { owner, mailbox } = await openAccess(session, name, needed);
  return { accountId: owner.id, mailboxId: mailbox.id };
}

/** The annotations of a target that the client may see: of another account's mailbox only the shared ones. RFC 5464 section 3.3. */
export async function readVisible(session: Session, target: AnnotationTarget): Promise<readonly Annotation[]> {
  const annotations = await session.services.store.readAnnotations(target);
  if (target.accountId === session.currentAccount().id) return annotations;
  return annotations.filter(({ entry }) => !isPrivate(entry));
}

export function isPrivate(entry: string): boolean {
  return entry.startsWith('/private/');
}

/** Chooses by name, DEPTH and MAXSIZE. RFC 5464 sections 4.2.1 and 4.2.2. Where nothing is, the entry itself is told as NIL. */
export function findMetadata(annotations: readonly Annotation[], query: MetadataQuery): FoundMetadata {
  const values = new Map<string, Uint8Array | undefined>();
  let longest = 0;
  for (const asked of query.entries) {
    let found = false;
    for (const { entry, value } of annotations) {
      if (!isWithin(entry, asked, query.depth)) continue;
      found = true;
      if (value.length <= query.maxSize) values.set(entry, value);
      else longest = Math.max(longest, value.length);
    }
    if (!found) values.set(asked, undefined);
  }
  return { values, longest };
}

function isWithin(entry: string, asked: string, depth: number): boolean {
  if (entry === asked) return true;
  if (depth === 0 || !entry.startsWith(`${asked}/`)) return false;
  return depth > 1 || !entry.includes('/', asked.length + 1);
}

/** `METADATA name (entry value …)`; undefined when there is nothing to say. RFC 5464 section 4.4.1. */
export function printMetadata(session: Session, name: string, { values }: FoundMetadata): string | undefined {
  if (values.size === 0) return undefined;
  const texts = [...values].map(([entry, value]) => `${printAstring(entry)} ${printValue(value)}`);
  return `METADATA ${printMailbox(name, session.utf8)} (${texts.join(' ')})`;
}

function printValue(value: Uint8Array | undefined): string {
  if (value === undefined) return 'NIL';
  return printString(Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1'));
}
