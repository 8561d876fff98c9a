import type { NewEntry } from '../store/queue/outgoing-row.ts';
import type { AppendTarget } from '../store/append-target.ts';
import type { LocalCourier } from './courier.ts';
import type { Outgoing } from './enqueue.ts';

/** Entries with the copies that the commit is to file for them, and those copies. */
export interface FilingPlan {
  readonly entries: readonly NewEntry[];
  readonly targets: readonly AppendTarget[];
}

/**
 * Finds what the commit that takes a message can file in our own mailboxes. Entries are decided together as tries would be:
 * those of one domain and return path. Left to a try is what must wait, and whoever is to be told of the delivery
 * (RFC 3461 section 4.1, NOTIFY=SUCCESS).
 */
export function planFiling(
  outgoing: Outgoing,
  entries: readonly NewEntry[],
  { planCopies, mayFile, nowMs }: PlanServices,
): FilingPlan {
  const { header, prefix, recipients } = outgoing;
  if (header === undefined || planCopies === undefined) return { entries, targets: [] };
  const planned = [...entries];
  const targets: AppendTarget[] = [];
  const places = entries.keys().filter((place) => {
    const entry = entries[place];
    return entry !== undefined && entry.dueAtMs <= nowMs && !wantsSuccess(recipients[place]) && mayFile(entry.domain);
  });
  for (const group of Map.groupBy(places, (place) => groupOf(entries[place])).values()) {
    const copies = planCopies({
      ...{ header, prefix, returnPath: entries[group[0] ?? 0]?.returnPath ?? '' },
      recipients: group.flatMap((place) => recipients[place] ?? []),
    });
    for (const [n, place] of group.entries()) {
      const own = copies[n];
      const entry = entries[place];
      if (own === undefined || entry === undefined) continue;
      planned[place] = { ...entry, copies: own.map((target) => targets.push(target) - 1) };
    }
  }
  return { entries: planned, targets };
}

interface PlanServices {
  readonly planCopies: LocalCourier['planCopies'];
  readonly mayFile: (domain: string) => boolean;
  readonly nowMs: number;
}

function groupOf(entry: NewEntry | undefined): string {
  return `${entry?.domain} ${entry?.returnPath}`;
}

function wantsSuccess(recipient: Outgoing['recipients'][number] | undefined): boolean {
  return recipient?.notify?.includes('SUCCESS') === true;
}
