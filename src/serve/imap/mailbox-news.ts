import type { Change } from '../../store/change.ts';
import type { MailboxId } from '../../store/ids.ts';

/** Names, and entries of annotations, that wait to be told; beyond that the rest is left out. */
const maxNames = 500;
const maxEntries = 2000;

/** Former names: what the client last heard, and what the last rename changed. */
interface Names {
  readonly told: string | undefined;
  readonly last: string | undefined;
}

/** What others did to the mailboxes of an account since this client was last told: names, what each was called before, annotations. */
export class MailboxNews {
  private readonly names = new Map<string, Names>();
  private readonly annotations = new Map<MailboxId | undefined, Set<string>>();
  private entryCount = 0;
  /** More happened than is kept; until the names are taken. */
  leftOut = false;

  get waiting(): boolean {
    return this.names.size > 0 || this.entryCount > 0;
  }

  /** Notes a change of another session. False when there is nothing to tell of it. */
  note(change: Change): boolean {
    if (change.kind === 'annotation') return this.addEntries(change.mailboxId, change.entries);
    if (change.kind === 'subscription') return this.add(change.name, { told: undefined, last: undefined });
    if (change.kind !== 'mailbox') return false;
    const { name, oldName } = change;
    // RFC 9051 section 6.3.6: children need no response of their own.
    if (oldName !== undefined && this.movedWithParent(name, oldName)) return false;
    if (oldName === undefined) return this.add(name, { told: undefined, last: undefined });
    // What was renamed twice, or made and renamed, has one response.
    const told = this.names.get(oldName)?.told ?? oldName;
    this.names.delete(oldName);
    return this.add(name, { told, last: oldName });
  }

  /** A change of this name waits to be told. */
  hasName(name: string): boolean {
    return this.names.has(name);
  }

  /** All names with their former ones, in the order of the changes; none are left. */
  takeNames(): ReadonlyMap<string, string | undefined> {
    const taken = new Map([...this.names].map(([name, { told }]) => [name, told]));
    this.names.clear();
    this.leftOut = false;
    return taken;
  }

  /** Entries that changed, by mailbox (undefined: the account itself); none are left. */
  takeEntries(): ReadonlyMap<MailboxId | undefined, readonly string[]> {
    const taken = new Map([...this.annotations].map(([mailboxId, entries]) => [mailboxId, [...entries]]));
    this.annotations.clear();
    this.entryCount = 0;
    return taken;
  }

  forget(): void {
    this.takeNames();
    this.takeEntries();
  }

  private add(name: string, names: Names): boolean {
    if (!this.names.has(name) && this.names.size >= maxNames) {
      this.leftOut = true;
      return false;
    }
    const known = this.names.get(name);
    this.names.delete(name);
    this.names.set(name, { told: names.told ?? known?.told, last: names.last ?? known?.last });
    return true;
  }

  private addEntries(mailboxId: MailboxId | undefined, entries: readonly string[]): boolean {
    const noted = this.annotations.get(mailboxId) ?? new Set();
    const before = noted.size;
    for (const entry of entries) {
      if (this.entryCount + noted.size - before < maxEntries) noted.add(entry);
      else this.leftOut ||= !noted.has(entry);
    }
    if (noted.size === before) return false;
    this.entryCount += noted.size - before;
    this.annotations.set(mailboxId, noted);
    return true;
  }

  private movedWithParent(name: string, oldName: string): boolean {
    for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1)) {
      const parent = this.names.get(name.slice(0, at))?.last;
      if (parent !== undefined && oldName === parent + name.slice(at)) return true;
    }
    return false;
  }
}
