import type { QueueEntry } from './queued.ts';
import type { Transport } from './transport.ts';

/** Entries that one transaction can carry. */
export interface Group {
  readonly entries: readonly QueueEntry[];
  readonly transport: Transport;
}

/** Groups entries of one destination: same message, return path and transport, up to so many recipients; in their order. */
export function groupBatches(
  entries: readonly QueueEntry[],
  transportOf: (entry: QueueEntry) => Transport,
  maxRecipients: number,
): readonly Group[] {
  const groups: { entries: QueueEntry[]; transport: Transport }[] = [];
  const open = new Map<string, { entries: QueueEntry[]; transport: Transport }>();
  for (const entry of entries) {
    const transport = transportOf(entry);
    const key = JSON.stringify([entry.message.messageId, entry.domain, entry.returnPath, transport.name]);
    let group = open.get(key);
    if (group === undefined || group.entries.length >= maxRecipients) {
      group = { entries: [], transport };
      open.set(key, group);
      groups.push(group);
    }
    group.entries.push(entry);
  }
  return groups;
}
