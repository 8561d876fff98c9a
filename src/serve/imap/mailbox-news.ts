import type { Change } from '../../store/change.ts';

/** Names that wait to be told; beyond that the rest is left out, for telling is a courtesy. */
const maxNames = 500;

/** Former names: what the client last heard, and what the last rename changed. */
interface Names {
  readonly told: string | undefined;
  readonly last: string | undefined;
}

/** What others did to the mailboxes of an account since this client was last told: names, and what each was called before. */
export class MailboxNews {
  private readonly names = new Map<string, Names>();

  get waiting(): boolean {
    return this.names.size > 0;
  }

  /** Notes a change of another session. False when there is nothing to tell of it. */
  note(change: Change): boolean {
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

  /** All names with their former ones, in the order of the changes; none are left. */
  take(): ReadonlyMap<string, string | undefined> {
    const taken = new Map([...this.names].map(([name, { told }]) => [name, told]));
    this.names.clear();
    return taken;
  }

  forget(): void {
    this.names.clear();
  }

  private add(name: string, names: Names): boolean {
    if (!this.names.has(name) && this.names.size >= maxNames) return false;
    const known = this.names.get(name);
    this.names.delete(name);
    this.names.set(name, { told: names.told ?? known?.told, last: names.last ?? known?.last });
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
