import { selectFields } from '../../../mime/select-header-fields.ts';
import { usualFields } from '../../../mime/usual-fields.ts';
import type { FetchItem } from '../../../wire/imap/fetch-item.ts';

/** An item of octets with the name that the answer has. */
type Named = Extract<FetchItem, { kind: 'section' | 'binary' | 'binary.size' }> & { readonly name: string };

/** `BODY[HEADER.FIELDS (…)]` that can be answered out of the fields that are kept, without opening the message. */
export interface UsualHeader {
  readonly name: string;
  /** In lower case. */
  readonly fields: ReadonlySet<string>;
}

/** Undefined when one of the items needs more than the fields that are kept. RFC 9051 section 6.4.5.1. */
export function usualHeaders(items: readonly Named[]): readonly UsualHeader[] | undefined {
  const headers: UsualHeader[] = [];
  for (const item of items) {
    if (item.kind !== 'section' || item.partial !== undefined) return undefined;
    const { path, text, fields = [] } = item.section;
    if (path.length > 0 || text !== 'header.fields') return undefined;
    const names = new Set(fields.map((field) => field.toLowerCase()));
    if (!names.isSubsetOf(usualFields)) return undefined;
    headers.push({ name: item.name, fields: names });
  }
  return headers.length === 0 ? undefined : headers;
}

/** `NAME {n}` and the octets. `kept`: see `EmailRow.usualFields`. */
export function printUsualHeader({ name, fields }: UsualHeader, kept: string): string {
  const selected = selectFields(kept, fields, false);
  return `${name} {${selected.length}}\r\n${selected}`;
}
