import type { ImapReader } from './imap-reader.ts';

/** status-att. RFC 9051 section 9; RECENT RFC 3501, HIGHESTMODSEQ RFC 7162, APPENDLIMIT RFC 7889, DELETED-STORAGE RFC 9208, MAILBOXID RFC 8474. */
export const statusItems = [
  ...(['MESSAGES', 'UIDNEXT', 'UIDVALIDITY', 'UNSEEN', 'DELETED', 'SIZE', 'RECENT'] as const),
  ...(['HIGHESTMODSEQ', 'APPENDLIMIT', 'DELETED-STORAGE', 'MAILBOXID'] as const),
] as const;

export type StatusItem = (typeof statusItems)[number];

/** "(" status-att *(SP status-att) ")", each once. RFC 9051 section 9. */
export function expectStatusItems(r: ImapReader): readonly StatusItem[] {
  const items = new Set<StatusItem>();
  r.expectList(() => {
    const at = r.at;
    const name = r.expectKeyword();
    items.add(statusItems.find((item) => item === name) ?? r.fail('status item', at));
  }, false);
  return [...items];
}
