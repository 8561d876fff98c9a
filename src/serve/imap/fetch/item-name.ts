import type { Section } from '../../../mime/find-section.ts';
import type { FetchItem } from '../../../wire/imap/fetch-item.ts';
import { printAstring } from '../../../wire/imap/print-string.ts';

/** msg-att-static up to its value: `BODY[1.HEADER.FIELDS (From)]<0>`. RFC 9051 section 9; of a range only the start is named. */
export function printItemName(item: Extract<FetchItem, { kind: 'section' | 'binary' | 'binary.size' }>): string {
  if (item.kind === 'binary.size') return `BINARY.SIZE[${item.path.join('.')}]`;
  const start = item.partial === undefined ? '' : `<${item.partial.offset}>`;
  if (item.kind === 'binary') return `BINARY[${item.path.join('.')}]${start}`;
  return `BODY[${printSection(item.section)}]${start}`;
}

function printSection({ path, text, fields }: Section): string {
  if (text === undefined) return path.join('.');
  const list = fields === undefined ? '' : ` (${fields.map((name) => printAstring(name)).join(' ')})`;
  return `${[...path, text.toUpperCase()].join('.')}${list}`;
}
